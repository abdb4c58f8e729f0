"""A calendar's rules in a normal form, and checks of instants and pauses.

An instant without a time zone is refused, with a ValueError that says what is expected.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Only instants within these years are supported; nothing opens outside them.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

Shifts = tuple[tuple[timedelta, timedelta], ...]


# These modules avoid typing.NamedTuple, because importing typing takes as long as all of them
# together.


class Span(namedtuple("Span", ("start", "end"))):
    """Half-open: *start* is inside, *end* is not. Both in UTC."""

    __slots__ = ()
    start: datetime
    end: datetime


class Rules(namedtuple("Rules", ("tz", "week", "holidays", "overrides", "off"))):
    """A calendar's rules in a normal form: equal calendars have equal rules."""

    __slots__ = ()
    tz: str
    week: tuple[Shifts, ...]  # Monday first; wall time since local midnight
    holidays: tuple[tuple[date, str], ...]  # with their names, "" where none was given
    overrides: tuple[tuple[date, Shifts], ...]
    off: tuple[Span, ...]


def union(pairs: Iterable[tuple[datetime, datetime]]) -> list[Span]:
    """*pairs* as merged spans within the known years; refuses one that ends before it starts."""
    spans: list[Span] = []
    for start, end in pairs:
        start, end = utc(start), utc(end)
        if end < start:
            raise ValueError(f"{start.isoformat()} to {end.isoformat()} ends before it starts")
        spans.append(Span(max(start, EARLIEST), min(end, LATEST)))
    return merge(spans)


def utc(at: datetime) -> datetime:
    """*at* in UTC; refuses one without a time zone."""
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone; give it one, such as UTC")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{at.isoformat()} has no date in UTC") from None


def merge(spans: Iterable[Span]) -> list[Span]:
    """In order, without overlaps; what touches is joined, what is empty or inverted dropped."""
    merged: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged
