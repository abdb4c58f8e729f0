"""The run: a clock that jumps from event to event, worked by the real flow."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import get_args

from msgspec.structs import replace

from baton.adapters.memory import MemoryStore
from baton.application.audit.fairness import Handed, ledger
from baton.application.drain_queue import drain
from baton.application.follow_person import follow_person
from baton.application.ports.leads import Record
from baton.application.ports.people import Entry
from baton.application.work_event import Contacts, EventWorker
from baton.domain.draft.decision import Decision, Outcome
from baton.domain.lead import Lead
from baton.domain.policy import Ownership, Person, Policy
from baton.domain.world.effects import AnyEffect
from baton.domain.world.events import (
    Action,
    AnyEvent,
    Clicked,
    ClockDue,
    Hinted,
    OwnerAbsent,
    RoomMade,
    StageChanged,
    WentStale,
)
from baton.domain.world.wakes import fast_wake, slow_wake
from baton.domain.world.world import Load, Turns, World
from baton.presentation.words import listed
from baton.simulation.arriving import Arrival, scheduled
from baton.simulation.behaving import Behaviour, Leave, People
from baton.simulation.crm import SimulatedCrm
from baton.simulation.result import Life, Result, Tally, spread
from baton.wire.details import PersonHint, PoolHint

#: How long the run goes on after the last lead has arrived.
AFTERMATH = timedelta(days=3)

Work = Callable[[], None]


class Simulation:
    """
    One run over *arrivals*.

    Args:
        start: First day of leads that do not say when they come, and of everybody's leave.
        days: Number of days on which such leads arrive.
        seed: Of everything random; the same seed gives the same run.
    """

    def __init__(
        self,
        policy: Policy,
        arrivals: Sequence[Arrival],
        start: date,
        days: int,
        behaviour: Behaviour,
        seed: int,
    ) -> None:
        self._policy, self._seed = policy, seed
        self._people = People(policy, behaviour, Random(seed + 1))
        self._crm = SimulatedCrm(policy)
        self._store = _NotingStore(self._note)
        self._store.loads |= {person.id: Load(person.id) for person in policy.people}
        self._store.turns |= {pool.id: Turns(pool.id) for pool in policy.pools}
        self._work_event = EventWorker(
            self._store, self, self, _at_once, self._world_with_all_loads
        )
        self._tally = Tally(lives={}, outcomes=Counter(), breaches=Counter(), fullest={})
        self._handed: list[Handed] = []
        self._heap: list[tuple[datetime, int, Work]] = []
        self._order = count()
        self._awake: set[tuple[str, str, datetime]] = set()
        self._back: dict[str, datetime] = {}
        self._limits = {p.id: p.max_open for p in policy.people if p.max_open is not None}
        self._now = datetime.combine(start, time(), UTC)
        queue = scheduled(arrivals, policy, start, days, Random(seed + 2))
        for number, (at, arrival) in enumerate(queue, 1):
            self._at(at, partial(self._arrive, str(number), arrival))
        for leave in self._people.leaves(self._now, days):
            self._at(leave.start, partial(self._leave, leave))
        self._starts = queue[0][0] if queue else self._now
        self._ends = (queue[-1][0] if queue else self._now) + AFTERMATH

    def run(self, on_arrival: Callable[[int], None] = lambda leads: None) -> Result:
        """
        Play the simulation to its end.

        Args:
            on_arrival: Called with the number of leads so far, each time one arrives.
        """
        while self._heap and self._heap[0][0] <= self._ends:
            at, _, work = heapq.heappop(self._heap)
            self._now = self._crm.now = max(at, self._now)
            before = len(self._tally.lives)
            work()
            if len(self._tally.lives) > before:
                on_arrival(len(self._tally.lives))
        return self._result()

    # --- what happens

    def _arrive(self, lead: str, arrival: Arrival) -> None:
        stage = self._crm.add(lead, arrival, self._now)
        self._tally.lives[lead] = Life(self._now)
        event = StageChanged(id=f"in:{lead}", lead_id=lead, at=self._now, stage=stage)
        self._work(event)

    def _world_with_all_loads(self, policy: Policy, event: AnyEvent) -> World:
        """The world with everything that a decision may need. Reading costs nothing here, and a
        missing item would mean deciding twice."""
        lead = event.lead_id
        return World(
            policy,
            touches=self._crm.touches(lead),
            background=self._crm.background(lead, [], [], []),
            loads=self._store.loads,
            turns=self._store.turns,
            account=self._crm.account(lead, get_args(Ownership), ""),
            first=self._store.first_waiting([event.pool] if isinstance(event, RoomMade) else []),
        )

    def _work(self, event: AnyEvent) -> None:
        self._tally.events += 1
        contacts = Contacts(self._crm, [event.lead_id])
        self._work_event(event, self._policy, contacts, self._now)
        self._look_after(event.lead_id)

    def _look_after(self, lead_id: str) -> None:
        """Have the lead's next clocks wake it."""
        lead = self._store.lead.get(lead_id)
        if lead is None:
            return
        for kind, at, wake in (
            ("fast", lead.wake_at, fast_wake),
            ("slow", lead.stale_at, slow_wake),
        ):
            if at is not None and (lead_id, kind, at) not in self._awake:
                self._awake.add((lead_id, kind, at))
                self._at(at, partial(self._wake, lead_id, kind, wake, at))

    def _wake(
        self, lead_id: str, kind: str, wake: Callable[[str, datetime], AnyEvent], at: datetime
    ) -> None:
        self._awake.discard((lead_id, kind, at))
        lead = self._store.lead[lead_id]
        due = lead.wake_at if kind == "fast" else lead.stale_at
        if due is not None and due <= self._now:
            self._work(wake(lead_id, at))

    def _leave(self, leave: Leave) -> None:
        self._back[leave.person] = leave.end
        hint = PersonHint(
            event_id=f"leave:{leave.person}:{leave.start.isoformat()}",
            person=leave.person,
            occurred_at=self._now,
            away=True,
            until=leave.end,
        )
        follow_person(hint, self._policy, _Roster(self._store.loads), self, self, self._now)

    # --- what people do

    def _given(self, lead: Lead, person: Person) -> None:
        """Schedule what the new owner of a lead does, if anything."""
        assignment = lead.assignment
        assert assignment is not None
        does = self._people.does()
        if does == "ignore":
            return
        at = self._people.reacts_at(person, max(self._now, self._back.get(person.id, self._now)))
        if does == "reject":
            reason = self._people.rejects_for()
            self._at(at, self._clicks(lead.id, assignment.number, person, "reject", reason))
            return
        self._at(at, self._clicks(lead.id, assignment.number, person, "accept"))
        touched = self._people.touches_at(person, at)
        self._at(touched, partial(self._touches, lead.id, assignment.number, person))
        decided = self._people.decides_at(person, touched)
        if self._people.qualifies():
            self._at(decided, self._clicks(lead.id, assignment.number, person, "qualify"))
        else:
            reason = self._people.rejects_for(worked=True)
            self._at(decided, self._clicks(lead.id, assignment.number, person, "reject", reason))

    def _clicks(
        self, lead_id: str, number: int, person: Person, action: Action, reason: str = ""
    ) -> Work:
        def click() -> None:
            if self._has(lead_id, number):
                self._work(
                    Clicked(
                        id=f"click:{lead_id}:{number}:{action}",
                        lead_id=lead_id,
                        at=self._now,
                        assignment=number,
                        action=action,
                        user=person.slack_user,
                        channel="",
                        reason=reason,
                    )
                )

        return click

    def _touches(self, lead_id: str, number: int, person: Person) -> None:
        if self._has(lead_id, number):
            self._crm.touch(lead_id, person.hubspot_owner, self._now)
            event = Hinted(
                id=f"call:{lead_id}:{number}", lead_id=lead_id, at=self._now, about="activity"
            )
            self._work(event)

    def _has(self, lead_id: str, number: int) -> bool:
        """Whether the lead is still theirs; a person does not go on working a lost lead."""
        assignment = self._store.lead[lead_id].assignment
        return assignment is not None and assignment.number == number

    # --- what the flow sends

    def send(
        self,
        events: Sequence[ClockDue | WentStale] | Sequence[AnyEffect],
        within: timedelta | None = None,
    ) -> None:
        """Effects show in HubSpot at once; wakes are scheduled elsewhere."""
        if within is None and events and not isinstance(events[0], ClockDue | WentStale):
            self._crm.show([one for one in events if not isinstance(one, ClockDue | WentStale)])

    def offer(
        self, hints: Sequence[PoolHint | Hinted | OwnerAbsent], after: timedelta = timedelta(0)
    ) -> None:
        for hint in hints:
            if isinstance(hint, PoolHint):
                self._at(self._now, partial(self._drain, hint))

    def _drain(self, hint: PoolHint) -> None:
        drain(hint, self._store, self._now, self._work)

    def _at(self, at: datetime, work: Work) -> None:
        heapq.heappush(self._heap, (at, next(self._order), work))

    # --- what is noted

    def _note(self, decision: Decision, record: Record) -> None:
        tally, lead = self._tally, decision.lead
        life = tally.lives[lead.id]
        for outcome in record.outcomes:
            self._note_outcome(outcome, life)
        if decision.considered or any(one.kind == "assigned" for one in record.outcomes):
            self._handed.append(Handed(record.policy, decision.considered, record.outcomes))
        if lead.waiting is not None and life.owned_at is None:
            life.waited = True
        life.held = listed(lead.held.missing) if lead.held else ""
        for load in decision.loads:
            self._note_load(load)
        if any(one.kind == "assigned" for one in record.outcomes) and lead.assignment is not None:
            person = self._policy.person[lead.assignment.person]
            self._given(lead, person)

    def _note_outcome(self, outcome: Outcome, life: Life) -> None:
        tally = self._tally
        tally.outcomes[outcome.kind] += 1
        match outcome.kind:
            case "assigned" if life.owned_at is None:
                life.owned_at = self._now
                # A manager who owns the account is its owner like any other.
                manager = self._policy.person[outcome.person].role == "manager"
                life.resort = manager and not outcome.what.endswith("-owner")
            case "accepted" if life.accepted_at is None:
                life.accepted_at = self._now
            case "touched" if life.touched_at is None:
                life.touched_at = self._now
            case "breached":
                tally.breaches[outcome.what] += 1

    def _note_load(self, load: Load) -> None:
        most = self._limits.get(load.person)
        if most is None:
            return
        fullest = self._tally.fullest
        fullest[load.person] = max(fullest.get(load.person, 0), load.open)
        self._tally.over_limit += load.open > most

    def _result(self) -> Result:
        tally, lives = self._tally, list(self._tally.lives.values())
        owned = [life for life in lives if life.owned_at is not None]
        resort = sum(life.resort and not life.waited for life in owned)
        waiting = sum(lead.waiting is not None for lead in self._store.lead.values())
        missing = Counter(
            f"lacks {life.held}" if life.held else "not ready for sales"
            for lead_id, life in tally.lives.items()
            if life.owned_at is None and self._store.lead[lead_id].waiting is None
        )
        waited = [life for life in owned if life.waited]
        wait_timed_out = sum(life.resort for life in waited)
        return Result(
            policy=self._policy.version,
            seed=self._seed,
            leads=len(lives),
            events=tally.events,
            starts=self._starts,
            ends=self._ends,
            at_once=len(owned) - len(waited) - resort,
            after_wait=len(waited) - wait_timed_out,
            wait_given_up=wait_timed_out,
            last_resort=resort,
            not_handed=dict(missing),
            still_waiting=waiting,
            waited=spread(life.owned_at - life.at for life in waited if life.owned_at),
            to_accept=spread(life.accepted_at - life.at for life in lives if life.accepted_at),
            to_touch=spread(life.touched_at - life.at for life in lives if life.touched_at),
            accepted=sum(life.accepted_at is not None for life in lives),
            touched=sum(life.touched_at is not None for life in lives),
            breaches=dict(sorted(tally.breaches.items())),
            pulled_back=tally.outcomes["pulled_back"],
            rejected=tally.outcomes["rejected"],
            qualified=tally.outcomes["qualified"],
            recycled=tally.outcomes["recycled"],
            disqualified=tally.outcomes["disqualified"],
            fullest={
                person: (most, self._limits[person])
                for person, most in sorted(tally.fullest.items())
            },
            over_limit=tally.over_limit,
            fairness=ledger(self._handed, lambda version: self._policy, self._policy),
        )


def _at_once(attempt: int) -> None:
    """Does nothing: with one worker nothing contends."""


class _NotingStore(MemoryStore):
    """Keeps only the ids of worked events, and passes their records on."""

    def __init__(self, on_commit: Callable[[Decision, Record], None]) -> None:
        super().__init__()
        self._on_commit = on_commit

    def commit(self, decision: Decision, event: AnyEvent, policy: str, now: datetime) -> Record:
        record = super().commit(decision, event, policy, now)
        self._on_commit(decision, record)
        return record

    def keep(self, key: tuple[str, str], record: Record, lead: Lead) -> None:
        slim = Record(record.event, record.at, record.policy, record.version)
        super().keep(key, slim, lead)


class _Roster:
    """Who is away, on the loads that decisions read; see ports.people.People."""

    def __init__(self, loads: dict[str, Load]) -> None:
        self._loads = loads

    def load(self, person: str, word: str) -> tuple[Load, Entry | None]:
        return self._loads.get(person) or Load(person), None

    def keep(self, load: Load, entry: Entry) -> None:
        self._loads[load.person] = replace(load, version=load.version + 1)
