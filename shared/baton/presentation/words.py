"""How instants, lengths of time, lists and quotes are worded for people: one function for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNITS = ((86_400, "day"), (3_600, "h"), (60, "min"), (1, "s"))


def instant(at: datetime, zone: str, *, seconds: bool = False) -> str:
    """
    *at* as it is read in *zone* (IANA; UTC where there is no such zone): ``Tue 3 Mar, 09:00 CET``.

    Args:
        seconds: Tell them where there are some; a reader of news does not need them.
    """
    there = at.astimezone(zone_named(zone))
    time = f"{there:%H:%M:%S}" if seconds and there.second else f"{there:%H:%M}"
    return f"{day(there)}, {time} {there:%Z}"


def exact(at: datetime, zone: str) -> str:
    """*at* to the second, as an audit needs it."""
    return instant(at, zone, seconds=True)


def between(start: datetime, end: datetime, zone: str) -> str:
    """Two instants of one zone, to the second: ``Tue 3 Mar, 09:00 – 17:00``."""
    first, last = start.astimezone(zone_named(zone)), end.astimezone(zone_named(zone))
    times = [f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}" for at in (first, last)]
    again = "" if first.date() == last.date() else f"{day(last)}, "
    return f"{day(first)}, {times[0]} – {again}{times[1]}"


def day(on: date) -> str:
    """``Tue 3 Mar``."""
    return f"{on:%a} {on.day} {on:%b}"


def span(length: timedelta, *, days: bool = True, exact: bool = True) -> str:
    """
    ``14 days``, ``4 h 30 min``, ``45 s``: the units that are not zero.

    Args:
        days: False: count in hours, however many; of working time a day is no unit.
        exact: False: the two largest units are enough.
    """
    left, parts = max(0, int(length.total_seconds())), []
    for size, unit in _UNITS if days else _UNITS[1:]:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {'days' if unit == 'day' and number > 1 else unit}")
    return " ".join(parts if exact else parts[:2]) or "0 s"


def listed(items: Sequence[str], last: str = ", ") -> str:
    """``a, b, c``; with another *last*: ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])}{last}{items[-1]}"


def quoted(text: str) -> str:
    return f"“{text}”"


def zone_named(name: str) -> tzinfo:
    """The zone, or UTC where the name is not one: a wrong zone must not stop a message."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
