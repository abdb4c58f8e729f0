"""Working time: when somebody is at work, and how much of that lies between two instants.

One definition covers everything below. The shifts of each local date (its weekday's, or its
override's) become UTC intervals; holidays are cut out of them, then time off, then pauses.
What is left is the open time, in half-open intervals, and everything is counted in it:

- Counting forward ends at the earliest instant by which the amount has been worked, so a
  target reached at closing time is due at closing time. Counting backward ends at the
  latest one, so it stays at opening time.
- A wall time skipped in spring is taken after the gap (02:30 -> 03:30) and one that happens
  twice is its first occurrence, which is what ``fold=0`` means. Elapsed time is counted.
- A shift belongs to the date it starts on. An override replaces that date's shifts, whole;
  a shift that reaches in from the evening before belongs to the evening before.
- A holiday closes a civil date, midnight to midnight: a shift that reaches into it ends at
  midnight, one that starts on it begins at the next. Only its own override stays open.

The arithmetic is two bisections over prefix sums, in a table that grows as it is asked for.
"""

from __future__ import annotations

from _thread import allocate_lock  # threading costs a millisecond of import
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Instants are answered for within these years; nothing is known to open outside them.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_KEYS = ("tz", "hours", "holidays", "overrides", "off")
_ZERO = timedelta(0)
_DAY = timedelta(days=1)
#: What one growth of the table adds: enough for most clocks, and at most some years at once.
_BLOCK = timedelta(days=64)
_LEAP = timedelta(days=1461)
#: A week that stays shut this long, with no exception ahead, stays shut: twice the longest
#: gap of a weekly pattern that clock changes may bite a shift out of.
_SHUT = timedelta(days=15)
#: One growth at a time, for all calendars: two tables of one calendar share their zero.
_GROWING = allocate_lock()

Pauses = Iterable[tuple[datetime, datetime]]
_Shifts = tuple[tuple[timedelta, timedelta], ...]


class NeverOpen(ValueError):
    """The calendar has no open time, or not enough of it, before 2200 (or after 1900)."""


class Span(NamedTuple):
    """Half-open: *start* is inside, *end* is not. Both in UTC."""

    start: datetime
    end: datetime


class Rules(NamedTuple):
    """What a calendar says, in one normal form: equal calendars have equal rules."""

    tz: str
    week: tuple[_Shifts, ...]  # Monday first; distances on the wall from local midnight
    holidays: tuple[tuple[date, str], ...]  # with their names, "" where none was given
    overrides: tuple[tuple[date, _Shifts], ...]
    off: tuple[Span, ...]


class _Table(NamedTuple):
    """The open time within [first, last). Only ever replaced, so a reader needs no lock."""

    first: datetime
    last: datetime
    opens: list[datetime]
    closes: list[datetime]
    anchors: list[datetime]  # opens[i] - worked[i]: an instant in span i is anchor + worked
    worked: list[timedelta]  # before span i; one more than spans


class WorkCalendar:
    """
    The working time of a team or a person: immutable, hashable, equal by its rules.

    All results are in UTC and exact to the microsecond. Every method refuses datetimes
    without a time zone, and instants outside 1900-2199, with a ValueError. *pauses* are
    (start, end) pairs in any order; overlapping ones count once. Keep calendars rather than
    their dicts: the first question after a start costs a table, a later one microseconds.
    """

    __slots__ = ("_hash", "_quiet", "_rules", "_table", "_zone")

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._zone = ZoneInfo(rules.tz)
        self._hash = hash(rules)
        self._table = _Table(LATEST, EARLIEST, [], [], [], [_ZERO])
        self._quiet = _quiet(rules)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> WorkCalendar:
        """
        Read a calendar as policy files write it; equal ones share one object and its table.

        Keys: ``tz`` (IANA name); ``hours`` (mon ... sun, each a list of ["HH:MM", "HH:MM"],
        a missing day is closed); ``holidays`` (dates, or dates with names); ``overrides``
        (date to hours); ``off`` (pairs of instants with a zone). Seconds may follow the
        minutes, "24:00" may end an interval, one that ends at or before its start runs into
        the next day, overlaps are merged. Dates may be ``date``s, instants ``datetime``s.

        Raises:
            ValueError: Something is unknown or malformed; says where, and what would be right.
        """
        return _calendar(_parse(data))

    @classmethod
    def always(cls, tz: str = "UTC") -> WorkCalendar:
        """Open around the clock: working time is elapsed time, less pauses."""
        return cls.from_dict({"tz": tz, "hours": {day: [["00:00", "24:00"]] for day in WEEKDAYS}})

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
        # The common case, written out for speed; what it cannot answer falls through.
        if start.tzinfo is not UTC:
            start = _utc(start)
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
                return anchors[j - 1] + due
        if working < _ZERO:
            return self._backward(start, -working, pauses)
        return self._forward(start, working, pauses)

    def subtract(self, end: datetime, working: timedelta, pauses: Pauses = ()) -> datetime:
        """
        The latest instant from which *working* is worked until *end*; never after *end*.

        The mirror of `add`: zero is *end* itself, or the last closing when closed before it.
        """
        if working < _ZERO:
            return self.add(end, -working, pauses)
        return self._backward(_utc(end), working, pauses)

    def between(self, a: datetime, b: datetime, pauses: Pauses = ()) -> timedelta:
        """The time worked from *a* to *b*; negative when *b* is before *a*."""
        a, b = _utc(a), _utc(b)
        if b < a:
            return -self.between(b, a, pauses)
        total = self._worked(b) - self._worked(a)
        for start, end in _union(pauses) if pauses else ():
            if start < b and end > a:
                total -= self._worked(min(end, b)) - self._worked(max(start, a))
        return total

    def is_open(self, at: datetime) -> bool:
        """Whether work is done at *at*: true at opening time, false at closing time."""
        at = _utc(at)
        table = self._reach(at)
        i = bisect_right(table.opens, at)
        return i > 0 and at < table.closes[i - 1]

    def next_open(self, at: datetime) -> datetime:
        """*at* itself when open then, otherwise the next opening; else `NeverOpen`."""
        return self._opening(_utc(at))

    def spans(self, a: datetime, b: datetime, pauses: Pauses = ()) -> list[Span]:
        """The open intervals from *a* to *b*, cut to them; none when *b* is not after *a*."""
        a, b = _utc(a), _utc(b)
        if b <= a:
            return []
        self._reach(a)
        table = self._reach(b)
        i, j = bisect_right(table.closes, a), bisect_left(table.opens, b)
        known = zip(table.opens[i:j], table.closes[i:j], strict=True)
        return _cut([Span(max(start, a), min(end, b)) for start, end in known], _union(pauses))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkCalendar) and self._rules == other._rules

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Callable[[Rules], WorkCalendar], tuple[Rules]]:
        return _calendar, (self._rules,)

    def _forward(self, start: datetime, working: timedelta, pauses: Pauses) -> datetime:
        closed = _union(pauses)
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
        closed = _union(pauses)[::-1]
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
        """Time worked up to *at*, from a zero that stays the same as long as the calendar."""
        table = self._reach(at)
        i = bisect_right(table.opens, at)
        if i and at < table.closes[i - 1]:
            return at - table.anchors[i - 1]
        return table.worked[i]

    def _later(
        self, table: _Table, at: datetime, working: timedelta = _ZERO, missing: timedelta = _ZERO
    ) -> _Table:
        """A longer table, for *missing* working time takes at least as long; or `NeverOpen`."""
        shut = max(self._quiet[1], table.closes[-1] if table.closes else EARLIEST)
        if missing > LATEST - table.last or table.last == LATEST or table.last - shut > _SHUT:
            raise self._never(at, working)
        return self._reach(min(table.last + missing, LATEST - timedelta.resolution))

    def _earlier(
        self, table: _Table, at: datetime, working: timedelta = _ZERO, missing: timedelta = _ZERO
    ) -> _Table:
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

    def _reach(self, at: datetime) -> _Table:
        """A table that knows *at* and the moment after it."""
        table = self._table
        if table.first <= at < table.last:
            return table
        if not EARLIEST <= at < LATEST:
            raise ValueError(f"{at.isoformat()} is outside the years calendars know, 1900-2199")
        with _GROWING:
            self._table = table = _grown(self._rules, self._table, at)
            return table


@lru_cache(maxsize=512)
def _calendar(rules: Rules) -> WorkCalendar:
    return WorkCalendar(rules)


# --- from rules to open time


def _grown(rules: Rules, table: _Table, at: datetime) -> _Table:
    """*table* with what it lacks to know *at*; what it knew, its zero too, stays as it was."""
    if table.first <= at < table.last:  # another thread was faster
        return table
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if not table.first < table.last:
        table = table._replace(first=day, last=day)
    # Growing by as much again keeps the copying in proportion to what is asked for.
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
    grown = _Table(first, last, [], [], [], [worked])
    for start, end in _merge([*earlier, *known, *later]):  # a span may cross the old edge
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
    spans = _merge(shifts)
    if closed:
        spans = _merge(_cut(spans, _merge(closed)) + spared)
    spans = _cut(spans, rules.off)
    return [Span(max(a, first), min(b, last)) for a, b in spans if a < last and b > first]


def _quiet(rules: Rules) -> tuple[datetime, datetime]:
    """The instants before and after which nothing but the week says when it is open."""
    days = [day for day, _ in rules.overrides]
    edges: list[datetime] = []
    if any(rules.week):  # otherwise nothing is left that these could close
        days += [day for day, _ in rules.holidays]
        # Time off without an end lets nothing follow, so its beginning is the last word.
        edges += [edge for span in rules.off for edge in span if EARLIEST < edge < LATEST]
    edges += [
        datetime(day.year, day.month, day.day, tzinfo=UTC)
        for day in days
        if EARLIEST.year <= day.year < LATEST.year
    ]
    margin = 3 * _DAY  # a zone's offset, and a shift into the next day
    return min(edges, default=LATEST) - margin, max(edges, default=EARLIEST) + margin


def _merge(spans: Iterable[Span]) -> list[Span]:
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


def _cut(spans: list[Span], closed: Sequence[Span]) -> list[Span]:
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


def _union(pairs: Iterable[tuple[datetime, datetime]]) -> list[Span]:
    spans: list[Span] = []
    for start, end in pairs:
        start, end = _utc(start), _utc(end)
        if end < start:
            raise ValueError(f"{start.isoformat()} to {end.isoformat()} ends before it starts")
        spans.append(Span(max(start, EARLIEST), min(end, LATEST)))
    return _merge(spans)


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} carries no time zone; give it one, such as UTC")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{at.isoformat()} has no date in UTC") from None


# --- from what a file says to rules


def _parse(data: Mapping[str, Any]) -> Rules:
    _refuse_unknown(data, _KEYS, "a calendar")
    for key in ("tz", "hours"):
        if key not in data:
            raise ValueError(f'a calendar needs "{key}"')
    hours = _mapping(data["hours"], "hours", 'weekdays to intervals, {"mon": [["09:00", "17:00"]]}')
    _refuse_unknown(hours, WEEKDAYS, "hours")
    overrides = _mapping(data.get("overrides"), "overrides", "dates to intervals")
    holidays = data.get("holidays") or ()
    if not isinstance(holidays, Mapping):
        holidays = dict.fromkeys(_list(holidays, "holidays", "dates, or dates with names"), "")
    off = _list(data.get("off"), "off", "[start, end] pairs")
    return Rules(
        tz=_zone_name(data["tz"]),
        week=tuple(_shifts(hours.get(day), f"hours.{day}") for day in WEEKDAYS),
        holidays=tuple(sorted((_date(d, "holidays"), str(n or "")) for d, n in holidays.items())),
        overrides=tuple(
            sorted(
                (_date(d, "overrides"), _shifts(s, f"overrides.{d}")) for d, s in overrides.items()
            )
        ),
        off=tuple(_union(_off(pair, f"off[{n}]") for n, pair in enumerate(off))),
    )


def _shifts(value: object, where: str) -> _Shifts:
    shifts: list[tuple[timedelta, timedelta]] = []
    for n, pair in enumerate(_list(value, where, '["09:00", "17:00"] pairs')):
        here = f"{where}[{n}]"
        begin, end = _pair(pair, here, '["09:00", "17:00"]')
        since, until = _time(begin, here), _time(end, here, ends=True)
        shifts.append((since, until if until > since else until + _DAY))
    return tuple(sorted(set(shifts)))


def _time(value: object, where: str, *, ends: bool = False) -> timedelta:
    """Distance on the wall from midnight."""
    parts = value.split(":") if isinstance(value, str) and value.isascii() else []
    if len(parts) in (2, 3) and all(len(part) == 2 and part.isdigit() for part in parts):
        hour, minute, second = (*map(int, parts), 0)[:3]
        if (hour < 24 and minute < 60 and second < 60) or (
            ends and parts[0] == "24" and not minute + second
        ):
            return timedelta(hours=hour, minutes=minute, seconds=second)
    right = '"HH:MM" in quotes, such as "09:00"' + (', or "24:00"' if ends else "")
    hint = "; 24:00 can only end an interval" if value == "24:00" else ""
    raise ValueError(f"{where}: {value!r} is not a time of day; write {right}{hint}")


def _date(value: object, where: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:  # the standard has stranger forms
        raise ValueError(f'{where}: {value!r} is not a date; write it as "2026-12-25"')
    return day


def _off(value: object, where: str) -> tuple[datetime, datetime]:
    first, last = _pair(value, where, '["2026-07-01T08:00:00Z", "2026-07-03T16:00:00Z"]')
    start, end = _instant(first, where), _instant(last, where)
    if end <= start:
        raise ValueError(f"{where}: ends at {last}, not after its start {first}")
    return start, end


def _instant(value: object, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(at, datetime):
            return _utc(at)
    except ValueError:
        pass
    right = 'an instant with its zone, such as "2026-07-01T08:00:00Z"'
    raise ValueError(f"{where}: {value!r} is not {right}")


def _zone_name(value: object) -> str:
    if isinstance(value, str):
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError):  # not found; not a zone's name; a directory
            pass
    hint = _meant(value, available_timezones()) or 'an IANA name, such as "Europe/Berlin"'
    raise ValueError(f"tz: {value!r} is not a known time zone; write {hint}")


def _refuse_unknown(data: object, known: Sequence[str], where: str) -> None:
    for key in _mapping(data, where, "keys to values"):
        if key not in known:
            hint = _meant(key, known) or "one of " + ", ".join(known)
            raise ValueError(f"{where}: unknown key {key!r}; write {hint}")


def _meant(value: object, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # only somebody who mistyped pays for it

    return next((f'"{name}"' for name in get_close_matches(str(value), known, 1)), "")


def _mapping(value: object, where: str, right: str) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: {value!r} is not a mapping of {right}")
    return value


def _list(value: object, where: str, right: str) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise ValueError(f"{where}: {value!r} is not a list of {right}")
    return value


def _pair(value: object, where: str, right: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"{where}: {value!r} is not a pair; write {right}")
    return value
