"""How instants, lengths of time, lists, numbers and quotes are worded for people: one function for
each. Differences by purpose are parameters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from baton.presentation.cutting import shortened

#: Most characters of a name in one line.
LONGEST_NAME = 100

_UNITS = ((86_400, "day"), (3_600, "h"), (60, "min"), (1, "s"))


def instant(at: datetime, zone: str, *, seconds: bool = False, year: bool = False) -> str:
    """
    *at* as it is read in *zone* (IANA; UTC where there is no such zone): ``Tue 3 Mar, 09:00 CET``.

    Args:
        seconds: Include seconds if they are not zero; notices do not need them.
        year: Include the year, if instants may be years apart.
    """
    there = _in_zone(at, zone)
    time = f"{there:%H:%M:%S}" if seconds and there.second else f"{there:%H:%M}"
    return f"{day(there, year=year)}, {time} {there:%Z}"


def exact(at: datetime, zone: str) -> str:
    """*at* to the second, as an audit needs it."""
    return instant(at, zone, seconds=True)


def utc(at: datetime) -> str:
    """*at* to the second, for readers whose zone is not known: ``Tue 3 Mar 2026, 08:00 UTC``."""
    return instant(at, "UTC", seconds=True, year=True)


def between(start: datetime, end: datetime, zone: str) -> str:
    """Two instants of one zone, to the second: ``Tue 3 Mar, 09:00 – 17:00``."""
    first, last = _in_zone(start, zone), _in_zone(end, zone)
    times = [f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}" for at in (first, last)]
    again = "" if first.date() == last.date() else f"{day(last)}, "
    return f"{day(first)}, {times[0]} – {again}{times[1]}"


def day(on: date, *, year: bool = False) -> str:
    """``Tue 3 Mar``; with its year, where days may be years apart: ``Tue 3 Mar 2026``."""
    return f"{on:%a} {on.day} {on:%b}" + (f" {on.year}" if year else "")


def day_named(text: str, *, year: bool = False) -> str:
    """As ``day``, for a date in ISO 8601; other text is returned unchanged."""
    try:
        return day(date.fromisoformat(text), year=year)
    except ValueError:
        return text


def span(length: timedelta, *, days: bool = True, exact: bool = True) -> str:
    """
    ``14 days``, ``4 h 30 min``, ``45 s``: the units that are not zero.

    Args:
        days: False: count in hours, however many; for working time a day is not a unit.
        exact: False: show only the two largest units.
    """
    left, parts = max(0, int(length.total_seconds())), []
    for size, unit in _UNITS if days else _UNITS[1:]:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {'days' if unit == 'day' and number > 1 else unit}")
    return " ".join(parts if exact else parts[:2]) or "0 s"


def listed(
    items: Iterable[str], last: str = " and ", between: str = ", ", most: int | None = None
) -> str:
    """
    ``a, b and c``; with another *last*: ``a, b or c``.

    Args:
        last: The last separator: a comma if items contain "or", or are names to copy.
        between: The separator: a semicolon if items contain commas.
        most: Show at most this many, then how many are left: ``a, b and 3 more``.
    """
    known = list(items)
    if most is not None and len(known) > most:
        known[most:] = [f"{len(known) - most} more"]
    if len(known) < 2:
        return "".join(known)
    return f"{between.join(known[:-1])}{last}{known[-1]}"


def quoted(text: str) -> str:
    return f'"{text}"'


def number(value: float, places: int = 6) -> str:
    """``1000``, ``0.5``: rounded to *places*; no exponent, no needless zeros, no ``-0``."""
    if float(value).is_integer():
        return str(int(value))
    text = f"{value:z.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def noun(count: object, one: str, many: str = "") -> str:
    """``lead`` for 1, ``leads`` for other numbers.

    Args:
        count: The number, also as it is shown; anything else has the plural.
        many: The plural, if it is not *one* with an "s".
    """
    return one if count in (1, -1, "1", "-1") else many or f"{one}s"


def counted(count: float, one: str, many: str = "", *, grouped: bool = False) -> str:
    """``1 lead``, ``2 leads``; *grouped*: ``2,000 leads``, for large counts."""
    return f"{f'{count:,}' if grouped else number(count)} {noun(count, one, many)}"


def spelled(id_: str) -> str:
    """An id as words: ``first touch`` for ``first_touch``."""
    return id_.replace("_", " ")


def printable(text: str) -> str:
    """*text* from outside on one line, without terminal control characters."""
    return "".join(char if char.isprintable() else " " for char in text)


def flat(text: str) -> str:
    """As ``printable``, and without needless spaces: for text that is laid out again."""
    return " ".join(printable(text).split())


def name_on_a_line(text: str) -> str:
    """The name of a person or company, which anybody may have typed into a form, for a line of a
    command's output."""
    return shortened(flat(text), LONGEST_NAME)


def _in_zone(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(zone_named(zone))
    except OverflowError:  # too early or late for another zone
        return at.astimezone(UTC)


def zone_named(name: str) -> tzinfo:
    """The zone, or UTC if the name is unknown: a wrong zone must not stop a message."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
