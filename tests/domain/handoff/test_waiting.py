"""Nobody is free: the lead waits in a queue, in order, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.handoff.waiting import climb_wait, try_again
from baton.domain.lead import ArmedRung, Clock, Lead, Waiting
from baton.domain.phrase import Phrase
from baton.domain.policy import Fallback, Limits, Member, Policy, Rule, Shift, Test, TimeOff, Wait
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Deleted, Merged, Reassigned, RoomMade
from baton.domain.world.world import Load, Turns
from tests.builders import NOW, POLICY, click, contact, hint, kinds, manager, minutes, owned, rep
from tests.builders import world as known_world
from tests.routed import Desk, routed, waiting_pool
from tests.worded import lines, title

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


# --- a place as it is looked at

WARN, OVER = NOW + minutes(60), NOW + minutes(240)
CLOCK = Clock(
    target="wait",
    label="Desk",
    stops_on="room",
    started_at=NOW,
    due_at=OVER,
    ladder=(ArmedRung(WARN, "warn", "manager"), ArmedRung(OVER, "give_up", "manager")),
)


def waits(
    now: datetime = NOW,
    policy: Policy | None = None,
    others: int = 0,
    first: str = "",
    look_at: datetime | None = None,
    full: bool = True,
) -> Draft:
    """A lead that waits for the desk, beside *others*; whoever could take it is *full*."""
    rules = policy or routed()
    place = Waiting("desk", "mql", NOW, 0, CLOCK, look_at)
    loads = {one.id: Load(one.id, open=99 * full) for one in rules.people}
    turns = {
        one.id: Turns(one.id, waiting=(others + 1) * (one.id == "desk")) for one in rules.pools
    }
    there = known_world(rules, loads=loads, turns=turns, first={"desk": first} if first else {})
    return Draft(Lead(id="101", waiting=place), hint("fields", now), there, now)


def said(draft: Draft) -> list[str]:
    return [why.id for why in draft.because]


@pytest.mark.parametrize(
    ("look_at", "again"),
    [
        pytest.param(None, True, id="nobody has said when"),
        pytest.param(NOW - minutes(1), True, id="it has passed"),
        pytest.param(NOW, True, id="it is now"),
        pytest.param(NOW + minutes(1), False, id="it is ahead"),
    ],
)
def test_a_lead_without_room_is_looked_at_again_within_the_hour(
    look_at: datetime | None, again: bool
) -> None:
    made = waits(look_at=look_at)
    try_again(made)
    assert made.lead.waiting is not None
    assert made.lead.waiting.look_at == (NOW + minutes(60) if again else look_at)
    assert ("queue.no_room" in said(made)) is again


@pytest.mark.parametrize(
    ("others", "first", "looks"),
    [
        pytest.param(0, "", True, id="it waits alone"),
        pytest.param(1, "101", True, id="it is the first"),
        pytest.param(1, "102", False, id="another one is"),
    ],
)
def test_only_the_first_of_a_queue_is_looked_at_again(others: int, first: str, looks: bool) -> None:
    made = waits(others=others, first=first)
    try_again(made)
    assert made.lead.waiting is not None
    assert (made.lead.waiting.look_at is not None) is looks


def test_a_lead_that_waits_elsewhere_now_is_not_looked_at_yet() -> None:
    other = waiting_pool(id="other", label="Other")
    rules = routed(waiting_pool(), other, rules=(Rule("all", {}, "other", "All"),))
    made = waits(policy=rules)
    try_again(made)
    assert made.lead.waiting is not None
    assert (made.lead.waiting.pool, made.lead.waiting.look_at) == ("other", None)
    assert "queue.no_room" not in said(made)


def test_a_lead_that_does_not_wait_any_more_is_left_alone() -> None:
    made = waits()
    made.change(waiting=None)
    try_again(made)
    climb_wait(made)
    assert said(made) == ["queue.not_waiting"]
    assert made.lead.assignment is None


@pytest.mark.parametrize(
    ("look_at", "offered"),
    [(None, False), (NOW, True), (NOW + minutes(1), False)],
    ids=["never", "now", "later"],
)
def test_a_queue_is_offered_when_time_may_have_made_room(
    look_at: datetime | None, offered: bool
) -> None:
    made = waits(look_at=look_at)
    climb_wait(made)
    assert made.offers == ({"desk"} if offered else set())
    assert made.lead.waiting is not None
    assert made.lead.waiting.look_at == (None if offered else look_at)


@pytest.mark.parametrize("look_at", [None, OVER], ids=["", "with room to look for"])
def test_a_wait_that_is_over_ends_even_if_nobody_was_warned(look_at: datetime | None) -> None:
    made = waits(OVER, look_at=look_at)
    climb_wait(made)
    assert owned(made.lead).person == "mona"
    breach = made.outcomes[0]
    assert (breach.kind, breach.what, breach.due_at) == ("breached", "wait", OVER)
    assert not any(isinstance(one, NoticeState) for one in made.effects.values())


BEFORE = (Fallback(person="dora"), Fallback(wait=Wait(minutes(240))), Fallback(person="mona"))
UNTIL = "Tue 3 Mar, 13:00 CET"


@pytest.mark.parametrize(
    ("policy", "person", "to", "then"),
    [
        pytest.param(routed(), "mona", "UMONA", f"The lead goes to you {UNTIL}.",
                     id="who gets it then"),
        pytest.param(routed(waiting_pool(fallback=BEFORE)), "mona", "UMONA",
                     f"The lead goes to you {UNTIL}.", id="and who comes after the wait"),
        pytest.param(routed(waiting_pool(fallback=BEFORE[:2])), "",
                     POLICY.notifications.channel,
                     "The lead goes to the next fallback Tue 3 Mar, 12:00 UTC.",
                     id="nobody is named: the channel"),
        pytest.param(routed(waiting_pool(id="other")), "", POLICY.notifications.channel,
                     "The lead goes to the next fallback Tue 3 Mar, 12:00 UTC.",
                     id="the policy has dropped the pool: the channel"),
    ],
)  # fmt: skip
def test_who_is_warned_of_a_wait(policy: Policy, person: str, to: str, then: str) -> None:
    made = waits(WARN, policy)
    climb_wait(made)
    (outcome,) = made.outcomes
    assert (outcome.kind, outcome.person, outcome.what) == ("warned", person, "wait")
    (notice,) = (one for one in made.effects.values() if isinstance(one, NoticeState))
    assert (notice.to, notice.level, lines(notice)[-1]) == (to, "warning", then)
    assert made.lead.waiting is not None
    assert made.lead.waiting.clock.climbed == 1
