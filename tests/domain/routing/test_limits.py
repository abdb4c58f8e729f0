"""Limits are never exceeded: open leads, leads a day and a week, of people and of pools, whatever
comes in which order, and by workers whose clocks differ a little.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.calendar.calendar_rules import WEEKDAYS
from baton.domain.phrase import Phrase, seconds
from baton.domain.policy import Calendar, CatchUp, Counting, Fallback, Limits, Member, Pool, Wait
from baton.domain.routing.capacity import counted_day, counted_week, fullness, local_week, take
from baton.domain.routing.turns import next_turn
from baton.domain.world.events import ClockDue, Snoozed
from baton.domain.world.world import Load, Turns
from tests.builders import NOW, POLICY, manager, minutes, office, owned, rep
from tests.domain.routing.test_capacity import LEADS, assert_accounts, play, steps
from tests.routed import Desk, routed, waiting_pool

BERLIN = POLICY.calendars["berlin"]
MILLISECOND = timedelta(milliseconds=1)
#: Sunday to Monday in Berlin: a day and a week begin.
MIDNIGHT = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def week_from(day: str) -> Calendar:
    return replace(BERLIN, week_starts=WEEKDAYS.index(day))


# --- the day and the week that a load counts


def test_two_workers_at_a_local_midnight_share_the_new_day() -> None:
    """Two of two on the old day; the first worker's clock has passed midnight, the other's has not:
    it used to begin the old day anew, and then the new day as well.
    """
    load = Load("anna", open=2, day="2026-03-08", today=2, week="2026-W10", this_week=2)
    ahead, behind = MIDNIGHT + 10 * MILLISECOND, MIDNIGHT - 20 * MILLISECOND
    load = take(load, BERLIN, ahead)
    assert (load.day, load.today, load.week, load.this_week) == ("2026-03-09", 1, "2026-W11", 1)
    assert fullness(load, None, 2, None, BERLIN, behind) == ""
    load = take(load, BERLIN, behind)
    assert (load.day, load.today, load.week, load.this_week) == ("2026-03-09", 2, "2026-W11", 2)
    for now in (ahead, behind):
        assert fullness(load, None, 2, None, BERLIN, now) == "day"
        assert fullness(load, None, None, 2, BERLIN, now) == "week"


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        pytest.param("", "2026-03-03", id="none yet"),
        pytest.param("2026-03-02", "2026-03-03", id="of yesterday"),
        pytest.param("2026-03-04", "2026-03-04", id="a day ahead: believed"),
        pytest.param("2026-03-05", "2026-03-03", id="further ahead: no clock is so wrong"),
    ],
)
def test_a_newer_day_of_a_load_is_believed_up_to_tomorrow(day: str, counted: str) -> None:
    assert counted_day(Load("anna", day=day), BERLIN, NOW) == counted


@pytest.mark.parametrize(
    ("week", "counted"),
    [
        pytest.param("", "2026-W10", id="none yet"),
        pytest.param("2026-W09", "2026-W10", id="of last week"),
        pytest.param("2026-W11", "2026-W11", id="it begins tomorrow: believed"),
        pytest.param("2026-W12", "2026-W10", id="further ahead"),
        pytest.param("2026-03-01", "2026-W10", id="of a calendar from Sunday: over"),
        pytest.param("2026-03-05", "2026-03-05", id="of a calendar from Thursday: goes on"),
    ],
)
def test_a_newer_week_of_a_load_is_believed_up_to_tomorrow(week: str, counted: str) -> None:
    sunday = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
    assert counted_week(Load("anna", week=week), BERLIN, sunday) == counted


def test_turns_of_a_leave_are_paid_back_once_a_day_by_both_workers() -> None:
    """Paid for the new day by a worker whose clock is ahead, they are not paid for the old one."""
    turns = Turns("pool", leave={"ben": 3.0})
    free, capped = [Member("anna"), Member("ben")], CatchUp("capped", 1)
    for day in ("2026-03-09", "2026-03-08", "2026-03-09"):
        turns = next_turn(turns, free, (), capped, lambda rep, day=day: day).after  # type: ignore[misc]
    assert (turns.leave, turns.paid_on) == ({"ben": 2.0}, {"ben": "2026-03-09"})


# --- weeks by the calendar


@pytest.mark.parametrize(
    ("starts", "at", "week"),
    [
        pytest.param("mon", "2026-03-08T12:00", "2026-W10", id="Monday: ISO's week"),
        pytest.param("sun", "2026-03-08T12:00", "2026-03-08", id="Sunday, on its first day"),
        pytest.param("sun", "2026-03-07T12:00", "2026-03-01", id="Sunday, on its last day"),
        pytest.param("sat", "2026-03-06T22:59:59", "2026-02-28", id="Saturday, before midnight"),
        pytest.param("sat", "2026-03-06T23:00", "2026-03-07", id="Saturday, from midnight"),
        pytest.param("mon", "2027-01-01T12:00", "2026-W53", id="over the new year"),
        pytest.param("sun", "2027-01-01T12:00", "2026-12-27", id="over the new year, from Sunday"),
    ],
)
def test_week_starts_as_the_calendar_says(starts: str, at: str, week: str) -> None:
    assert local_week(week_from(starts), datetime.fromisoformat(at + "+00:00")) == week


def test_a_limit_a_week_holds_from_sunday_to_saturday() -> None:
    """In a week from Sunday, two of Thursday and Sunday are in two weeks, of Sunday and Monday in
    one.
    """
    sunday = week_from("sun")
    thursday = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
    load = take(Load("anna"), sunday, thursday)
    assert fullness(load, None, None, 1, sunday, thursday + 2 * DAY) == "week"
    assert fullness(load, None, None, 1, sunday, thursday + 3 * DAY) == ""
    load = take(load, sunday, thursday + 3 * DAY)
    assert fullness(load, None, None, 1, sunday, thursday + 4 * DAY) == "week"


@pytest.mark.parametrize(
    ("before", "after"), [("mon", "sun"), ("sun", "mon"), ("wed", "fri"), ("sat", "mon")]
)
def test_another_start_of_the_week_opens_no_second_week(before: str, after: str) -> None:
    """Of any two weeks that the load counts one after the other, the later one begins later."""
    load, begun = Load("anna"), ""
    for days in range(21):
        calendar = week_from(before if days < 10 else after)
        now = NOW + days * DAY
        load = take(load, calendar, now)
        first = load.week
        if "W" in first:
            first = date.fromisocalendar(int(first[:4]), int(first[6:]), 1).isoformat()
        assert begun <= first <= now.date().isoformat()
        begun = first


# --- a snoozed lead comes back


def full_desk(wait: timedelta, **changes: Any) -> Desk:
    """Anna has one place: lead 1 is snoozed for two hours, and lead 3 has taken its place."""
    people = (rep("anna", max_open=1), rep("ben", max_open=1), manager("mona"))
    given: dict[str, Any] = {"people": people, "counting": Counting(wait_for_room=wait)}
    pool = Pool("desk", "Desk", (Member("anna"), Member("ben")), (Fallback(person="mona"),))
    policy = routed(waiting_pool(), **(given | changes))
    policy = replace(policy, pools=(policy.pools[0], replace(pool, id="closers")))
    desk = Desk(policy)
    for lead in ("1", "2"):
        desk.arrive(lead)
    until = desk.now + minutes(120)
    desk.send(Snoozed(id="s", lead_id="1", at=desk.now, assignment=1, until=until))
    desk.arrive("3")
    assert (desk.owner("1"), desk.owner("3")) == ("anna", "anna")
    return desk


def test_a_snoozed_lead_that_comes_back_waits_for_room_with_its_owner() -> None:
    desk = full_desk(minutes(60))
    back = NOW + minutes(120)
    desk.tick(back)
    lead = owned(desk.leads["1"])
    assert (desk.open("anna"), lead.counts, lead.returns_by) == (1, False, back + minutes(60))
    assert lead.snoozed_until == back + minutes(15)
    assert Phrase("returns.waits", (seconds(back + minutes(60)),)) in desk.decisions[-1].because
    [told] = desk.decisions[-1].effects[:1]
    assert told.slot == "notice:returns:1:2026-03-03T10:00:00Z"
    assert_accounts(desk)


def test_it_counts_again_as_soon_as_its_owner_is_seen_to_have_room() -> None:
    desk = full_desk(minutes(60))
    desk.tick(NOW + minutes(125))
    desk.moved("3", "customer")
    assert desk.open("anna") == 0
    desk.tick(NOW + minutes(135))
    lead = owned(desk.leads["1"])
    assert (desk.open("anna"), lead.counts, lead.snoozed_until) == (1, True, None)
    assert lead.returns_by is None
    assert_accounts(desk)


@pytest.mark.parametrize(
    ("wait", "at"),
    [
        pytest.param(minutes(60), NOW + minutes(180), id="after the wait"),
        pytest.param(minutes(0), NOW + minutes(120), id="at once, where the policy says so"),
        # Six hours are left until Berlin closes; the seventh is the first of the next day.
        pytest.param(minutes(7 * 60), NOW + DAY + minutes(60), id="in the owner's working time"),
    ],
)
def test_without_room_it_goes_to_the_next_rep(wait: timedelta, at: datetime) -> None:
    desk = full_desk(wait)
    desk.moved("2", "customer")
    desk.tick(at - MILLISECOND)
    assert desk.owner("1") == "anna"
    desk.tick(at)
    assert (desk.owner("1"), desk.open("anna"), desk.open("ben")) == ("ben", 1, 1)
    assert Phrase("returns.passed_on", ("Anna",)) in desk.decisions[-1].because
    assert any(one.slot == "notice:moved:2:anna" for one in desk.decisions[-1].effects)
    assert_accounts(desk)


def test_a_pool_at_its_limit_has_no_room_either() -> None:
    people = (rep("anna", max_open=9), rep("ben", max_open=9), manager("mona"))
    pool = waiting_pool(limits=Limits(open=2), fallback=(Fallback(person="mona"),))
    desk = Desk(routed(pool, people=people, counting=Counting(wait_for_room=minutes(0))))
    desk.policy = replace(desk.policy, pools=(pool,))
    desk.arrive("1")
    desk.arrive("2")
    until = desk.now + minutes(120)
    desk.send(Snoozed(id="s", lead_id="1", at=desk.now, assignment=1, until=until))
    desk.arrive("3")
    assert desk.turns["desk"].load.open == 2
    desk.tick(until)
    assert (desk.owner("1"), desk.turns["desk"].load.open) == ("mona", 2)
    assert_accounts(desk)


def test_a_counted_snoozed_lead_has_kept_its_place() -> None:
    people = (rep("anna", max_open=1), rep("ben", max_open=1), manager("mona"))
    desk = Desk(
        routed(
            waiting_pool(),
            people=(*people, rep("carl"), rep("cora")),
            counting=Counting(snoozed=True),
        )
    )
    desk.arrive("1")
    desk.arrive("2")
    until = desk.now + minutes(120)
    desk.send(Snoozed(id="s", lead_id="1", at=desk.now, assignment=1, until=until))
    desk.arrive("3")
    assert desk.waits() == ["3"]
    desk.tick(until)
    assert (desk.owner("1"), desk.open("anna")) == ("anna", 1)


def test_while_it_waits_its_clocks_stay_paused() -> None:
    """A clock due an hour after the snooze is due an hour after the end of the wait for room."""
    desk = full_desk(minutes(60), tiers=POLICY.tiers)
    before = {clock.target: clock.due_at for clock in desk.leads["1"].clocks}
    assert before
    desk.now = NOW + minutes(120)  # other leads' clocks are not worked: no pull-back makes room
    desk.send(ClockDue(id="w", lead_id="1", at=desk.now))
    after = {clock.target: clock.due_at for clock in desk.leads["1"].clocks}
    assert after == {target: due + minutes(15) for target, due in before.items()}


# --- whatever happens


SKEW = st.integers(-60, 60)
LIMITED = (
    rep("anna", max_open=2, max_per_day=3, max_per_week=5),
    rep("ben", max_open=3, max_per_day=2, calendar="sunday"),
    rep("carl", max_per_week=4, calendar="sunday"),
    rep("cora", max_open=1),
    manager("mona"),
    manager("dora", manager=""),
)
STRICT = replace(
    routed(
        waiting_pool(
            limits=Limits(open=3, per_day=4, per_week=7),
            calendar="sunday",
            fallback=(
                Fallback(pool="second"),
                Fallback(wait=Wait(minutes(240), minutes(60))),
                Fallback(person="mona"),
            ),
        ),
        waiting_pool(
            id="second",
            members=(Member("ben"), Member("carl", 2)),
            fallback=(Fallback(person="mona"),),
            limits=Limits(open=2, per_day=3),
            calendar="berlin",
            choose="least_loaded",
        ),
        people=LIMITED,
    ),
    calendars=POLICY.calendars
    | {"sunday": replace(office("Europe/Berlin"), week_starts=WEEKDAYS.index("sun"))},
)
WAITS = st.sampled_from([minutes(0), minutes(40), minutes(240)])
#: Steps by workers whose clocks differ by up to 60 ms, at the midnight between two days.
stories = st.lists(st.tuples(steps, SKEW), min_size=8, max_size=40)


def over(desk: Desk) -> list[tuple[str, str, int, int]]:
    """Every limit that is exceeded: whose, which, what is carried, what may be."""
    policy = desk.policy
    held: list[tuple[str, Load, Limits]] = [
        (
            person.id,
            desk.loads[person.id],
            Limits(person.max_open, person.max_per_day, person.max_per_week),
        )
        for person in policy.people
        if person.id in desk.loads
    ]
    held += [(t.pool, t.load, policy.pool[t.pool].limits) for t in desk.turns.values()]
    return [
        (name, which, carried, most)
        for name, load, limits in held
        for which, carried, most in (
            ("open", load.open, limits.open),
            ("day", load.today, limits.per_day),
            ("week", load.this_week, limits.per_week),
        )
        if most is not None and carried > most
    ]


def days_never_go_back(before: dict[str, Load], after: dict[str, Load]) -> bool:
    return all(load.day <= after[name].day for name, load in before.items())


@given(stories, WAITS, st.booleans())
@settings(max_examples=150)
def test_no_interleaving_exceeds_a_limit(
    story: list[tuple[tuple[Any, ...], int]], wait: timedelta, snoozed: bool
) -> None:
    desk = Desk(replace(STRICT, counting=Counting(snoozed=snoozed, wait_for_room=wait)))
    desk.now = MIDNIGHT - minutes(2)
    for number, lead in enumerate(LEADS[:6]):
        desk.now = MIDNIGHT + (number - 3) * 20 * MILLISECOND
        desk.arrive(lead)
    clock = desk.now
    for step, skew in story:
        desk.now = clock + skew * MILLISECOND
        before = dict(desk.loads)
        play(desk, step)
        clock = max(clock, desk.now)
        assert over(desk) == []
        assert days_never_go_back(before, desk.loads)
        assert_accounts(desk)
    assert_given_a_day(desk)


def assert_given_a_day(desk: Desk) -> None:
    """Counted from the decisions: no day of a person has more assignments than it may."""
    given: dict[tuple[str, str], int] = {}
    for decision in desk.decisions:
        taken = {c.holder for c in decision.changes if c.why == "assigned"}
        for load in decision.loads:
            if load.person in taken:
                given[load.person, load.day] = given.get((load.person, load.day), 0) + 1
    for (name, _), count in given.items():
        most = desk.policy.person[name].max_per_day
        assert most is None or count <= most


def test_a_worker_that_comes_early_ends_no_snooze_twice() -> None:
    desk = full_desk(minutes(60))
    for name in ("w1", "w2"):
        desk.now = NOW + minutes(120)
        desk.send(ClockDue(id=name, lead_id="1", at=desk.now))
    assert owned(desk.leads["1"]).snoozed_until == NOW + minutes(135)
