"""Computes open time from rules: UTC intervals of work, in a table that grows on demand.

The shifts of each local date (its weekday's, or its override's) become UTC intervals; holidays
are cut out of them, then time off. What is left is the open time, in half-open intervals.

- A wall time skipped in spring is taken after the gap (02:30 -> 03:30) and one that happens
  twice is its first occurrence, which is what ``fold=0`` means. Elapsed time is counted.
- A shift belongs to the date it starts on. An override replaces that date's shifts, whole;
  a shift that reaches in from the evening before belongs to the evening before.
- A holiday closes a civil date, midnight to midnight: a shift that reaches into it ends at
  midnight, one that starts on it begins at the next. Only its own override stays open.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from baton.domain.calendar.calendar_rules import EARLIEST, LATEST, Rules, Span, merge

_ZERO = timedelta(0)
_DAY = timedelta(days=1)
#: How much one growth adds to the table: enough for most clocks, and at most some years.
_BLOCK = timedelta(days=64)
_LEAP = timedelta(days=1461)


class Table(namedtuple("Table", ("first", "last", "opens", "closes", "anchors", "worked"))):
    """The open time within [first, last). Only ever replaced, so a reader needs no lock."""

    __slots__ = ()
    first: datetime
    last: datetime
    opens: list[datetime]
    closes: list[datetime]
    anchors: list[datetime]  # opens[i] - worked[i]
    worked: list[timedelta]  # up to the start of span i; one item more than there are spans


def grow(rules: Rules, table: Table, at: datetime) -> Table:
    """*table* extended to cover *at*; existing entries, including its zero, stay the same."""
    if table.first <= at < table.last:  # another thread was faster
        return table
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if not table.first < table.last:
        table = table._replace(first=day, last=day)
    # Doubling keeps the cost of copying proportional to the size requested.
    step = min(max(_BLOCK, table.last - table.first), _LEAP)
    first, last = table.first, table.last
    if at < first:
        first = max(EARLIEST, min(day, first - step))
    else:
        last = min(LATEST, max(day + _DAY, last + step))
    earlier = _open_spans(rules, first, table.first)
    later = _open_spans(rules, table.last, last)
    worked = table.worked[0] - sum((end - start for start, end in earlier), _ZERO)

    known = map(Span, table.opens, table.closes)
    grown = Table(first, last, [], [], [], [worked])
    for start, end in merge([*earlier, *known, *later]):  # a span may cross the old edge
        grown.opens.append(start)
        grown.closes.append(end)
        grown.anchors.append(start - worked)
        worked += end - start
        grown.worked.append(worked)
    return grown


def _open_spans(rules: Rules, first: datetime, last: datetime) -> list[Span]:
    """The open time within [first, last), which are UTC midnights; see the module's text."""
    if first == last:
        return []
    overrides, holidays = dict(rules.overrides), dict(rules.holidays)
    shifts: list[Span] = []
    spared: list[Span] = []
    closed: list[Span] = []
    # Sums of a datetime in a zone are wall time: these are local midnights, with fold=0. A
    # shift begins up to a day after its midnight, which is up to a day from UTC's, and ends
    # up to a day later: hence three days before, and one after.
    origin = first.replace(tzinfo=ZoneInfo(rules.tz))
    for n in range(-3, (last - first).days + 1):
        midnight = origin + n * _DAY
        today = midnight.date()
        own = overrides.get(today)
        hours = rules.week[today.weekday()] if own is None else own
        spans = [
            Span((midnight + begin).astimezone(UTC), (midnight + end).astimezone(UTC))
            for begin, end in hours
        ]
        shifts += spans
        if today in holidays:
            tomorrow = (midnight + _DAY).astimezone(UTC)
            closed.append(Span(midnight.astimezone(UTC), tomorrow))
            if own is not None:
                spared += [Span(start, min(end, tomorrow)) for start, end in spans]
    spans = merge(shifts)
    if closed:
        spans = merge(cut(spans, merge(closed)) + spared)
    spans = cut(spans, rules.off)
    return [Span(max(a, first), min(b, last)) for a, b in spans if a < last and b > first]


def quiet(rules: Rules) -> tuple[datetime, datetime]:
    """The instants before and after which only the weekly pattern applies."""
    days = [day for day, _ in rules.overrides]
    edges: list[datetime] = []
    if any(rules.week):  # else the weekly pattern has no hours to close
        days += [day for day, _ in rules.holidays]
        # Nothing follows time off without an end, so its beginning is the last change.
        edges += [edge for span in rules.off for edge in span if EARLIEST < edge < LATEST]
    edges += [
        datetime(day.year, day.month, day.day, tzinfo=UTC)
        for day in days
        if EARLIEST.year <= day.year < LATEST.year
    ]
    margin = 3 * _DAY  # a zone's offset, and a shift into the next day
    return min(edges, default=LATEST) - margin, max(edges, default=EARLIEST) + margin


def cut(spans: list[Span], closed: Sequence[Span]) -> list[Span]:
    """*spans* without *closed*; both merged."""
    if not closed:
        return spans
    left: list[Span] = []
    k = 0
    for start, end in spans:
        while k < len(closed) and closed[k].end <= start:
            k += 1
        for shut in islice(closed, k, None):
            if shut.start >= end:
                break
            if start < shut.start:
                left.append(Span(start, shut.start))
            start = shut.end
        if start < end:
            left.append(Span(start, end))
    return left
