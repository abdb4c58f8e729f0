"""The fairness ledger: what is owed sums to what was received, whatever happened."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.application.audit.fairness import CAUSES, Handed, Ledger, PoolLedger, Row, ledger
from baton.application.audit.fairness_chart import chart
from baton.domain.policy import CatchUp, Member, Policy
from tests.builders import manager, rep
from tests.routed import Desk, routed, waiting_pool

CAREFREE = (rep("anna"), rep("ben"), rep("carl"), rep("cora"), manager("mona"), manager("dora"))


class Office:
    """A desk that records its decisions."""

    def __init__(self, policy: Policy) -> None:
        self.desk = Desk(policy)
        self.handed: list[Handed] = []
        self._leads = 0

    def arrive(self, n: int = 1) -> None:
        for _ in range(n):
            self._leads += 1
            decision = self.desk.arrive(f"{self._leads}")
            self.handed.append(
                Handed(self.desk.policy.version, decision.considered, decision.outcomes)
            )

    def ledger(self, now: Policy | None = None) -> Ledger:
        return ledger(self.handed, lambda version: self.desk.policy, now or self.desk.policy)

    def pool(self, now: Policy | None = None) -> PoolLedger:
        return next(one for one in self.ledger(now).pools if one.pool == "desk")

    def row(self, who: str, now: Policy | None = None) -> Row:
        return next(row for row in self.pool(now).rows if row.rep == who)


def office(**pool: Any) -> Office:
    return Office(routed(waiting_pool(**pool), people=CAREFREE))


def test_equals_are_owed_the_same_and_get_it() -> None:
    at = office()
    at.arrive(10)
    assert [(row.rep, row.owed, row.received) for row in at.pool().rows] == [
        ("anna", 5.0, 5),
        ("ben", 5.0, 5),
    ]
    assert (at.pool().turns, at.pool().nobody) == (10, 0)


def test_weights_are_owed_their_share() -> None:
    at = office(members=(Member("anna", 3), Member("ben", 1)))
    at.arrive(8)
    assert [(row.owed, row.received) for row in at.pool().rows] == [(6.0, 6), (2.0, 2)]


def test_a_round_robin_ignores_weights() -> None:
    at = office(choose="round_robin", members=(Member("anna", 3), Member("ben", 1)))
    at.arrive(8)
    assert [(row.owed, row.received) for row in at.pool().rows] == [(4.0, 4), (4.0, 4)]


def test_the_least_loaded_are_owed_by_what_they_may_carry() -> None:
    people = (rep("anna", max_open=30), rep("ben", max_open=10), *CAREFREE[2:])
    at = Office(routed(waiting_pool(choose="least_loaded"), people=people))
    at.arrive(8)
    assert [(row.owed, row.received) for row in at.pool().rows] == [(6.0, 6), (2.0, 2)]


def test_leave_excuses_and_owes_nothing() -> None:
    at = office()
    at.desk.away("anna")
    at.arrive(4)
    anna, ben = at.row("anna"), at.row("ben")
    assert (anna.owed, anna.received, anna.excused) == (0.0, 0, {"leave": 2.0})
    assert (ben.owed, ben.received) == (4.0, 4)


def test_leave_with_catch_up_stays_owed() -> None:
    at = office(catch_up=CatchUp("full"))
    at.desk.away("anna")
    at.arrive(4)
    anna = at.row("anna")
    assert (anna.owed, anna.received, anna.residual, anna.excused) == (2.0, 0, -2.0, {})
    at.desk.away("anna", back=True)
    at.arrive(4)
    assert abs(at.row("anna").residual) <= 1


def test_full_members_are_excused_and_leads_that_found_nobody_are_counted() -> None:
    at = Office(routed())
    at.arrive(6)
    assert [row.received for row in at.pool().rows] == [2, 2]
    assert at.row("anna").excused["full"] == 0.5, "the fourth lead, when only Ben had room"
    assert at.pool().nobody == 1, "the sixth waits behind the fifth: nobody was asked for it"


def test_a_member_who_joined_later_is_owed_nothing_for_earlier_leads() -> None:
    at = office()
    at.arrive(4)
    members = (Member("anna"), Member("ben"), Member("carl"))
    now = routed(waiting_pool(members=members), people=CAREFREE)
    carl = at.row("carl", now)
    assert (carl.owed, carl.received) == (0.0, 0)
    assert carl.excused["not yet a member"] == pytest.approx(4 / 3)


def test_who_left_the_pool_is_still_in_the_ledger() -> None:
    at = office()
    at.arrive(4)
    now = routed(waiting_pool(members=(Member("anna"),)), people=CAREFREE)
    assert [row.rep for row in at.pool(now).rows] == ["anna", "ben"]
    assert sum(row.owed for row in at.pool(now).rows) == 4.0


def test_accounts_and_last_resorts_stand_beside_the_turns() -> None:
    policy = replace(routed(people=CAREFREE), ownership=("contact",))
    at = Office(policy)
    at.arrive(2)
    decision = at.desk.arrive("200", hubspot_owner_id="owner-cora")
    at.handed.append(Handed("v1", decision.considered, decision.outcomes))
    found = at.ledger()
    assert found.beside == {"existing-owner": {"cora": 1}}
    assert [row.received for row in at.pool().rows] == [1, 1]


kinds: Sequence[Literal["round_robin", "weighted", "least_loaded"]] = (
    "round_robin",
    "weighted",
    "least_loaded",
)
catch_ups = st.sampled_from([CatchUp(), CatchUp("full"), CatchUp("capped", 1)])
acts, reps = st.sampled_from(["arrive", "away", "back"]), st.sampled_from(["anna", "ben", "carl"])
days = st.lists(st.tuples(acts, reps), max_size=30)


@settings(max_examples=60)
@given(st.sampled_from(kinds), catch_ups, st.tuples(*[st.integers(1, 5)] * 3), days)
def test_what_is_owed_sums_to_what_was_received(
    choose: Any, catch_up: CatchUp, weights: tuple[int, int, int], story: list[tuple[str, str]]
) -> None:
    members = tuple(
        Member(who, weight) for who, weight in zip(("anna", "ben", "carl"), weights, strict=True)
    )
    at = office(members=members, choose=choose, catch_up=catch_up)
    for what, who in story:
        if what == "arrive":
            at.arrive()
        else:
            at.desk.away(who, back=what == "back")
    found = at.ledger()
    for pool in found.pools:
        received = sum(row.received for row in pool.rows)
        assert received == pool.turns
        assert isclose(sum(row.owed for row in pool.rows), received, abs_tol=1e-9)
        assert all(set(row.excused) <= {*CAUSES.values(), "not yet a member"} for row in pool.rows)


def test_the_chart_shows_every_rep_with_owed_and_received() -> None:
    at = office()
    at.arrive(5)
    drawn = chart("Owed & received", [at.pool()], at.desk.policy)
    assert drawn.startswith("<svg ")
    assert "Owed &amp; received" in drawn
    assert drawn.count('class="got"') == 3, "two bars and the key"
    assert "2.5 / 3 (+0.5)" in drawn
