"""Working time: when somebody is at work, and how much of that lies between two instants.

The rules of a calendar are in ``calendar_rules``, and ``spans`` computes its open time. Pauses are
cut out of that, and everything is counted in what is left:

- Counting forward ends at the earliest instant by which the amount has been worked, so a
  target reached at closing time is due at closing time. Counting backward ends at the
  latest one, so it stays at opening time.

The arithmetic is two bisections over prefix sums, in a table that grows as it is asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock
from zoneinfo import ZoneInfo

from baton.domain.calendar.calendar_rules import (
    EARLIEST,
    LATEST,
    WEEKDAYS,
    Rules,
    Span,
    union,
    utc,
)
from baton.domain.calendar.spans import Table, cut, grow, quiet

__all__ = ["EARLIEST", "LATEST", "WEEKDAYS", "NeverOpen", "Pauses", "Rules", "Span", "WorkCalendar"]

_ZERO = timedelta(0)
#: A weekly pattern without open time for this long, and without exceptions ahead, never opens: it
#: is twice the longest gap of a week in which a clock change removes a shift.
_SHUT = timedelta(days=15)
#: Serialises growth for all calendars, so that the tables of one calendar share their zero.
_GROWING = Lock()

Pauses = Iterable[tuple[datetime, datetime]]


class NeverOpen(ValueError):
    """The calendar has no open time, or not enough of it, before 2200 (or after 1900)."""


class WorkCalendar:
    """
    The working time of a team or a person: immutable, hashable, equal by its rules.

    All results are in UTC and exact to the microsecond. Every method refuses datetimes without a
    time zone, and instants outside 1900-2199, with a ValueError. *pauses* are (start, end) pairs in
    any order; overlapping ones count once. Keep calendars rather than their rules: the first call
    builds a table, later ones take microseconds.
    """

    __slots__ = ("_hash", "_quiet", "_rules", "_table", "_zone")

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._zone = ZoneInfo(rules.tz)
        self._hash = hash(rules)
        self._table = Table(LATEST, EARLIEST, [], [], [], [_ZERO])
        self._quiet = quiet(rules)

    @classmethod
    def of(cls, rules: Rules) -> WorkCalendar:
        """The calendar of *rules*; equal ones share one object and its table."""
        return _calendar(rules)

    @classmethod
    def always(cls, tz: str = "UTC") -> WorkCalendar:
        """Open around the clock: working time is elapsed time, less pauses."""
        day = ((_ZERO, timedelta(days=1)),)
        return cls.of(Rules(tz, (day,) * len(WEEKDAYS), (), (), ()))

    @property
    def rules(self) -> Rules:
        return self._rules

    @property
    def zone(self) -> ZoneInfo:
        return self._zone

    def add(self, start: datetime, working: timedelta, pauses: Pauses = ()) -> datetime:
        """
        The instant by which *working* has been worked since *start*.

        Zero is *start* itself, or the next opening when closed then. A negative amount counts
        backward, as `subtract` does. Where this raises `NeverOpen`, no deadline exists.
        """
        # The common case, inlined for speed; other cases fall through.
        if start.tzinfo is not UTC:
            start = utc(start)
        _, _, opens, closes, anchors, worked = self._table
        i = bisect_right(opens, start)
        if 0 < i < len(opens) and working > _ZERO and not pauses:
            before = start - anchors[i - 1] if start < closes[i - 1] else worked[i]
            try:
                due = before + working
            except OverflowError:
                raise self._never(start, working) from None
            j = bisect_left(worked, due)
            if j < len(worked):
                at: datetime = anchors[j - 1] + due
                return at
        if working < _ZERO:
            return self._backward(start, -working, pauses)
        return self._forward(start, working, pauses)

    def add_each(self, start: datetime, amounts: Sequence[timedelta]) -> list[datetime]:
        """``add(start, amount)`` for each of *amounts*, at least one, in one walk."""
        if start.tzinfo is not UTC:
            start = utc(start)
        _, _, opens, closes, anchors, worked = self._table
        i = bisect_right(opens, start)
        if 0 < i < len(opens) and min(amounts) > _ZERO:
            before = start - anchors[i - 1] if start < closes[i - 1] else worked[i]
            found: list[datetime] = []
            for amount in amounts:
                due = before + amount
                j = bisect_left(worked, due, i)
                if j == len(worked):
                    break
                found.append(anchors[j - 1] + due)
            else:
                return found
        return [self.add(start, amount) for amount in amounts]

    def subtract(self, end: datetime, working: timedelta, pauses: Pauses = ()) -> datetime:
        """
        The latest instant from which *working* is worked until *end*; never after *end*.

        The mirror of `add`: zero is *end* itself, or the last closing when closed before it.
        """
        if working < _ZERO:
            return self.add(end, -working, pauses)
        return self._backward(utc(end), working, pauses)

    def between(self, a: datetime, b: datetime, pauses: Pauses = ()) -> timedelta:
        """The time worked from *a* to *b*; negative when *b* is before *a*."""
        a, b = utc(a), utc(b)
        if b < a:
            return -self.between(b, a, pauses)
        total = self._worked(b) - self._worked(a)
        for start, end in union(pauses) if pauses else ():
            if start < b and end > a:
                total -= self._worked(min(end, b)) - self._worked(max(start, a))
        return total

    def is_open(self, at: datetime) -> bool:
        """Whether work is done at *at*: true at opening time, false at closing time."""
        at = utc(at)
        table = self._reach(at)
        i = bisect_right(table.opens, at)
        return i > 0 and at < table.closes[i - 1]

    def next_open(self, at: datetime) -> datetime:
        """*at* itself when open then, otherwise the next opening; else `NeverOpen`."""
        return self._opening(utc(at))

    def spans(self, a: datetime, b: datetime, pauses: Pauses = ()) -> list[Span]:
        """The open intervals from *a* to *b*, cut to them; none when *b* is not after *a*."""
        a, b = utc(a), utc(b)
        if b <= a:
            return []
        self._reach(a)
        table = self._reach(b)
        i, j = bisect_right(table.closes, a), bisect_left(table.opens, b)
        known = zip(table.opens[i:j], table.closes[i:j], strict=True)
        return cut([Span(max(start, a), min(end, b)) for start, end in known], union(pauses))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkCalendar) and self._rules == other._rules

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Callable[[Rules], WorkCalendar], tuple[Rules]]:
        return _calendar, (self._rules,)

    def _forward(self, start: datetime, working: timedelta, pauses: Pauses) -> datetime:
        closed = union(pauses)
        if not working:
            at = self._opening(start)
            for pause, resume in closed:
                if pause <= at < resume:
                    if resume == LATEST:
                        raise self._never(start, working)
                    at = self._opening(resume)
            return at
        due = self._worked(start)
        if working > LATEST - start:
            raise self._never(start, working)
        due += working
        for pause, resume in closed:
            if resume <= start:
                continue
            begun = self._worked(max(pause, start))
            if begun >= due:
                break
            if resume == LATEST:
                raise self._never(start, working)
            due += self._worked(resume) - begun
        table = self._table
        while (j := bisect_left(table.worked, due)) == len(table.worked):
            table = self._later(table, start, working, due - table.worked[-1])
        return table.anchors[j - 1] + due

    def _backward(self, end: datetime, working: timedelta, pauses: Pauses) -> datetime:
        closed = union(pauses)[::-1]
        if not working:
            at = self._closing(end)
            for pause, resume in closed:
                if pause < at <= resume:
                    if pause == EARLIEST:
                        raise self._never(end, working, "before")
                    at = self._closing(pause)
            return at
        from_ = self._worked(end)
        if working > end - EARLIEST:
            raise self._never(end, working, "before")
        from_ -= working
        for pause, resume in closed:
            if pause >= end:
                continue
            begun = self._worked(min(resume, end))
            if begun <= from_:
                break
            if pause == EARLIEST:
                raise self._never(end, working, "before")
            from_ -= begun - self._worked(pause)
        table = self._table
        while (j := bisect_right(table.worked, from_)) == 0:
            table = self._earlier(table, end, working, table.worked[0] - from_)
        return table.anchors[j - 1] + from_

    def _opening(self, at: datetime) -> datetime:
        table = self._reach(at)
        while True:
            i = bisect_right(table.opens, at)
            if i and at < table.closes[i - 1]:
                return at
            if i < len(table.opens):
                return table.opens[i]
            table = self._later(table, at)

    def _closing(self, at: datetime) -> datetime:
        table = self._reach(at)
        while (i := bisect_left(table.opens, at)) == 0:
            table = self._earlier(table, at)
        return min(at, table.closes[i - 1])

    def _worked(self, at: datetime) -> timedelta:
        """Time worked up to *at*, from a zero that is fixed per calendar."""
        table = self._reach(at)
        i = bisect_right(table.opens, at)
        if i and at < table.closes[i - 1]:
            return at - table.anchors[i - 1]
        return table.worked[i]

    def _later(
        self, table: Table, at: datetime, working: timedelta = _ZERO, missing: timedelta = _ZERO
    ) -> Table:
        """A longer table, extended by at least *missing* (working time takes at least as long); or
        `NeverOpen`.
        """
        shut = max(self._quiet[1], table.closes[-1] if table.closes else EARLIEST)
        if missing > LATEST - table.last or table.last == LATEST or table.last - shut > _SHUT:
            raise self._never(at, working)
        return self._reach(min(table.last + missing, LATEST - timedelta.resolution))

    def _earlier(
        self, table: Table, at: datetime, working: timedelta = _ZERO, missing: timedelta = _ZERO
    ) -> Table:
        shut = min(self._quiet[0], table.opens[0] if table.opens else LATEST)
        if (
            missing > table.first - EARLIEST
            or table.first == EARLIEST
            or shut - table.first > _SHUT
        ):
            raise self._never(at, working, "before")
        return self._reach(max(table.first - missing - timedelta.resolution, EARLIEST))

    def _never(self, at: datetime, working: timedelta, way: str = "after") -> NeverOpen:
        wanted = f"has {working} of working time" if working else "opens"
        why = "" if any(self._rules.week) else ": it has no weekly hours"
        when = at.isoformat(timespec="seconds")
        return NeverOpen(f"this {self._rules.tz} calendar never {wanted} {way} {when}{why}")

    def _reach(self, at: datetime) -> Table:
        """A table that covers *at* and the moment after it."""
        table = self._table
        if table.first <= at < table.last:
            return table
        if not EARLIEST <= at < LATEST:
            raise ValueError(f"{at.isoformat()} is outside the years calendars know, 1900-2199")
        with _GROWING:
            self._table = table = grow(self._rules, self._table, at)
            return table


@lru_cache(maxsize=512)
def _calendar(rules: Rules) -> WorkCalendar:
    return WorkCalendar(rules)
