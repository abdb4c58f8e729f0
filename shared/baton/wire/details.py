"""
The JSON of each word: what stands in ``detail`` beside each detail type.

Documented for other systems in ``events/README.md``. Only ids, names of things and values that
say nothing about a person travel: the bus keeps an archive, and an archive cannot forget anyone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from baton.domain.world.events import Action, Level, Told, Topic

#: An event's identity becomes part of a key: printable ASCII without spaces.
Identity = Annotated[str, Meta(pattern=r"\A[!-~]{1,200}\Z")]
#: HubSpot's id of a contact or a deal. No leading zero, or one object would have two keys.
ObjectId = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,18}\Z")]
#: An instant with its zone, so that it means the same everywhere.
Instant = Annotated[datetime, Meta(tz=True)]
#: A stage, a signal, a reason: a value some policy may know.
Name = Annotated[str, Meta(min_length=1, max_length=255)]
Note = Annotated[str, Meta(max_length=255)]
#: A date, a date with a time, or a time, in somebody's own zone; or nothing.
LocalTime = Annotated[str, Meta(pattern=r"\A(|\d{4}-\d\d-\d\d(T\d\d:\d\d)?|\d\d:\d\d)\Z")]


class _Detail(Struct, frozen=True, kw_only=True, rename="camel"):
    event_id: Identity
    lead_id: ObjectId


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
    what: Note = ""


class LeadDealMoved(_Detail, frozen=True, kw_only=True):
    """Public: any system may say that a deal of the person entered a stage."""

    deal: Name
    stage: Name
    occurred_at: Instant
    outcome: Literal["", "won", "lost"] = ""
    created: bool = False


class LeadMerged(_Detail, frozen=True, kw_only=True):
    into: ObjectId
    occurred_at: Instant


class LeadDeleted(_Detail, frozen=True, kw_only=True):
    occurred_at: Instant


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


class LeadReassigned(_Detail, frozen=True, kw_only=True):
    """*to* is a person of the roster; empty: whomever routing finds."""

    occurred_at: Instant
    to: Note = ""
    by: Note = ""
    note: Note = ""


class LeadSnoozed(_Detail, frozen=True, kw_only=True):
    assignment: Annotated[int, Meta(ge=1, le=2**53)]
    until: Instant
    occurred_at: Instant
    by: Note = ""


class LeadReapplied(_Detail, frozen=True, kw_only=True):
    """The lead's running clocks are to follow the policy as it is now."""

    occurred_at: Instant


class LeadOwnerRefused(_Detail, frozen=True, kw_only=True):
    """HubSpot does not take *person* as owner: a person of the roster, or ``hubspot:<owner>``."""

    person: Name
    occurred_at: Instant


class LeadUndelivered(_Detail, frozen=True, kw_only=True):
    """Slack refused a message about the lead to *to*, for good."""

    to: Name
    level: Level
    reason: Name
    occurred_at: Instant
    slot: Note = ""


class PersonHint(Struct, frozen=True, kw_only=True, rename="camel"):
    """Somebody takes no leads for a while, or takes them again."""

    event_id: Identity
    #: A person of the roster: their id, ``slack:<user>`` or ``hubspot:<owner>``.
    person: Name
    occurred_at: Instant
    #: False: they are back.
    away: bool
    #: None: until they say that they are back.
    until: Instant | None = None
    #: The same in their own time: ``2026-12-01``, ``2026-12-01T13:00`` or ``13:00``.
    back: LocalTime = ""
    source: Told = "cli"
    #: Who says so, where it is not they themselves.
    by: Note = ""


class PoolHint(Struct, frozen=True, kw_only=True, rename="camel"):
    """There may be room for a lead that waits in the pool's queue."""

    event_id: Identity
    pool: Name
    occurred_at: Instant


class DealHint(Struct, frozen=True, kw_only=True, rename="camel"):
    """A deal was created or changed its stage. HubSpot does not say whose it is, so this is no
    event of a lead yet: whoever works it reads the deal."""

    event_id: Identity
    deal_id: ObjectId
    occurred_at: Instant
    created: bool = False
    #: A contact joined the deal: for that contact, nothing of it is older than that.
    joined: bool = False


LeadDetail = (
    LeadStageChanged
    | LeadSignal
    | LeadDealMoved
    | LeadMerged
    | LeadDeleted
    | LeadHint
    | LeadClicked
    | LeadClock
    | LeadReassigned
    | LeadSnoozed
    | LeadReapplied
    | LeadOwnerRefused
    | LeadUndelivered
)
Hint = DealHint | PersonHint | PoolHint
Detail = LeadDetail | Hint
SHAPES: dict[str, type[Detail]] = {
    shape.__name__: shape
    for shape in (
        LeadStageChanged,
        LeadSignal,
        LeadDealMoved,
        LeadMerged,
        LeadDeleted,
        LeadHint,
        LeadClicked,
        LeadClock,
        LeadReassigned,
        LeadSnoozed,
        LeadReapplied,
        LeadOwnerRefused,
        LeadUndelivered,
        DealHint,
        PersonHint,
        PoolHint,
    )
}
