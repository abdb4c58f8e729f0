"""Trying the policy out on the leads of cases.yaml, with the decision code that runs live."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from baton.domain import hubspot_names
from baton.domain.decide import decide
from baton.domain.lead import Assignment, Clock, Lead
from baton.domain.lifecycle.stage_history import state_of
from baton.domain.numbers import whole_beside
from baton.domain.policy import Person, Policy
from baton.domain.routing.capacity import local_day, local_week
from baton.domain.scoring.evidence_history import FORM, FORMS
from baton.domain.scoring.facts import describe
from baton.domain.world.effects import ContactState
from baton.domain.world.events import (
    AnyEvent,
    Clicked,
    ClockDue,
    Hinted,
    RoomMade,
    SignalSeen,
    StageChanged,
    WentStale,
)
from baton.domain.world.world import (
    Account,
    Away,
    Background,
    Contact,
    Load,
    Needs,
    SeenStage,
    Turns,
    World,
)
from baton.policy_tools.faults import Path, quoted
from baton.policy_tools.models.cases import Case, Expect, Step
from baton.presentation.wording import plain
from baton.presentation.words import instant, listed

#: Clocks worked in one case; more would be a ladder that never ends.
MOST_CLOCKS = 500


class Problem(Struct, frozen=True):
    """One expectation that does not hold, at *path* inside the case."""

    path: Path
    message: str


class Result(Struct, frozen=True):
    """The result of a case."""

    case: str
    problems: tuple[Problem, ...]
    #: Transitions that the case has shown.
    transitions: tuple[str, ...]
    #: The reasons of every decision in the case.
    because: tuple[str, ...]


def run(policy: Policy, cases: Iterable[Case]) -> tuple[Result, ...]:
    """Try every case on *policy*. Public holidays are those compiled into it."""
    return tuple(_run(policy, case) for case in cases)


def _run(policy: Policy, case: Case) -> Result:
    trial = _Trial(policy, case)
    problems = trial.play()
    if not problems:
        problems = [*trial.compare()]
    return Result(case.id, tuple(problems), trial.transitions(), tuple(trial.because))


def _limited(person: Person) -> bool:
    limits = (person.max_open, person.max_per_day, person.max_per_week)
    return any(most is not None for most in limits)


class _Trial:
    """A world with one lead. Nobody has other leads, except people whom the case declares busy."""

    def __init__(self, policy: Policy, case: Case) -> None:
        self.policy = policy
        self.case = case
        self.now = case.at
        self.lead = Lead(id="1")
        self.loads = {person.id: Load(person.id) for person in policy.people}
        self.turns = {pool.id: Turns(pool.id) for pool in policy.pools}
        self.contact = self._contact()
        self.because: list[str] = []
        self.sent = 0
        self.assignment: Assignment | None = None
        self.clocks: tuple[Clock, ...] = ()
        self.missing: tuple[str, ...] = ()

    def _contact(self) -> Contact:
        case, policy = self.case, self.policy
        property_of = {field.id: field.property for field in policy.lifecycle.fields}
        properties = {property_of[name]: value for name, value in case.lead.items()}
        if case.owner:
            properties[hubspot_names.OWNER] = policy.person[case.owner].hubspot_owner
        seen: tuple[SeenStage, ...] = ()
        if case.before:
            value = policy.stage[case.before].lifecyclestage
            seen = (SeenStage(value, case.at - timedelta(days=1), "FORM"),)
        return Contact("1", properties, seen)

    # --- playing

    def play(self) -> list[Problem]:
        """Play every step of the case. Returns a problem for each step that could not be worked."""
        for index, name in enumerate(self.case.busy):
            person = self.policy.person[name]
            calendar = self.policy.calendars[person.calendar]
            if not _limited(person):
                return [Problem(("busy", index), f"{quoted(name)} has no capacity to use up")]
            self.loads[name] = Load(
                name,
                open=person.max_open or 0,
                day=local_day(calendar.zone, self.now),
                today=person.max_per_day or 0,
                week=local_week(calendar, self.now),
                this_week=person.max_per_week or 0,
            )
        for name in self.case.away:
            away = Away(self.case.at, None, "slack")
            self.loads[name] = replace(self.loads[name], away=away)
        first = self.case.stage or self.policy.lifecycle.handoff
        trouble = self._enter(first, "AUTOMATION_PLATFORM")
        if trouble:
            return [Problem(("stage",), trouble)]
        for index, step in enumerate(self.case.then):
            trouble = self._wait(self.now + step.after) or self._step(step)
            if trouble:
                return [Problem(("then", index), trouble)]
        return []

    def _step(self, step: Step) -> str:
        if step.do == "wait":
            return ""
        if step.do == "stage":
            return self._enter(step.to or "", step.source)
        if step.do == "set":
            properties = {self.policy.field[name].property: v for name, v in step.fields.items()}
            self._show(properties, "CRM_UI")
            return self._tell(Hinted(id=self._name(), lead_id="1", at=self.now, about="fields"))
        if step.do == "signal":
            return self._signal(step)
        assignment = self.lead.assignment
        if assignment is None:
            return f"nobody has the lead, so nobody can {step.do}"
        return self._tell(
            Clicked(
                id=self._name(),
                lead_id="1",
                at=self.now,
                assignment=assignment.number,
                action=step.do,
                user=self.policy.person[assignment.person].slack_user,
                channel="D0",
                reason=step.reason or "",
            )
        )

    def _signal(self, step: Step) -> str:
        """Record a signal of the person; a form fill also changes the contact in HubSpot."""
        if step.signal == FORM:
            name, date = FORMS[-1]
            self._show({name: step.what, date: self.now.isoformat()}, "FORM")
            return self._tell(Hinted(id=self._name(), lead_id="1", at=self.now, about="fields"))
        return self._tell(
            SignalSeen(
                id=self._name(),
                lead_id="1",
                at=self.now,
                signal=step.signal or "",
                what=step.what,
            )
        )

    def _enter(self, stage: str, source: str) -> str:
        """HubSpot's stage changes, and HubSpot sends the event."""
        value = self.policy.stage[stage].lifecyclestage
        self._show({hubspot_names.STAGE: value}, source)
        return self._tell(
            StageChanged(id=self._name(), lead_id="1", at=self.now, stage=value, source=source)
        )

    def _wait(self, until: datetime) -> str:
        """Work the clocks that come due by *until*."""
        for _ in range(MOST_CLOCKS):
            wake, stale = self.lead.wake_at, self.lead.stale_at
            due = min((at for at in (wake, stale) if at is not None), default=None)
            if due is None or due > until:
                self.now = until
                return ""
            self.now = max(self.now, due)
            kind = ClockDue if due == wake else WentStale
            trouble = self._tell(kind(id=self._name(), lead_id="1", at=due))
            if trouble:
                return trouble
        return f"more than {MOST_CLOCKS} clocks came due"

    def _tell(self, event: AnyEvent) -> str:
        """Decide, and store the result. Returns why the event could not be worked."""
        world = World(
            policy=self.policy,
            contact=self.contact,
            touches=(),
            background=Background(company=dict(self.case.company)),
            account=self._account(),
            first=dict.fromkeys(self.turns, self.lead.id),
            loads=self.loads,
            turns=self.turns,
        )
        decision = decide(self.lead, event, world, self.now)
        if isinstance(decision, Needs):
            return f"the decision lacks {decision}"  # cannot happen: the world holds everything
        self.because += (plain(why, seconds=True) for why in decision.because)
        if decision.unworkable is not None:
            return plain(decision.unworkable)
        self.lead = decision.lead
        self.loads |= {load.person: load for load in decision.loads}
        self.turns |= {turns.pool: turns for turns in decision.turns}
        for effect in decision.effects:
            if isinstance(effect, ContactState):
                new = {
                    name: plain(decided.value)
                    for name, decided in effect.properties.items()
                    if decided.since == effect.version
                }
                self._show(new, "INTEGRATION")
        if self.lead.assignment is not None:
            self.assignment, self.clocks = self.lead.assignment, self.lead.clocks
        if self.lead.flagged:
            self.missing = self.lead.flagged
        waiting = self.lead.waiting
        if waiting is not None and waiting.pool in decision.offers:
            return self._look(waiting.pool)
        return ""

    def _look(self, pool: str) -> str:
        """Try the queue again; the lead is the only one in it."""
        return self._tell(RoomMade(id=self._name(), lead_id="1", at=self.now, pool=pool))

    def _account(self) -> Account:
        person = self.policy.person
        return Account(
            {place: (person[name].hubspot_owner, "1") for place, name in self.case.account.items()}
        )

    def _show(self, properties: dict[str, str], source: str) -> None:
        stages = self.contact.stages
        if value := properties.get(hubspot_names.STAGE):
            stages = (*stages, SeenStage(value, self.now, source))
        both = {k: v for k, v in (self.contact.properties | properties).items() if v}
        self.contact = replace(self.contact, properties=both, stages=stages)

    def _name(self) -> str:
        self.sent += 1
        return f"case:{self.case.id}:{self.sent}"

    # --- comparing

    def compare(self) -> Iterable[Problem]:
        expect, assignment = self.case.expect, self.assignment
        yield from self._same("stage", expect.stage, self.lead.state.stage)
        yield from self._same("tier", expect.tier, assignment.tier if assignment else "")
        yield from self._same("rule", expect.rule, assignment.rule if assignment else "")
        yield from self._same("pool", expect.pool, assignment.pool if assignment else "")
        yield from self._same("owned", expect.owned, self.lead.assignment is not None)
        waits_for = self.lead.waiting.pool if self.lead.waiting else ""
        yield from self._same("waits_for", expect.waits_for, waits_for)
        yield from self._same("reason", expect.reason, self.lead.reason)
        yield from self._same("track", expect.track, self.lead.track)
        yield from self._same_score(expect)
        yield from self._same("held", expect.held, self.lead.held is not None)
        if expect.missing is not None:
            lacks = {name for one in self._missing() for name in one.split("/")}
            if lacks != set(expect.missing):
                said = [listed(sorted(names)) or "nothing" for names in (lacks, expect.missing)]
                yield Problem(("expect", "missing"), f"is {said[0]}, expected {said[1]}")
        owner = assignment.person if assignment else ""
        if expect.owner is not None and owner not in expect.owner:
            names = listed(map(quoted, expect.owner), " or ")
            yield Problem(("expect", "owner"), f"is {quoted(owner)}, expected {names}")
        due = {clock.target: clock.due_at for clock in self.clocks}
        for target, wanted in expect.deadlines.items():
            yield from self._deadline(target, wanted, due.get(target))
        seen = self.transitions()
        for index, name in enumerate(self.case.shows):
            if name not in seen:
                happened = listed(seen) or "none"
                message = f"{quoted(name)} does not happen; these do: {happened}"
                yield Problem(("shows", index), message)

    def _missing(self) -> tuple[str, ...]:
        return self.lead.held.missing if self.lead.held else self.missing

    def _same_score(self, expect: Expect) -> Iterable[Problem]:
        score, scoring = describe(self.policy, self.lead, self.now)[1], self.policy.scoring
        if score is None or scoring is None:
            return
        behaviour = whole_beside(score.behaviour, scoring.behaviour_at_least)
        yield from self._same("fit", expect.fit, score.fit)
        yield from self._same("behaviour", expect.behaviour, float(behaviour))
        yield from self._same("qualified", expect.qualified, score.qualified)

    def _same(self, key: str, wanted: Any, found: Any) -> Iterable[Problem]:
        if wanted is not None and found != wanted:
            shown = quoted(found) if found != "" else "none"
            yield Problem(("expect", key), f"is {shown}, expected {quoted(wanted)}")

    def _deadline(self, target: str, wanted: datetime, found: datetime | None) -> Iterable[Problem]:
        if found == wanted:
            return
        person = self.policy.person[self.assignment.person] if self.assignment else None
        zone = self.policy.zone_of(person)
        said, meant = (
            "none" if at is None else instant(at, zone, seconds=True, year=True)
            for at in (found, wanted)
        )
        yield Problem(("expect", "deadlines", target), f"is {said}, expected {meant}")

    def transitions(self) -> tuple[str, ...]:
        """The named moves the lead made, in order, each once."""
        names: dict[str, None] = {}
        before = self.lead.base.stage
        for count in range(1, len(self.lead.facts) + 1):
            after = state_of(self.policy, self.lead.facts[:count], self.lead.base).stage
            for move in self.policy.lifecycle.transitions:
                if before in move.source and after == move.to:
                    names[move.id] = None
            before = after
        return tuple(names)
