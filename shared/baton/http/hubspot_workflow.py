"""
What HubSpot workflows send: "send a webhook" in its two shapes or with a customised body, and our
custom action.

They carry many properties of a person; only the ones named here are ever decoded. A customised body
holds what its author chose, under keys that they typed, so it only has to name the contact: what it
says of the stage is read from the contact (source: HubSpot's knowledge base, "Use webhooks with
HubSpot workflows": a POST's body is JSON, with all properties of the object or chosen ones; a GET
has no body and static parameters only, so it can name no contact).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from baton.domain import hubspot_names
from baton.domain.world.events import Hinted, StageChanged
from baton.failures import Malformed
from baton.http.hubspot_shapes import Id, Millis, Short, instant
from baton.http.hubspot_webhooks import CONTACT_TYPE, Translated
from baton.http.signatures import MAX_SKEW
from baton.wire.decoding import decode

#: HubSpot did not exist before this, so an earlier "date" is a count, a flag or a mistake.
EARLIEST = datetime(2006, 1, 1, tzinfo=UTC)


class _Version(Struct, frozen=True, rename="kebab"):
    value: Short | None = None
    timestamp: Millis | None = None
    source_type: Short | None = None


class _Property(Struct, frozen=True):
    value: Short | None = None
    versions: tuple[_Version, ...] = ()


class _LegacyProperties(Struct, frozen=True):
    stage: _Property = field(name=hubspot_names.STAGE, default=_Property())


class _Legacy(Struct, frozen=True, rename="kebab"):
    """The contact of HubSpot's first API, with its history: what contact workflows send."""

    vid: Id
    #: Differs from ``vid`` after a merge; this is the surviving id.
    canonical_vid: Id | None = None
    portal_id: Id | None = None
    properties: _LegacyProperties = _LegacyProperties()


class _Properties(Struct, frozen=True):
    #: Milliseconds or ISO 8601, bare or in an object, by endpoint. It only dates the change, so no
    #: form of it is a reason to refuse the lead.
    modified: object = field(name=hubspot_names.LAST_MODIFIED, default=None)


class _Object(Struct, frozen=True, rename="camel"):
    """An object with its current values only."""

    object_id: Id | Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,18}\Z")]
    object_type: Short | None = None
    object_type_id: Short | None = None
    portal_id: Id | None = None
    properties: _Properties = _Properties()


class _Origin(Struct, frozen=True, rename="camel"):
    portal_id: Id


class _Action(Struct, frozen=True, rename="camel"):
    """Our custom action; HubSpot waits for an answer that says how the workflow continues."""

    callback_id: Annotated[str, Meta(pattern=r"\A[!-~]{1,150}\Z")]
    origin: _Origin
    object: _Object


class _Shape(Struct, frozen=True, rename="camel"):
    """Which of the four it is, by what only it has."""

    callback_id: object = None
    vid: object = None
    object_id: object = None
    properties: object = None
    portal_id: object = field(name="portal-id", default=None)


#: Names under which a customised body may hold the contact's id; the first that holds one counts.
#: HubSpot's own come first: an author may have another system's id under a name like contact_id.
NAMES = (
    hubspot_names.OBJECT_ID,
    "canonical-vid",
    "vid",
    "objectId",
    "contact_id",
    "contactId",
)
#: Names of the account that sends it.
_ACCOUNTS = ("portalId", "portal-id")
#: Objects of a customised body in which they are looked for, after the body itself.
PLACES = ("contact", "properties")
#: Names of the type of the object that the body is about.
_TYPES = ("objectType", "objectTypeId")
_DIGITS = re.compile(r"[1-9][0-9]{0,18}")


class Workflow(Struct, frozen=True):
    """The result of the request, and whether a workflow waits for its own form of answer."""

    translated: Translated
    is_action: bool = False

    @property
    def answer(self) -> dict[str, object]:
        """The reply, to be sent once all its events are stored."""
        if not self.is_action:
            return {"accepted": len(self.translated.events), "ignored": self.translated.ignored}
        state = "SUCCESS" if self.translated.events else "FAIL_CONTINUE"
        return {"outputFields": {"hs_execution_state": state}}


def read_workflow(body: bytes, now: datetime, portal: str = "") -> Workflow:
    """
    Translate what a workflow sent.

    Args:
        now: Used as the time of the change if the request has none. Identities then differ between
        HubSpot's repeats. That is safe, because a stage that is already known changes nothing; an
        identity without a time would drop a lead that returns to the stage.
        portal: The account we serve; requests from others are ignored. Empty: any account.

    Raises:
        Malformed: None of the four shapes; names the field by its path.
    """
    shape = decode(body, _Shape)
    if shape.callback_id is not None:
        return _from_action(decode(body, _Action), now, portal)
    try:
        if shape.vid is not None and shape.portal_id is not None:
            return Workflow(_from_legacy(decode(body, _Legacy), now, portal))
        if shape.object_id is not None and shape.properties is not None:
            return Workflow(_from_object(decode(body, _Object), now, portal))
    except Malformed:
        # A refusal is final, so an odd field beside the contact's id must not cost the lead.
        return Workflow(_from_customised(decode(body, dict[str, Any]), now, portal))
    return Workflow(_from_customised(decode(body, dict[str, Any]), now, portal))


def _from_legacy(contact: _Legacy, now: datetime, portal: str) -> Translated:
    stage = contact.properties.stage
    if _is_foreign(contact.portal_id, portal):
        return _ignored("HubspotIgnoredPortal")
    latest = max(stage.versions, key=lambda version: version.timestamp or 0, default=_Version())
    account, lead = contact.portal_id or portal or 0, contact.canonical_vid or contact.vid
    if not stage.value or latest.timestamp is None:
        return _hinted(f"hsw:{account}:{contact.vid}:{_millis(now)}", lead, now)
    event = StageChanged(
        id=f"hsw:{account}:{contact.vid}:{latest.timestamp}",
        lead_id=str(lead),
        at=instant(latest.timestamp),
        stage=stage.value,
        source=latest.source_type or "",
    )
    return Translated((event,), {})


def _from_object(found: _Object, now: datetime, portal: str, callback: str = "") -> Translated:
    if _is_foreign(found.portal_id, portal):
        return _ignored("HubspotIgnoredPortal")
    kinds = {CONTACT_TYPE, "CONTACT"}
    if {kind.upper() for kind in (found.object_type, found.object_type_id) if kind} - kinds:
        return _ignored("HubspotIgnoredOther")
    at = _modified(found.properties.modified, now) or now.astimezone(UTC)
    identity = callback or f"{found.object_id}:{_millis(at)}"
    account = found.portal_id or portal or 0
    return _hinted(f"hsw:{account}:{identity}", found.object_id, at)


def _from_customised(body: dict[str, Any], now: datetime, portal: str) -> Translated:
    """A hint about the contact that *body* names."""
    senders = {_digits(_plain(body.get(name))) for name in _ACCOUNTS} - {""}
    if portal and senders - {portal}:
        return _ignored("HubspotIgnoredPortal")
    kinds = {str(kind).upper() for name in _TYPES if (kind := _plain(body.get(name)))}
    if kinds - {CONTACT_TYPE, "CONTACT"}:
        return _ignored("HubspotIgnoredOther")
    contact = _named_contact(body)
    return _hinted(f"hsw:{portal or 0}:{contact}:{_millis(now)}", contact, now)


def _named_contact(body: dict[str, Any]) -> str:
    places = [("$", body)]
    places += [(f"$.{one}", body[one]) for one in PLACES if isinstance(body.get(one), dict)]
    odd = ""
    for at, place in places:
        for name in NAMES:
            value = _plain(place.get(name))
            if value in (None, ""):
                continue
            if contact := _digits(value):
                return contact
            odd = odd or f"{at}.{name}"
    if odd:
        raise Malformed(f"{odd}: expected a contact's id, digits as number or text")
    raise Malformed(
        f"$.{hubspot_names.OBJECT_ID}: required: a customised body names the contact by its"
        " Record ID, under that key, at the top or in properties or contact"
    )


def _digits(value: object) -> str:
    """The id that *value* is, as number or text; empty: it is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return text if _DIGITS.fullmatch(text) else ""


def _plain(value: object) -> object:
    """A property's value, bare or in an object, by endpoint."""
    return value.get("value") if isinstance(value, dict) else value


def _from_action(action: _Action, now: datetime, portal: str) -> Workflow:
    if _is_foreign(action.origin.portal_id, portal):
        return Workflow(_ignored("HubspotIgnoredPortal"), is_action=True)
    # HubSpot repeats an action under the same callback id, even if other fields have changed.
    account = str(action.origin.portal_id)
    return Workflow(_from_object(action.object, now, account, action.callback_id), is_action=True)


def _hinted(identity: str, contact: int | str, at: datetime) -> Translated:
    """A stage without its date is a hint. Baton may have left that stage already and not yet
    written it to HubSpot; the contact's history says what really happened."""
    event = Hinted(id=identity, lead_id=str(contact), at=at.astimezone(UTC), about="stage")
    return Translated((event,), {})


def _ignored(name: str) -> Translated:
    return Translated((), {name: 1})


def _is_foreign(found: int | None, portal: str) -> bool:
    return bool(portal) and found is not None and str(found) != portal


def _modified(value: object, now: datetime) -> datetime | None:
    """When the object was last changed; None if the value cannot be such a time."""
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,14}", value):
        value = int(value)
    try:
        if isinstance(value, int):
            at = instant(value)
        elif isinstance(value, str):
            found = datetime.fromisoformat(value)
            at = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at <= now + MAX_SKEW else None


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)
