"""A rejection whose reason says so gives the rep's turn back, and the ledger shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.application.audit.fairness import Handed, Row, ledger
from baton.application.audit.why_not import Decided, why_not
from baton.domain.conditions import Facts
from baton.domain.draft.decision import Considered
from baton.domain.phrase import Phrase
from baton.domain.policy import Fallback, Member, Policy, Pool, Reason
from baton.domain.routing.turns import give_back
from baton.domain.world.events import Reassigned
from baton.domain.world.world import Turns
from tests.builders import NOW, click, manager, rep
from tests.routed import Desk, routed

REPS = ("anna", "ben", "carl")
NO_FACTS = Facts({}, (), NOW)


def office(choose: Any = "weighted", weights: tuple[int, ...] = (1, 1, 1)) -> Policy:
    members = tuple(map(Member, REPS, weights))
    pool = Pool("desk", "Desk", members, (Fallback(person="mona"),), choose=choose)
    people = (*(rep(name, max_open=None) for name in REPS), manager("mona"), manager("dora"))
    policy = routed(pool, people=people, handoffs=())
    lifecycle = replace(
        policy.lifecycle,
        reasons=(
            *policy.lifecycle.reasons,
            Reason("bad_data", "Bad data", "BAD_DATA", credit=True),
            Reason("not_mine", "Not mine", "NOT_MINE", pass_on=True, credit=True),
        ),
    )
    return replace(policy, pools=(pool,), lifecycle=lifecycle)


class Played(Desk):
    def reject(self, lead: str, reason: str) -> Any:
        user = self.policy.person[self.owner(lead)].slack_user
        number = self.leads[lead].assigned
        event = click("reject", self.now, user, number, reason)
        return self.send(replace(event, id=self.name(), lead_id=lead))

    def rows(self) -> dict[str, Row]:
        handed = [Handed("v1", one.considered, one.outcomes) for one in self.decisions]
        [pool] = [one for one in self.ledger(handed).pools if one.pool == "desk"]
        return {row.rep: row for row in pool.rows}

    def ledger(self, handed: list[Handed]) -> Any:
        return ledger(handed, lambda version: self.policy, self.policy)


@pytest.mark.parametrize("choose", ["weighted", "round_robin", "least_loaded"])
def test_a_rejection_for_bad_data_gives_the_turn_back(choose: Any) -> None:
    desk = Played(office(choose))
    desk.arrive("1")
    assert desk.owner("1") == "anna"
    decision = desk.reject("1", "bad_data")
    assert Phrase("turn.given_back", ("Anna", "desk")) in decision.because
    assert decision.considered == (Considered("desk", "-++"),)
    desk.arrive("2")
    assert desk.owner("2") == "anna", "as if the first lead had not come"


def test_a_rejection_for_another_reason_gives_nothing_back() -> None:
    desk = Played(office())
    desk.arrive("1")
    decision = desk.reject("1", "competitor")
    assert decision.considered == ()
    desk.arrive("2")
    assert desk.owner("2") == "ben"


def test_a_lead_that_is_passed_on_gives_the_turn_back_and_takes_the_next_reps() -> None:
    desk = Played(office())
    desk.arrive("1")
    decision = desk.reject("1", "not_mine")
    assert [one.codes for one in decision.considered] == ["-++", "h12"]
    assert desk.owner("1") == "ben"
    for lead in ("2", "3"):
        desk.arrive(lead)
    assert (desk.owner("2"), desk.owner("3")) == ("carl", "anna"), "Carl stood back behind Ben"
    rows = desk.rows()
    assert [(rows[n].received, rows[n].given_back) for n in REPS] == [(2, 1), (1, 0), (1, 0)]


def test_the_ledger_shows_what_was_given_back() -> None:
    desk = Played(office())
    for number in range(3):
        desk.arrive(str(number))
    desk.reject("0", "bad_data")
    anna, ben = desk.rows()["anna"], desk.rows()["ben"]
    assert (anna.received, anna.given_back) == (1, 1)
    assert anna.owed == pytest.approx(2 / 3)
    assert anna.residual == pytest.approx(-2 / 3)
    assert ben.residual == pytest.approx(1 / 3)


@pytest.mark.parametrize("lead", ["by hand", "as the last resort"])
def test_a_lead_that_took_no_turn_gives_none_back(lead: str) -> None:
    desk = Played(office())
    desk.arrive("1")
    to = "ben" if lead == "by hand" else "mona"
    desk.send(Reassigned(id="r", lead_id="1", at=NOW, to=to, by="RevOps"))
    before = desk.turns["desk"].credit
    desk.reject("1", "bad_data")
    assert desk.turns["desk"].credit == before


def test_who_has_left_the_pool_gets_nothing_back() -> None:
    desk = Played(office())
    desk.arrive("1")
    pool = desk.policy.pools[0]
    desk.policy = replace(desk.policy, pools=(replace(pool, members=pool.members[1:]),))
    assert desk.reject("1", "bad_data").considered == ()


def test_why_not_answers_for_the_one_who_got_it_next() -> None:
    policy = office()
    marks = (Considered("desk", "-++"), Considered("desk", "h12"))
    decided = Decided(policy, policy.handoff["mql"], NO_FACTS, marks, "ben", "all", NOW)
    answer = why_not(decided, policy.person["carl"])
    assert "it was Ben's turn" in answer.why
    assert "already let this lead go" in why_not(decided, policy.person["anna"]).why


@pytest.mark.parametrize(
    ("choose", "credit"),
    [
        pytest.param("weighted", {"anna": 0.5, "ben": -0.5}, id="by weight"),
        pytest.param("round_robin", {"anna": 0.5, "ben": -0.5}, id="in equal parts"),
        pytest.param("least_loaded", {"anna": 0.25, "ben": -0.25}, id="not the least loaded"),
    ],
)
def test_a_turn_is_given_back_by_all_members(choose: Any, credit: dict[str, float]) -> None:
    weights = (3, 1) if choose == "weighted" else (1, 1)
    start = {"anna": 0.25, "ben": -0.25} if choose != "round_robin" else {"anna": 0.0, "ben": 0.0}
    turns = Turns("p", credit=start, steady="12345678", served={"anna": 4, "ben": 7})
    after = give_back(turns, "anna", tuple(map(Member, ("anna", "ben"), weights)), choose)
    assert after.credit == pytest.approx(credit)
    if choose == "least_loaded":
        assert after.served == {"anna": 0, "ben": 7}
    else:
        assert after.steady == "", "the first rule needs credits that nothing else has moved"


stories = st.lists(st.sampled_from(["lead", "bad_data", "not_mine", "competitor"]), max_size=30)


@given(
    stories,
    st.sampled_from(["weighted", "round_robin", "least_loaded"]),
    st.tuples(*[st.integers(1, 4)] * 3),
)
@settings(max_examples=60)
def test_what_is_owed_sums_to_what_was_received_and_kept(
    story: list[str], choose: Any, weights: tuple[int, int, int]
) -> None:
    desk = Played(office(choose, weights))
    for number, act in enumerate(("lead", *story)):
        if act == "lead":
            desk.arrive(str(number))
            continue
        owned = [lead for lead in desk.leads if desk.owner(lead) in REPS]
        if owned:
            desk.reject(owned[0], act)
    rows = desk.rows().values()
    kept = sum(row.received - row.given_back for row in rows)
    assert sum(row.owed for row in rows) == pytest.approx(kept)
    assert sum(desk.turns["desk"].credit.values()) == pytest.approx(0, abs=1e-6)
