"""
The events of HubSpot's webhooks, field by field.

Sources: HubSpot's guides "Webhooks" (fields of each kind) and "Create generic webhook
subscriptions" (the ``object.*`` spelling, whose events name the type of the object), and its
changelog "New subscription types for webhooks" (merges, restores, associations). Public records of
received requests show what those leave out: an association has no ``objectId``, and some events
name their kind ``eventType``.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple
from zlib import crc32

from .associations import OBJECT_TYPE_IDS, TYPE_IDS, singular
from .config import SandboxConfig
from .world import Record

#: Which field names the kind of an event.
Naming = Literal["subscriptionType", "eventType", "both"]
#: HubSpot has no ``object.*`` spelling of this one.
_ONLY_CONTACTS = "privacyDeletion"
#: Kinds that nobody subscribed to, but that an account may have: sent under the worst untidiness.
STRAY = ("contact.associationChange", "deal.deletion", "company.creation", "company.deletion")


class Happening(NamedTuple):
    """Something that happened to an object; *fields* are those of its kind."""

    kind: str
    name: str
    fields: dict[str, Any]
    source: str
    source_id: str
    #: Epoch milliseconds.
    at: int

    @property
    def topic(self) -> str:
        """What is subscribed to: ``contact.creation``."""
        return f"{singular(self.kind)}.{self.name}"


def created(record: Record, source: str, source_id: str, at: int) -> Happening:
    return _of(record, "creation", source, source_id, at, changeFlag="NEW")


def deleted(record: Record, source: str, source_id: str, at: int) -> Happening:
    return _of(record, "deletion", source, source_id, at, changeFlag="DELETED")


def erased(record: Record, source: str, source_id: str, at: int) -> Happening:
    return _of(record, "privacyDeletion", source, source_id, at, changeFlag="PRIVACY_DELETED")


def restored(record: Record, source: str, source_id: str, at: int) -> Happening:
    return _of(record, "restore", source, source_id, at, changeFlag="RESTORED")


def changed(
    record: Record, name: str, value: str, source: str, source_id: str, at: int
) -> Happening:
    told = {"propertyName": name, "propertyValue": value}
    return _of(record, "propertyChange", source, source_id, at, **told)


def merged(record: Record, gone: tuple[str, ...], moved: int, at: int) -> Happening:
    """*gone*: ids that lead to *record* from now on, that of the preferred contact first."""
    told = {
        "primaryObjectId": int(gone[0]),
        "mergedObjectIds": [int(one) for one in gone[1:]],
        "newObjectId": int(record.id),
        "numberOfPropertiesMoved": moved,
        "changeFlag": "MERGED",
    }
    return _of(record, "merge", "CRM_UI", "userId:1", at, **told)


def associated(
    kind: str, object_id: str, to_kind: str, to_id: str, at: int, *, removed: bool, primary: bool
) -> Happening:
    """HubSpot sends one for each of the two objects: this is that of *kind*."""
    told = {
        "associationType": f"{singular(kind)}_TO_{singular(to_kind)}".upper(),
        "fromObjectId": int(object_id),
        "toObjectId": int(to_id),
        "associationRemoved": removed,
        "isPrimaryAssociation": primary,
        "toKind": to_kind,
    }
    return Happening(kind, "associationChange", told, "USER", "userId:1", at)


def is_subscribed(config: SandboxConfig, happening: Happening) -> bool:
    if happening.name != "propertyChange":
        return happening.topic in config.subscribed_kinds
    names = {"contacts": config.subscribed, "deals": config.subscribed_of_deals}
    return happening.fields["propertyName"] in names.get(happening.kind, ())


def written(
    config: SandboxConfig,
    happening: Happening,
    event_id: int,
    *,
    generic: bool = False,
    naming: Naming = "subscriptionType",
) -> dict[str, Any]:
    """
    The event as it is sent.

    Args:
        generic: In the ``object.*`` spelling, where there is one.
    """
    fields = dict(happening.fields)
    to_kind = fields.pop("toKind", "")
    generic = generic and happening.name != _ONLY_CONTACTS
    topic = f"object.{happening.name}" if generic else happening.topic
    told: dict[str, Any] = {
        "eventId": event_id,
        "subscriptionId": _subscription(happening, topic),
        "portalId": config.portal_id,
        "appId": config.app_id,
        "occurredAt": happening.at,
        "attemptNumber": 0,
        **fields,
        "changeSource": happening.source,
    }
    told |= dict.fromkeys(
        ("subscriptionType", "eventType") if naming == "both" else (naming,), topic
    )
    if happening.source_id:
        told["sourceId"] = happening.source_id
    if generic:
        told |= _types(happening.kind, to_kind)
        told |= {"isSensitive": False} if happening.name == "propertyChange" else {}
    return told


def _of(
    record: Record, name: str, source: str, source_id: str, at: int, **fields: object
) -> Happening:
    told = {"objectId": int(record.id), **fields}
    return Happening(record.type, name, told, source, source_id, at)


def _types(kind: str, to_kind: str) -> dict[str, object]:
    """The types of the objects in the ``object.*`` spelling."""
    if not to_kind:
        return {"objectTypeId": OBJECT_TYPE_IDS[kind]}
    return {
        "fromObjectTypeId": OBJECT_TYPE_IDS[kind],
        "toObjectTypeId": OBJECT_TYPE_IDS[to_kind],
        "associationTypeId": TYPE_IDS[kind, to_kind],
        "associationCategory": "HUBSPOT_DEFINED",
    }


def _subscription(happening: Happening, topic: str) -> int:
    """The number of a subscription: the same for what is told by the same one."""
    name = happening.fields.get("propertyName", "")
    return 250_001 + crc32(f"{happening.kind}:{topic}:{name}".encode()) % 600_000
