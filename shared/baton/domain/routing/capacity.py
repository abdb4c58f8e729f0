"""What people and pools carry, and whether they can carry more.

A load changes only by a decision that stores it, on the condition that it is what it was. So it is
exact: there is nothing to count again, and nothing drifts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from baton.domain.world.world import Load

#: The limit that is reached; empty: none is.
Full = Literal["", "open", "day", "week"]


def local_day(zone: str, now: datetime) -> str:
    """The date in *zone* (IANA), ISO."""
    return now.astimezone(ZoneInfo(zone)).date().isoformat()


def local_week(zone: str, now: datetime) -> str:
    """The ISO week in *zone*, which begins on Monday: ``2026-W48``."""
    return _week(now.astimezone(ZoneInfo(zone)))


def _week(here: datetime) -> str:
    year, week, _ = here.isocalendar()
    return f"{year}-W{week:02d}"


def next_day(zone: str, now: datetime) -> datetime:
    """When the next day begins in *zone*, in UTC."""
    here = now.astimezone(ZoneInfo(zone))
    next_date = here + timedelta(days=1)
    return next_date.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def take(load: Load, zone: str, now: datetime) -> Load:
    """*load* with one open lead more, assigned *now*."""
    here = now.astimezone(ZoneInfo(zone))
    day, week = here.date().isoformat(), _week(here)
    return replace(
        load,
        open=load.open + 1,
        day=day,
        today=load.on(day) + 1,
        week=week,
        this_week=load.in_week(week) + 1,
    )


def release(load: Load) -> Load:
    """*load* with one open lead less; what was assigned today stays assigned today."""
    return replace(load, open=max(0, load.open - 1))


def resume(load: Load) -> Load:
    """*load* with a lead that counts as open again; it was assigned long ago."""
    return replace(load, open=load.open + 1)


def fullness(
    load: Load,
    most_open: int | None,
    per_day: int | None,
    per_week: int | None,
    zone: str,
    now: datetime,
) -> Full:
    """The first limit that *load* has reached; None: there is no such limit."""
    if most_open is not None and load.open >= most_open:
        return "open"
    # Asking the calendar what day it is costs more than all the rest: only if it matters.
    if per_day is not None and load.today >= per_day and load.on(local_day(zone, now)) >= per_day:
        return "day"
    if (
        per_week is not None
        and load.this_week >= per_week
        and load.in_week(local_week(zone, now)) >= per_week
    ):
        return "week"
    return ""
