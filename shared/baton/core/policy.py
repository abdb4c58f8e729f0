"""The policy as the core reads it: compiled, immutable, light to load.

The files a RevOps admin edits are richer (``baton.policy.models``); publishing compiles them into
these records, which travel as JSON. Durations are ``timedelta``; everything in a tuple is in the
order in which it is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from baton.core.calendar import WorkCalendar

Record = dict[str, Any]


class Count(Struct, frozen=True, omit_defaults=True):
    """How often something was seen of a person: at least ``at_least`` pieces of evidence."""

    #: Kinds of evidence; empty: any.
    of: tuple[str, ...] = ()
    #: What it was about, by name (a form, a page), compared without case; empty: anything.
    what: tuple[str, ...] = ()
    #: Counted back from now; None: ever.
    within: timedelta | None = None
    at_least: int = 1


class Test(Struct, frozen=True, omit_defaults=True):
    """One test on one field; all that are given must hold. A field without a value fails every
    test but ``known: false``. Under one of ``OPERATORS`` it holds ``blocks`` or ``counts``."""

    __test__ = False  # not a pytest class, whatever its name says

    #: Text values, compared without case and surrounding space.
    any_of: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    known: bool | None = None
    #: Patterns, one of which must fit the whole value; ``*`` is any text, case does not matter.
    matches: tuple[str, ...] = ()
    #: The date lies at most this far back, and not in the future.
    within: timedelta | None = None
    blocks: tuple[dict[str, Test], ...] = ()
    counts: tuple[Count, ...] = ()


#: Names in a block of conditions that are no fields: all of its blocks, one of them, none of them;
#: and evidence counted.
OPERATORS = ("all", "any", "not", "events")

#: Field name or operator -> test; every one must pass. An empty one matches every lead.
When = dict[str, Test]

FieldKind = Literal["text", "number", "date", "email", "phone", "choice", "flag"]


class Field(Struct, frozen=True):
    """A field in Baton's words and the HubSpot contact property that holds it."""

    id: str
    label: str
    property: str
    #: Shown in the handoff packet.
    packet: bool = True
    kind: FieldKind = "text"
    #: Where a missing value is looked for, in order: ``history`` (what an earlier form held),
    #: ``contact.PROPERTY``, ``company.PROPERTY``.
    look_up: tuple[str, ...] = ()


class Hold(Struct, frozen=True):
    """What happens to a lead that waits before a stage for what it lacks."""

    #: Time of the wall until ``then`` is done.
    within: timedelta = timedelta(days=2)
    #: wait: those who can fill it in are told again, each time; flag: it goes on, flagged;
    #: close: it is closed for ``reason``.
    then: Literal["wait", "flag", "close"] = "wait"
    reason: str = ""


class Disqualifier(Struct, frozen=True):
    """A condition under which a lead in a stage is closed at once, and the reason for it."""

    when: When
    reason: str


class Stage(Struct, frozen=True):
    """A lifecycle stage. ``rank`` orders the working stages; a side stage is off the way."""

    id: str
    label: str
    rank: int
    lifecyclestage: str
    #: ``hs_lead_status`` written with the stage; empty: left alone.
    lead_status: str = ""
    side: bool = False
    purpose: str = ""
    #: What must hold to enter it, and to leave it forward.
    entry: When = {}
    exit: When = {}
    #: Fields that must be filled in to enter it; of each inner tuple, one.
    requires: tuple[tuple[str, ...], ...] = ()
    #: A required field is missing: the lead waits, or goes on with the list of what is missing.
    if_missing: Literal["hold", "flag"] = "hold"
    hold: Hold = Hold()
    disqualified_by: tuple[Disqualifier, ...] = ()
    #: Stages of HubSpot's deal pipelines that correspond to it.
    deal_stages: tuple[str, ...] = ()


Trigger = Literal["automatic", "rep", "time"]


class Transition(Struct, frozen=True):
    """A named move. ``reverse`` ones are the only ways back."""

    id: str
    source: tuple[str, ...]
    to: str
    by: tuple[Trigger, ...]
    reverse: bool = False
    #: Baton makes the move by itself once this holds; empty: others make it, and Baton follows.
    when: When = {}
    #: Contact property -> value written when the move is made.
    sets: dict[str, str] = {}
    #: Who is told when the move is made; empty: nobody.
    tell: Literal["", "owner", "manager", "channel", "ops"] = ""
    #: Reason code of a move off the way that is not made by choosing a reason.
    reason: str = ""
    #: The forward move that this one undoes; for the documents.
    reverses: str = ""


class Reason(Struct, frozen=True):
    """A reason code with its one consequence: a nurture track, or disqualified."""

    id: str
    label: str
    #: Written to HubSpot.
    value: str
    #: Id of the nurture track to recycle to; empty: disqualify.
    track: str = ""
    #: Offered to reps in Slack; the others are for time and for automations.
    offered: bool = True


class Status(Struct, frozen=True):
    """``hs_lead_status`` values Baton writes as a handed-off lead is worked."""

    new: str = ""
    working: str = ""
    #: Once a meeting is booked.
    meeting: str = ""


class Sync(Struct, frozen=True):
    """Who wins where others write a contact property that Baton writes, too."""

    #: HubSpot's name of it, or ``*`` for all that Baton writes.
    property: str
    wins: Literal["crm", "marketing", "baton"]
    when: When = {}


Answer = Literal["restore", "accept", "ask", "report"]


class Lifecycle(Struct, frozen=True):
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...]
    reasons: tuple[Reason, ...]
    fields: tuple[Field, ...]
    #: Stage at which a lead is handed to sales (MQL), and the one that acceptance reaches (SAL).
    handoff: str
    accepted: str
    #: Stage a contact is given when it is created without one.
    initial: str
    recycled: str = "recycled"
    disqualified: str = "disqualified"
    status: Status = Status()
    #: Change source (lower case), or "*" -> what to do with a backward change.
    backward: dict[str, Answer] = {}
    #: How often within 30 days one property of a lead is put right before Baton gives in.
    restore_at_most: int = 3
    #: Stages that a lead skips: entered and left at the same instant, or never entered.
    skipped: Literal["fill", "blank"] = "blank"
    sync: tuple[Sync, ...] = ()
    #: ``hs_lead_status`` values of before -> those of now; for `baton status migrate`.
    old_statuses: dict[str, str] = {}


class Signal(Struct, frozen=True):
    """A kind of evidence that other systems may send as ``LeadSignal``."""

    id: str
    label: str


class FitRule(Struct, frozen=True):
    """Points for who the lead is."""

    id: str
    label: str
    points: float
    when: When


class FitGroup(Struct, frozen=True):
    """Fit rules of one matter. The group gives at most ``cap`` points."""

    id: str
    label: str
    rules: tuple[FitRule, ...]
    cap: float | None = None


class BehaviourRule(Struct, frozen=True):
    """Points for each piece of evidence, worth less as it ages."""

    id: str
    label: str
    points: float
    of: tuple[str, ...]
    what: tuple[str, ...] = ()
    #: After this time a piece is worth half its points.
    half_life: timedelta | None = None
    #: After this time it is worth nothing.
    window: timedelta | None = None
    #: The newest so many pieces count; None: all.
    at_most: int | None = None


class BehaviourGroup(Struct, frozen=True):
    id: str
    label: str
    rules: tuple[BehaviourRule, ...]
    cap: float | None = None


class Never(Struct, frozen=True):
    """Who never qualifies, whatever they do."""

    id: str
    label: str
    when: When


class Scoring(Struct, frozen=True):
    """When a lead qualifies: fit and behaviour and recency, or a hand raised; never against
    a fit disqualifier."""

    #: Who says that a lead is an MQL: this score, or HubSpot's stage with the score beside it.
    authority: Literal["baton", "hubspot"]
    fit_at_least: float
    behaviour_at_least: float
    #: The newest evidence must be at most this old.
    recency: timedelta
    fit: tuple[FitGroup, ...] = ()
    behaviour: tuple[BehaviourGroup, ...] = ()
    hand_raises: tuple[Count, ...] = ()
    never: tuple[Never, ...] = ()
    signals: tuple[Signal, ...] = ()


class Definition(Struct, frozen=True):
    """What was agreed on, as a fingerprint, and who has signed it."""

    label: str
    digest: str
    approved_by: tuple[str, ...] = ()
    approved_on: str = ""
    #: Who has yet to sign; empty: it is confirmed.
    wanting: tuple[str, ...] = ()


class Territory(Struct, frozen=True):
    id: str
    label: str
    when: When


class Segment(Struct, frozen=True):
    id: str
    label: str
    when: When


class Rule(Struct, frozen=True):
    """A named routing rule: the first whose ``when`` holds sends the lead to ``pool``."""

    id: str
    when: When
    pool: str
    label: str = ""


class Member(Struct, frozen=True):
    rep: str
    #: Share of the pool's turns relative to the other members.
    weight: int = 1


class Fallback(Struct, frozen=True, omit_defaults=True):
    """Where a lead goes when a pool has nobody: another pool, or a person (a manager)."""

    pool: str = ""
    person: str = ""


class Pool(Struct, frozen=True):
    id: str
    label: str
    members: tuple[Member, ...]
    fallback: tuple[Fallback, ...]


class Chain(NamedTuple):
    """What a pool and its fallbacks can reach."""

    pools: tuple[str, ...]
    people: tuple[str, ...]


class TimeOff(Struct, frozen=True):
    start: datetime
    end: datetime


class Person(Struct, frozen=True):
    """A rep or a manager. Managers have no capacity limit and may own leads as the last resort."""

    id: str
    name: str
    role: Literal["rep", "manager"]
    hubspot_owner: str
    slack_user: str
    calendar: str
    #: Person id of the manager; for a manager, the director or empty.
    manager: str = ""
    team: str = ""
    #: Open leads and leads a local day; None: no limit.
    max_open: int | None = None
    max_per_day: int | None = None
    active: bool = True
    time_off: tuple[TimeOff, ...] = ()


class Rung(Struct, frozen=True, omit_defaults=True):
    """One step of a ladder. Exactly one of ``share`` (of the target, 0–1), ``before`` and
    ``after`` (the deadline) places it; ``breach`` is at the deadline itself (``after`` 0)."""

    kind: Literal["warn", "breach", "escalate", "pull_back"]
    to: Literal["owner", "manager", "channel", "director"] = "owner"
    share: float | None = None
    before: timedelta | None = None
    after: timedelta | None = None


class Target(Struct, frozen=True):
    """A promise with its own deadline, its own act that stops it and its own ladder."""

    id: str
    label: str
    within: timedelta
    #: A disposition is how the handoff ended: qualified, recycled or disqualified.
    stops_on: Literal["accept", "touch", "disposition"]
    ladder: tuple[Rung, ...]
    #: Working time of the owner's calendar, or every hour of the day.
    time: Literal["working", "wall"] = "working"
    #: Subject of the HubSpot task for it ({name} and {company} are filled in); empty: no task.
    task: str = ""


class Tier(Struct, frozen=True):
    """How hot a lead is, and what it is promised. The first tier whose ``when`` holds applies."""

    id: str
    label: str
    when: When
    targets: tuple[Target, ...]


class Track(Struct, frozen=True):
    """A nurture track that HubSpot's workflows enrol recycled leads in."""

    id: str
    label: str
    #: Written to HubSpot so that its workflows know the track.
    value: str
    cool_off: timedelta
    max_rounds: int
    keep_owner: bool = False


class Staleness(Struct, frozen=True):
    """After ``after`` without activity in one of ``stages`` the lead is closed for ``reason``."""

    stages: tuple[str, ...]
    when: When
    after: timedelta
    warn_before: timedelta
    reason: str


class Play(Struct, frozen=True):
    """The sequence, template or playbook that fits the offer that created the lead."""

    when: When
    text: str


class Digest(Struct, frozen=True):
    #: Local time of day "HH:MM" in the manager's calendar zone.
    at: str
    #: Send on days the manager does not work, too.
    every_day: bool = False


class Notifications(Struct, frozen=True):
    #: Slack channel (id or #name) for rungs addressed to "channel", and for RevOps matters.
    channel: str
    ops_channel: str
    digest: Digest
    plays: tuple[Play, ...] = ()


class Policy(Struct, frozen=True, dict=True):
    """One published version of everything a decision needs to know."""

    version: str
    company: str
    lifecycle: Lifecycle
    territories: tuple[Territory, ...]
    segments: tuple[Segment, ...]
    rules: tuple[Rule, ...]
    pools: tuple[Pool, ...]
    people: tuple[Person, ...]
    #: Calendar id -> what WorkCalendar.from_dict takes, holidays already worked out.
    calendars: dict[str, Record]
    tiers: tuple[Tier, ...]
    tracks: tuple[Track, ...]
    staleness: tuple[Staleness, ...]
    notifications: Notifications
    #: None: leads are not scored, and HubSpot's stage says who is an MQL.
    scoring: Scoring | None = None
    #: ``stage:mql``, ``transition:accept``, ``reason:timing``, ``scoring:fit``, … -> the sign-off.
    definitions: dict[str, Definition] = {}

    @cached_property
    def person(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def pool(self) -> dict[str, Pool]:
        return {pool.id: pool for pool in self.pools}

    @cached_property
    def stage(self) -> dict[str, Stage]:
        return {stage.id: stage for stage in self.lifecycle.stages}

    @cached_property
    def stage_of_value(self) -> dict[str, Stage]:
        """HubSpot ``lifecyclestage`` value or stage id -> stage."""
        by_id = {stage.id: stage for stage in self.lifecycle.stages}
        return by_id | {stage.lifecyclestage: stage for stage in self.lifecycle.stages}

    @cached_property
    def stage_of_deal(self) -> dict[str, Stage]:
        """Deal stage -> the lifecycle stage that corresponds to it."""
        return {deal: stage for stage in self.lifecycle.stages for deal in stage.deal_stages}

    @cached_property
    def field(self) -> dict[str, Field]:
        return {field.id: field for field in self.lifecycle.fields}

    @cached_property
    def reason(self) -> dict[str, Reason]:
        return {reason.id: reason for reason in self.lifecycle.reasons}

    @cached_property
    def transition(self) -> dict[str, Transition]:
        return {transition.id: transition for transition in self.lifecycle.transitions}

    @cached_property
    def track(self) -> dict[str, Track]:
        return {track.id: track for track in self.tracks}

    @cached_property
    def behaviour_marks(self) -> tuple[float, ...]:
        """Every number that a condition compares the behaviour score with, rising."""
        marks = {self.scoring.behaviour_at_least} if self.scoring else set()
        for when in self._conditions():
            marks |= set(_behaviour_marks(when))
        return tuple(sorted(marks))

    def _conditions(self) -> Iterator[When]:
        for stage in self.lifecycle.stages:
            yield from (stage.entry, stage.exit, *(one.when for one in stage.disqualified_by))
        yield from (move.when for move in self.lifecycle.transitions)
        for named in (self.tiers, self.rules, self.staleness, self.notifications.plays):
            yield from (one.when for one in named)

    @cached_property
    def watched(self) -> tuple[str, ...]:
        """Contact properties that others write as well as Baton, as the policy says."""
        named = {one.property for one in self.lifecycle.sync} - {"*", "lifecyclestage"}
        both = {"hs_lead_status", "hubspot_owner_id"} if self.lifecycle.sync else set()
        return tuple(sorted(named | both))

    @cached_property
    def owner_by_hubspot(self) -> dict[str, Person]:
        return {person.hubspot_owner: person for person in self.people}

    @cached_property
    def person_by_slack(self) -> dict[str, Person]:
        return {person.slack_user: person for person in self.people}

    @cached_property
    def chain(self) -> dict[str, Chain]:
        """Pool id -> every pool and person that a lead sent there may come to."""
        return {pool.id: self._chain(pool) for pool in self.pools}

    def _chain(self, pool: Pool) -> Chain:
        pools = [pool, *(self.pool[step.pool] for step in pool.fallback if step.pool)]
        people = {member.rep for p in pools for member in p.members}
        people |= {step.person for step in pool.fallback if step.person}
        return Chain(tuple(p.id for p in pools), tuple(sorted(people)))

    @cached_property
    def _work_calendars(self) -> dict[str, WorkCalendar]:
        return {}

    def calendar_of(self, person: Person) -> WorkCalendar:
        """The person's calendar with their time off cut out."""
        calendar = self._work_calendars.get(person.id)
        if calendar is None:
            spec = dict(self.calendars[person.calendar])
            spec["off"] = [[off.start.isoformat(), off.end.isoformat()] for off in person.time_off]
            calendar = self._work_calendars[person.id] = WorkCalendar.from_dict(spec)
        return calendar


def _behaviour_marks(when: When) -> Iterator[float]:
    for name, test in when.items():
        for block in test.blocks:
            yield from _behaviour_marks(block)
        if name == "behaviour":
            yield from (mark for mark in (test.at_least, test.below) if mark is not None)
