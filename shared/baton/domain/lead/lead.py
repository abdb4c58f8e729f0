"""A lead as Baton holds it, and the pieces it is made of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct

from baton.domain.policy.sla import Recipient
from baton.domain.world.effects import Value

# The small records are stored as arrays: they are most of a lead's size, and a lead under 4 KB
# costs one read unit. New fields go at their end, with a default.

#: Written into every stored lead; raised when the shape changes in a way old code cannot read.
SCHEMA = 1


class StageFact(Struct, frozen=True, array_like=True):
    """The lead was seen to enter *stage*, or was deliberately moved there by transition *via*."""

    at: datetime
    stage: str
    #: Name of a reverse transition; empty for everything that is only observed.
    via: str = ""
    #: Who changed it, in the words of the system that said so.
    source: str = ""


class StageTimes(Struct, frozen=True, array_like=True):
    """When a stage was entered, and for how long (up to the last known move)."""

    first: datetime
    last: datetime
    count: int = 1
    spent: timedelta = timedelta()
    #: The lead skipped the stage, and the policy counts it as entered and left at that moment.
    filled: bool = False


class Sign(Struct, frozen=True, array_like=True):
    """A piece of evidence: what the person did, and what it was about, by name."""

    at: datetime
    kind: str
    what: str = ""


class Write(Struct, frozen=True, array_like=True):
    """A value that Baton decided for a HubSpot property, to know it again when it comes back."""

    value: str
    at: datetime
    #: When it was seen in HubSpot: from then on the same value is somebody else's.
    seen: datetime | None = None


class Standing(Struct, frozen=True, omit_defaults=True):
    """Where a lead stands, worked out from its stage facts alone."""

    stage: str = ""
    since: datetime | None = None
    times: dict[str, StageTimes] = {}
    #: Facts that would have moved the lead backward: seen, not obeyed.
    refused: tuple[StageFact, ...] = ()
    #: How often it went off the way so far (recycled, disqualified).
    rounds: int = 0


class ArmedRung(Struct, frozen=True, array_like=True):
    """A rung of a ladder at its instant. It was worked out when the clock was armed and stays,
    whatever the policy says later."""

    at: datetime
    kind: Literal["warn", "breach", "escalate", "pull_back", "close", "release", "give_up"]
    to: Recipient = "owner"
    #: How time is counted on the way to it; empty: as the clock counts.
    time: Literal["", "working", "wall"] = ""


class Untold(Struct, frozen=True, array_like=True):
    """A *rung* was climbed at its time, and its recipient, who was not at work, is told *at*.

    The lead keeps it, and not the clock: what has happened stays so when the clock stands still,
    or the lead is pulled back.
    """

    at: datetime
    rung: ArmedRung
    #: Whose clock it was: the assignment, and the person.
    number: int
    person: str
    target: str
    label: str
    due_at: datetime


class Clock(Struct, frozen=True, omit_defaults=True):
    """A running promise with the ladder it started under."""

    target: str
    label: str
    stops_on: Literal["accept", "touch", "disposition", "activity", "complete", "room", ""]
    started_at: datetime
    due_at: datetime
    ladder: tuple[ArmedRung, ...]
    #: Rungs already climbed.
    climbed: int = 0
    stopped_at: datetime | None = None
    #: Subject of the HubSpot task that goes with it; empty: none.
    task: str = ""
    #: It counts every hour of the day, and not working time.
    wall: bool = False
    #: Since when it stands still, and for which of the policy's pauses; None: it does not.
    paused_at: datetime | None = None
    paused_for: tuple[str, ...] = ()
    #: When it stood still before.
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    #: Calendar id by which it counts; empty: the owner's.
    calendar: str = ""
    #: What the lead is called once the ladder is climbed to its end.
    ends_as: str = ""
    #: The stop may be taken back, so the rungs it did not come to are kept: ``condition`` (the
    #: policy's ``stops_when``), or ``touch`` (reported by the owner, not seen elsewhere).
    stopped_by: Literal["", "condition", "touch"] = ""

    @property
    def running(self) -> bool:
        """It has not been stopped by its act; it may stand still."""
        return self.stopped_at is None

    @property
    def next_rung(self) -> ArmedRung | None:
        if self.running and self.paused_at is None and self.climbed < len(self.ladder):
            return self.ladder[self.climbed]
        return None

    @property
    def at_the_end(self) -> bool:
        """Nobody acted, and no rung is left that would change it."""
        return self.running and bool(self.ladder) and self.climbed == len(self.ladder)

    def stop(self, at: datetime) -> Clock:
        """The clock at rest for good, without the rungs it did not come to: they were most of its
        size. One that rests already keeps its time."""
        return msgspec.structs.replace(
            self,
            stopped_at=self.stopped_at or at,
            stopped_by="",
            ladder=self.ladder[: self.climbed],
            paused_at=None,
            paused_for=(),
        )

    def rest(self, at: datetime, by: Literal["condition", "touch"]) -> Clock:
        """The clock stopped by what may be taken back: ``go on`` needs its rungs."""
        return msgspec.structs.replace(
            self, stopped_at=at, stopped_by=by, paused_at=None, paused_for=()
        )


class Assignment(Struct, frozen=True, omit_defaults=True):
    """The spell of one owner with the lead. ``number`` names it in Slack and HubSpot."""

    number: int
    person: str
    rule: str
    pool: str
    tier: str
    at: datetime
    why: str
    accepted_at: datetime | None = None
    touched_at: datetime | None = None
    #: slack: the rep says so; hubspot: seen as a logged call, e-mail or meeting.
    touched_in: Literal["", "slack", "hubspot"] = ""
    #: A meeting was booked or held.
    met_at: datetime | None = None
    #: Stage of the handoff that it is part of; empty: the first.
    handoff: str = ""
    #: It counts as one of its owner's open leads, and as one of its pool's, which is limited.
    counts: bool = True
    counts_in_pool: bool = False
    #: From then on it does not count any more.
    forget_at: datetime | None = None
    #: The owner lets it rest until then, and since when.
    snoozed_until: datetime | None = None
    snoozed_at: datetime | None = None
    #: Targets promised with it whose time has yet to begin.
    to_start: tuple[str, ...] = ()


class Spell(Struct, frozen=True, array_like=True):
    """A past assignment: who had the lead, until when, and how it ended."""

    person: str
    number: int
    since: datetime
    until: datetime
    ended: str


class Waiting(Struct, frozen=True, omit_defaults=True):
    """A place in a pool's queue: nobody was free, and the policy says that the lead waits."""

    pool: str
    #: Stage of the handoff it waits in.
    handoff: str
    since: datetime
    #: Place of its tier in the policy: 0 is the hottest.
    heat: int
    #: Warns whoever comes next in the chain, and gives up in their favour.
    clock: Clock
    #: When time alone may make room: a day begins, somebody comes back; None: it makes none.
    look_at: datetime | None = None


class Held(Struct, frozen=True, omit_defaults=True):
    """What keeps a lead from going on at a stage."""

    #: The stage it may not enter yet, and the transition it would take by itself; empty: it stands
    #: there in HubSpot already.
    stage: str
    move: str
    since: datetime
    #: Field ids; of several that would do, joined by a stroke.
    missing: tuple[str, ...]
    #: Criteria that do not hold, as a person would say it.
    unmet: tuple[str, ...]
    clock: Clock
    #: How often those who can fill it in were told.
    told: int = 1
    #: The owner asked for the move; else Baton makes it when its conditions hold.
    asked: bool = False


class Lead(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything Baton knows of a lead. Immutable: a decision makes a new one.

    An open lead (one that somebody owns and owes an answer, or that is held back) always has a
    next wake-up: the constructor refuses one that nothing would ever look at again.
    """

    id: str
    version: int = 0
    schema: int = SCHEMA
    #: Stage facts in order of time, on top of ``base``, which holds what was folded in for good.
    facts: tuple[StageFact, ...] = ()
    base: Standing = Standing()
    standing: Standing = Standing()
    #: Field id -> value, as last read from HubSpot. Personal data.
    fields: dict[str, str] = {}
    #: First source ever seen; never changes again.
    first_source: str = ""
    assignment: Assignment | None = None
    #: Assignments so far; the next one gets the following number.
    assigned: int = 0
    past: tuple[Spell, ...] = ()
    #: Assignments up to this number belong to earlier rounds.
    round_from: int = 0
    clocks: tuple[Clock, ...] = ()
    #: The slow clock of inactivity.
    idle: Clock | None = None
    last_activity: datetime | None = None
    track: str = ""
    reason: str = ""
    #: Until then HubSpot's workflows should leave the lead to its nurture track.
    cool_until: datetime | None = None
    #: Contact property -> what Baton last decided it should be.
    written: dict[str, Value] = {}
    #: Contact property that others write, too -> what Baton decided for it lately, oldest first.
    writes: dict[str, tuple[Write, ...]] = {}
    #: Contact property -> the value of whoever wins there; Baton's is not sent meanwhile.
    yielded: dict[str, str] = {}
    #: Contact property -> when Baton put it right, to stop before it becomes a fight.
    restored: dict[str, tuple[datetime, ...]] = {}
    #: Contact property -> value that a transition sets.
    sets: dict[str, str] = {}
    #: What the person did, oldest first.
    evidence: tuple[Sign, ...] = ()
    #: Field id -> where its value was found, when the contact itself has none.
    found: dict[str, str] = {}
    held: Held | None = None
    #: The stage whose gate it passed last, and the required fields that were missing then.
    admitted: str = ""
    flagged: tuple[str, ...] = ()
    #: When time alone may change what conditions say of it.
    review_at: datetime | None = None
    #: Why HubSpot has no such contact any more; empty: it has.
    gone: str = ""
    waiting: Waiting | None = None
    #: What somebody has yet to be told.
    untold: tuple[Untold, ...] = ()

    def __post_init__(self) -> None:
        if self.open and self.wake_at is None and self.stale_at is None:
            raise ValueError(f"lead {self.id}: open, but nothing would ever look at it again")

    @property
    def open(self) -> bool:
        return self.assignment is not None or self.held is not None or self.waiting is not None

    @property
    def wake_at(self) -> datetime | None:
        """The earliest instant at which a fast clock wants something; None: none does."""
        clocks = list(self.clocks)
        moments: list[datetime | None] = []
        if self.held is not None:
            clocks.append(self.held.clock)
        if self.waiting is not None:
            clocks.append(self.waiting.clock)
            moments.append(self.waiting.look_at)
        if self.assignment is not None:
            moments.append(self.assignment.snoozed_until)
        moments += [rung.at for clock in clocks if (rung := clock.next_rung)]
        moments += [untold.at for untold in self.untold]
        return min((at for at in moments if at is not None), default=None)

    @property
    def stale_at(self) -> datetime | None:
        """The earliest instant at which a slow clock wants something: inactivity, a review, or a
        lead that is to count no longer."""
        rung = self.idle.next_rung if self.idle else None
        moments = [rung.at if rung else None, self.review_at]
        if self.assignment is not None and self.assignment.counts:
            moments.append(self.assignment.forget_at)
        return min((at for at in moments if at is not None), default=None)
