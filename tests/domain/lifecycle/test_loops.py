"""Loops of automatic moves end: the lead is parked, and RevOps is told once."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.policy import Disqualifier, Policy, Test, Transition
from baton.domain.world.effects import NoticeState
from baton.domain.world.world import SeenStage
from tests.builders import LIFECYCLE, NOW, POLICY, became, contact, decided, hint, minutes, world

COMPANY = {"company": Test(known=True)}
THERE = Transition("there", ("lead",), "sql", ("automatic",), when=COMPANY, tell="ops")
BACK = Transition("back", ("sql",), "lead", ("automatic",), reverse=True, when=COMPANY, tell="ops")


def moving(*moves: Transition, **fields: Any) -> Policy:
    lifecycle = replace(LIFECYCLE, transitions=(*LIFECYCLE.transitions, *moves), **fields)
    return replace(POLICY, lifecycle=lifecycle)


def first(policy: Policy) -> Decision:
    seen = (SeenStage("lead", NOW, "FORM"),)
    shown = contact(stages=seen, lifecyclestage="lead")
    return decided(None, became("lead", NOW, source="FORM"), world(policy, shown))


def loops(decision: Decision) -> list[NoticeState]:
    found = (one for one in decision.effects if isinstance(one, NoticeState))
    return [one for one in found if one.slot.startswith("notice:loop")]


def again(before: Decision, policy: Policy, minute: int = 5) -> Decision:
    at = NOW + minutes(minute)
    shown = contact(stages=(SeenStage("lead", NOW, "FORM"),), lifecyclestage="lead")
    return decided(before.lead, hint("fields", at), world(policy, shown), at)


def test_two_moves_that_undo_each_other_end_where_they_began() -> None:
    policy = moving(THERE, BACK)
    made = first(policy)
    assert [one.what for one in made.outcomes if one.kind == "stage_moved"] == [
        "lead",
        "sql",
        "lead",
    ]
    (asked,) = made.lead.questions
    assert (asked.kind, asked.kept, asked.to) == ("loop", "lead", "sql")
    assert len(loops(made)) == 1


def test_a_parked_lead_is_moved_no_more_and_told_of_once() -> None:
    policy = moving(THERE, BACK)
    made = first(policy)
    for minute in (5, 10, 15):
        made = again(made, policy, minute)
        assert made.lead.state.stage == "lead"
        assert loops(made) == []
        assert not [one for one in made.outcomes if one.kind == "stage_moved"]


def test_another_policy_lets_a_parked_lead_go_on() -> None:
    made = first(moving(THERE, BACK))
    mended = replace(moving(THERE), version="v2")
    later = again(made, mended)
    assert later.lead.state.stage == "sql"
    assert later.lead.questions == ()


def test_somebody_who_moves_a_parked_lead_lets_it_go_on() -> None:
    policy = moving(THERE, BACK)
    made = first(policy)
    at = NOW + minutes(5)
    seen = (SeenStage("lead", NOW, "FORM"), SeenStage("marketingqualifiedlead", at, "CRM_UI"))
    moved = decided(
        made.lead,
        became(at=at, source="CRM_UI"),
        world(policy, contact(stages=seen)),
        at,
    )
    assert moved.lead.state.stage == "mql"
    assert moved.lead.questions == ()
    assert moved.lead.assignment is not None


def test_a_disqualifier_and_a_way_back_end_too() -> None:
    stages = tuple(
        replace(one, disqualified_by=(Disqualifier(COMPANY, "competitor"),))
        if one.id == "lead"
        else one
        for one in LIFECYCLE.stages
    )
    out = Transition("out", ("disqualified",), "lead", ("automatic",), when=COMPANY)
    policy = moving(out, stages=stages)
    made = first(policy)
    assert [one.kind for one in made.lead.questions] == ["loop"]
    assert len(loops(made)) == 1
    later = again(made, policy)
    assert later.lead.state == made.lead.state
    assert loops(later) == []


def test_a_long_row_of_moves_ends_at_the_policys_number() -> None:
    row = (
        Transition("one", ("lead",), "mql", ("automatic",), when=COMPANY),
        Transition("two", ("mql",), "sal", ("automatic",), when=COMPANY),
        Transition("three", ("sal",), "sql", ("automatic",), when=COMPANY),
    )
    assert first(moving(*row)).lead.state.stage == "sql"
    short = first(moving(*row, moves_at_most=2))
    assert short.lead.state.stage == "sal"
    assert len(loops(short)) == 1
    exact = first(moving(*row, moves_at_most=3))
    assert exact.lead.state.stage == "sql"
    assert loops(exact) == []


STAGES = tuple(one.id for one in LIFECYCLE.stages)


@given(
    st.lists(
        st.tuples(st.sampled_from(STAGES), st.sampled_from(STAGES)).filter(lambda p: p[0] != p[1]),
        max_size=8,
    ),
    st.integers(1, 6),
)
def test_never_more_moves_at_an_event_than_the_policy_says(
    pairs: list[tuple[str, str]], most: int
) -> None:
    moves = tuple(
        Transition(f"m{n}", (a,), b, ("baton",), reverse=True, when=COMPANY, reason="timing")
        for n, (a, b) in enumerate(pairs)
    )
    policy = moving(*moves, moves_at_most=most)
    made = first(policy)
    told = 0
    for minute in (0, 5, 10):
        made = again(made, policy, minute) if minute else made
        entered = [one for one in made.outcomes if one.kind == "stage_moved"]
        assert len(entered) <= most + 1  # its first stage is one, too
        told += len(loops(made))
    assert told <= 1
