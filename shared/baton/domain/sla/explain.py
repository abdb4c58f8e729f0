"""Why a deadline is when it is: what was counted, what was skipped and why, and the sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from baton.domain.calendar.work_calendar import NeverOpen, Rules, Span, WorkCalendar
from baton.domain.lead import Clock
from baton.domain.policy import Person, Policy

#: Lines of one story; the middle of a longer one is left out.
LINES = 40
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = timedelta(days=1)


def story(policy: Policy, owner: Person | None, clock: Clock) -> tuple[str, ...]:
    """
    The story of *clock*'s deadline, a line each, in the time of the calendar it counts by.

    It is told by the calendar as it is in *policy*: where that has changed since the clock was
    armed, the deadline stays and the sum shows the difference.
    """
    start, due = clock.started_at, clock.due_at
    if owner is None or clock.wall:
        zone = ZoneInfo(policy.zone_of(owner))
        stood = [Span(since, min(until, due)) for since, until in clock.pauses if since < due]
        counted = due - start - sum((span.end - span.start for span in stood), timedelta())
        return (
            _from_to(start, due, zone),
            *(f"skipped {_span(span, zone)}: stood still" for span in stood),
            f"Every hour counts: {said(counted)}.",
        )
    calendar = policy.hours_of(clock.calendar, owner)
    zone = calendar.zone
    named = clock.calendar in policy.calendar
    whose = f"the {clock.calendar} calendar's" if named else f"{owner.name}'s"
    try:
        spans = calendar.spans(start, due, clock.pauses)
    except NeverOpen:
        spans = []
    lines = list(_told(policy, owner, calendar, clock, spans, zone))
    if len(lines) > LINES:
        left_out = len(lines) - LINES + 1
        lines[LINES // 2 : LINES // 2 + left_out] = [f"… {left_out} lines more …"]
    counted = sum((span.end - span.start for span in spans), timedelta())
    return (
        _from_to(start, due, zone),
        *lines,
        *_clock_changes(start, due, zone),
        f"Sum: {said(counted)} of {whose} working time ({zone.key}).",
    )


def _from_to(start: datetime, due: datetime, zone: ZoneInfo) -> str:
    return f"From {_at(start, zone, True)} to {_at(due, zone, True)}"


def said(span: timedelta) -> str:
    """``4 h 30 min``; seconds only where there are some."""
    seconds = int(span.total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    if seconds % 60 or not parts:
        parts.append(f"{seconds % 60} s")
    return " ".join(parts)


def _told(
    policy: Policy,
    owner: Person,
    calendar: WorkCalendar,
    clock: Clock,
    spans: list[Span],
    zone: ZoneInfo,
) -> Iterator[str]:
    at = clock.started_at
    for span in spans:
        if span.start > at:
            yield _skipped(policy, owner, calendar, clock, Span(at, span.start), zone)
        yield f"counted {_span(span, zone)}: {said(span.end - span.start)}"
        at = span.end
    if at < clock.due_at:
        yield _skipped(policy, owner, calendar, clock, Span(at, clock.due_at), zone)


def _skipped(
    policy: Policy,
    owner: Person,
    calendar: WorkCalendar,
    clock: Clock,
    gap: Span,
    zone: ZoneInfo,
) -> str:
    reasons = dict.fromkeys(_reasons(policy, owner, calendar, clock, gap, zone))
    return f"skipped {_span(gap, zone)}: {', '.join(reasons)}"


def _reasons(
    policy: Policy,
    owner: Person,
    calendar: WorkCalendar,
    clock: Clock,
    gap: Span,
    zone: ZoneInfo,
) -> Iterator[str]:
    stood = any(since < gap.end and until > gap.start for since, until in clock.pauses)
    if stood:
        yield "stood still"
    own = clock.calendar not in policy.calendar
    off = own and any(off.start < gap.end and off.end > gap.start for off in owner.time_off)
    if off:
        yield f"{owner.name}'s time off"
    rules = policy.calendar[owner.calendar if own else clock.calendar].rules
    first, last = (_date(gap.start, zone), _date(gap.end - timedelta(microseconds=1), zone))
    for n in range((last - first).days + 1):
        yield from _of_day(rules, first + n * _DAY)
    if first != last:
        yield "night"
    elif not (stood or off or any(_of_day(rules, first))):
        yield "outside the hours" if not _between_shifts(calendar, gap, zone) else "break"


def _of_day(rules: Rules, day: date) -> Iterator[str]:
    """What is particular about *day*: its holiday, its own hours, or that it is always closed."""
    own = dict(rules.overrides).get(day)
    if own is not None:
        yield f"{_named(day)} has hours of its own"
        return
    holidays = dict(rules.holidays)
    if day in holidays:
        yield f"{holidays[day] or 'holiday'} ({_named(day)})"
    elif not rules.week[day.weekday()]:
        yield _WEEKDAYS[day.weekday()]


def _between_shifts(calendar: WorkCalendar, gap: Span, zone: ZoneInfo) -> bool:
    """Whether there was work on the same local day before the gap."""
    midnight = datetime.combine(_date(gap.start, zone), datetime.min.time(), zone)
    return bool(calendar.spans(midnight.astimezone(UTC), gap.start))


def _clock_changes(start: datetime, due: datetime, zone: ZoneInfo) -> Iterator[str]:
    """Days on which the clocks change, between start and deadline."""
    day, last = _date(start, zone), _date(due, zone)
    while day <= last:
        begins, ends = (_midnight(day + n * _DAY, zone) for n in (0, 1))
        over = (ends - begins) - _DAY
        if over:
            way = "back" if over > timedelta() else "forward"
            yield f"the clocks go {way} by {said(abs(over))} on {_named(day)}"
        day += _DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)


def _date(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _named(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {day:%b}"


def _at(at: datetime, zone: ZoneInfo, with_zone: bool = False) -> str:
    here = at.astimezone(zone)
    time = f"{here:%H:%M:%S}" if here.second else f"{here:%H:%M}"
    return f"{_named(here.date())} {time}{f' {here:%Z}' if with_zone else ''}"


def _span(span: Span, zone: ZoneInfo) -> str:
    start, end = (at.astimezone(zone) for at in span)
    if start.date() == end.date():
        return f"{_at(span.start, zone)} – {_at(span.end, zone).rsplit(' ', 1)[1]}"
    return f"{_at(span.start, zone)} – {_at(span.end, zone)}"
