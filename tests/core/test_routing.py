"""Choosing an owner: the turns are fair, capacity holds, and nobody is nowhere."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core.policy import Member
from baton.core.turns import next_turn
from baton.core.world import Load, Turns
from tests.builders import NOW, POLICY, after, became, contact, decided, owned, world


def members(*weights: int) -> list[Member]:
    return [Member(f"rep-{n}", weight) for n, weight in enumerate(weights)]


def serve(turns: Turns, pool: list[Member], n: int) -> tuple[list[str], Turns]:
    order = []
    for _ in range(n):
        chosen, turns, _ = next_turn(turns, pool)
        order.append(chosen)
    return order, turns


def test_equal_reps_take_turns_in_order() -> None:
    order, _ = serve(Turns("p"), members(1, 1, 1), 6)
    assert order == ["rep-0", "rep-1", "rep-2"] * 2


def test_a_rep_of_double_weight_is_spread_and_not_bunched() -> None:
    order, _ = serve(Turns("p"), members(1, 2), 6)
    assert Counter(order) == {"rep-1": 4, "rep-0": 2}
    assert "rep-1 rep-1 rep-1" not in " ".join(order)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
@settings(max_examples=200)
def test_every_rep_stays_within_one_of_their_share_at_every_moment(weights: list[int]) -> None:
    """The bound of the chairman assignment problem, which largest-credit-first does not keep."""
    pool, turns = members(*weights), Turns("p")
    had: Counter[str] = Counter()
    total = sum(weights)
    for turn in range(1, 4 * total + 1):
        chosen, turns, _ = next_turn(turns, pool)
        had[chosen] += 1
        for member in pool:
            assert abs(turn * member.weight / total - had[member.rep]) < 1 + 1e-6


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 40), st.integers(1, 5))
def test_a_new_or_reweighted_rep_resets_nobody(
    weights: list[int], before: int, weight: int
) -> None:
    """Counted from the change, everyone is within one turn (two with what they were owed)."""
    _, turns = serve(Turns("p"), members(*weights), before)
    pool = [*members(*weights[:-1]), Member(f"rep-{len(weights) - 1}", weight), Member("new", 1)]
    total = sum(m.weight for m in pool)
    had: Counter[str] = Counter()
    for turn in range(1, 2 * total + 1):
        chosen, turns, _ = next_turn(turns, pool)
        had[chosen] += 1
        for member in pool:
            assert abs(turn * member.weight / total - had[member.rep]) < 2 + 1e-6


def test_a_rep_who_was_away_is_not_flooded_on_return() -> None:
    pool = members(1, 1)
    _, turns = serve(Turns("p"), pool[:1], 20)
    order, _ = serve(turns, pool, 4)
    assert Counter(order) == {"rep-0": 2, "rep-1": 2}


def test_turns_do_not_grow_with_time() -> None:
    _, turns = serve(Turns("p"), members(3, 5, 7), 5_000)
    assert all(abs(seat.owed) < 3 and seat.had < 3 for seat in turns.seats.values())


@pytest.mark.parametrize("n", [1, 7, 40])
def test_a_batch_of_leads_equals_single_leads(n: int) -> None:
    """Turns depend on the leads that came, not on how they were bundled."""
    state, owners = world(contact=contact()), []
    for i in range(n):
        event = became(id=f"e{i}", lead_id=str(i))
        decision = decided(None, event, replace(state, contact=contact(str(i))))
        owners.append(owned(decision.lead).person)
        state = after(state, decision)
    expected = ["anna", "ben"] * 10 + ["dan", "cleo", "dan"] * 10
    assert Counter(owners[: min(n, 20)]) == Counter(expected[: min(n, 20)])


@given(
    st.dictionaries(st.sampled_from([p.id for p in POLICY.people]), st.integers(0, 12)),
    st.sets(st.sampled_from([p.id for p in POLICY.people])),
    st.sampled_from(["Germany", "Chile", ""]),
    st.sampled_from(["5000", "12", "many", ""]),
    st.sampled_from(["PARTNER", "PAID_SEARCH", ""]),
    st.sampled_from(["owner-dan", "owner-anna", "owner-gone", ""]),
)
def test_nobody_is_nowhere_and_nobody_is_over_their_limit(
    loads: dict[str, int],
    inactive: set[str],
    country: str,
    employees: str,
    source: str,
    owner: str,
) -> None:
    policy = replace(
        POLICY,
        people=tuple(replace(p, active=p.id not in inactive) for p in POLICY.people),
    )
    state = world(
        policy,
        contact(
            country=country,
            numemployees=employees,
            hs_analytics_source=source,
            hubspot_owner_id=owner,
        ),
        loads={name: Load(name, open=n) for name, n in loads.items()},
    )
    decision = decided(None, became(), state)
    chosen = policy.person[owned(decision.lead).person]
    assert chosen.max_open is None or loads.get(chosen.id, 0) < chosen.max_open
    assert chosen.active or all(p.id in inactive for p in policy.people if p.role == "manager")
    assert decision.because
    assert decided(None, became(), state) == decision, "the same state gives the same owner"


def test_64_leads_into_room_for_40_never_exceed_a_capacity() -> None:
    """Two pools with 4 reps of 10; what does not fit goes to the manager."""
    state = world(contact=contact())
    owners: Counter[str] = Counter()
    for i in range(64):
        decision = decided(None, became(id=f"e{i}", lead_id=str(i)), state, NOW)
        owners[owned(decision.lead).person] += 1
        state = after(state, decision)
    assert owners == {"anna": 10, "ben": 10, "cleo": 10, "dan": 10, "mona": 24}
    assert {name: state.loads[name].open for name in owners} == dict(owners)
