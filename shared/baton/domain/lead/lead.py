"""A lead as Baton holds it, and the pieces it is made of."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from msgspec import Struct, field

from baton.domain.lead.assignment import Assignment, PastAssignment
from baton.domain.lead.clock import Clock, DeferredNotice
from baton.domain.lead.deal import KnownDeal
from baton.domain.lead.evidence import Evidence
from baton.domain.lead.hold import Held, Waiting
from baton.domain.lead.question import Question
from baton.domain.lead.stage_facts import LifecycleState, StageFact
from baton.domain.lead.written import Value, Write
from baton.domain.phrase import Text


class Lead(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Everything Baton knows about a lead. Immutable: a decision makes a new one.

    An open lead (owned and not finished, or held) always has a next wake: the constructor refuses
    one that nothing would wake again.
    """

    id: str
    version: int = 0
    #: Stage facts in order of time, on top of ``base``, the state into which older facts were
    #: folded.
    facts: tuple[StageFact, ...] = ()
    base: LifecycleState = LifecycleState()
    #: Where it stands; stored as ``standing``.
    state: LifecycleState = field(default=LifecycleState(), name="standing")
    #: Field id -> value, as last read from HubSpot. Personal data.
    fields: dict[str, str] = {}
    #: The first source seen; never changes.
    first_source: str = ""
    assignment: Assignment | None = None
    #: Assignments so far; the next one gets the following number.
    assigned: int = 0
    past: tuple[PastAssignment, ...] = ()
    #: Assignments up to this number belong to earlier rounds.
    round_from: int = 0
    #: Who had the lead earlier in this round; ids of people. Each gets it once in a round, so there
    #: are at most as many as people.
    had: tuple[str, ...] = ()
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
    #: Contact property that others write, too -> what Baton recently decided for it, oldest first.
    writes: dict[str, tuple[Write, ...]] = {}
    #: Contact property -> the value of another system that won it; Baton's is not sent meanwhile.
    yielded: dict[str, str] = {}
    #: Contact property -> when Baton restored it, to limit fights.
    restored: dict[str, tuple[datetime, ...]] = {}
    #: Contact property -> value that a transition sets.
    sets: dict[str, str] = {}
    #: What the person did, oldest first.
    evidence: tuple[Evidence, ...] = ()
    #: Field id -> where its value was found, if not in the contact: ``company.industry``,
    #: ``history``.
    found: dict[str, str] = {}
    held: Held | None = None
    #: The stage whose gate it passed last, and the required fields that were missing then.
    admitted: str = ""
    flagged: tuple[str, ...] = ()
    #: When time alone may change the result of its conditions.
    review_at: datetime | None = None
    #: Why the contact is gone from HubSpot; empty: it is not.
    gone: Text = ""
    waiting: Waiting | None = None
    #: Notices deferred to their recipients' working hours.
    deferred: tuple[DeferredNotice, ...] = field(default=(), name="untold")
    #: Changes in HubSpot that a person must answer, oldest first.
    questions: tuple[Question, ...] = ()
    #: Which triggers its facts were judged by (``Policy.trigger_rules``).
    judged_by: str = ""
    #: Deal id -> how it stands; of the latest.
    deals: dict[str, KnownDeal] = {}
    #: HubSpot's time of the latest change of the owner that Baton has taken in.
    owner_seen: datetime | None = None
    #: Ids of the contacts that were merged into it, and since when its own history counts.
    absorbed: tuple[str, ...] = ()
    merged_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.assignment is None and self.held is None and self.waiting is None:
            return
        # The clock of inactivity of nearly every open lead runs; asked first, for speed.
        if self.idle is not None and self.idle.next_rung is not None:
            return
        if self.wake_at is None and self.stale_at is None:
            raise ValueError(f"lead {self.id}: open, but no clock would ever wake it")

    @property
    def name(self) -> str:
        """The person's name; else their e-mail address, else the lead's id."""
        # Ids of the policy's fields, not names of HubSpot's properties.
        parts = (self.fields.get(field, "").strip() for field in ("firstname", "lastname"))
        # "Lead 101" could be somebody's name; an address is known for what it is, and by whom.
        return " ".join(filter(None, parts)) or self.fields.get("email") or f"Lead {self.id}"

    @property
    def company(self) -> str:
        return self.fields.get("company", "")

    @property
    def open(self) -> bool:
        return self.assignment is not None or self.held is not None or self.waiting is not None

    @property
    def wake_at(self) -> datetime | None:
        """The earliest instant at which a fast clock is due; None: there is none."""
        moments = [rung.at for clock in self.clocks if (rung := clock.next_rung)]
        if self.held is not None and (rung := self.held.clock.next_rung):
            moments.append(rung.at)
        if self.waiting is not None:
            if rung := self.waiting.clock.next_rung:
                moments.append(rung.at)
            if self.waiting.look_at is not None:
                moments.append(self.waiting.look_at)
            if self.waiting.tell_at is not None:
                moments.append(self.waiting.tell_at)
        if (owned := self.assignment) is not None:
            if owned.snoozed_until is not None:
                moments.append(owned.snoozed_until)
            if owned.leave_at is not None:
                moments.append(owned.leave_at)
            if owned.tell_at is not None:
                moments.append(owned.tell_at)
            if owned.return_at is not None:
                moments.append(owned.return_at)
        if self.deferred:
            moments += [deferred.at for deferred in self.deferred]
        return min(moments) if moments else None

    @property
    def stale_at(self) -> datetime | None:
        """The earliest instant at which a slow clock is due: inactivity, a review, or the end of
        counting as open.
        """
        rung = self.idle.next_rung if self.idle else None
        first = rung.at if rung else None
        if self.review_at is not None and (first is None or self.review_at < first):
            first = self.review_at
        if self.assignment is not None and self.assignment.counts:
            forget_at = self.assignment.forget_at
            if forget_at is not None and (first is None or forget_at < first):
                first = forget_at
        return first


class LeadChanges(TypedDict, total=False):
    """The fields of a lead that a decision may change: all but its id and version."""

    facts: tuple[StageFact, ...]
    base: LifecycleState
    state: LifecycleState
    fields: dict[str, str]
    first_source: str
    assignment: Assignment | None
    assigned: int
    past: tuple[PastAssignment, ...]
    round_from: int
    had: tuple[str, ...]
    clocks: tuple[Clock, ...]
    idle: Clock | None
    last_activity: datetime | None
    track: str
    reason: str
    cool_until: datetime | None
    written: dict[str, Value]
    writes: dict[str, tuple[Write, ...]]
    yielded: dict[str, str]
    restored: dict[str, tuple[datetime, ...]]
    sets: dict[str, str]
    evidence: tuple[Evidence, ...]
    found: dict[str, str]
    held: Held | None
    admitted: str
    flagged: tuple[str, ...]
    review_at: datetime | None
    gone: Text
    waiting: Waiting | None
    deferred: tuple[DeferredNotice, ...]
    questions: tuple[Question, ...]
    judged_by: str
    deals: dict[str, KnownDeal]
    owner_seen: datetime | None
    absorbed: tuple[str, ...]
    merged_at: datetime | None
