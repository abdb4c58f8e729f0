"""Turns: fair at every moment, whoever joins, leaves, or is away for a while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.policy import CatchUp, Member
from baton.domain.routing.turns import next_of_equals, next_turn
from baton.domain.world.world import Turns
from tests.domain.routing.turn_rules import every_way


def members(*weights: int) -> list[Member]:
    return [Member(f"rep-{n}", weight) for n, weight in enumerate(weights)]


def of(**weights: int) -> list[Member]:
    return [Member(name, weight) for name, weight in weights.items()]


def at(day: str) -> Callable[[str], str]:
    """A function that gives *day* as the local date of everybody."""
    return lambda rep: day


def serve(turns: Turns, pool: list[Member], n: int) -> tuple[list[str], Turns]:
    order = []
    for _ in range(n):
        chosen, turns, _ = next_turn(turns, pool)
        order.append(chosen)
    return order, turns


def test_equal_reps_take_turns_in_order() -> None:
    order, _ = serve(Turns("p"), members(1, 1, 1), 6)
    assert order == ["rep-0", "rep-1", "rep-2"] * 2


def test_a_strict_round_robin_ignores_weights() -> None:
    turns, order = Turns("p"), []
    for _ in range(6):
        chosen, turns, _ = next_turn(turns, members(1, 9, 3), equal=True)
        order.append(chosen)
    assert order == ["rep-0", "rep-1", "rep-2"] * 2


def test_a_rep_of_double_weight_is_spread_and_not_bunched() -> None:
    order, _ = serve(Turns("p"), members(1, 2), 6)
    assert Counter(order) == {"rep-1": 4, "rep-0": 2}
    assert "rep-1 rep-1 rep-1" not in " ".join(order)


def test_the_order_says_who_would_have_come_next() -> None:
    turns = Turns("p")
    for _ in range(7):
        turn = next_turn(turns, members(1, 1, 1, 1))
        following, _ = serve(turn.after, members(1, 1, 1, 1), 3)
        assert turn.order == (turn.rep, *following)
        turns = turn.after


#: Weights for which other constants break the bound of the rule: 0, 1/(2k - 1) or 1/2k serves a
#: member too early, 1/(2k - 3), 1/k, 1/(k - 1), a half or one too late.
TIGHT = [[1, 2], [4, 1], [2, 1, 1], [3, 1, 1], [1, 6, 6], [4, 4, 1, 4], [1, 1, 6, 1, 1]]


def farthest(weights: list[int], rounds: int = 1) -> float:
    """The largest distance of a member from their share at any time."""
    pool, turns, far = members(*weights), Turns("p"), 0.0
    had: Counter[str] = Counter()
    total = sum(weights)
    for turn in range(1, rounds * total + 1):
        chosen, turns, _ = next_turn(turns, pool)
        had[chosen] += 1
        far = max(far, *(abs(turn * m.weight / total - had[m.rep]) for m in pool))
    return far


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
@settings(max_examples=60)
def test_round_robin_keeps_every_rep_within_one_of_their_share(weights: list[int]) -> None:
    """The bound of the chairman assignment problem, which largest-credit-first does not keep: of
    k members each stays within 1 - 1/(2k - 2)."""
    assert farthest(weights, rounds=2) <= tijdeman(len(weights)) + 1e-6


@pytest.mark.parametrize("weights", TIGHT, ids=str)
def test_no_other_constant_keeps_reps_as_close_to_their_share(weights: list[int]) -> None:
    assert farthest(weights) <= tijdeman(len(weights)) + 1e-6


def tijdeman(members: int) -> float:
    return 1 - 1 / (2 * max(2, members) - 2)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 40), st.integers(1, 5))
def test_a_new_or_reweighted_rep_changes_nobodys_credit(
    weights: list[int], before: int, weight: int
) -> None:
    """Counted from the change, everybody stays within one turn (two, with earlier credit)."""
    _, turns = serve(Turns("p"), members(*weights), before)
    pool = [*members(*weights[:-1]), Member(f"rep-{len(weights) - 1}", weight), Member("new", 1)]
    total = sum(m.weight for m in pool)
    had: Counter[str] = Counter()
    for turn in range(1, 2 * total + 1):
        chosen, turns, _ = next_turn(turns, pool)
        had[chosen] += 1
        for member in pool:
            assert abs(turn * member.weight / total - had[member.rep]) < 2 + 1e-6


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=6),
    st.lists(st.sets(st.integers(0, 5)), max_size=60),
    st.sampled_from([CatchUp(), CatchUp("full"), CatchUp("capped", 2)]),
)
def test_the_credits_of_a_pool_sum_to_zero(
    weights: list[int], leaves: list[set[int]], catch_up: CatchUp
) -> None:
    """Whoever is away, and whatever is paid back: no turn is created, and none is lost."""
    pool, turns = members(*weights), Turns("p")
    for turn, out in enumerate(leaves):
        free = [member for n, member in enumerate(pool) if n not in out] or pool[:1]
        absent = [member for member in pool if member not in free]
        day = str(turn // 5)
        _, turns, _ = next_turn(turns, free, absent, catch_up, at(day))
        assert sum(turns.credit.values()) == pytest.approx(0, abs=1e-6)


def back_from_leave(catch_up: CatchUp, leads: int) -> list[tuple[str, Turns]]:
    """Two equal reps; the first is away for twenty leads, then *leads* arrive, five a day."""
    pool, turns = members(1, 1), Turns("p")
    for _ in range(20):
        _, turns, _ = next_turn(turns, pool[1:], pool[:1], catch_up, at("before"))
    story = []
    for number in range(leads):
        day = f"day-{number // 5}"
        chosen, turns, _ = next_turn(turns, pool, (), catch_up, at(day))
        story.append((chosen, turns))
    return story


def test_without_catch_up_a_return_floods_nobody() -> None:
    chosen = [who for who, _ in back_from_leave(CatchUp(), 10)]
    assert Counter(chosen) == {"rep-0": 5, "rep-1": 5}


def test_full_catch_up_gives_back_every_turn_at_once() -> None:
    """Each gets twenty-five of fifty leads, although one was away for the first twenty."""
    chosen = [who for who, _ in back_from_leave(CatchUp("full"), 30)]
    assert chosen[:19] == ["rep-0"] * 19
    assert Counter(chosen)["rep-0"] == pytest.approx(25, abs=1)


def test_capped_catch_up_gives_back_so_many_a_day() -> None:
    """Ten turns are owed, and one extra is paid per day: with five leads a day the other rep gives
    up one turn each day, and after ten days the turns are made up."""
    story = back_from_leave(CatchUp("capped", 1), 60)
    chosen = [who for who, _ in story]
    for day in range(10):
        today = Counter(chosen[5 * day : 5 * day + 5])
        assert today["rep-0"] <= 4, "their share of five, one extra, and what rounds up"
    assert Counter(chosen[:50])["rep-0"] == pytest.approx(25 + 10, abs=1)
    assert Counter(chosen[50:])["rep-0"] == 5
    assert not story[-1][1].leave["rep-0"]


def test_a_new_joiner_starts_level() -> None:
    _, turns = serve(Turns("p"), members(1, 1), 30)
    order, _ = serve(turns, members(1, 1, 1), 9)
    assert Counter(order) == {"rep-0": 3, "rep-1": 3, "rep-2": 3}


# --- as availability changes


def largest_sums(credit: dict[str, float], members: int) -> Iterator[tuple[float, float]]:
    """The sum of the k largest credits, and what it may be: k(n - k)/2. Decision 033 proves it."""
    held = sorted((*credit.values(), *[0.0] * (members - len(credit))), reverse=True)
    for k in range(1, members):
        yield sum(held[:k]), k * (members - k) / 2


changes = st.lists(
    st.tuples(st.sets(st.integers(0, 7)), st.lists(st.integers(1, 50), min_size=8, max_size=8)),
    max_size=80,
)


@given(st.integers(2, 8), changes)
@settings(max_examples=200)
def test_credits_stay_within_half_the_others_whoever_is_free_with_whatever_weight(
    count: int, story: list[tuple[set[int], list[int]]]
) -> None:
    """Of n members each stays within (n - 1)/2 of what they are owed: one lead for three."""
    turns = Turns("p")
    for out, weights in story:
        pool = [Member(f"rep-{n}", weight) for n, weight in enumerate(weights[:count])]
        free = [member for n, member in enumerate(pool) if n not in out] or pool
        turns = next_turn(turns, free).after
        assert max(map(abs, turns.credit.values())) <= (count - 1) / 2 + 1e-6
        for had, may_be in largest_sums(turns.credit, count):
            assert had <= may_be + 1e-6


@pytest.mark.parametrize(
    ("weights", "leads", "farthest"),
    [
        pytest.param((1, 1), 8, 1 / 2, id="two"),
        pytest.param((1, 1, 1), 8, 5 / 6, id="three"),
        pytest.param((1, 2, 3), 8, 0.9, id="three, 1:2:3"),
        pytest.param((1, 1, 1, 1), 8, 7 / 6, id="four"),
        pytest.param((1, 2, 3, 4), 5, 1.0285714285714285, id="four, 1:2:3:4"),
    ],
)
def test_every_way_in_which_members_come_and_go(
    weights: tuple[int, ...], leads: int, farthest: float
) -> None:
    """All states that can be reached, whoever is free for each lead."""
    far, _ = every_way(next_turn, members(*weights), leads)
    assert far <= (len(weights) - 1) / 2
    assert far == pytest.approx(farthest)


def test_with_leave_and_weights_of_one_to_three_shares_stay_within_a_lead() -> None:
    """They drifted up to 1.62."""
    pool, turns = members(1, 2, 3), Turns("p")
    random = Random(1)
    for _ in range(4000):
        free = [member for member in pool if random.random() > 0.3] or pool
        turns = next_turn(turns, free).after
        assert max(map(abs, turns.credit.values())) <= 1 + 1e-6


# --- the least loaded


def test_ties_of_the_least_loaded_go_on_in_turn() -> None:
    """They went a b c c b a."""
    pool, turns, load = of(a=1, b=1, c=1), Turns("p"), Counter[str]()
    order = ""
    for _ in range(9):
        least = min(load[member.rep] for member in pool)
        tied = [member for member in pool if load[member.rep] == least]
        chosen, turns, _ = next_of_equals(turns, tied)
        load[chosen] += 1
        order += chosen
    assert order == "abcabcabc"
    assert turns.credit == {}


@pytest.mark.parametrize(
    ("served", "tied", "order"),
    [
        pytest.param({}, of(a=1, b=1), "ab", id="nobody yet: in the order of the pool"),
        pytest.param({"a": 1}, of(a=1, b=1, c=1), "bca", id="who never was, first"),
        pytest.param({"a": 5, "b": 2, "c": 4}, of(a=1, b=1, c=1), "bca", id="longest ago, first"),
        pytest.param({"a": 5, "b": 2, "c": 4}, of(a=1, c=1), "ca", id="of those who tie"),
    ],
)
def test_who_was_served_longest_ago_comes_first(
    served: dict[str, int], tied: list[Member], order: str
) -> None:
    turn = next_of_equals(Turns("p", served=served), tied)
    assert "".join(turn.order) == order
    assert turn.after.served[turn.rep] == max(served.values(), default=0) + 1


def test_turns_do_not_grow_with_time() -> None:
    _, turns = serve(Turns("p"), members(3, 5, 7), 5_000)
    assert all(abs(credit) < 3 for credit in turns.credit.values())


# --- one turn, with exact credits


def test_a_rep_with_exactly_enough_credit_is_eligible() -> None:
    """With three members, a credit of a quarter is enough. With this turn Anna has it, and is due
    before Ben."""
    free = of(anna=3, ben=1, cleo=1)
    steady = next_turn(Turns("pool"), free).after.steady
    turns = Turns("pool", credit={"anna": -0.35, "ben": 0.3, "cleo": 0.05}, steady=steady)
    turn = next_turn(turns, free)
    assert turn.order == ("anna", "ben", "cleo")
    assert turn.after.credit == pytest.approx({"anna": -0.75, "ben": 0.5, "cleo": 0.25})


def test_the_next_reps_are_named_in_order_of_their_turns() -> None:
    """First the members with enough credit, then the others, each group by deadline."""
    free = of(anna=1, ben=1, cleo=1, dan=1, pia=1)
    steady = next_turn(Turns("pool"), free).after.steady
    credit = {"anna": 0.1, "ben": 0.9, "cleo": 0.6, "dan": -0.9, "pia": -0.7}
    turn = next_turn(Turns("pool", credit=credit, steady=steady), free)
    assert turn.order == ("ben", "cleo", "anna", "pia", "dan")


def test_after_a_change_the_largest_credit_is_served_and_the_next_are_named_by_credit() -> None:
    free = of(anna=9, ben=1, cleo=1)
    credit = {"anna": -0.2, "ben": 0.3, "cleo": 0.4, "dan": -0.5}
    turn = next_turn(Turns("pool", credit=credit), free)
    assert turn.order == ("anna", "cleo", "ben")
    assert turn.after.steady == ""


def test_while_turns_of_a_leave_are_made_good_the_largest_credit_is_served() -> None:
    turns = Turns("pool", leave={"ben": 2.0})
    turn = next_turn(turns, of(anna=1, ben=1), (), CatchUp("capped", 1), at("2026-03-03"))
    assert (turn.rep, turn.after.steady) == ("ben", "")


@pytest.mark.parametrize(
    ("turns", "free", "steady"),
    [
        pytest.param(Turns("p"), of(anna=1, ben=2), True, id="a new pool"),
        pytest.param(Turns("p", {"anna": 0.0, "ben": 0.0}), of(anna=1, ben=2), True, id="level"),
        pytest.param(Turns("p", {"anna": 0.5, "ben": -0.5}), of(anna=1, ben=2), False, id="before"),
        pytest.param(
            Turns("p", {"anna": 0.5, "ben": -0.5}, steady="12345678"),
            of(anna=1, ben=2),
            False,
            id="others were free",
        ),
    ],
)
def test_while_the_same_members_are_free_the_first_rule_holds(
    turns: Turns, free: list[Member], steady: bool
) -> None:
    assert bool(next_turn(turns, free).after.steady) == steady


@pytest.mark.parametrize("size", [8, 9, 10])
def test_only_the_first_few_of_the_next_reps_are_named(size: int) -> None:
    """A place is kept as one character."""
    free = of(**{f"rep{n}": 1 for n in range(size)})
    order = next_turn(Turns("pool"), free).order
    assert order == tuple(member.rep for member in free[:9])


CAPPED = CatchUp("capped", 1)


def paid(turns: Turns, free: list[Member], equal: bool = False) -> Turns:
    """The credits after one turn on the third of March, without what the turn itself adds."""
    after = next_turn(turns, free, (), CAPPED, lambda rep: "2026-03-03", equal).after
    alone = next_turn(replace(turns, leave={}), free, equal=equal)
    assert alone.rep == free[0].rep, "so that the turn itself is the same"
    gained = {
        name: round(credit - alone.after.credit[name], 9) for name, credit in after.credit.items()
    }
    return replace(after, credit=gained)


@pytest.mark.parametrize(
    ("equal", "anna", "dan"),
    [
        pytest.param(False, 0.25, 0.5, id="by weight"),
        pytest.param(True, 1 / 3, 1 / 3, id="in a strict round robin"),
    ],
)
def test_the_catch_up_owed_for_leave_is_the_reps_share(
    equal: bool, anna: float, dan: float
) -> None:
    free, absent = of(ben=1), of(anna=1, dan=2)
    turns = Turns("pool", leave={"dan": 1.0})
    after = next_turn(turns, free, absent, CAPPED, equal=equal).after
    assert after.leave == pytest.approx({"anna": anna, "dan": 1 + dan})


@pytest.mark.parametrize(
    ("equal", "anna", "dan"),
    [
        pytest.param(False, -0.75, -0.25, id="by weight"),
        pytest.param(True, -0.5, -0.5, id="in a strict round robin"),
    ],
)
def test_catch_up_takes_turns_from_the_others(equal: bool, anna: float, dan: float) -> None:
    """Members who were never away are owed nothing, and each pays by weight."""
    turns = Turns("pool", credit={"anna": 2.0}, leave={"ben": 2.5})
    after = paid(turns, of(anna=3, ben=5, dan=1), equal)
    assert after.credit == {"anna": anna, "ben": 1.0, "dan": dan}
    assert after.leave == {"ben": 1.5}
    assert after.paid_on == {"ben": "2026-03-03"}


def test_catch_up_of_less_than_a_day_is_given_whole_and_once() -> None:
    turns = Turns("pool", credit={"anna": 2.0}, leave={"ben": 0.4})
    free = of(anna=1, ben=1)
    after = paid(turns, free)
    assert (after.credit["ben"], after.leave) == (0.4, {"ben": 0.0})
    again = replace(turns, leave={"ben": 0.0}, paid_on={})
    assert paid(again, free).paid_on == {}, "there is nothing to pay"
    same_day = replace(turns, paid_on={"ben": "2026-03-03"})
    assert paid(same_day, free) == replace(same_day, credit={"anna": 0.0, "ben": 0.0})


def test_a_pool_of_one_needs_no_catch_up() -> None:
    turns = Turns("pool", leave={"ben": 2.0})
    after = next_turn(turns, of(ben=1), (), CAPPED, lambda rep: "2026-03-03").after
    assert (after.leave, after.paid_on, after.credit) == ({"ben": 2.0}, {}, {"ben": 0.0})


def test_without_catch_up_no_leave_is_recorded() -> None:
    after = next_turn(Turns("pool"), of(ben=1), of(anna=1)).after
    assert (after.leave, after.paid_on) == ({}, {})


def test_reps_who_are_owed_too_little_come_next_by_deadline_not_by_credit() -> None:
    turns = Turns("p", {"rep-0": -0.5, "rep-1": -0.1, "rep-2": -0.6})
    assert next_turn(turns, members(1, 1, 4)).order == ("rep-2", "rep-1", "rep-0")
