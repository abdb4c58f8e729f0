"""Rounds: nobody gets a lead twice in a round, which ends at the last resort, in pools of any
size.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.handoff.assign import PAST_KEPT
from baton.domain.lead import PastAssignment
from baton.domain.phrase import Phrase
from baton.domain.policy import Fallback, Member, Policy, Pool
from baton.domain.world.events import Reassigned
from tests.builders import NOW, POLICY, click, manager, minutes, rep
from tests.routed import Desk, routed, waiting_pool

TWO_DAYS = minutes(2 * 24 * 60)


def office(reps: int, **pool: Any) -> Policy:
    """A pool of so many reps with the hot ladder, whose pull-back comes after half an hour."""
    names = [f"rep{n}" for n in range(reps)]
    people = [*(rep(name, calendar="always") for name in names)]
    bosses = (manager("mona", calendar="always"), manager("dora", manager="", calendar="always"))
    given: dict[str, Any] = {"fallback": (Fallback(person="mona"),)} | pool
    desk = Pool("desk", "Desk", tuple(map(Member, names)), **given)
    policy = routed(desk, people=(*people, *bosses), handoffs=(), tiers=POLICY.tiers)
    always = replace(POLICY.calendars["berlin"], week=((((minutes(0), minutes(24 * 60))),),) * 7)
    return replace(policy, pools=(desk,), calendars=policy.calendars | {"always": always})


def owners(desk: Desk) -> list[str]:
    return [
        one.person
        for decision in desk.decisions
        for one in decision.outcomes
        if one.kind == "assigned"
    ]


@pytest.mark.parametrize("reps", [1, 2, 19, 20, 21, 25, 60])
def test_a_lead_that_nobody_works_goes_to_everybody_once_and_stays_with_the_manager(
    reps: int,
) -> None:
    """With 25 reps it went round for ever: 193 assignments in two days."""
    desk = Desk(office(reps))
    desk.arrive("101")
    desk.tick(NOW + TWO_DAYS)
    had = owners(desk)
    assert had == [f"rep{n}" for n in range(reps)] + ["mona"]
    lead = desk.leads["101"]
    assert lead.had == tuple(had[:-1])
    assert len(lead.past) == min(reps, PAST_KEPT)


def test_a_pool_of_two_hundred_is_gone_through_once() -> None:
    desk = Desk(office(200))
    desk.arrive("101")
    for _ in range(200):
        desk.send(Reassigned(id=desk.name(), lead_id="101", at=desk.now, by="RevOps"))
    assert Counter(owners(desk)).most_common(1)[0][1] == 1
    assert owners(desk)[-1] == "mona"
    desk.tick(NOW + minutes(600))
    assert desk.owner("101") == "mona"


def test_a_new_round_begins_with_a_new_handoff() -> None:
    desk = Desk()
    desk.arrive("101")
    desk.send(Reassigned(id="r", lead_id="101", at=desk.now, by="RevOps"))
    assert (desk.leads["101"].had, desk.owner("101")) == (("anna",), "ben")
    desk.moved("101", "salesqualifiedlead")
    assert (desk.leads["101"].had, desk.owner("101")) == ((), "carl")


def test_a_lead_stored_before_knows_its_round_by_its_past() -> None:
    """Records of before say nothing of ``had``; the last twenty of the round are excluded."""
    desk = Desk(office(4))
    desk.arrive("101")
    past = (
        PastAssignment("rep3", 1, NOW, NOW, "taken_back"),
        PastAssignment("rep1", 2, NOW, NOW, "taken_back"),
    )
    desk.leads["101"] = replace(desk.leads["101"], past=past, round_from=1, assigned=3)
    desk.send(Reassigned(id="r", lead_id="101", at=desk.now, by="RevOps"))
    assert desk.owner("101") in {"rep2", "rep3"}, "not Rep1, of this round"
    assert desk.leads["101"].had == ("rep0",)


def test_a_last_resort_that_passes_it_on_keeps_it_when_nobody_else_is_left() -> None:
    policy = office(1)
    policy = replace(policy, people=tuple(p for p in policy.people if p.id != "dora"))
    desk = Desk(policy)
    desk.arrive("101")
    reject = click("reject", NOW, "UREP0", reason="language")
    desk.send(reject)
    assert desk.owner("101") == "mona"
    decision = desk.send(replace(reject, id="again", user="UMONA", assignment=2))
    assert (desk.owner("101"), desk.leads["101"].assigned) == ("mona", 2)
    assert decision.because[0] == Phrase("passed_on.nobody", ("Mona",))
    [card] = decision.effects
    assert card.slot == "card:2"


def test_a_lead_does_not_wait_for_people_who_all_had_it() -> None:
    desk = Desk(routed(waiting_pool()))
    desk.arrive("101")
    for _ in range(2):
        desk.send(Reassigned(id=desk.name(), lead_id="101", at=desk.now, by="RevOps"))
    assert desk.owner("101") == "mona"
    assert Phrase("pool.had_it", ("desk",)) in desk.decisions[-1].because


def test_it_waits_where_somebody_is_left_who_is_only_full() -> None:
    desk = Desk(routed(waiting_pool()))
    for lead in ("101", "2", "3", "4"):
        desk.arrive(lead)
    desk.send(Reassigned(id="r", lead_id="101", at=desk.now, by="RevOps"))
    assert desk.waits() == ["101"]


acts = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 200)),
        st.tuples(st.just("reassign"), st.just(0)),
        st.tuples(st.just("pass on"), st.just(0)),
    ),
    max_size=40,
)


@given(st.integers(1, 26), acts)
@settings(max_examples=60)
def test_nobody_gets_a_lead_twice_in_a_round(reps: int, story: list[tuple[str, int]]) -> None:
    desk = Desk(office(reps))
    desk.arrive("101")
    for act, after in story:
        owner = desk.policy.person.get(desk.owner("101"))
        assert owner is not None
        if act == "wait":
            desk.tick(desk.now + minutes(after))
        elif act == "reassign":
            desk.send(Reassigned(id=desk.name(), lead_id="101", at=desk.now, by="RevOps"))
        else:
            number = desk.leads["101"].assigned
            event = click("reject", desk.now, owner.slack_user, number, "language")
            desk.send(replace(event, id=desk.name()))
    had = Counter(owners(desk))
    assert all(count == 1 for name, count in had.items() if name.startswith("rep"))
    assert len(desk.leads["101"].had) <= reps + 2
