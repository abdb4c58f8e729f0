"""Arming a clock: the calendar it counts by, the instant of each rung, and how they move."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.calendar.work_calendar import WorkCalendar
from baton.domain.lead import ArmedRung, Clock
from baton.domain.policy import Rung, Territory, Time
from baton.domain.sla.clocks import arm, calendar_id, calendar_of, stand_still, undo_stop
from tests.builders import NOW, POLICY, minutes, office
from tests.domain.sla.promises import BREACH, HOUR, target

ANNA = POLICY.person["anna"]
#: Nine to five in Berlin; NOW is nine o'clock there.
HOURS = POLICY.calendar_of(ANNA)
CLOSING = NOW + minutes(8 * 60)
NEXT_OPENING = NOW + timedelta(days=1)


def never_open() -> WorkCalendar:
    closed = replace(POLICY, calendars={"berlin": office("Europe/Berlin", mon=[])})
    return closed.calendar_of(ANNA)


def ladder(clock: Clock) -> list[tuple[str, datetime, str]]:
    return [(rung.kind, rung.at, rung.time) for rung in clock.ladder]


# --- the calendar

TERRITORIES = (
    Territory("emea", "EMEA", {}, calendar="berlin"),
    Territory("asia", "Asia", {}, calendar="tokyo"),
    Territory("world", "Everything else", {}),
)


@pytest.mark.parametrize(
    ("calendar", "team", "territory", "expected"),
    [
        pytest.param("", "east", "asia", "", id="the owner's"),
        pytest.param("team", "east", "asia", "warsaw", id="the team's"),
        pytest.param("team", "west", "asia", "", id="of a team that has none: the owner's"),
        pytest.param("territory", "east", "asia", "tokyo", id="the territory's"),
        pytest.param("territory", "east", "world", "", id="of a territory that has none"),
        pytest.param("territory", "east", "", "", id="of a lead in no territory"),
        pytest.param("oslo", "east", "asia", "oslo", id="the one that is named"),
    ],
)
def test_a_target_names_the_calendar_it_counts(
    calendar: str, team: str, territory: str, expected: str
) -> None:
    policy = replace(POLICY, territories=TERRITORIES, team_calendars={"east": "warsaw"})
    owner = replace(ANNA, team=team)
    assert calendar_id(policy, target("call", calendar=calendar), owner, territory) == expected


def test_a_clock_keeps_the_name_of_its_calendar_and_none_for_the_owners() -> None:
    assert arm(target("call"), NOW, HOURS).calendar == ""
    assert arm(target("call"), NOW, HOURS, "berlin").calendar == "berlin"
    assert calendar_of(POLICY, ANNA, arm(target("call"), NOW, HOURS)) is HOURS
    assert calendar_of(POLICY, None, arm(target("call"), NOW, HOURS)) is None, "nobody's hours"


def test_with_a_calendar_that_never_opens_every_hour_counts() -> None:
    rungs = (
        Rung("warn", share=0.5, time="working"),
        BREACH,
        Rung("escalate", to="manager", after=minutes(10)),
    )
    clock = arm(target("call", ladder=rungs, task="Call"), NOW, never_open(), "night")
    assert (clock.due_at, clock.wall, clock.calendar) == (NOW + HOUR, True, "night")
    assert ladder(clock) == [
        ("warn", NOW + minutes(30), ""),
        ("breach", NOW + HOUR, ""),
        ("escalate", NOW + minutes(70), ""),
    ]


# --- the instants of rungs


@pytest.mark.parametrize("time", ["working", "wall"])
def test_a_breach_is_at_its_deadline_also_at_closing_time(time: Time) -> None:
    """Counted in working time, the next instant would be tomorrow's opening."""
    clock = arm(target("call", ladder=(BREACH,), time=time), CLOSING - HOUR, HOURS)
    assert clock.due_at == CLOSING
    assert ladder(clock) == [("breach", CLOSING, "")]


LATER = st.integers(0, 20_000).map(minutes)
REPEATS = st.fixed_dictionaries(
    {}, optional={"every": st.integers(1, 2000).map(minutes), "again": st.integers(0, 3)}
)
RUNGS = st.builds(
    lambda place, repeats: Rung("escalate", **place, **repeats),
    st.one_of(
        st.fixed_dictionaries({"share": st.floats(0, 1)}),
        st.fixed_dictionaries({"after": LATER}),
    ),
    REPEATS,
)


@given(
    rungs=st.lists(RUNGS, max_size=5),
    within=st.integers(1, 10_000).map(minutes),
    start=st.integers(0, 20_000).map(lambda n: NOW + minutes(n)),
    time=st.sampled_from(["working", "wall"]),
)
def test_a_ladder_armed_at_once_is_the_same_as_rung_by_rung(
    rungs: list[Rung], within: timedelta, start: datetime, time: Time
) -> None:
    """A rung before the deadline has all rungs armed one by one."""
    ladder = (*rungs, BREACH)
    at_once = target("call", ladder=ladder, within=within, time=time)
    each = target("call", ladder=(*ladder, Rung("warn", before=within)), within=within, time=time)
    assert at_once.steps is not None
    assert each.steps is None
    clock = arm(at_once, start, HOURS)
    warned = arm(each, start, HOURS)
    rest = [rung for rung in warned.ladder if rung.kind != "warn"]
    assert (clock.due_at, list(clock.ladder)) == (warned.due_at, rest)


def test_rungs_at_the_same_instant_keep_the_order_of_the_ladder() -> None:
    both = (Rung("breach", after=minutes(0)), Rung("warn", share=1.0), Rung("warn", share=0.5))
    clock = arm(target("call", ladder=both), NOW, HOURS)
    assert [rung.kind for rung in clock.ladder] == ["warn", "breach", "warn"]


@pytest.mark.parametrize(
    ("rung", "time"),
    [
        pytest.param(Rung("warn", before=minutes(5)), "working", id="before the deadline"),
        pytest.param(Rung("warn", share=0.5, time="wall"), "working", id="by the wall"),
        pytest.param(Rung("warn", after=HOUR, time="working"), "wall", id="in working time"),
    ],
)
def test_a_rung_of_another_kind_has_the_ladder_armed_rung_by_rung(rung: Rung, time: Time) -> None:
    assert target("call", ladder=(BREACH, rung), time=time).steps is None
    own = replace(rung, before=None, after=HOUR, share=None, time=time)
    assert target("call", ladder=(BREACH, own), time=time).steps is not None


@pytest.mark.parametrize(
    ("repeats", "minutes_after"),
    [
        pytest.param({}, [10], id="once"),
        pytest.param({"every": minutes(20), "again": 2}, [10, 30, 50], id="and twice more"),
        pytest.param({"every": minutes(20)}, [10], id="after a while, but no time more"),
        pytest.param({"again": 2}, [10], id="twice more, but nobody says when"),
    ],
)
@pytest.mark.parametrize("time", ["", "wall", "working"])
def test_a_repeating_rung_keeps_its_kind_of_time(
    time: Any, repeats: dict[str, Any], minutes_after: list[int]
) -> None:
    rung = Rung("escalate", to="manager", after=minutes(10), time=time, **repeats)
    clock = arm(target("call", ladder=(rung,)), NOW, HOURS)
    assert clock.ladder == tuple(
        ArmedRung(NOW + HOUR + minutes(n), "escalate", "manager", time) for n in minutes_after
    )


# --- pauses, with a rung that counts time in another way


def by_the_wall(*rungs: Rung, start: datetime = NOW, hours: float = 24) -> Clock:
    return arm(target("call", within=hours * HOUR, ladder=rungs, time="wall"), start, HOURS)


@pytest.mark.parametrize(
    ("rung", "before", "after"),
    [
        pytest.param(
            Rung("warn", before=2 * HOUR, time="working"),
            CLOSING - 2 * HOUR,
            NEXT_OPENING + HOUR,
            id="two working hours before the deadline",
        ),
        pytest.param(
            Rung("escalate", after=2 * HOUR, time="working"),
            NEXT_OPENING + 2 * HOUR,
            NEXT_OPENING + 5 * HOUR,
            id="two working hours after it",
        ),
        pytest.param(
            Rung("breach", after=timedelta(), time="working"),
            NEXT_OPENING,
            NEXT_OPENING + 3 * HOUR,
            id="at the deadline itself",
        ),
        pytest.param(
            Rung("warn", share=0.5),
            NOW + 12 * HOUR,
            NOW + 15 * HOUR,
            id="as the clock counts: half of it",
        ),
    ],
)
def test_a_rung_keeps_its_distance_from_the_deadline_as_it_counts_it(
    rung: Rung, before: datetime, after: datetime
) -> None:
    """A day of wall time with a pause of three hours: the deadline is at noon tomorrow."""
    clock = by_the_wall(rung)
    assert [one.at for one in clock.ladder] == [before]
    moved = stand_still(clock, NOW + HOUR, NOW + 4 * HOUR, HOURS)
    assert moved.due_at == NEXT_OPENING + 3 * HOUR
    assert [one.at for one in moved.ladder] == [after]


def test_a_breach_stays_at_its_deadline_when_that_moves_into_the_night() -> None:
    """This also holds for a breach in working time, which would otherwise be at tomorrow's
    opening."""
    clock = by_the_wall(Rung("breach", after=timedelta(), time="working"), hours=8)
    moved = stand_still(clock, NOW, NOW + 2 * HOUR, HOURS)
    assert moved.due_at == CLOSING + 2 * HOUR
    assert [rung.at for rung in moved.ladder] == [moved.due_at]


def test_rungs_after_a_passed_deadline_move_in_their_own_calendar() -> None:
    """The deadline was at ten. The clock is paused from eleven, an hour before the manager was to
    be told, until half past four."""
    escalate = Rung("escalate", after=2 * HOUR, time="working")
    clock = by_the_wall(escalate, hours=1)
    moved = stand_still(clock, NOW + 2 * HOUR, NOW + 7.5 * HOUR, HOURS)
    assert moved.due_at == NOW + HOUR
    assert [rung.at for rung in moved.ladder] == [NEXT_OPENING + HOUR / 2]


def test_a_clock_whose_calendar_never_opens_again_moves_by_elapsed_time() -> None:
    clock = arm(target("call"), NOW, HOURS)
    moved = stand_still(clock, NOW + minutes(10), NOW + minutes(25), never_open())
    assert moved.due_at == NOW + minutes(75)
    assert [rung.at for rung in moved.ladder] == [NOW + minutes(45), NOW + minutes(75)]


# --- stopped


def test_a_stopped_clock_cannot_be_paused() -> None:
    stopped = arm(target("call"), NOW, HOURS).stop(NOW + minutes(10))
    assert stand_still(stopped, NOW + minutes(10), NOW + minutes(20), HOURS) == stopped


def test_a_withdrawn_stop_leaves_no_trace() -> None:
    clock = arm(target("call"), NOW, HOURS)
    on = undo_stop(clock.suspend(NOW + minutes(10), "touch"), NOW + minutes(20), HOURS)
    assert (on.stopped_at, on.stopped_by, on.due_at) == (None, "", NOW + minutes(70))
    assert undo_stop(clock, NOW + minutes(20), HOURS) == clock, "what was not stopped is as it was"


def test_a_rung_before_the_deadline_ends_with_the_day_and_does_not_begin_with_the_next() -> None:
    """Half of eight hours: counted from where the clock continues this is closing time; counted
    back from tomorrow's deadline it would be tomorrow's opening."""
    clock = arm(target("call", within=8 * HOUR), NOW, HOURS)
    moved = stand_still(clock, NOW, NOW + 4 * HOUR, HOURS)
    assert moved.due_at == NEXT_OPENING + 4 * HOUR
    assert [rung.at for rung in moved.ladder] == [CLOSING, moved.due_at]
