"""Working-time arithmetic against workclock and businesstimedelta, in the same run.

One calendar that all three can express: Berlin, Monday to Friday, nine to twelve and one to half
past five, no holidays (businesstimedelta treats them differently). The floor is the time of the
peers: for ``add`` of eight working hours, and for the working time of three months. Building is
parsing and computing two years of a calendar with holidays. Importing is the time of a fresh
interpreter minus that of one that imports nothing; its floor is the standard library modules that
it needs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from statistics import median
from typing import Any

import businesstimedelta
import pytz
import workclock

from baton.domain.calendar.work_calendar import WorkCalendar
from baton.policy_tools.hours import read_calendar, read_rules
from tests.bench.figure import Aim, Figure

ZONE = "Europe/Berlin"
SHIFTS = (("09:00", "12:00"), ("13:00", "17:30"))
WEEK = {day: [list(shift) for shift in SHIFTS] for day in ("mon", "tue", "wed", "thu", "fri")}
START = datetime(2026, 3, 3, 8, 17, 5, tzinfo=UTC)
WORKING = timedelta(hours=8)
MONTHS = timedelta(days=91)

#: Largest ratio to the peers' time: three times as fast on add, ten times on three months.
ADD, BETWEEN = Aim(1 / 3), Aim(1 / 10)
BUILD, IMPORT = Aim(10, of="measured"), Aim(15, of="measured")

_IMPORT = "import baton.domain.calendar.work_calendar"
_BARE = "pass"
#: Modules that a program that handles instants imports anyway.
_STANDARD = "import bisect, collections, datetime, functools, threading, zoneinfo"


def run(rounds: int = 2000, starts: int = 9) -> list[Figure]:
    ours, theirs, slow = calendars()
    end = START + MONTHS
    figures = []
    adds: dict[str, Callable[[], Any]] = {
        "workclock": lambda: theirs.add(START, WORKING),
        "businesstimedelta": lambda: START + slow_delta(slow),
    }
    spans: dict[str, Callable[[], Any]] = {
        "workclock": lambda: theirs.between(START, end),
        "businesstimedelta": lambda: slow.difference(START, end),
    }
    mine = _each(lambda: ours.add(START, WORKING), rounds * 5)
    for peer, work in adds.items():
        floor = _each(work, rounds if peer == "workclock" else rounds // 20)
        aim = ADD if peer == "workclock" else None
        figures.append(Figure("calendars", f"add, against {peer}", mine, "µs", floor, aim=aim))
    mine = _each(lambda: ours.between(START, end), rounds * 5)
    for peer, work in spans.items():
        floor = _each(work, rounds // 4 if peer == "workclock" else rounds // 50)
        aim = BETWEEN if peer == "workclock" else None
        figures.append(
            Figure("calendars", f"three months, against {peer}", mine, "µs", floor, aim=aim)
        )
    long = _each(lambda: ours.between(START, START + 8 * MONTHS), rounds * 5)
    figures.append(Figure("calendars", "two years, against three months", long, "µs", mine))
    built = median(_once(build) for _ in range(15)) * 1000
    figures.append(Figure("calendars", "a calendar of two years, built", built, "ms", aim=BUILD))
    took = median(_imported(_IMPORT) - _imported(_BARE) for _ in range(starts)) * 1000
    least = median(_imported(_STANDARD) - _imported(_BARE) for _ in range(starts)) * 1000
    # On a noisy machine a start may take longer than an import, so the difference is never below
    # the resolution of the clock.
    imports = [max(span, 0.1) for span in (took, least)]
    figures.append(
        Figure(
            "calendars", "import, against what it imports", imports[0], "ms", imports[1], aim=IMPORT
        )
    )
    return figures


def calendars() -> tuple[WorkCalendar, Any, Any]:
    """The same hours in each of the three libraries; asserts that they agree."""
    ours = read_calendar({"tz": ZONE, "hours": WEEK})
    theirs = workclock.Schedule(
        [workclock.WorkDay(begin, end, days=[n]) for n in range(5) for begin, end in _times()],
        time_zone=ZONE,
    )
    slow = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(begin, end, list(range(5)), tz=pytz.timezone(ZONE))
            for begin, end in _times()
        ]
    )
    due = ours.add(START, WORKING)
    assert theirs.add(START, WORKING) == due
    assert START + slow_delta(slow) == due
    return ours, theirs, slow


def _times() -> list[tuple[time_of_day, time_of_day]]:
    at = time_of_day.fromisoformat
    return [(at(begin), at(end)) for begin, end in SHIFTS]


def slow_delta(rules: Any) -> Any:
    return businesstimedelta.BusinessTimeDelta(rules, hours=8)


def build() -> datetime:
    """Build two years of a new calendar, and answer a first question at their end."""
    days = [date(year, month, 1).isoformat() for year in (2026, 2027) for month in range(1, 13)]
    rules = read_rules({"tz": ZONE, "hours": WEEK, "holidays": days})
    calendar = WorkCalendar(rules)
    calendar.is_open(START)
    return calendar.next_open(START + timedelta(days=730))


def _each(work: Callable[[], Any], rounds: int) -> float:
    """Microseconds per call, the best of five batches."""
    work()
    batches = []
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(rounds):
            work()
        batches.append((time.perf_counter() - begun) / rounds)
    return min(batches) * 1e6


def _once(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _imported(line: str) -> float:
    def start() -> None:
        subprocess.run([sys.executable, "-c", line], check=True)

    return _once(start)
