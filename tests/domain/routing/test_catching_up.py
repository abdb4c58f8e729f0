"""``catch_up`` governs a pool's queue: who is back from leave does not get all of it at once."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.phrase import Phrase
from baton.domain.policy import CatchUp, Fallback, Member, Pool, TimeOff, Wait
from baton.domain.routing.catching_up import caught_up_at, take_waited
from baton.domain.world.events import Reassigned
from baton.domain.world.world import Away, Load
from tests.builders import NOW, POLICY, manager, minutes, rep
from tests.routed import Desk, routed, waiting_pool

DAY = timedelta(days=1)
BACK = NOW + minutes(60)
NONE, FULL, CAPPED = CatchUp(), CatchUp("full"), CatchUp("capped", 4)
LONG = (Fallback(wait=Wait(4 * DAY)), Fallback(person="mona"))


def queue_of_thirty(
    catch_up: CatchUp,
    people: tuple[Any, ...] = (),
    members: tuple[str, ...] = ("anna",),
    **pool: Any,
) -> Desk:
    """Everybody is away; thirty leads wait."""
    people = people or (*(rep(name, max_open=None) for name in members),)
    given: dict[str, Any] = {"fallback": LONG, "catch_up": catch_up} | pool
    policy = routed(
        waiting_pool(members=tuple(map(Member, members)), **given),
        people=(*people, manager("mona"), manager("dora", manager="")),
        handoffs=(),
    )
    desk = Desk(replace(policy, pools=policy.pools[:1]))
    for name in members:
        desk.away(name)
    for number in range(30):
        desk.arrive(str(number + 1))
    assert len(desk.waits()) == 30
    desk.now = BACK
    return desk


def back(desk: Desk, person: str) -> None:
    """As `/baton back`: the load says since when they are back, and the queue is offered."""
    load = desk.loads[person]
    desk.loads[person] = replace(
        load, away=Away(desk.now, desk.now, "slack"), version=load.version + 1
    )
    desk.drain("desk")


@pytest.mark.parametrize(
    ("catch_up", "at_once"),
    [
        pytest.param(NONE, 1, id="none: one"),
        pytest.param(CAPPED, 4, id="capped: as many as a day"),
        pytest.param(FULL, 30, id="full: all"),
    ],
)
def test_of_thirty_waiting_leads_somebody_who_is_back_gets_at_once(
    catch_up: CatchUp, at_once: int
) -> None:
    """With ``none`` it was all for which they had room: ten, with ``max_open: 10``."""
    desk = queue_of_thirty(catch_up)
    back(desk, "anna")
    assert (desk.open("anna"), len(desk.waits())) == (at_once, 30 - at_once)


def test_without_catch_up_one_comes_in_each_half_hour() -> None:
    desk = queue_of_thirty(NONE)
    back(desk, "anna")
    first = desk.leads[desk.waits()[0]].waiting
    assert first is not None
    assert first.look_at == BACK + minutes(30)
    for half_hours in range(1, 6):
        desk.tick(BACK + half_hours * minutes(30) - minutes(1))
        assert desk.open("anna") == half_hours
        desk.tick(BACK + half_hours * minutes(30))
        assert desk.open("anna") == half_hours + 1


def test_a_capped_catch_up_gives_so_many_a_day() -> None:
    desk = queue_of_thirty(CAPPED)
    back(desk, "anna")
    midnight = NOW.replace(hour=23)  # in Berlin
    desk.tick(midnight - minutes(1))
    assert desk.open("anna") == 4
    desk.tick(midnight)
    assert desk.open("anna") == 8
    desk.tick(midnight + DAY)
    assert desk.open("anna") == 12


def test_everybody_who_is_back_gets_their_own() -> None:
    desk = queue_of_thirty(NONE, members=("anna", "ben", "carl"))
    back(desk, "anna")
    back(desk, "ben")
    assert (desk.open("anna"), desk.open("ben"), len(desk.waits())) == (1, 1, 28)


def test_a_colleague_who_was_never_away_is_not_held_back() -> None:
    people = (rep("anna", max_open=None), rep("ben", max_open=1))
    desk = queue_of_thirty(NONE, people=people, members=("anna", "ben"))
    load = desk.loads["ben"]
    desk.loads["ben"] = replace(load, away=None, version=load.version + 1)
    desk.drain("desk")
    assert desk.open("ben") == 1
    desk.policy = replace(
        desk.policy,
        people=tuple(replace(p, max_open=None) for p in desk.policy.people),
    )
    desk.drain("desk")
    assert desk.open("ben") == 30


def test_leads_that_came_after_the_return_are_not_held_back() -> None:
    desk = queue_of_thirty(NONE)
    back(desk, "anna")
    desk.policy = replace(desk.policy, pools=(replace(desk.policy.pools[0], catch_up=FULL),))
    desk.tick(BACK + minutes(60))  # the queue is empty
    desk.policy = replace(desk.policy, pools=(replace(desk.policy.pools[0], catch_up=NONE),))
    for name in ("later", "latest"):
        desk.arrive(name)
    assert (desk.owner("later"), desk.owner("latest")) == ("anna", "anna")


def test_time_off_of_the_roster_ends_likewise() -> None:
    off = (TimeOff(NOW - DAY, BACK),)
    people = (rep("anna", max_open=None, time_off=off),)
    desk = queue_of_thirty(NONE, people=people)
    desk.loads["anna"] = Load("anna")
    desk.now = NOW
    desk.drain("desk")
    desk.tick(BACK)
    assert desk.open("anna") == 1
    desk.tick(BACK + minutes(30))
    assert desk.open("anna") == 2


def test_whoever_comes_after_the_wait_gets_what_is_left() -> None:
    desk = queue_of_thirty(
        NONE, fallback=(Fallback(wait=Wait(minutes(180))), Fallback(person="mona"))
    )
    back(desk, "anna")
    desk.tick(NOW + minutes(181))
    assert desk.waits() == []
    assert (desk.open("anna"), desk.open("mona")) == (5, 25)


def test_a_fallback_pool_follows_its_own_catch_up() -> None:
    people = (rep("anna", max_open=None), rep("ben", max_open=None))
    policy = routed(
        waiting_pool(
            members=(Member("anna"),), fallback=(Fallback(pool="second"), *LONG), catch_up=FULL
        ),
        Pool("second", "Second", (Member("ben"),), (Fallback(person="mona"),)),
        people=(*people, manager("mona")),
        handoffs=(),
    )
    at = Desk(replace(policy, pools=policy.pools[:2]))
    for name in ("anna", "ben"):
        at.away(name)
    for number in range(30):
        at.arrive(str(number))
    at.now = BACK
    back(at, "ben")
    assert (at.open("ben"), len(at.waits())) == (1, 29)


def test_who_is_held_back_is_said() -> None:
    desk = queue_of_thirty(NONE)
    back(desk, "anna")
    decision = desk.decisions[-1]
    held = Phrase("pool.member", ("desk", Phrase("obstacle.catching_up", ("Anna",))))
    assert held in decision.because


def test_a_lead_given_by_hand_is_not_held_back() -> None:
    desk = queue_of_thirty(NONE)
    back(desk, "anna")
    lead = desk.waits()[0]
    desk.send(Reassigned(id="r", lead_id=lead, at=desk.now, to="anna", by="RevOps"))
    assert desk.owner(lead) == "anna"


def test_a_worker_whose_clock_is_behind_gives_no_second_days_leads() -> None:
    """At a local midnight: four of the new day are given by a worker whose clock is ahead."""
    midnight = NOW.replace(hour=23)
    pool = waiting_pool(catch_up=CAPPED)
    load = Load("anna", away=Away(NOW, NOW, "slack"))
    anna = POLICY.person["anna"]
    for _ in range(4):
        load = take_waited(load, "Europe/Berlin", midnight + minutes(0.001))
    assert load.drained == 4
    for now in (midnight - minutes(0.001), midnight + minutes(1)):
        assert caught_up_at(anna, load, pool, NOW - minutes(1), "Europe/Berlin", now) is not None


def test_a_member_whom_slack_does_not_reach_gets_no_turn() -> None:
    """Members with nothing else against them were not looked at."""
    desk = Desk(routed(waiting_pool()))
    desk.loads["anna"] = Load("anna", unreachable=Away(NOW - DAY, None, "workspace"))
    desk.arrive("1")
    assert desk.owner("1") == "ben"


stories = st.lists(
    st.one_of(
        st.tuples(st.just("away"), st.sampled_from(["anna", "ben"])),
        st.tuples(st.just("back"), st.sampled_from(["anna", "ben"])),
        st.tuples(st.just("wait"), st.integers(1, 300)),
    ),
    max_size=25,
)


@given(stories, st.sampled_from([NONE, CAPPED]))
@settings(max_examples=60)
def test_no_leave_ends_in_a_flood(story: list[tuple[str, Any]], catch_up: CatchUp) -> None:
    """Whoever leaves and comes back when: in no half hour, or on no day, come more."""
    desk = queue_of_thirty(catch_up, members=("anna", "ben"))
    for act, what in story:
        if act == "wait":
            desk.tick(desk.now + minutes(what))
        elif act == "away":
            desk.away(what)
        else:
            back(desk, what)
    given_at: dict[str, list[Any]] = {}
    for decision in desk.decisions:
        for one in decision.outcomes:
            if one.kind == "assigned" and one.person in ("anna", "ben"):
                given_at.setdefault(one.person, []).append(one.at)
    for times in given_at.values():
        if catch_up is NONE:
            assert all(b - a >= minutes(30) for a, b in pairwise(times))
        else:
            days = [(at + minutes(60)).date() for at in times]
            assert max(map(days.count, days)) <= 4
