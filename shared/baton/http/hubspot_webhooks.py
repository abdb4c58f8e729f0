"""
HubSpot's webhook batches, translated into events.

A webhook is a hint. Most of what HubSpot sends is not for us and only counted by kind; its other
fields are not parsed. One event that cannot be read costs nothing but itself: HubSpot repeats a
refused batch for a day and then drops all of it, so such an event is put aside for a person, and
the object that it names is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TypeGuard

import msgspec
from msgspec import Struct

from baton.domain import hubspot_names
from baton.domain.world.events import Deleted, Hinted, Merged, StageChanged, Topic
from baton.failures import Malformed
from baton.http.hubspot_shapes import Association, Change, Merge, StageChange, Subject
from baton.wire.decoding import decode
from baton.wire.details import DealHint, OddWebhook
from baton.wire.vocabulary import News

CONTACT_TYPE, DEAL_TYPE = "0-1", "0-3"
#: Hints after which only the contact is read.
_LOOKS = frozenset({"fields", "owner", "status"})
_FAMILIES = {CONTACT_TYPE: "contact", DEAL_TYPE: "deal"}
#: Events that could not be read, by metric name.
ODD = "HubspotOdd"
#: The field that differs between HubSpot's repeats of an event.
ATTEMPT = "attemptNumber"
_KIND = re.compile(r"[A-Za-z]{1,40}\.[A-Za-z]{1,40}")
_ID = re.compile(r"[1-9][0-9]{0,18}")

#: Contact property -> the hint that a change of it gives. ``lifecyclestage`` is more than a hint.
#: Any other property may be one that the policy reads: the door does not know which it reads, and
#: HubSpot sends only subscribed ones.
HINTS: dict[str, Topic] = {
    hubspot_names.OWNER: "owner",
    hubspot_names.LEAD_STATUS: "status",
    hubspot_names.LAST_CONTACTED: "activity",
    hubspot_names.LAST_SALES_ACTIVITY: "activity",
}
#: Baton's own writes come back as webhooks, and each would cause a useless read of the contact.
#: They are recognised by property name: the prefix alone would also hide fields that people fill in
#: (baton_pain), and the change source those that other integrations write.
#: Only the policy knows its stages and targets, so any word stands for them.
OWN = re.compile(
    "|".join(
        (
            *hubspot_names.FIXED,
            hubspot_names.due(r"\w+"),
            *(name(r"\w+") for name in hubspot_names.PER_STAGE),
        )
    )
)


class Translated(Struct, frozen=True):
    """The result of a request: news for the bus, and counts of ignored events by metric name."""

    events: tuple[News, ...]
    ignored: dict[str, int]


def read_webhooks(body: bytes, now: datetime, portal: str = "") -> Translated:
    """
    Translate a batch of webhook events.

    Args:
        now: When it was received.

        portal: The account we serve; events from others are ignored. Empty: any account.

    Raises:
        Malformed: Not an array.
    """
    events: list[News] = []
    ignored: Counter[str] = Counter()
    for number, raw in enumerate(decode(body, list[msgspec.Raw])):
        try:
            found = _translate(raw, f"$[{number}]", portal)
        except Malformed as fault:
            found = _put_aside(raw, str(fault), now, portal)
            ignored[ODD] += 1
        if isinstance(found, str):
            ignored[found] += 1
        else:
            events += found
    kept = _folded(events)
    if len(kept) < len(events):
        ignored["HubspotFolded"] = len(events) - len(kept)
    return Translated(tuple(kept), dict(ignored))


def _put_aside(raw: msgspec.Raw, why: str, now: datetime, portal: str) -> Sequence[News] | str:
    """An event that cannot be read, without its values; and hints to read what it is about."""
    fields = _fields(raw)
    sender = str(fields.get("portalId"))
    if portal and _ID.fullmatch(sender) and sender != portal:
        return "HubspotIgnoredPortal"
    kind = next((one for one in map(fields.get, ("subscriptionType", "eventType")) if one), "")
    subscription = kind if isinstance(kind, str) and _KIND.fullmatch(kind) else ""
    link = "fromObjectId" in fields  # of an association
    named = fields.get("fromObjectId" if link else "objectId")
    object_id = str(named) if isinstance(named, int | str) and _ID.fullmatch(str(named)) else ""
    # The same for each repeat, which only has another attemptNumber.
    parts = sorted((name, repr(value)) for name, value in fields.items() if name != ATTEMPT)
    content = repr(parts).encode("utf-8", "replace") if parts else bytes(raw)
    identity = f"hs:odd:{sha256(content).hexdigest()[:32]}"
    odd = OddWebhook(
        event_id=identity, why=why[:255], subscription=subscription, object_id=object_id
    )
    family = subscription.partition(".")[0]
    if family == "object":
        kind_id = fields.get("fromObjectTypeId" if link else "objectTypeId")
        family = _FAMILIES.get(str(kind_id), family)
    if family == "contact":
        about = [object_id, *_merged_ids(fields)] if object_id else _merged_ids(fields)
        return [
            odd,
            *(
                Hinted(id=f"{identity}:read:{contact}", lead_id=contact, at=now, about="stage")
                for contact in dict.fromkeys(about)
            ),
        ]
    if object_id and family == "deal":
        read = f"{identity}:read"
        return [odd, DealHint(event_id=read, deal_id=object_id, occurred_at=now, joined=link)]
    return [odd]


def _merged_ids(fields: Mapping[str, object]) -> list[str]:
    """The contacts that a merge names, as far as they can be read: HubSpot answers for one that was
    merged away with the survivor."""
    named = [fields.get("primaryObjectId"), fields.get("newObjectId")]
    gone = fields.get("mergedObjectIds")
    named += gone if isinstance(gone, list) else []
    return [str(one) for one in named if isinstance(one, int | str) and _ID.fullmatch(str(one))]


def _fields(raw: msgspec.Raw) -> dict[str, object]:
    try:
        return decode(raw, dict[str, object])
    except Malformed:
        return {}


def _folded(events: Sequence[News]) -> list[News]:
    """*events* with only one hint per contact: each hint only asks to read the contact, and a new
    contact brings one for every field it has."""
    looked_at = {
        event.lead_id
        for event in events
        if isinstance(event, StageChanged | Hinted) and not _only_look(event)
    }
    kept: list[News] = []
    for event in events:
        if _only_look(event):
            if event.lead_id in looked_at:
                continue
            looked_at.add(event.lead_id)
        kept.append(event)
    return kept


def _only_look(event: News) -> TypeGuard[Hinted]:
    return isinstance(event, Hinted) and event.about in _LOOKS


def _translate(raw: msgspec.Raw, at: str, portal: str) -> Sequence[News] | str:
    """The news in *raw*, or the name under which it is ignored."""
    subject = decode(raw, Subject, at)
    kind = subject.subscription_type or subject.event_type
    if not kind:
        raise Malformed(f"{at}.subscriptionType: required")
    if portal and subject.portal_id is not None and str(subject.portal_id) != portal:
        return "HubspotIgnoredPortal"

    # One identity per event, even if it is subscribed to under both its names.
    family, _, happening = kind.partition(".")
    if family == "object":
        kind_id = subject.object_type_id or subject.from_object_type_id
        family = _FAMILIES.get(kind_id or "", family)
    name = subject.property_name or ""
    if family in _FAMILIES.values() and happening == "propertyChange" and not name:
        raise Malformed(f"{at}.propertyName: required")
    if family == "contact":
        return _of_contact(raw, at, happening, name)
    if family == "deal":
        return _of_deal(raw, at, happening, name)
    return "HubspotIgnoredOther"


def _of_contact(raw: msgspec.Raw, at: str, happening: str, name: str) -> Sequence[News] | str:
    match happening:
        case "creation":
            return _hint(raw, at, "contact.creation", "", "created")
        case "propertyChange" if name == hubspot_names.STAGE:
            return _stage_changed(raw, at)
        case "propertyChange" if OWN.fullmatch(name):
            return "HubspotIgnoredOwnProperty"
        case "propertyChange":
            return _hint(raw, at, "contact.propertyChange", name, HINTS.get(name, "fields"))
        case "restore":
            # Out of HubSpot's bin: what Baton knew of it was erased with the deletion.
            return _hint(raw, at, "contact.restore", "", "stage")
        case "merge":
            return _merged(decode(raw, Merge, at))
        case "deletion" | "privacyDeletion":
            return _deleted(decode(raw, Change, at), f"contact.{happening}")
        case _:
            return "HubspotIgnoredOther"


def _of_deal(raw: msgspec.Raw, at: str, happening: str, name: str) -> Sequence[News] | str:
    match happening:
        case "creation":
            return _deal(decode(raw, Change, at), "deal.creation", "", created=True)
        case "propertyChange" if name == hubspot_names.DEAL_STAGE:
            return _deal(decode(raw, Change, at), "deal.propertyChange", name)
        case "associationChange":
            return _associated(decode(raw, Association, at), at)
        case _:
            return "HubspotIgnoredOther"


def _deal(change: Change, kind: str, name: str, *, created: bool = False) -> Sequence[News]:
    return [
        DealHint(
            event_id=change.identity(kind, change.object_id, name),
            deal_id=str(change.object_id),
            occurred_at=change.at,
            created=created,
        )
    ]


def _associated(link: Association, at: str) -> Sequence[News] | str:
    """A contact was added to a deal, so the deal's stage is news for it."""
    if link.association_type is None and link.to_object_type_id is None:
        raise Malformed(f"{at}.associationType: required")
    to_contact = link.association_type in {"DEAL_TO_CONTACT", None}
    if link.to_object_type_id is not None:
        to_contact = link.to_object_type_id == CONTACT_TYPE
    if link.association_removed or not to_contact:
        return "HubspotIgnoredOther"
    deal, contact = link.from_object_id, str(link.to_object_id)
    return [
        DealHint(
            event_id=link.identity("deal.associationChange", deal, contact),
            deal_id=str(deal),
            occurred_at=link.at,
            joined=True,
        )
    ]


def _stage_changed(raw: msgspec.Raw, at: str) -> Sequence[News] | str:
    change = decode(raw, StageChange, at)
    if not change.value:
        # Cleared: for good, or as the first of the two changes that move a stage back, Baton's own
        # among them. The contact's history says which.
        return _hint(raw, at, "contact.propertyChange", hubspot_names.STAGE, "stage")
    return [
        StageChanged(
            id=change.identity("contact.propertyChange", change.object_id, hubspot_names.STAGE),
            lead_id=str(change.object_id),
            at=change.at,
            stage=change.value,
            source=change.change_source or "",
            source_id=str(change.source_id or "")[:255],
        )
    ]


def _hint(raw: msgspec.Raw, at: str, kind: str, name: str, topic: Topic) -> Sequence[News]:
    change = decode(raw, Change, at)
    identity = change.identity(kind, change.object_id, name)
    return [Hinted(id=identity, lead_id=str(change.object_id), at=change.at, about=topic)]


def _merged(merge: Merge) -> Sequence[News]:
    """Each contact that was merged away, and the one that replaces it and may take over its
    stage."""
    kind, survivor = "contact.merge", str(merge.survivor)
    return [
        *(
            Merged(id=merge.identity(kind, gone), lead_id=str(gone), at=merge.at, into=survivor)
            for gone in merge.gone
        ),
        Hinted(
            id=merge.identity(kind, merge.survivor), lead_id=survivor, at=merge.at, about="stage"
        ),
    ]


def _deleted(change: Change, kind: str) -> Sequence[News]:
    identity = change.identity(kind, change.object_id)
    return [Deleted(id=identity, lead_id=str(change.object_id), at=change.at)]
