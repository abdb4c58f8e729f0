"""The loads of people and pools, and their limits.

A load changes only through a decision, which stores it on the condition that it is unchanged since
it was read. So it is exact and never needs recounting.

The day and the week that a load counts never move backward. Two workers' clocks differ by some
milliseconds: at a local midnight one of them may already have begun the new day, and an assignment
of the other one then counts on the new day, too. If it began the old day anew, both days would get
more than their limit.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from baton.domain.policy import Calendar
from baton.domain.world.world import Load

#: The limit that is reached; empty: none.
Full = Literal["", "open", "day", "week"]


def local_day(zone: str, now: datetime) -> str:
    """The date in *zone* (IANA), ISO."""
    return _local_date(zone, now).isoformat()


def local_week(calendar: Calendar, now: datetime) -> str:
    """The week of *calendar*. A week from Monday is ISO's, ``2026-W48``; one that begins on another
    day is named by its first date, ``2026-11-22``.
    """
    return _day_and_week(_local_date(calendar.zone, now), calendar.week_starts)[1]


def counted_day(load: Load, calendar: Calendar, now: datetime) -> str:
    """The date for which an assignment at *now* counts: that of *calendar*, or *load*'s if it is
    newer.
    """
    return _counted(load, calendar, now)[0]


def counted_week(load: Load, calendar: Calendar, now: datetime) -> str:
    """The week for which an assignment at *now* counts, by the same rule."""
    return _counted(load, calendar, now)[1]


def _counted(load: Load, calendar: Calendar, now: datetime) -> tuple[str, str]:
    today = _local_date(calendar.zone, now)
    day, week = _day_and_week(today, calendar.week_starts)
    # A newer one is believed up to tomorrow: no clock of ours is a day wrong, and somebody who
    # moves to another zone goes back by a day at most.
    if load.day > day and load.day <= _next(today):
        day = load.day
    if load.week and load.week != week:
        begun = _first_day(load.week)
        if _first_day(week) < begun <= _next(today):
            week = load.week
    return day, week


def _local_date(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


@lru_cache(maxsize=64)  # most decisions are about today
def _day_and_week(day: date, week_starts: int) -> tuple[str, str]:
    if week_starts:
        first = day - timedelta(days=(day.weekday() - week_starts) % 7)
        return day.isoformat(), first.isoformat()
    year, week, _ = day.isocalendar()
    return day.isoformat(), f"{year}-W{week:02d}"


@lru_cache(maxsize=64)
def _first_day(week: str) -> str:
    """The date on which *week* begins."""
    year, by_number, number = week.partition("-W")
    if not by_number:
        return week
    return date.fromisocalendar(int(year), int(number), 1).isoformat()


@lru_cache(maxsize=64)
def _next(day: date) -> str:
    return (day + timedelta(days=1)).isoformat()


def next_day(zone: str, now: datetime) -> datetime:
    """When the next day begins in *zone*, in UTC."""
    here = now.astimezone(ZoneInfo(zone))
    next_date = here + timedelta(days=1)
    return next_date.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def take(load: Load, calendar: Calendar, now: datetime) -> Load:
    """*load* plus one open lead, assigned *now*."""
    day, week = _counted(load, calendar, now)
    return replace(
        load,
        open=load.open + 1,
        day=day,
        today=load.on(day) + 1,
        week=week,
        this_week=load.in_week(week) + 1,
    )


def release(load: Load) -> Load:
    """*load* minus one open lead; the counts of today and this week stay."""
    return replace(load, open=max(0, load.open - 1))


def resume(load: Load) -> Load:
    """*load* plus a lead that counts as open again; the counts of today and this week stay."""
    return replace(load, open=load.open + 1)


def fullness(
    load: Load,
    most_open: int | None,
    per_day: int | None,
    per_week: int | None,
    calendar: Calendar,
    now: datetime,
) -> Full:
    """The first limit that *load* has reached. A limit that is None does not apply."""
    if most_open is not None and load.open >= most_open:
        return "open"
    # Finding the local date costs more than everything else here, so only when it is needed.
    if (
        per_day is not None
        and load.today >= per_day
        and load.on(counted_day(load, calendar, now)) >= per_day
    ):
        return "day"
    if (
        per_week is not None
        and load.this_week >= per_week
        and load.in_week(counted_week(load, calendar, now)) >= per_week
    ):
        return "week"
    return ""
