"""The policy as the core reads it: compiled, immutable, light to load.

The files a RevOps admin edits are richer (``baton.policy.models``); publishing compiles them into
these records, which travel as JSON. Durations are ``timedelta``; everything in a tuple is in the
order in which it is tried.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from baton.core.calendar import WorkCalendar

Record = dict[str, Any]


class Test(Struct, frozen=True, omit_defaults=True):
    """One test on one field; all that are given must hold. A missing field fails every test
    but ``known: false``."""

    __test__ = False  # not a pytest class, whatever its name says

    #: Text values, compared without case and surrounding space.
    any_of: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    known: bool | None = None


#: Field name -> test; every field must pass. An empty one matches every lead.
When = dict[str, Test]


class Field(Struct, frozen=True):
    """A field in Baton's words and the HubSpot contact property that holds it."""

    id: str
    label: str
    property: str
    #: Shown in the handoff packet.
    packet: bool = True


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


class Transition(Struct, frozen=True):
    """A named move. ``reverse`` ones are the only ways back."""

    id: str
    source: tuple[str, ...]
    to: str
    by: tuple[Literal["automatic", "rep", "time"], ...]
    reverse: bool = False


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
    backward: dict[str, Literal["restore", "ask", "report"]] = {}


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
    stops_on: Literal["accept", "touch"]
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
    def reason(self) -> dict[str, Reason]:
        return {reason.id: reason for reason in self.lifecycle.reasons}

    @cached_property
    def transition(self) -> dict[str, Transition]:
        return {transition.id: transition for transition in self.lifecycle.transitions}

    @cached_property
    def track(self) -> dict[str, Track]:
        return {track.id: track for track in self.tracks}

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
