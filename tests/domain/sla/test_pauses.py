"""Clocks that are paused and resumed: several reasons are one pause, and no time is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Clock
from baton.domain.policy import Field, Pause, Policy, Rung, Target, Test, Tier
from baton.domain.world.effects import CardState, ContactState
from baton.domain.world.events import Hinted, Reapplied, Snoozed, StageChanged
from tests.builders import NOW, POLICY, became, click, contact, kinds, minutes, owned
from tests.routed import Desk, routed
from tests.worded import words

LADDER = (Rung("warn", share=0.5), Rung("breach", after=timedelta()))
TARGETS = (
    Target("accept", "Accept", minutes(60), "accept", LADDER),
    Target("first_touch", "First touch", minutes(240), "touch", LADDER, task="Call {name}"),
)
WAITING = Pause("waiting", "Waiting on the lead", {"waiting_on": Test(any_of=("lead",))})
LEGAL = Pause("legal", "With legal", {"with_legal": Test(any_of=("yes",))}, ("first_touch",))


def policy(**changes: Any) -> Policy:
    lifecycle = POLICY.lifecycle
    fields = (
        *lifecycle.fields,
        Field("waiting_on", "Waiting on", "waiting_on"),
        Field("with_legal", "With legal", "with_legal"),
    )
    base = routed(lifecycle=replace(lifecycle, fields=fields))
    given: dict[str, Any] = {
        "tiers": tuple(replace(tier, targets=TARGETS) for tier in base.tiers),
        "pauses": (WAITING, LEGAL),
    }
    return replace(base, **(given | changes))


class Office(Desk):
    """A desk at which fields change."""

    def __init__(self) -> None:
        super().__init__(policy())
        self.arrive("101")

    def set(self, after: float, **fields: str) -> Decision:
        self.now = NOW + minutes(after)
        self.contacts["101"] = contact("101", (), **fields)
        return self.send(Hinted(id=self.name(), lead_id="101", at=self.now, about="fields"))

    def clock(self, target: str) -> Clock:
        return next(one for one in self.leads["101"].clocks if one.target == target)


def test_a_paused_clock_resumes_with_its_remaining_time() -> None:
    office = Office()
    decision = office.set(20, waiting_on="lead")
    assert kinds(decision) == ["paused", "paused"]
    assert office.clock("accept").next_rung is None
    # Without the pause everything would be late by now.
    office.tick(NOW + minutes(120))
    assert [d for d in office.decisions if "breached" in kinds(d) or "warned" in kinds(d)] == []
    office.set(130, waiting_on="us")
    accept, touch = office.clock("accept"), office.clock("first_touch")
    assert accept.due_at == NOW + minutes(170)
    assert touch.due_at == NOW + minutes(350)
    assert accept.pauses == ((NOW + minutes(20), NOW + minutes(130)),)
    assert [rung.at for rung in accept.ladder] == [NOW + minutes(140), NOW + minutes(170)]


def test_nights_do_not_count_against_a_pause() -> None:
    """Forty minutes are left at 09:20; the clock continues at 16:50, with ten minutes today and
    thirty tomorrow."""
    office = Office()
    office.set(20, waiting_on="lead")
    office.set(470, waiting_on="")
    assert office.clock("accept").due_at == NOW + minutes(24 * 60 + 30)


def test_a_pause_lasts_until_all_its_reasons_are_gone() -> None:
    office = Office()
    office.set(10, waiting_on="lead", with_legal="yes")
    assert office.clock("first_touch").paused_for == ("waiting", "legal")
    assert office.clock("accept").paused_for == ("waiting",)
    decision = office.set(20, with_legal="yes")
    assert kinds(decision) == ["resumed"], "accepting is nothing to the lawyers"
    assert office.clock("first_touch").paused_at == NOW + minutes(10)
    office.set(40)
    assert office.clock("first_touch").due_at == NOW + minutes(270)
    assert office.clock("accept").due_at == NOW + minutes(70)


def test_a_repeated_reason_does_not_restart_a_pause() -> None:
    office = Office()
    office.set(10, waiting_on="lead")
    again = office.set(15, waiting_on="lead")
    assert "paused" not in kinds(again)
    assert office.clock("accept").paused_at == NOW + minutes(10)


def test_a_paused_clock_can_be_stopped() -> None:
    office = Office()
    office.set(10, waiting_on="lead")
    office.now = NOW + minutes(15)
    office.send(click("accept", office.now, "UANNA"))
    accept = office.clock("accept")
    assert (accept.running, accept.paused_at, accept.paused_for) == (False, None, ())
    assert office.clock("first_touch").paused_at == NOW + minutes(10)


def test_a_pause_of_some_targets_leaves_the_clocks_of_others_alone() -> None:
    office = Office()
    assert kinds(office.set(20, with_legal="yes")) == ["paused"]
    assert office.clock("first_touch").paused_for == ("legal",)
    assert (office.clock("accept").paused_at, office.clock("accept").pauses) == (None, ())
    assert kinds(office.set(30, with_legal="yes", product="Other")) == []


def test_the_card_and_hubspot_show_a_pause() -> None:
    office = Office()
    decision = office.set(10, waiting_on="lead")
    (card,) = (e for e in decision.effects if isinstance(e, CardState))
    assert {line.paused for line in card.deadlines} == {("Waiting on the lead",)}
    (state,) = (e for e in decision.effects if isinstance(e, ContactState))
    assert state.properties["baton_sla_status"].value == "paused"
    decision = office.set(20)
    (state,) = (e for e in decision.effects if isinstance(e, ContactState))
    assert state.properties["baton_sla_status"].value == "on_track"


def test_a_snooze_and_a_pause_do_not_count_twice() -> None:
    """The lead is snoozed from 09:10 to 10:10, and its clock paused from 09:30 to 11:00: together
    110 minutes."""
    office = Office()
    office.now = NOW + minutes(10)
    office.send(
        Snoozed(id="s", lead_id="101", at=office.now, assignment=1, until=NOW + minutes(70))
    )
    office.set(30, waiting_on="lead")
    office.tick(NOW + minutes(100))
    office.set(120)
    assert office.clock("accept").due_at == NOW + minutes(60 + 110)


times = st.lists(st.integers(1, 2_000), min_size=2, max_size=8, unique=True).map(sorted)
states = st.lists(
    st.sampled_from([{}, {"waiting_on": "lead"}, {"with_legal": "yes"}]), min_size=8, max_size=8
)


@given(times, states)
def test_pausing_neither_loses_nor_gains_time(
    moments: list[int], fields: list[dict[str, str]]
) -> None:
    """From start to deadline, without the pauses, is exactly the time of the target."""
    office = Office()
    calendar = office.policy.calendar_of(office.policy.person["anna"])
    for after, held in zip(moments, fields, strict=False):
        if owned(office.leads["101"]).number != 1:
            return
        office.set(after, **held)
    for clock in office.leads["101"].clocks:
        if clock.paused_at is None and owned(office.leads["101"]).number == 1:
            counted = calendar.between(clock.started_at, clock.due_at, clock.pauses)
            promised = next(t.within for t in TARGETS if t.id == clock.target)
            late = any(since >= clock.due_at for since, _ in clock.pauses)
            assert counted == promised or late


# --- reapplying the current policy


def reapplied(office: Office, after: float, changed: Policy) -> Decision:
    office.now, office.policy = NOW + minutes(after), changed
    return office.send(Reapplied(id=office.name(), lead_id="101", at=office.now))


def promising(*targets: Target) -> Policy:
    base = policy()
    return replace(base, tiers=tuple(replace(tier, targets=targets) for tier in base.tiers))


def test_a_changed_policy_moves_running_clocks_only_when_reapplied() -> None:
    office = Office()
    office.policy = promising(replace(TARGETS[0], within=minutes(30)), TARGETS[1])
    office.set(5)
    assert office.clock("accept").due_at == NOW + minutes(60)
    decision = reapplied(office, 10, office.policy)
    assert kinds(decision) == ["reapplied"]
    assert office.clock("accept").due_at == NOW + minutes(30)
    assert office.clock("accept").climbed == 0


def test_reapplying_does_not_repeat_rungs_in_the_past() -> None:
    office = Office()
    decision = reapplied(office, 50, promising(replace(TARGETS[0], within=minutes(20)), TARGETS[1]))
    assert kinds(decision) == ["reapplied"]
    accept = office.clock("accept")
    assert (accept.due_at, accept.climbed) == (NOW + minutes(20), 2)
    office.tick(NOW + minutes(59))
    assert not any("breached" in kinds(d) for d in office.decisions)


def test_reapplying_keeps_pauses() -> None:
    office = Office()
    office.set(10, waiting_on="lead")
    office.set(40)
    reapplied(office, 45, promising(replace(TARGETS[0], within=minutes(90)), TARGETS[1]))
    assert office.clock("accept").due_at == NOW + minutes(120)
    office.set(50, waiting_on="lead")
    reapplied(office, 55, policy())
    assert office.clock("accept").paused_at == NOW + minutes(50)


def test_reapplying_adds_and_drops_targets() -> None:
    office = Office()
    office.now = NOW + minutes(5)
    office.send(click("accept", office.now, "UANNA"))
    outcome = Target("outcome", "Outcome", minutes(480), "disposition", LADDER)
    reapplied(office, 10, promising(TARGETS[0], outcome))
    assert [clock.target for clock in office.leads["101"].clocks] == ["accept", "outcome"]
    assert not office.clock("accept").running, "what is kept stays kept"
    assert office.clock("outcome").due_at == NOW + minutes(480)


def test_reapplying_without_a_change_stores_nothing() -> None:
    office = Office()
    assert not reapplied(office, 5, office.policy).changed


@pytest.mark.parametrize("lead", ["404"])
def test_reapplying_refuses_a_lead_without_an_owner(lead: str) -> None:
    desk = Desk(policy())
    event = Reapplied(id="r", lead_id=lead, at=NOW)
    assert "nobody has this lead" in words(desk.send(event).unworkable)


def test_reapplying_replaces_a_dropped_tier() -> None:
    office = Office()
    tiers = (Tier("only", "Only", {}, (replace(TARGETS[0], within=minutes(10)),)),)
    reapplied(office, 1, replace(policy(), tiers=tiers))
    assert owned(office.leads["101"]).tier == "only"
    assert office.clock("accept").due_at == NOW + minutes(10)


# --- which clocks a pause stops, and since when


def test_the_reasons_of_a_pause_are_those_that_hold_now() -> None:
    office = Office()
    office.set(10, waiting_on="lead")
    assert office.clock("first_touch").paused_for == ("waiting",)
    office.set(20, waiting_on="lead", with_legal="yes")
    assert office.clock("first_touch").paused_for == ("waiting", "legal")
    assert office.clock("accept").paused_for == ("waiting",), "the other is of the first touch"
    office.set(30, with_legal="yes")
    assert office.clock("first_touch").paused_for == ("legal",)
    assert office.clock("first_touch").paused_at == NOW + minutes(10)
    office.set(40)
    clock = office.clock("first_touch")
    assert (clock.paused_at, clock.paused_for) == (None, ())


def test_a_pause_begins_when_its_property_changed() -> None:
    """A stage move is reported late; the property may have been set at any time since."""
    told: dict[str, Hinted | StageChanged] = {
        "a hint": Hinted(id="h", lead_id="101", at=NOW + minutes(5), about="fields"),
        "a stage": became("marketingqualifiedlead", at=NOW + minutes(5), id="s", lead_id="101"),
    }
    since = {}
    for name, event in told.items():
        office = Office()
        office.now = NOW + minutes(20)
        office.contacts["101"] = contact("101", (), waiting_on="lead")
        office.send(event)
        since[name] = office.clock("accept").paused_at
    assert since == {"a hint": NOW + minutes(5), "a stage": NOW + minutes(20)}
