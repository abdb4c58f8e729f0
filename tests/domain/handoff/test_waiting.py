"""Nobody is free: the lead waits in a queue, in order, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from baton.domain.phrase import Phrase
from baton.domain.policy import Fallback, Limits, Member, Rule, Shift, Test, TimeOff, Wait
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Deleted, Merged, Reassigned, RoomMade
from tests.builders import NOW, click, contact, hint, kinds, manager, minutes, owned, rep
from tests.routed import Desk, routed, waiting_pool
from tests.worded import title

COLD = "Newsletter"


def full_desk(**changes: object) -> Desk:
    """Anna and Ben have two leads each, which is their limit."""
    desk = Desk(routed(waiting_pool(**changes)))
    for number in range(1, 5):
        desk.arrive(str(number))
    assert (desk.open("anna"), desk.open("ben")) == (2, 2)
    return desk


def test_a_lead_without_an_available_rep_joins_the_queue_with_a_clock() -> None:
    desk = full_desk()
    decision = desk.arrive("5")
    assert desk.waits() == ["5"]
    assert "waiting" in kinds(decision)
    waiting = desk.leads["5"].waiting
    assert waiting is not None
    assert waiting.clock.due_at == NOW + minutes(240)
    assert desk.turns["desk"].waiting == 1
    written = desk.leads["5"].written
    assert written["baton_waiting_for"].value == "Desk"
    assert written["baton_sla_status"].value == "waiting"


def test_a_waiting_lead_gets_the_first_rep_with_room() -> None:
    made: dict[str, Callable[[Desk], object]] = {
        "reject": lambda desk: desk.send(click("reject", NOW, "UANNA", 1, "competitor")),
        "qualified": lambda desk: desk.moved("101", "salesqualifiedlead"),
        "merged": lambda desk: desk.send(Merged(id="m", lead_id="101", at=NOW, into="9")),
        "deleted": lambda desk: desk.send(Deleted(id="d", lead_id="101", at=NOW)),
        "by hand": lambda desk: desk.send(
            Reassigned(id="r", lead_id="101", at=NOW, to="mona", by="RevOps")
        ),
    }
    for how, make in made.items():
        desk = Desk()
        desk.arrive("101")
        for number in range(2, 5):
            desk.arrive(str(number))
        desk.arrive("5")
        assert desk.waits() == ["5"], how
        assert desk.owner("101") == "anna"
        make(desk)
        assert desk.waits() == [], how
        assert desk.owner("5") == "anna", how
        assert desk.leads["5"].written["baton_waiting_for"].value == "", how
        assert desk.turns["desk"].waiting == 0, how


def test_the_queue_drains_by_heat_and_then_by_age() -> None:
    desk = full_desk()
    desk.arrive("cold-old", recent_conversion_event_name=COLD)
    desk.now += minutes(1)
    desk.arrive("hot-old")
    desk.now += minutes(1)
    desk.arrive("hot-new")
    desk.arrive("cold-new", recent_conversion_event_name=COLD)
    assert desk.waits() == ["hot-old", "hot-new", "cold-old", "cold-new"]
    left = []
    for number in range(1, 5):
        desk.send(Deleted(id=f"d{number}", lead_id=str(number), at=desk.now))
        left.append(
            next(
                lead
                for lead in desk.leads
                if lead not in left and desk.owner(lead) and not lead.isdigit()
            )
        )
    assert left == ["hot-old", "hot-new", "cold-old", "cold-new"]


def test_no_lead_overtakes_the_queue() -> None:
    """A lead that arrives while others wait is queued behind them, even if a rep is free at that
    moment."""
    desk = full_desk()
    desk.arrive("5")
    # Room for which there was no event, for example because the policy was changed.
    desk.policy = routed(people=(rep("anna", max_open=3), *desk.policy.people[1:]))
    decision = desk.arrive("6")
    assert desk.owner("5") == "anna"
    assert desk.waits() == ["6"]
    assert Phrase("pool.others_wait", ("desk",)) in decision.because


def test_only_the_first_in_the_queue_is_assigned() -> None:
    """A hint named this lead as the first, and then a hotter lead joined the queue."""
    desk = full_desk()
    desk.arrive("cold", recent_conversion_event_name=COLD)
    desk.arrive("hot")
    desk.policy = routed(people=(rep("anna", max_open=3), *desk.policy.people[1:]))
    desk.send(RoomMade(id="r", lead_id="cold", at=NOW, pool="desk"))
    assert desk.waits() == ["hot", "cold"]
    desk.send(RoomMade(id="r", lead_id="hot", at=NOW, pool="desk"))
    assert (desk.owner("hot"), desk.waits()) == ("anna", ["cold"])


def test_after_a_warning_the_manager_gets_a_waiting_lead() -> None:
    desk = full_desk()
    desk.arrive("5")
    desk.tick(NOW + minutes(61))
    notices = [
        effect
        for decision in desk.decisions
        for effect in decision.effects
        if isinstance(effect, NoticeState) and ":wait:" in effect.slot
    ]
    assert [notice.to for notice in notices] == ["UMONA"]
    assert "waits for Desk" in title(notices[0])
    desk.tick(NOW + minutes(240))
    assert desk.owner("5") == "mona"
    assert desk.waits() == []
    assert desk.turns["desk"].waiting == 0


def test_the_queue_is_retried_when_a_day_begins() -> None:
    people = (rep("anna", max_open=None, max_per_day=1), manager("mona"), manager("dora"))
    pool = waiting_pool(
        members=(Member("anna"),),
        fallback=(Fallback(wait=Wait(minutes(60 * 24 * 5))), Fallback(person="mona")),
    )
    desk = Desk(routed(pool, people=people, handoffs=(), pools=(pool,)))
    desk.arrive("1")
    desk.arrive("2")
    assert desk.waits() == ["2"]
    midnight = datetime(2026, 3, 3, 23, 0, tzinfo=UTC)  # in Berlin
    desk.tick(midnight - minutes(1))
    assert desk.waits() == ["2"]
    desk.tick(midnight)
    assert desk.owner("2") == "anna"


def test_the_queue_is_retried_on_return_from_leave() -> None:
    back = NOW + minutes(90)
    people = (rep("anna", time_off=(TimeOff(NOW - minutes(9), back),)), manager("mona"))
    pool = waiting_pool(members=(Member("anna"),))
    desk = Desk(routed(pool, people=people, handoffs=(), pools=(pool,)))
    desk.arrive("1")
    assert desk.waits() == ["1"]
    desk.tick(back - minutes(1))
    assert desk.waits() == ["1"]
    desk.tick(back)
    assert desk.owner("1") == "anna"


def test_saying_back_retries_the_queue() -> None:
    desk = Desk()
    desk.away("anna")
    desk.away("ben", NOW + minutes(30))
    desk.arrive("1")
    desk.arrive("2")
    assert desk.waits() == ["1", "2"]
    desk.away("anna", back=True)
    assert (desk.owner("1"), desk.owner("2")) == ("anna", "anna")
    desk.arrive("3")
    assert desk.waits() == ["3"]
    desk.tick(NOW + minutes(30))
    assert desk.owner("3") == "ben"


@pytest.mark.parametrize(
    ("shift", "minute"),
    [(Shift("on_shift"), 60), (Shift("next_on_shift", minutes(20)), 40)],
)
def test_the_queue_is_retried_when_a_shift_begins(shift: Shift, minute: int) -> None:
    """07:00 in Berlin's winter; the office opens at nine."""
    pool = waiting_pool(shift=shift)
    desk = Desk(routed(pool))
    desk.now = NOW - minutes(60)
    desk.arrive("1")
    assert desk.waits() == ["1"]
    desk.tick(NOW - minutes(60) + minutes(minute - 1))
    assert desk.waits() == ["1"]
    desk.tick(NOW - minutes(60) + minutes(minute))
    assert desk.owner("1") == "anna"


def test_a_full_pool_queues_leads_until_it_has_room() -> None:
    desk = Desk(routed(waiting_pool(limits=Limits(open=1))))
    desk.arrive("101")
    desk.arrive("2")
    assert desk.waits() == ["2"]
    assert desk.turns["desk"].load.open == 1
    desk.send(click("reject", NOW, "UANNA", 1, "competitor"))
    assert desk.owner("2") == "ben"
    assert desk.turns["desk"].load.open == 1


def test_a_changed_waiting_lead_is_routed_again() -> None:
    """The lead keeps its place, unless the rules now send it elsewhere."""
    policy = routed()
    partners = Rule("partners", {"source": Test(any_of=("PARTNER",))}, "closers", "Partners")
    desk = Desk(replace(policy, rules=(partners, *policy.rules)))
    for number in range(1, 6):
        desk.arrive(str(number))
    assert desk.waits() == ["5"]
    desk.contacts["5"] = contact("5", (), hs_analytics_source="PARTNER")
    desk.send(hint("fields", lead_id="5"))
    assert desk.owner("5") == "carl"
    assert desk.turns["desk"].waiting == 0


def test_a_waiting_lead_that_leaves_leaves_the_queue() -> None:
    for how in ("deleted", "moved on"):
        desk = full_desk()
        desk.arrive("5")
        if how == "deleted":
            desk.send(Deleted(id="d", lead_id="5", at=NOW))
            assert desk.owner("5") == ""
        else:
            desk.moved("5", "salesqualifiedlead")
            assert owned(desk.leads["5"]).handoff == "sql"
        assert desk.waits() == []
        assert desk.turns["desk"].waiting == 0
