"""
The words events travel in: detail types and their JSON, on the bus and in queues.

Each word has its JSON in ``details``; here events become words, and words events.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from baton.domain.world.events import (
    AnyEvent,
    Clicked,
    ClockDue,
    DealMoved,
    Deleted,
    Hinted,
    Merged,
    OwnerRefused,
    Reapplied,
    Reassigned,
    RoomMade,
    SignalSeen,
    Snoozed,
    StageChanged,
    Undelivered,
    WentStale,
)
from baton.failures import Malformed
from baton.wire.schema import FIELD, SCHEMAS, refuse_newer

from .decoding import convert, decode
from .details import (
    SHAPES,
    Detail,
    Hint,
    LeadClicked,
    LeadClock,
    LeadDealMoved,
    LeadDeleted,
    LeadDetail,
    LeadHint,
    LeadMerged,
    LeadOwnerRefused,
    LeadReapplied,
    LeadReassigned,
    LeadSignal,
    LeadSnoozed,
    LeadStageChanged,
    LeadUndelivered,
)

#: What travels: events of a lead, and news whose lead is yet to be found.
News = AnyEvent | Hint


class _Envelope(Struct, rename={"type": "detail-type"}):
    """What EventBridge puts around a detail, as far as we need it; our own have no more."""

    type: str
    detail: msgspec.Raw


def to_detail(news: News) -> tuple[str, dict[str, Any]]:
    """
    Put *news* into words: its detail type, and its detail ready for JSON.

    Raises:
        ValueError: Its time has no zone, so it would mean something else elsewhere.
    """
    detail = _detail(news)
    number = SCHEMAS["news"]
    schema = {} if number == 1 else {FIELD: number}
    return type(detail).__name__, schema | msgspec.to_builtins(detail)


def from_detail(detail_type: str, detail: dict[str, Any] | bytes) -> News:
    """
    Read news back from its words. Fields it does not know are passed over.

    Raises:
        Malformed: Says which field is wrong, and how.
        NewerSchema: Newer code wrote it.
    """
    refuse_newer(msgspec.json.encode(detail) if isinstance(detail, dict) else detail, "news")
    shape = SHAPES.get(detail_type)
    if shape is None:
        raise Malformed(f"detail-type: expected one of {', '.join(SHAPES)}")
    if isinstance(detail, dict):
        return _news(convert(detail, shape, "detail"))
    return _news(decode(detail, shape, "detail"))


def encode_message(news: News) -> str:
    """*news* as a queue message of our own, in the shape EventBridge's have."""
    detail_type, detail = to_detail(news)
    return msgspec.json.encode({"detail-type": detail_type, "detail": detail}).decode()


def decode_message(body: str) -> News:
    """
    Read the news out of a queue message: EventBridge's envelope, or one of our own.

    Raises:
        Malformed: Says which field is wrong, and how.
        NewerSchema: Newer code wrote it.
    """
    envelope = decode(body, _Envelope)
    return from_detail(envelope.type, bytes(envelope.detail))


def _detail(news: News) -> Detail:
    if isinstance(news, Hint):
        at = _with_zone(news.occurred_at, news.event_id)
        return replace(news, occurred_at=at)
    at, i, lead = _with_zone(news.at, news.id), news.id, news.lead_id
    match news:
        case StageChanged(stage=stage, source=source):
            return LeadStageChanged(
                event_id=i, lead_id=lead, stage=stage, occurred_at=at, source=source
            )
        case SignalSeen(signal=signal, source=source, what=what):
            return LeadSignal(
                event_id=i, lead_id=lead, signal=signal, occurred_at=at, source=source, what=what
            )
        case DealMoved():
            return LeadDealMoved(
                event_id=i,
                lead_id=lead,
                deal=news.deal,
                stage=news.stage,
                outcome=news.outcome,
                created=news.created,
                occurred_at=at,
            )
        case Merged(into=into):
            return LeadMerged(event_id=i, lead_id=lead, into=into, occurred_at=at)
        case Deleted():
            return LeadDeleted(event_id=i, lead_id=lead, occurred_at=at)
        case Hinted(about=about):
            return LeadHint(event_id=i, lead_id=lead, about=about, occurred_at=at)
        case Clicked():
            return LeadClicked(
                event_id=i,
                lead_id=lead,
                assignment=news.assignment,
                action=news.action,
                reason=news.reason,
                user=news.user,
                channel=news.channel,
                occurred_at=at,
            )
        case Reassigned():
            return LeadReassigned(
                event_id=i, lead_id=lead, to=news.to, by=news.by, note=news.note, occurred_at=at
            )
        case Snoozed():
            return LeadSnoozed(
                event_id=i,
                lead_id=lead,
                assignment=news.assignment,
                until=_with_zone(news.until, i),
                by=news.by,
                occurred_at=at,
            )
        case Reapplied():
            return LeadReapplied(event_id=i, lead_id=lead, occurred_at=at)
        case OwnerRefused(person=person):
            return LeadOwnerRefused(event_id=i, lead_id=lead, person=person, occurred_at=at)
        case Undelivered():
            return LeadUndelivered(
                event_id=i,
                lead_id=lead,
                to=news.to,
                level=news.level,
                reason=news.reason,
                slot=news.slot,
                occurred_at=at,
            )
        case RoomMade():
            raise ValueError("a pool's hint travels, not what it means for one lead")
        case ClockDue():
            return LeadClock(event_id=i, lead_id=lead, at=at, pace="fast")
        case WentStale():
            return LeadClock(event_id=i, lead_id=lead, at=at, pace="slow")


def _with_zone(at: datetime, identity: str) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"event {identity}: its time must carry a zone")
    return at.astimezone(UTC)


def _news(detail: Detail) -> News:
    field: Literal["at", "occurredAt"] = "at" if isinstance(detail, LeadClock) else "occurredAt"
    at = detail.at if isinstance(detail, LeadClock) else detail.occurred_at
    try:
        at = at.astimezone(UTC)
    except OverflowError as error:  # the first or last hours of the calendar, in another zone
        raise Malformed(f"detail.{field}: out of range") from error
    if isinstance(detail, Hint):
        return replace(detail, occurred_at=at)
    return _event(detail, at)


def _event(detail: LeadDetail, at: datetime) -> AnyEvent:
    i, lead = detail.event_id, detail.lead_id
    match detail:
        case LeadStageChanged(stage=stage, source=source):
            return StageChanged(id=i, lead_id=lead, at=at, stage=stage, source=source)
        case LeadSignal(signal=signal, source=source, what=what):
            return SignalSeen(id=i, lead_id=lead, at=at, signal=signal, source=source, what=what)
        case LeadDealMoved():
            return DealMoved(
                id=i,
                lead_id=lead,
                at=at,
                deal=detail.deal,
                stage=detail.stage,
                outcome=detail.outcome,
                created=detail.created,
            )
        case LeadMerged(into=into):
            return Merged(id=i, lead_id=lead, at=at, into=into)
        case LeadDeleted():
            return Deleted(id=i, lead_id=lead, at=at)
        case LeadHint(about=about):
            return Hinted(id=i, lead_id=lead, at=at, about=about)
        case LeadClicked():
            return Clicked(
                id=i,
                lead_id=lead,
                at=at,
                assignment=detail.assignment,
                action=detail.action,
                reason=detail.reason,
                user=detail.user,
                channel=detail.channel,
            )
        case LeadReassigned():
            return Reassigned(
                id=i, lead_id=lead, at=at, to=detail.to, by=detail.by, note=detail.note
            )
        case LeadSnoozed():
            return Snoozed(
                id=i,
                lead_id=lead,
                at=at,
                assignment=detail.assignment,
                until=detail.until,
                by=detail.by,
            )
        case LeadReapplied():
            return Reapplied(id=i, lead_id=lead, at=at)
        case LeadOwnerRefused(person=person):
            return OwnerRefused(id=i, lead_id=lead, at=at, person=person)
        case LeadUndelivered():
            return Undelivered(
                id=i,
                lead_id=lead,
                at=at,
                to=detail.to,
                level=detail.level,
                reason=detail.reason,
                slot=detail.slot,
            )
        case LeadClock(pace=pace):
            wake = ClockDue if pace == "fast" else WentStale
            return wake(id=i, lead_id=lead, at=at)
