"""Properties for any events in any order: no move backward except by a named transition, times that
only grow, and explanations that match the decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import Policy, Stage
from baton.domain.world.effects import ContactState
from baton.domain.world.events import AnyEvent, ClockDue, WentStale
from baton.domain.world.world import Contact, Needs, SeenStage
from tests.builders import NOW, after, became, click, hint, minutes
from tests.presentation.fitting import misfits
from tests.scored import DAY, SCORED, person, scored_world, signal
from tests.worded import reasons, words

VALUES = ["lead", "marketingqualifiedlead", "salesacceptedlead", "salesqualifiedlead", "customer",
          "recycled", "disqualified", "mystery"]  # fmt: skip
SOURCES = ["CRM_UI", "IMPORT", "AUTOMATION_PLATFORM", "INTEGRATION", "deal"]
FORWARD_ONLY = replace(
    SCORED, lifecycle=replace(SCORED.lifecycle, backward={"*": "report"}, skipped="fill")
)


@dataclass
class Life:
    """One lead, its HubSpot contact, and all decisions about it."""

    policy: Policy = SCORED
    lead: Lead | None = None
    now: datetime = NOW
    contact: Contact = field(default_factory=person)
    decisions: list[Decision] = field(default_factory=list)
    told: int = 0

    def __post_init__(self) -> None:
        self.world = replace(scored_world(self.contact), policy=self.policy)

    def act(self, kind: str, what: str, source: str, passed: int) -> None:
        self.wait(self.now + minutes(passed))
        self.told += 1
        number = f"e{self.told}"
        if kind == "stage":
            self._show({"lifecyclestage": what}, source)
            self._tell(became(what, self.now, id=number, source=source))
        elif kind == "signal":
            self._tell(signal("pricing_page", self.now, identity=number))
        elif kind == "fill":
            self._show({"baton_budget": "1", "industry": "Logistics"}, source)
            self._tell(hint("fields", self.now, id=number))
        elif kind == "empty":
            self._show({"baton_budget": "", "industry": ""}, source)
            self._tell(hint("fields", self.now, id=number))
        elif self.lead is not None and self.lead.assignment is not None:
            holder = self.policy.person[self.lead.assignment.person].slack_user
            self._tell(
                replace(
                    click(kind, self.now, holder, self.lead.assignment.number,
                          "timing" if kind == "reject" else ""),
                    id=number,
                )
            )  # fmt: skip

    def wait(self, until: datetime) -> None:
        for _ in range(60):
            fast, slow = (self.lead.wake_at, self.lead.stale_at) if self.lead else (None, None)
            due = min((at for at in (fast, slow) if at is not None), default=None)
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            self.told += 1
            kind = ClockDue if due == fast else WentStale
            self._tell(kind(id=f"c{self.told}", lead_id="101", at=due))
        else:
            raise AssertionError("the clocks of one lead never rest")
        self.now = until

    def _tell(self, event: AnyEvent) -> None:
        answer = decide(self.lead, event, replace(self.world, contact=self.contact), self.now)
        assert not isinstance(answer, Needs)
        self.decisions.append(answer)
        if answer.unworkable:
            return
        self.lead = answer.lead if answer.changed else self.lead
        self.world = after(self.world, answer)
        for effect in answer.effects:
            if isinstance(effect, ContactState):
                new = {
                    k: words(v.value)
                    for k, v in effect.properties.items()
                    if v.since == effect.version
                }
                self._show(new, "INTEGRATION")

    def _show(self, properties: dict[str, str], source: str) -> None:
        stages = self.contact.stages
        if value := properties.get("lifecyclestage"):
            stages = (*stages, SeenStage(value, self.now, source))
        both = {k: v for k, v in (self.contact.properties | properties).items() if v}
        self.contact = replace(self.contact, properties=both, stages=stages)


acts = st.tuples(
    st.sampled_from(
        ["stage", "stage", "stage", "signal", "signal", "fill", "empty", "accept", "touch",
         "qualify", "reject"]
    ),
    st.sampled_from(VALUES),
    st.sampled_from(SOURCES),
    st.sampled_from([0, 1, 30, 600, 5 * 1440, 40 * 1440]),
)  # fmt: skip
stories = st.lists(acts, min_size=1, max_size=14)


def allowed(policy: Policy, old: Stage, new: Stage) -> bool:
    """Whether the move is forward among working stages, a named transition, or out of a side stage
    at least as far as a transition leads."""
    if not old.side and not new.side and new.rank > old.rank:
        return True
    ways = [policy.stage[m.to] for m in policy.lifecycle.transitions if old.id in m.source]
    if new in ways:
        return True
    return old.side and not new.side and any(w.rank <= new.rank for w in ways if not w.side)


@given(stories, st.sampled_from([SCORED, FORWARD_ONLY]))
@settings(max_examples=60)
def test_only_named_transitions_move_a_lead_back(
    story: list[tuple[str, str, str, int]], policy: Policy
) -> None:
    """A side stage is seen at an instant of its own. Of several facts at one instant it would be
    folded first, and so possibly before a stage that was seen earlier."""
    life = Life(policy)
    for kind, value, source, gap in story:
        before = life.lead.state.stage if life.lead else ""
        count = len(life.decisions)
        off = kind == "stage" and value in policy.stage and policy.stage[value].side
        life.act(kind, value, source, max(gap, 1) if off else gap)
        for decision in life.decisions[count:]:
            stage = decision.lead.state.stage
            old, new = policy.stage.get(before), policy.stage.get(stage)
            if old is not None and new is not None and old.id != new.id:
                assert allowed(policy, old, new), f"{old.id} -> {new.id}"
            before = stage


@given(stories)
@settings(max_examples=60)
def test_stage_timestamps_only_grow(story: list[tuple[str, str, str, int]]) -> None:
    """First entry before last entry, both in the past; counts and time spent never fall."""
    life = Life()
    for act in story:
        before = life.lead.state.times if life.lead else {}
        life.act(*act)
        if life.lead is None:
            continue
        for stage, times in life.lead.state.times.items():
            assert times.first <= times.last <= life.now + timedelta(seconds=1)
            assert times.count >= 1
            assert times.spent >= timedelta()
            if stage in before:
                assert times.first == before[stage].first
                assert times.last >= before[stage].last
                assert times.count >= before[stage].count
                assert times.spent >= before[stage].spent


@given(stories)
@settings(max_examples=60)
def test_the_explanation_says_what_was_decided(story: list[tuple[str, str, str, int]]) -> None:
    life = Life()
    for act in story:
        life.act(*act)
    stage, held = "", False
    for decision in life.decisions:
        assert misfits((decision.because, decision.effects, decision.lead)) == []
        said = "\n".join(reasons(decision))
        now = decision.lead.state.stage
        assert (f"-> {now}" in said) == (now != stage) or now == stage
        moves = [o for o in decision.outcomes if o.kind == "stage_moved"]
        assert bool(moves) or now == stage
        if moves:
            assert moves[-1].what == now
        was, held = held, decision.lead.held is not None
        if held and not was:
            assert "held, lacks" in said
        for outcome in decision.outcomes:
            if outcome.kind == "backward_refused":
                assert outcome.what.partition(":")[2] in said
        stage = now


@given(stories)
@settings(max_examples=50)
def test_every_held_or_owned_lead_has_a_wake(story: list[tuple[str, str, str, int]]) -> None:
    """A lead that is held or owned has a next wake; a lead that is neither counts in no load."""
    life = Life()
    for act in story:
        life.act(*act)
    lead = life.lead
    if lead is None:
        return
    if lead.held is not None or lead.assignment is not None:
        assert lead.wake_at is not None or lead.stale_at is not None
    carried = sum(load.open for load in life.world.loads.values())
    assert carried == (1 if lead.assignment is not None else 0)


@given(st.lists(acts, min_size=1, max_size=6), st.integers(0, 5))
@settings(max_examples=40)
def test_a_repeated_event_changes_nothing(
    story: list[tuple[str, str, str, int]], which: int
) -> None:
    """The state of a lead does not change when HubSpot repeats what it said."""
    life = Life()
    for act in story:
        life.act(*act)
    stage = life.lead.state if life.lead else None
    owner = life.lead.assignment if life.lead else None
    for n in range(2):
        life._tell(hint("stage", life.now, id=f"again{which}{n}"))
    if stage is not None and life.lead is not None and life.lead.gone == "":
        assert life.lead.state.stage == stage.stage
        assert life.lead.assignment == owner or life.lead.held is None


def test_one_lead_through_every_stage() -> None:
    """The stories of the properties above reach late stages."""
    life = Life()
    for _ in range(4):
        life.act("signal", "", "", 1)
    assert life.lead is not None
    assert life.lead.state.stage == "mql"
    life.act("accept", "", "", 5)
    life.act("fill", "", "CRM_UI", 5)
    life.act("qualify", "", "", 30)
    assert life.lead.state.stage == "sql"
    life.wait(NOW + 2 * DAY)
    assert [s.value for s in life.contact.stages][-3:] == [
        "marketingqualifiedlead",
        "salesacceptedlead",
        "salesqualifiedlead",
    ]
