"""
The wire format of news: detail types and their JSON, on the bus and in queues.

An event of Baton's own travels as it is: its detail is the tagged JSON that histories keep, too.
Public event types, and hints (news without a lead yet), have their own shapes in ``details``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict, replace

from baton.domain.world.events import (
    AnyEvent,
    Clicked,
    ClockDue,
    DealMoved,
    Deleted,
    Event,
    Hinted,
    Merged,
    OwnerAbsent,
    OwnerRefused,
    Reapplied,
    Reassigned,
    SignalSeen,
    Snoozed,
    StageChanged,
    Undelivered,
    WentStale,
)
from baton.failures import Malformed

from .decoding import decode
from .details import (
    DealHint,
    Hint,
    Identity,
    Instant,
    LeadDealMoved,
    LeadSignal,
    LeadStageChanged,
    ObjectId,
    OddWebhook,
    PersonHint,
    PoolHint,
    Public,
)
from .schema import numbered, refuse_newer

#: What travels: events of a lead, and hints.
News = AnyEvent | Hint
S = TypeVar("S", bound=Struct)

#: Public event types: their documented shape, and the event each becomes.
_EVENTS: dict[type[Public], type[StageChanged | SignalSeen | DealMoved]] = {
    LeadStageChanged: StageChanged,
    LeadSignal: SignalSeen,
    LeadDealMoved: DealMoved,
}
_PUBLIC: dict[type[News], type[Public]] = {event: shape for shape, event in _EVENTS.items()}

#: Detail type -> the type of its detail. EventBridge's rule selects by the type.
SHAPES: dict[str, type[News | Public]] = {
    "LeadStageChanged": LeadStageChanged,
    "LeadSignal": LeadSignal,
    "LeadDealMoved": LeadDealMoved,
    "LeadHint": Hinted,
    "LeadMerged": Merged,
    "LeadDeleted": Deleted,
    "LeadClicked": Clicked,
    "LeadReassigned": Reassigned,
    "LeadSnoozed": Snoozed,
    "LeadReapplied": Reapplied,
    "LeadOwnerRefused": OwnerRefused,
    "LeadOwnerAbsent": OwnerAbsent,
    "LeadUndelivered": Undelivered,
    "PersonHint": PersonHint,
    "DealHint": DealHint,
    "OddWebhook": OddWebhook,
    # Straight to the wakes queue, never on the bus:
    "LeadClockDue": ClockDue,
    "LeadWentStale": WentStale,
    "PoolHint": PoolHint,
}
_TYPES = {shape: detail_type for detail_type, shape in SHAPES.items()}


class _Event(Struct):
    """Constraints on an arriving event. They are not on the event types themselves, because a
    derived event (of a deal hint for one contact) has a longer id, and is stored.
    """

    id: Identity
    lead_id: ObjectId
    at: Instant
    into: ObjectId | UnsetType = UNSET
    until: Instant | UnsetType = UNSET
    #: Within the integers that JSON readers hold exactly and msgspec can write.
    assignment: Annotated[int, Meta(ge=0, le=2**53)] | UnsetType = UNSET


class _Envelope(Struct, rename={"type": "detail-type"}):
    """The fields that EventBridge puts around a detail, as far as we need them; our own messages
    have no others."""

    type: str
    detail: msgspec.Raw


def to_detail(news: News) -> tuple[str, str]:
    """
    Encode *news*: its detail type, and its detail as JSON.

    Raises:
        ValueError: A time in *news* has no zone, so its meaning would depend on the reader; or
            *news* is a RoomMade, which does not travel.
        Malformed: A time is so early in the year 1, or so late in 9999, that UTC cannot express it.
    """
    detail = _in_utc(_detail(news))
    detail_type = _TYPES.get(type(detail))
    if detail_type is None:
        raise ValueError(f"{type(news).__name__} does not travel")
    body = msgspec.json.encode(detail).decode()
    # Public event types and hints have not changed since schema 1; a number would make older code
    # refuse them.
    return detail_type, numbered(body, "news") if isinstance(detail, Event) else body


def from_detail(detail_type: str, detail: bytes | str) -> News:
    """
    Decode news. Unknown fields are ignored.

    Raises:
        Malformed: Says which field is wrong, and how.
        NewerSchema: Newer code wrote it.
    """
    if refuse_newer(detail, "news") < 2:
        from .older import as_today  # senders do not need it

        detail_type, detail = as_today(detail_type, detail)
    shape = SHAPES.get(detail_type)
    if shape is None:
        raise Malformed(f"detail-type: expected one of {', '.join(SHAPES)}")
    if issubclass(shape, Event):
        decode(detail, _Event, "detail")
    return _news(_in_utc(decode(detail, shape, "detail")))


def encode_message(news: News) -> str:
    """*news* as a queue message of our own, in the shape EventBridge's have."""
    detail_type, detail = to_detail(news)
    return f'{{"detail-type":"{detail_type}","detail":{detail}}}'


def decode_message(body: str) -> News:
    """
    Read the news out of a queue message: EventBridge's envelope, or one of our own.

    Raises:
        Malformed: Says which field is wrong, and how.
        NewerSchema: Newer code wrote it.
    """
    envelope = decode(body, _Envelope)
    return from_detail(envelope.type, bytes(envelope.detail))


def _detail(news: News) -> News | Public:
    """*news* in the shape that it travels in."""
    shape = _PUBLIC.get(type(news))
    if shape is None:
        return news
    fields = asdict(news)
    return shape(event_id=fields.pop("id"), occurred_at=fields.pop("at"), **fields)


def _news(detail: News | Public) -> News:
    if not isinstance(detail, Public):
        return detail
    fields = asdict(detail)
    event = _EVENTS[type(detail)]
    return event(id=fields.pop("event_id"), at=fields.pop("occurred_at"), **fields)


def _in_utc(found: S) -> S:
    """
    *found* with all its times in UTC.

    Raises:
        ValueError: A time has no zone.
        Malformed: A time is so early in the year 1, or so late in 9999, that UTC cannot express it.
    """
    times = {}
    for field, name in zip(found.__struct_fields__, found.__struct_encode_fields__, strict=True):
        at = getattr(found, field)
        if not isinstance(at, datetime):
            continue
        if at.tzinfo is None:
            raise ValueError(f"{type(found).__name__}.{field}: a time must carry a zone")
        try:
            times[field] = at.astimezone(UTC)
        except OverflowError as error:
            raise Malformed(f"detail.{name}: out of range") from error
    return replace(found, **times)
