"""Working time compared with a tick-by-tick oracle, with workclock, and with algebraic laws.

The oracle shares no method with the tested code. It never converts a wall time to an instant: it
reads the wall clock at every fifth minute of some days, and looks up the ticks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import compress, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import workclock
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from baton.domain.calendar.work_calendar import Pauses, WorkCalendar
from baton.policy_tools.hours import read_calendar

pytestmark = pytest.mark.slow

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Santiago",
)
TICK = timedelta(minutes=5)
DAY = timedelta(days=1)
ZERO = timedelta(0)

Data = dict[str, Any]


# --- the oracle


@dataclass(frozen=True)
class Clockface:
    """The wall time of a zone at each tick from *since* on."""

    since: datetime
    walls: tuple[datetime, ...]
    first_seen: dict[datetime, int]

    def tick_of(self, wall: datetime) -> int:
        """The first tick that shows *wall*; if none does, the tick as far after the gap as *wall*
        is into it."""
        if wall in self.first_seen:
            return self.first_seen[wall]
        for before, after in pairwise(self.walls):
            if before < wall < after:
                return self.first_seen[wall + (after - before - TICK)]
        raise AssertionError(f"{wall} is not on this clock face")


@lru_cache(maxsize=512)
def clockface(tz: str, since: date, days: int) -> Clockface:
    start = datetime.combine(since, time(), UTC)
    zone = ZoneInfo(tz)
    ticks = range(days * (DAY // TICK))
    walls = tuple((start + n * TICK).astimezone(zone).replace(tzinfo=None, fold=0) for n in ticks)
    seen: dict[datetime, int] = {}
    for n, wall in enumerate(walls):
        seen.setdefault(wall, n)
    return Clockface(start, walls, seen)


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def open_ticks(data: Data, face: Clockface, pauses: Pauses) -> list[bool]:
    """For each tick, whether the five minutes after it are open."""
    walls = face.walls
    by_rule = [False] * len(walls)
    by_override = [False] * len(walls)
    first, last = walls[0].date() + DAY, walls[-1].date() - 2 * DAY
    for n in range((last - first).days + 1):
        today = first + n * DAY
        key = today.isoformat()
        override = data["overrides"].get(key)
        hours = data["hours"][DAYS[today.weekday()]] if override is None else override
        for begin, end in hours:
            midnight = datetime.combine(today, time())
            ends = _clock(end) if _clock(end) > _clock(begin) else _clock(end) + DAY
            shift = range(face.tick_of(midnight + _clock(begin)), face.tick_of(midnight + ends))
            for k in shift:
                by_rule[k] = True
                if override is not None and walls[k].date() == today:
                    by_override[k] = True
    away = [tuple(map(datetime.fromisoformat, pair)) for pair in data["off"]] + list(pauses)
    result = []
    for k, wall in enumerate(walls):
        at = face.since + k * TICK
        is_holiday = wall.date().isoformat() in data["holidays"]
        works = by_override[k] if is_holiday else by_rule[k]
        result.append(works and not any(start <= at < end for start, end in away))
    return result


class Oracle:
    """Counts tick by tick within *days* days from *since*."""

    def __init__(self, data: Data, since: date, days: int, pauses: Pauses = ()) -> None:
        face = clockface(data["tz"], since, days)
        self.since, self.open = face.since, open_ticks(data, face, list(pauses))

    def add(self, start: datetime, working: timedelta) -> datetime | None:
        """None: the known days are not enough."""
        k = (start - self.since) // TICK
        for n in range(k, len(self.open)):
            if self.open[n]:
                begin = max(start, self.since + n * TICK)
                end = self.since + (n + 1) * TICK
                if not working or end - begin >= working:
                    return begin + working
                working -= end - begin
        return None

    def subtract(self, end: datetime, working: timedelta) -> datetime | None:
        """None: the known days are not enough, because shifts that run into the first days began
        before them."""
        k = -((self.since - end) // TICK)  # the tick after, or at, the end
        for n in reversed(range(k)):
            if self.open[n]:
                begin = self.since + n * TICK
                until = min(end, begin + TICK)
                if until <= self.since + 2 * DAY:
                    return None
                if not working:
                    return until
                if until - begin >= working:
                    return until - working
                working -= until - begin
        return None

    def between(self, a: datetime, b: datetime) -> timedelta:
        if b < a:
            return -self.between(b, a)
        total = ZERO
        for n, works in enumerate(self.open):
            if works:
                begin = self.since + n * TICK
                total += max(ZERO, min(b, begin + TICK) - max(a, begin))
        return total

    def is_open(self, at: datetime) -> bool:
        return self.open[(at - self.since) // TICK]


# --- strategies


@lru_cache
def changes(tz: str) -> tuple[date, ...]:
    """The dates from 1990 to 2040 on which the zone's offset changes."""
    zone = ZoneInfo(tz)
    days = [datetime(1990, 1, 1, tzinfo=UTC) + n * DAY for n in range(51 * 365)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    changed = [before != after for before, after in pairwise(offsets)]
    return tuple(day.date() for day in compress(days, changed))


def clock_times(ends: bool) -> st.SearchStrategy[str]:
    night = [f"{h:02}:{m:02}" for h in range(4) for m in (0, 15, 30, 45)]  # where clocks change
    any_time = st.integers(0, 287).map(lambda n: f"{n // 12:02}:{n % 12 * 5:02}")
    usual = st.sampled_from(["00:00", "06:00", "09:00", "12:00", "17:30", "22:00", "23:00"])
    choices = [st.sampled_from(night), any_time, usual]
    return st.one_of(*choices, st.just("24:00")) if ends else st.one_of(*choices)


SHIFTS = st.lists(st.tuples(clock_times(False), clock_times(True)).map(list), max_size=3)


@dataclass(frozen=True)
class Week:
    """A calendar, the days to test it on, and pauses in them."""

    data: Data
    around: date
    pauses: list[tuple[datetime, datetime]]

    @property
    def calendar(self) -> WorkCalendar:
        return read_calendar(self.data)

    def oracle(self) -> Oracle:
        return Oracle(self.data, self.around - 5 * DAY, 11, self.pauses)


# Created once: a strategy that is created for each example is also validated for each, which took a
# third of the time.
NEAR = st.integers(-2, 3)
BREAKS = st.tuples(st.integers(0, 4 * DAY // TICK), st.integers(1, DAY // TICK))
HOURS = (
    st.just({day: [["00:00", "24:00"]] for day in DAYS})
    | st.just({day: [["22:00", "06:00"]] for day in DAYS})
    | st.fixed_dictionaries(dict.fromkeys(DAYS, SHIFTS))
)
HOLIDAYS = st.lists(NEAR, max_size=2)
OVERRIDES = st.dictionaries(NEAR, SHIFTS, max_size=2)
OFF = st.lists(BREAKS, max_size=2)
PAUSES = st.lists(BREAKS, max_size=3)


@lru_cache
def days(tz: str) -> st.SearchStrategy[date]:
    some_day = st.dates(date(1990, 1, 8), date(2040, 12, 20))
    return some_day | st.sampled_from(changes(tz)) if changes(tz) else some_day


@lru_cache
def passed(length: timedelta) -> st.SearchStrategy[timedelta]:
    on_ticks = st.integers(0, length // TICK).map(lambda n: n * TICK)
    micros = st.integers(0, length // timedelta.resolution)
    return on_ticks | micros.map(lambda n: timedelta(microseconds=n))


def instants(around: date, before: int = 2, after: int = 3) -> st.SearchStrategy[datetime]:
    """Any microsecond of the days around, half of them on a tick."""
    start = datetime.combine(around, time(), UTC) - before * DAY
    return passed((before + after) * DAY).map(lambda time_passed: start + time_passed)


def breaks(around: date, drawn: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
    begin = datetime.combine(around, time(), UTC) - 2 * DAY
    return [(begin + n * TICK, begin + (n + length) * TICK) for n, length in drawn]


@st.composite
def weeks(draw: st.DrawFn, exceptions: bool = True, pauses: bool = True) -> Week:
    tz = draw(st.sampled_from(ZONES))
    around = draw(days(tz))

    def near(n: int) -> str:
        return (around + n * DAY).isoformat()

    hours = draw(HOURS)
    holidays = draw(HOLIDAYS)
    overrides = draw(OVERRIDES) if exceptions else {}
    off = breaks(around, draw(OFF)) if exceptions else []
    data = {
        "tz": tz,
        "hours": hours,
        "holidays": [near(n) for n in holidays],
        "overrides": {near(n): shifts for n, shifts in overrides.items()},
        "off": [[a.isoformat(), b.isoformat()] for a, b in off],
    }
    return Week(data, around, breaks(around, draw(PAUSES)) if pauses else [])


def short(draw: Any, available: timedelta) -> timedelta:
    """An amount up to what is available, often a round one or all of it."""
    micros = available // timedelta.resolution
    some = st.integers(0, micros).map(lambda n: timedelta(microseconds=n))
    ticks = st.integers(0, available // TICK).map(lambda n: n * TICK)
    return draw(st.just(available) | some | ticks)  # type: ignore[no-any-return]


# --- against the oracle


@settings(max_examples=180)
@given(weeks(), st.data())
def test_counting_forward_and_backward_agrees_with_ticking(week: Week, data: st.DataObject) -> None:
    calendar, oracle = week.calendar, week.oracle()
    at = data.draw(instants(week.around), "at")
    edge = datetime.combine(week.around, time(), UTC)
    ahead = short(data.draw, oracle.between(at, edge + 4 * DAY))
    behind = short(data.draw, oracle.between(edge - 3 * DAY, at))

    if (due := oracle.add(at, ahead)) is not None:
        assert calendar.add(at, ahead, week.pauses) == due
    if (since := oracle.subtract(at, behind)) is not None:
        assert calendar.subtract(at, behind, week.pauses) == since
        if behind:  # minus zero is zero, which counts forward
            assert calendar.add(at, -behind, week.pauses) == since


@settings(max_examples=180)
@given(weeks(), st.data())
def test_measuring_agrees_with_ticking(week: Week, data: st.DataObject) -> None:
    calendar, oracle = week.calendar, week.oracle()
    a, b = data.draw(instants(week.around), "a"), data.draw(instants(week.around), "b")
    assert calendar.between(a, b, week.pauses) == oracle.between(a, b)
    lengths = (end - start for start, end in calendar.spans(a, b, week.pauses))
    assert sum(lengths, ZERO) == max(ZERO, oracle.between(a, b))

    unpaused = Oracle(week.data, week.around - 5 * DAY, 11)
    assert calendar.is_open(a) == unpaused.is_open(a)
    if (opening := unpaused.add(a, ZERO)) is not None:
        assert calendar.next_open(a) == opening


# --- against workclock, where it has the same conventions: no overrides, no time off


def peer(data: Data) -> workclock.Schedule:
    def at(text: str) -> time:
        return time() if text == "24:00" else time.fromisoformat(text)

    shifts = [
        workclock.WorkDay(at(begin), at(end), days=[n])
        for n, day in enumerate(DAYS)
        for begin, end in data["hours"][day]
    ]
    holidays = workclock.Holidays([date.fromisoformat(day) for day in data["holidays"]])
    return workclock.Schedule([*shifts, holidays], time_zone=data["tz"])


@settings(max_examples=150)
@given(
    weeks(exceptions=False, pauses=False),
    st.integers(1, 60 * 86_400 * 10**6).map(lambda n: timedelta(microseconds=n)),
    st.data(),
)
def test_workclock_counts_the_same(week: Week, working: timedelta, data: st.DataObject) -> None:
    try:
        schedule = peer(week.data)
    except workclock.NoWorkingTimeError:
        assume(False)
    calendar = week.calendar
    a, b = data.draw(instants(week.around), "a"), data.draw(instants(week.around, 40, 40), "b")
    assert calendar.between(a, b) == schedule.between(a, b)
    # workclock searches about a year, in which a few minutes a week do not add up to weeks.
    assume(calendar.between(a - 300 * DAY, a) >= working <= calendar.between(a, a + 300 * DAY))
    assert calendar.add(a, working) == schedule.add(a, working)
    assert calendar.subtract(a, working) == schedule.sub(a, working)


# --- algebra


def ever_open(week: Week) -> WorkCalendar:
    assume(any(week.data["hours"].values()))
    lasting = timedelta(hours=1)
    around = datetime.combine(week.around, time(), UTC)
    # Short open times that only a clock change leaves would be searched for over centuries.
    assume(week.calendar.between(around + 10 * DAY, around + 17 * DAY) >= lasting)
    assume(week.calendar.between(around - 17 * DAY, around - 10 * DAY) >= lasting)
    return week.calendar


def amounts(least: int) -> st.SearchStrategy[timedelta]:
    """Amounts from *least* ticks, or microseconds, to two and a half days."""
    ticks = st.integers(least, 60 * 12).map(lambda n: n * TICK)
    return ticks | st.timedeltas(least * timedelta.resolution, timedelta(hours=60))


AMOUNTS, POSITIVE = amounts(0), amounts(1)
SIGNED = AMOUNTS | AMOUNTS.map(lambda amount: -amount)


@settings(max_examples=150)
@given(weeks(), AMOUNTS, st.data())
def test_between_measures_what_add_and_subtract_counted(
    week: Week, working: timedelta, data: st.DataObject
) -> None:
    calendar, pauses = ever_open(week), week.pauses
    at = data.draw(instants(week.around), "at")
    due, since = calendar.add(at, working, pauses), calendar.subtract(at, working, pauses)
    assert since <= at <= due
    assert calendar.between(at, due, pauses) == working == calendar.between(since, at, pauses)
    # Adding and subtracting ends where counting began: at the start, or at the first opening.
    if working:
        assert calendar.subtract(due, working, pauses) == calendar.add(at, ZERO, pauses)
        assert calendar.add(since, working, pauses) == calendar.subtract(at, ZERO, pauses)


@settings(max_examples=150)
@given(weeks(), AMOUNTS, POSITIVE, st.data())
def test_adding_in_parts_is_adding_at_once(
    week: Week, part: timedelta, rest: timedelta, data: st.DataObject
) -> None:
    """Except if the second part is zero: this moves a result at closing time to the next
    opening."""
    calendar, pauses = ever_open(week), week.pauses
    at = data.draw(instants(week.around), "at")
    on_the_way = calendar.add(at, part, pauses)
    assert calendar.add(on_the_way, rest, pauses) == calendar.add(at, part + rest, pauses)
    back = calendar.subtract(at, part, pauses)
    assert calendar.subtract(back, rest, pauses) == calendar.subtract(at, part + rest, pauses)


@settings(max_examples=150)
@given(weeks(), st.lists(SIGNED, min_size=1, max_size=5), st.data())
def test_adding_each_of_several_amounts_is_adding_one_after_the_other(
    week: Week, amounts: list[timedelta], data: st.DataObject
) -> None:
    calendar, at = ever_open(week), data.draw(instants(week.around))
    assert calendar.add_each(at, amounts) == [calendar.add(at, one) for one in amounts]


@given(weeks(), SIGNED, SIGNED, st.data())
def test_later_starts_and_larger_amounts_never_end_earlier(
    week: Week, one: timedelta, other: timedelta, data: st.DataObject
) -> None:
    calendar, pauses = ever_open(week), week.pauses
    early, late = sorted(data.draw(instants(week.around)) for _ in range(2))
    less, more = sorted((one, other))
    assert calendar.add(early, more, pauses) <= calendar.add(late, more, pauses)
    assert calendar.add(early, less, pauses) <= calendar.add(early, more, pauses)
    assert calendar.subtract(early, less, pauses) <= calendar.subtract(late, less, pauses)


@settings(max_examples=100)
@given(weeks(), st.data())
def test_working_time_of_adjacent_intervals_adds_up(week: Week, data: st.DataObject) -> None:
    calendar, pauses = week.calendar, week.pauses
    a, b, c = (data.draw(instants(week.around)) for _ in range(3))
    both = calendar.between(a, b, pauses) + calendar.between(b, c, pauses)
    assert both == calendar.between(a, c, pauses)
    spans = calendar.spans(min(a, b), max(a, b), pauses)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges)), "in order, not empty, and apart"
    assert all(min(a, b) <= edge <= max(a, b) for edge in edges)


@settings(max_examples=100)
@given(weeks(), AMOUNTS, st.data())
def test_a_pause_is_time_off(week: Week, working: timedelta, data: st.DataObject) -> None:
    calendar = ever_open(week)
    pauses = [[a.isoformat(), b.isoformat()] for a, b in week.pauses]
    absent = read_calendar({**week.data, "off": week.data["off"] + pauses})
    a, b = data.draw(instants(week.around), "a"), data.draw(instants(week.around), "b")
    assert calendar.add(a, working, week.pauses) == absent.add(a, working)
    assert calendar.subtract(a, working, week.pauses) == absent.subtract(a, working)
    assert calendar.between(a, b, week.pauses) == absent.between(a, b)
    assert calendar.spans(a, b, week.pauses) == absent.spans(a, b)


@settings(max_examples=60)
@given(weeks(), st.lists(st.integers(-400, 400), max_size=4), AMOUNTS, st.data())
def test_answers_do_not_depend_on_what_was_asked_before(
    week: Week, visits: list[int], working: timedelta, data: st.DataObject
) -> None:
    """The table of a calendar grows with each call, which must not change the answers."""
    fresh, used = WorkCalendar(ever_open(week).rules), WorkCalendar(week.calendar.rules)
    at = data.draw(instants(week.around), "at")
    for days in visits:
        used.is_open(at + days * DAY)
    span = timedelta(days=30)
    assert fresh.add(at, working) == used.add(at, working)
    assert fresh.subtract(at, working) == used.subtract(at, working)
    assert fresh.between(at - span, at + span) == used.between(at - span, at + span)
    assert fresh.spans(at - span, at + span) == used.spans(at - span, at + span)


@pytest.mark.parametrize("tz", ZONES)
def test_fifty_years_are_the_sum_of_their_months(tz: str) -> None:
    """They also equal the sum of what workclock counts in them."""
    data: Data = {
        "tz": tz,
        "hours": {day: [["22:30", "03:30"]] for day in DAYS},
        "holidays": [],
    }
    calendar, schedule = read_calendar(data), peer(data)
    months = [datetime(1990 + n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(51 * 12)]
    found = [calendar.between(a, b) for a, b in pairwise(months)]
    assert found == [schedule.between(a, b) for a, b in pairwise(months)]
    assert sum(found, ZERO) == calendar.between(months[0], months[-1])
