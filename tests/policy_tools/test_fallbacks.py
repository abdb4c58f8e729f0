"""Fallbacks that follow a fallback pool's own: in order, each pool once, whatever names whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.policy_tools.fallbacks import not_followed, steps_of
from baton.policy_tools.models.routing import Fallback, Member, Pool

NAMES = ("a", "b", "c", "d")


def pool(name: str, *steps: str) -> Pool:
    """``b``: pool b; ``+b``: followed; ``-b``: said not to be; the last step is a manager."""
    fallback = [
        Fallback(pool=step.strip("+-"), follow={"+": True, "-": False}.get(step[0]))
        for step in steps
    ]
    end = Fallback(person="kim")
    return Pool(id=name, label=name, members=(Member(rep="r"),), fallback=(*fallback, end))


def tried(of: str, *pools: Pool) -> str:
    known = {one.id: one for one in pools}
    return "".join(step.pool or "!" for step in steps_of(known[of], known))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(("b",), "b!", id="not followed"),
        pytest.param(("+b",), "bc!", id="followed"),
        pytest.param(("+b", "d"), "bcd!", id="before what comes next"),
        pytest.param(("+b", "c"), "bc!", id="what is named comes where it is named"),
        pytest.param(("-b", "+c"), "bcd!", id="said not to be"),
    ],
)
def test_fallback_pools_are_followed_where_the_policy_says_so(
    steps: tuple[str, ...], expected: str
) -> None:
    assert tried("a", pool("a", *steps), pool("b", "c"), pool("c", "d"), pool("d")) == expected


def test_pools_that_name_each_other_end() -> None:
    pools = (pool("a", "+b"), pool("b", "+c"), pool("c", "+a", "+b", "d"), pool("d"))
    assert tried("a", *pools) == "bcd!"
    assert tried("c", *pools) == "abd!"


@given(
    st.lists(
        st.lists(st.sampled_from(["b", "+b", "+a", "+c", "d", "+d"]), max_size=3),
        min_size=4,
        max_size=4,
    )
)
def test_no_pool_is_tried_twice(steps: list[list[str]]) -> None:
    pools = []
    for name, named in zip(NAMES, steps, strict=True):
        different = {step.strip("+"): step for step in named if step.strip("+") != name}
        pools.append(pool(name, *different.values()))
    for name in NAMES:
        found = tried(name, *pools)
        assert found.endswith("!")
        assert len(set(found)) == len(found)
        assert name not in found


def test_a_finding_needs_a_pool_that_would_be_reached_and_nothing_said() -> None:
    pools = {one.id: one for one in (pool("b", "c"), pool("c", "b"), pool("d", "b", "c"))}
    assert [*not_followed(pool("a", "b"), pools)] == [(0, ["c"])]
    for said in (("-b",), ("+b",), ("b", "c")):
        assert [*not_followed(pool("a", *said), pools)] == []
    assert [*not_followed(pools["b"], pools)] == [], "it falls back on the pool itself"


def test_follow_belongs_to_a_pool() -> None:
    with pytest.raises(ValueError, match=r"write {pool: …, follow: true}"):
        Fallback(person="kim", follow=True)
