"""
HubSpot's webhook batches, translated into events.

A webhook is a hint: most of what HubSpot may send is not for us and is only counted, by what it
was. What is not for us is not looked into either, so an odd field there never costs its
neighbours in the batch their delivery.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from baton.core.events import AnyEvent, Hinted, StageChanged, Topic
from baton.failures import Malformed
from baton.wire.decoding import decode

#: HubSpot's own limit of events in one request.
MAX_EVENTS = 100
CONTACT_TYPE = "0-1"

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
#: Milliseconds since 1970, up to the end of the year 9999.
Millis = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
Short = Annotated[str, Meta(max_length=255)]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Contact property -> what a change of it hints at. ``lifecyclestage`` is more than a hint.
HINTS: dict[str, Topic] = {
    "hubspot_owner_id": "owner",
    "hs_lead_status": "status",
    "notes_last_contacted": "activity",
    "hs_last_sales_activity_timestamp": "activity",
}
#: What happens to contacts and is not acted on yet; each has a count of its own, so none is silent.
_COUNTED = {
    "merge": "HubspotIgnoredMerge",
    "deletion": "HubspotIgnoredDeletion",
    "privacyDeletion": "HubspotIgnoredPrivacyDeletion",
    "restore": "HubspotIgnoredRestore",
}


class Translated(Struct, frozen=True):
    """What a request came to: events for the bus, and how many were ignored, by metric name."""

    events: tuple[AnyEvent, ...]
    ignored: dict[str, int]


class _Subject(Struct, frozen=True, rename="camel"):
    """As much of any event as it takes to see whether it is for us."""

    subscription_type: Short | None = None
    #: What some of HubSpot's documents call the same thing.
    event_type: Short | None = None
    object_type_id: Short | None = None
    property_name: Short | None = None
    portal_id: Id | None = None


class _Change(Struct, frozen=True, rename="camel"):
    """What an event that is for us must have."""

    portal_id: Id
    object_id: Id
    event_id: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    occurred_at: Millis


class _StageChange(_Change, frozen=True, rename="camel"):
    #: Null or empty: the stage was cleared.
    value: Short | None = field(name="propertyValue")
    change_source: Short | None = None


def read_webhooks(body: bytes, portal: str = "") -> Translated:
    """
    Translate a batch of webhook events.

    Args:
        portal: The account we serve; events of others are ignored. Empty: any account's.

    Raises:
        Malformed: Not an array of at most `MAX_EVENTS` events, or one that is for us lacks
            something; names the field by its path, as in ``$[3].objectId``.
    """
    batch = decode(body, list[msgspec.Raw])
    if len(batch) > MAX_EVENTS:
        raise Malformed(f"$: expected at most {MAX_EVENTS} events")
    events: list[AnyEvent] = []
    ignored: Counter[str] = Counter()
    for number, raw in enumerate(batch):
        found = _translate(raw, f"$[{number}]", portal)
        if isinstance(found, str):
            ignored[found] += 1
        else:
            events.append(found)
    return Translated(tuple(events), dict(ignored))


def _translate(raw: msgspec.Raw, at: str, portal: str) -> AnyEvent | str:
    """The event in *raw*, or the name under which it is ignored."""
    subject = decode(raw, _Subject, at)
    kind = subject.subscription_type or subject.event_type
    if not kind:
        raise Malformed(f"{at}.subscriptionType: required")
    if portal and subject.portal_id is not None and str(subject.portal_id) != portal:
        return "HubspotIgnoredPortal"

    family, _, happening = kind.partition(".")
    if family == "object" and subject.object_type_id == CONTACT_TYPE:
        family = "contact"
    if family != "contact":
        return "HubspotIgnoredOther"
    if happening == "creation":
        return _hint(raw, at, "contact.creation", "", "created")
    if happening != "propertyChange":
        return _COUNTED.get(happening, "HubspotIgnoredOther")

    name = subject.property_name
    if not name:
        raise Malformed(f"{at}.propertyName: required")
    # One change, one identity, though it be subscribed to under both its names.
    if name == "lifecyclestage":
        return _stage_changed(raw, at)
    topic = HINTS.get(name)
    if topic is None:
        return "HubspotIgnoredProperty"
    return _hint(raw, at, "contact.propertyChange", name, topic)


def _stage_changed(raw: msgspec.Raw, at: str) -> AnyEvent | str:
    change = decode(raw, _StageChange, at)
    # Going back takes HubSpot two changes: clear, then set. The second one is the news.
    if not change.value:
        return "HubspotIgnoredStageCleared"
    return StageChanged(
        id=_identity(change, "contact.propertyChange", "lifecyclestage"),
        lead_id=str(change.object_id),
        at=instant(change.occurred_at),
        stage=change.value,
        source=change.change_source or "",
    )


def _hint(raw: msgspec.Raw, at: str, kind: str, name: str, topic: Topic) -> Hinted:
    change = decode(raw, _Change, at)
    return Hinted(
        id=_identity(change, kind, name),
        lead_id=str(change.object_id),
        at=instant(change.occurred_at),
        about=topic,
    )


def _identity(change: _Change, kind: str, name: str) -> str:
    # eventId alone is not promised to be unique, and attemptNumber changes with each repeat.
    parts: list[object] = [change.portal_id, kind, change.object_id, change.event_id]
    parts.append(change.occurred_at)
    return ":".join(["hs", *map(str, parts), *([name] if name else [])])


def instant(millis: int) -> datetime:
    """*millis* since 1970 as UTC, exactly: no float on the way."""
    return _EPOCH + timedelta(milliseconds=millis)
