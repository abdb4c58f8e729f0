"""The loads of people and pools, and their limits.

A load changes only through a decision, which stores it on the condition that it is unchanged since
it was read. So it is exact and never needs recounting.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from baton.domain.world.world import Load

#: The limit that is reached; empty: none.
Full = Literal["", "open", "day", "week"]


def local_day(zone: str, now: datetime) -> str:
    """The date in *zone* (IANA), ISO."""
    return now.astimezone(ZoneInfo(zone)).date().isoformat()


def local_week(zone: str, now: datetime) -> str:
    """The ISO week in *zone*, which begins on Monday: ``2026-W48``."""
    return _day_and_week(now.astimezone(ZoneInfo(zone)).date())[1]


@lru_cache(maxsize=64)  # most decisions are about today
def _day_and_week(day: date) -> tuple[str, str]:
    year, week, _ = day.isocalendar()
    return day.isoformat(), f"{year}-W{week:02d}"


def next_day(zone: str, now: datetime) -> datetime:
    """When the next day begins in *zone*, in UTC."""
    here = now.astimezone(ZoneInfo(zone))
    next_date = here + timedelta(days=1)
    return next_date.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def take(load: Load, zone: str, now: datetime) -> Load:
    """*load* plus one open lead, assigned *now*."""
    day, week = _day_and_week(now.astimezone(ZoneInfo(zone)).date())
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
    zone: str,
    now: datetime,
) -> Full:
    """The first limit that *load* has reached. A limit that is None does not apply."""
    if most_open is not None and load.open >= most_open:
        return "open"
    # Finding the local date costs more than everything else here, so only when it is needed.
    if per_day is not None and load.today >= per_day and load.on(local_day(zone, now)) >= per_day:
        return "day"
    if (
        per_week is not None
        and load.this_week >= per_week
        and load.in_week(local_week(zone, now)) >= per_week
    ):
        return "week"
    return ""
