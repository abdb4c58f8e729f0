"""
The words events travel in: detail types and their JSON, on the bus and in queues.

Documented for other systems in ``events/README.md``. Only ids, names of things and values that
say nothing about a person travel: the bus keeps an archive, and an archive cannot forget anyone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from baton.core.events import (
    Action,
    AnyEvent,
    Clicked,
    ClockDue,
    Hinted,
    SignalSeen,
    StageChanged,
    Topic,
    WentStale,
)
from baton.failures import Malformed

from .decoding import convert, decode

#: An event's identity becomes part of a key: printable ASCII without spaces.
Identity = Annotated[str, Meta(pattern=r"\A[!-~]{1,200}\Z")]
#: HubSpot's contact id. No leading zero, or one contact would have two keys.
LeadId = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,18}\Z")]
#: An instant with its zone, so that it means the same everywhere.
Instant = Annotated[datetime, Meta(tz=True)]
#: A stage, a signal, a reason: a value some policy may know.
Name = Annotated[str, Meta(min_length=1, max_length=255)]
Note = Annotated[str, Meta(max_length=255)]


class _Detail(Struct, frozen=True, kw_only=True, rename="camel"):
    event_id: Identity
    lead_id: LeadId


class LeadStageChanged(_Detail, frozen=True, kw_only=True):
    """Public: any system may say that a lead's stage changed."""

    stage: Name
    occurred_at: Instant
    source: Note = ""


class LeadSignal(_Detail, frozen=True, kw_only=True):
    """Public: any system may say that the person showed interest."""

    signal: Name
    occurred_at: Instant
    source: Note = ""


class LeadHint(_Detail, frozen=True, kw_only=True):
    about: Topic
    occurred_at: Instant


class LeadClicked(_Detail, frozen=True, kw_only=True):
    assignment: Annotated[int, Meta(ge=0, le=2**53)]
    action: Action
    user: Name
    channel: Name
    occurred_at: Instant
    reason: Note = ""


class LeadClock(_Detail, frozen=True, kw_only=True):
    """A wake of our own clocks: straight to a queue, never on the bus."""

    at: Instant
    pace: Literal["fast", "slow"]


Detail = LeadStageChanged | LeadSignal | LeadHint | LeadClicked | LeadClock
_SHAPES: dict[str, type[Detail]] = {
    shape.__name__: shape
    for shape in (LeadStageChanged, LeadSignal, LeadHint, LeadClicked, LeadClock)
}


class _Envelope(Struct, rename={"type": "detail-type"}):
    """What EventBridge puts around a detail, as far as we need it; our own have no more."""

    type: str
    detail: msgspec.Raw


def to_detail(event: AnyEvent) -> tuple[str, dict[str, Any]]:
    """
    Put *event* into words: its detail type, and its detail ready for JSON.

    Raises:
        ValueError: The event's time has no zone, so it would mean something else elsewhere.
    """
    detail = _detail(event)
    return type(detail).__name__, msgspec.to_builtins(detail)


def from_detail(detail_type: str, detail: dict[str, Any] | bytes) -> AnyEvent:
    """
    Read an event back from its words. Fields it does not know are passed over.

    Raises:
        Malformed: Says which field is wrong, and how.
    """
    shape = _SHAPES.get(detail_type)
    if shape is None:
        raise Malformed(f"detail-type: expected one of {', '.join(_SHAPES)}")
    if isinstance(detail, dict):
        return _event(convert(detail, shape, "detail"))
    return _event(decode(detail, shape, "detail"))


def encode_message(event: AnyEvent) -> str:
    """*event* as a queue message of our own, in the shape EventBridge's have."""
    detail = _detail(event)
    message = {"detail-type": type(detail).__name__, "detail": detail}
    return msgspec.json.encode(message).decode()


def decode_message(body: str) -> AnyEvent:
    """
    Read the event out of a queue message: EventBridge's envelope, or one of our own.

    Raises:
        Malformed: Says which field is wrong, and how.
    """
    envelope = decode(body, _Envelope)
    return from_detail(envelope.type, bytes(envelope.detail))


def _detail(event: AnyEvent) -> Detail:
    if event.at.tzinfo is None:
        raise ValueError(f"event {event.id}: its time must carry a zone")
    at = event.at.astimezone(UTC)
    match event:
        case StageChanged(id=i, lead_id=lead, stage=stage, source=source):
            return LeadStageChanged(
                event_id=i, lead_id=lead, stage=stage, occurred_at=at, source=source
            )
        case SignalSeen(id=i, lead_id=lead, signal=signal, source=source):
            return LeadSignal(
                event_id=i, lead_id=lead, signal=signal, occurred_at=at, source=source
            )
        case Hinted(id=i, lead_id=lead, about=about):
            return LeadHint(event_id=i, lead_id=lead, about=about, occurred_at=at)
        case Clicked(id=i, lead_id=lead):
            return LeadClicked(
                event_id=i,
                lead_id=lead,
                assignment=event.assignment,
                action=event.action,
                reason=event.reason,
                user=event.user,
                channel=event.channel,
                occurred_at=at,
            )
        case ClockDue(id=i, lead_id=lead):
            return LeadClock(event_id=i, lead_id=lead, at=at, pace="fast")
        case WentStale(id=i, lead_id=lead):
            return LeadClock(event_id=i, lead_id=lead, at=at, pace="slow")


def _event(detail: Detail) -> AnyEvent:
    field: Literal["at", "occurredAt"] = "at" if isinstance(detail, LeadClock) else "occurredAt"
    at = detail.at if isinstance(detail, LeadClock) else detail.occurred_at
    try:
        at = at.astimezone(UTC)
    except OverflowError as error:  # the first or last hours of the calendar, in another zone
        raise Malformed(f"detail.{field}: out of range") from error
    i, lead = detail.event_id, detail.lead_id
    match detail:
        case LeadStageChanged(stage=stage, source=source):
            return StageChanged(id=i, lead_id=lead, at=at, stage=stage, source=source)
        case LeadSignal(signal=signal, source=source):
            return SignalSeen(id=i, lead_id=lead, at=at, signal=signal, source=source)
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
        case LeadClock(pace=pace):
            wake = ClockDue if pace == "fast" else WentStale
            return wake(id=i, lead_id=lead, at=at)
