"""The stage history: forward only, except by named backward transitions; the same result in every
order."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.lead import LifecycleState, StageFact
from baton.domain.lifecycle.stage_history import (
    KEPT,
    add_facts,
    compact,
    reverse_transition,
    state_of,
)
from baton.domain.policy import Policy, Stage, Transition
from tests.builders import NOW, POLICY, minutes

STAGES = [stage.id for stage in POLICY.lifecycle.stages]
MICROSECOND = timedelta(microseconds=1)
WORKING = ["lead", "mql", "sal", "sql", "customer"]


def at(minute: int, stage: str, via: str = "") -> StageFact:
    return StageFact(at=NOW + minutes(minute), stage=stage, via=via)


def state(*facts: StageFact) -> LifecycleState:
    return state_of(POLICY, add_facts((), facts))


@pytest.mark.parametrize(
    ("facts", "stage", "refused"),
    [
        pytest.param([at(1, "lead"), at(2, "mql")], "mql", 0, id="forward"),
        pytest.param([at(1, "mql"), at(2, "lead")], "mql", 1, id="backward is refused"),
        pytest.param([at(1, "lead"), at(2, "sql")], "sql", 0, id="stages may be skipped"),
        pytest.param([at(1, "mql"), at(1, "lead")], "mql", 0, id="two at once: through the lower"),
        pytest.param(
            [at(1, "mql"), at(2, "recycled")], "mql", 1, id="no backward move without a name"
        ),
        pytest.param(
            [at(1, "mql"), at(2, "recycled", "recycle")],
            "recycled",
            0,
            id="a named backward transition",
        ),
        pytest.param(
            [at(1, "mql"), at(2, "recycled", "recycle"), at(3, "mql")], "mql", 0, id="re-entry"
        ),
        pytest.param(
            [at(1, "mql"), at(2, "recycled", "recycle"), at(3, "lead")],
            "recycled",
            1,
            id="re-entry only where a transition leads",
        ),
        pytest.param(
            [at(1, "mql"), at(2, "disqualified", "disqualify"), at(3, "mql")],
            "disqualified",
            1,
            id="disqualified stays so",
        ),
        pytest.param(
            [at(1, "customer"), at(2, "recycled", "recycle")],
            "customer",
            1,
            id="a backward transition starts where it says",
        ),
        pytest.param([at(1, "mystery")], "", 0, id="an unknown stage is skipped"),
    ],
)
def test_facts_fold_into_stage_and_timestamps(
    facts: list[StageFact], stage: str, refused: int
) -> None:
    found = state(*facts)
    assert (found.stage, len(found.refused)) == (stage, refused)


def test_times_add_up_across_recycling() -> None:
    found = state(
        at(0, "mql"), at(10, "sal"), at(15, "recycled", "recycle"), at(100, "mql"), at(130, "sql")
    )
    mql = found.times["mql"]
    assert (mql.first, mql.last, mql.count) == (NOW, NOW + minutes(100), 2)
    assert mql.spent == minutes(10 + 30)
    assert found.times["recycled"].spent == minutes(85)
    assert found.rounds == 1


facts = st.lists(
    st.builds(
        lambda minute, move: at(minute, *move),
        st.integers(0, 20),
        st.one_of(
            st.sampled_from(STAGES).map(lambda stage: (stage,)),
            st.sampled_from([("recycled", "recycle"), ("disqualified", "disqualify")]),
        ),
    ),
    max_size=12,
)


@given(facts, st.randoms(use_true_random=False))
def test_every_order_and_repetition_gives_the_same_standing(
    seen: list[StageFact], random: Random
) -> None:
    """Late, repeated and reordered sightings change nothing."""
    again = [*seen, *random.choices(seen, k=3)] if seen else []
    random.shuffle(again)
    known: tuple[StageFact, ...] = ()
    for fact in again:
        known = add_facts(known, [fact])
    assert state_of(POLICY, known) == state(*seen)


@given(facts)
def test_only_a_named_transition_moves_a_stage_backward(seen: list[StageFact]) -> None:
    ordered = add_facts((), seen)
    rank = {stage.id: stage for stage in POLICY.lifecycle.stages}
    before = ""
    for n in range(len(ordered) + 1):
        now = state_of(POLICY, ordered[:n]).stage
        last = ordered[n - 1] if n else None
        same_instant = last is not None and any(f.at == last.at for f in ordered[: n - 1])
        if before and now != before and not same_instant:
            assert last is not None
            assert last.via or rank[before].side or rank[now].rank > rank[before].rank
        before = now


@given(facts)
def test_times_are_consistent(seen: list[StageFact]) -> None:
    found = state(*seen)
    for times in found.times.values():
        assert times.first <= times.last
        assert (times.count == 1) == (times.first == times.last) or times.count > 1
        assert times.spent >= timedelta()
    assert (found.stage == "") == (found.since is None)


@given(st.integers(KEPT + 1, 3 * KEPT))
def test_a_lead_keeps_a_bounded_number_of_facts_and_forgets_nothing_that_counts(n: int) -> None:
    """A fight between two automations may go on for ever; the lead must not grow with it."""
    fight = [at(i, "mql" if i % 2 else "lead") for i in range(n)]
    base = LifecycleState()
    kept: tuple[StageFact, ...] = ()
    for fact in fight:
        base, kept = compact(POLICY, base, add_facts(kept, [fact]))
        assert len(kept) <= KEPT
    found, whole = state_of(POLICY, kept, base), state(*fight)
    assert (found.stage, found.since, found.times) == (whole.stage, whole.since, whole.times)


def alternating(n: int) -> tuple[StageFact, ...]:
    """A fight of *n* facts, a minute each."""
    return tuple(at(i, "mql" if i % 2 else "lead") for i in range(n))


def test_exactly_as_many_facts_as_a_lead_keeps_are_kept() -> None:
    assert compact(POLICY, LifecycleState(), alternating(KEPT)) == (
        LifecycleState(),
        alternating(KEPT),
    )


def test_one_fact_more_folds_the_older_half() -> None:
    many = alternating(KEPT + 1)
    base, kept = compact(POLICY, LifecycleState(), many)
    assert kept == many[-KEPT // 2 :]
    assert base == state_of(POLICY, many[: -KEPT // 2])


@pytest.mark.parametrize(
    ("late", "kept"),
    [
        pytest.param(at(9, "sql"), False, id="before what is folded in"),
        pytest.param(at(10, "sql"), False, id="at its very instant"),
        pytest.param(StageFact(NOW + minutes(10) + MICROSECOND, "sql"), True, id="after it"),
    ],
)
def test_a_fact_dated_before_the_base_is_too_late(late: StageFact, kept: bool) -> None:
    base = state_of(POLICY, (at(5, "lead"), at(10, "mql")))
    assert compact(POLICY, base, (late,)) == (base, (late,) if kept else ())


def test_the_latest_eight_refused_facts_are_kept() -> None:
    back = tuple(at(n, "lead") for n in range(2, 11))
    assert state(at(1, "mql"), *back).refused == back[-8:]


def test_a_lead_whose_stage_the_policy_has_dropped_goes_on() -> None:
    base = LifecycleState("gone", NOW)
    assert state_of(POLICY, (at(1, "lead"),), base).stage == "lead"


# --- transitions in detail


def changed(*stages: Stage, **moves: Any) -> Policy:
    """POLICY with these stages in place of those with the same id, and with changed moves."""
    lifecycle, by_id = POLICY.lifecycle, {stage.id: stage for stage in stages}
    known = tuple(by_id.pop(one.id, one) for one in lifecycle.stages)
    made = tuple(replace(one, **moves.get(one.id, {})) for one in lifecycle.transitions)
    lifecycle = replace(lifecycle, stages=(*known, *by_id.values()), transitions=made)
    return replace(POLICY, lifecycle=lifecycle)


def seen(minute: int, stage: str, source: str) -> StageFact:
    return StageFact(NOW + minutes(minute), stage, source=source)


OFF = (at(1, "mql"), at(2, "recycled", "recycle"))


@pytest.mark.parametrize(
    ("policy", "facts", "stage", "refused"),
    [
        pytest.param(POLICY, (at(1, "mql"), at(2, "mql")), "mql", 0, id="the same again"),
        pytest.param(POLICY, (at(1, "recycled", "gone"),), "", 1, id="by a move nobody knows"),
        pytest.param(
            changed(Stage("recycled", "Recycled", 9, "recycled", side=True)),
            (at(1, "mql"), at(2, "recycled")),
            "mql",
            1,
            id="a side stage is not forward, whatever its rank",
        ),
        pytest.param(
            changed(Stage("beside", "Beside", 2, "beside")),
            (at(1, "mql"), at(2, "beside")),
            "mql",
            1,
            id="a stage of the same rank is not forward",
        ),
        pytest.param(
            changed(qualify={"by": ("rep",)}),
            (*OFF, seen(3, "mql", "IMPORT")),
            "recycled",
            1,
            id="back on the way by somebody who may not",
        ),
        pytest.param(
            changed(qualify={"by": ("rep",)}),
            (*OFF, seen(3, "mql", "CRM_UI")),
            "mql",
            0,
            id="by somebody who may",
        ),
        pytest.param(
            changed(qualify={"reverse": True}),
            (*OFF, seen(3, "sal", "CRM_UI")),
            "recycled",
            1,
            id="a backward transition moves nothing forward",
        ),
        pytest.param(
            changed(qualify={"to": "gone"}),
            (*OFF, seen(3, "mql", "CRM_UI")),
            "recycled",
            1,
            id="a way to a stage that the policy has forgotten",
        ),
    ],
)
def test_the_target_of_a_backward_transition(
    policy: Policy, facts: tuple[StageFact, ...], stage: str, refused: int
) -> None:
    found = state_of(policy, facts)
    assert (found.stage, len(found.refused)) == (stage, refused)


ASKED = replace(POLICY.lifecycle, backward={"*": "ask"})


@pytest.mark.parametrize(
    ("to", "reason", "source", "stage"),
    [
        pytest.param("recycled", "timing", "CRM_UI", "recycled", id="a person, with a reason"),
        pytest.param("recycled", "", "CRM_UI", "sal", id="without one: asked"),
        pytest.param("recycled", "timing", "IMPORT", "sal", id="no person: asked"),
        pytest.param("lead", "timing", "CRM_UI", "sal", id="back on the way: asked"),
    ],
)
def test_a_person_may_confirm_a_backward_move_by_giving_a_reason(
    to: str, reason: str, source: str, stage: str
) -> None:
    back = Transition("back", ("sal",), to, ("rep", "automatic"), reverse=True, reason=reason)
    policy = replace(POLICY, lifecycle=replace(ASKED, transitions=(back,)))
    assert state_of(policy, (at(1, "sal"), seen(2, to, source))).stage == stage


def test_a_backward_transition_begins_at_the_stages_it_names() -> None:
    assert reverse_transition(POLICY, "mql", "recycled", "CRM_UI") is not None
    assert reverse_transition(POLICY, "customer", "recycled", "CRM_UI") is None
    assert reverse_transition(POLICY, "mql", "disqualified", "IMPORT") is None


@pytest.mark.parametrize(
    ("facts", "filled"),
    [
        pytest.param((at(1, "mql"), at(2, "customer")), {"sal", "sql"}, id="what lies between"),
        pytest.param((at(1, "mql"), at(2, "sal")), set(), id="nothing lies between"),
        pytest.param((at(1, "customer"),), set(), id="it begins there"),
        pytest.param((*OFF, at(3, "sql")), set(), id="from a side stage"),
    ],
)
def test_skipped_stages_are_filled_in(facts: tuple[StageFact, ...], filled: set[str]) -> None:
    """Only stages with a rank in between: neither side stages nor the stage that was left."""
    policy = changed(
        Stage("recycled", "Recycled", 3, "recycled", side=True), Stage("beside", "B", 2, "b")
    )
    policy = replace(policy, lifecycle=replace(policy.lifecycle, skipped="fill"))
    times = state_of(policy, facts).times
    assert {name for name, one in times.items() if one.filled} == filled


def test_nothing_is_filled_in_on_the_way_back_from_a_side_stage() -> None:
    """A side stage has the lowest rank, so every stage would count as skipped."""
    policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, skipped="fill"))
    assert [*state_of(policy, (*OFF, at(3, "sql"))).times] == ["mql", "recycled", "sql"]


def test_a_skipped_stage_that_was_entered_before_keeps_its_times() -> None:
    policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, skipped="fill"))
    facts = (*OFF, at(3, "mql"), at(4, "sal"), at(5, "recycled", "recycle"), at(6, "mql"))
    times = state_of(policy, (*facts, at(9, "sql"))).times
    assert (times["sal"].first, times["sal"].filled) == (NOW + minutes(4), False)
