"""Explains a deadline: what was counted, what was skipped and why, and the sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from baton.domain.calendar.work_calendar import Rules, Span, WorkCalendar
from baton.domain.lead import Clock
from baton.domain.phrase import Phrase, listing, phrase
from baton.domain.policy import Person, Policy

#: Most lines of one explanation; a longer one loses its middle.
LINES = 40
_STOOD_STILL = Phrase("skipped.stood_still")
_DAY = timedelta(days=1)


def story(policy: Policy, owner: Person | None, clock: Clock) -> tuple[Phrase, ...]:
    """
    The explanation of *clock*'s deadline, line by line, in the zone of the calendar it counts
    by.

    It uses the calendar of the current *policy*: if that changed since the clock was armed, the
    deadline stays and the sum shows the difference.
    """
    start, due = clock.started_at, clock.due_at
    if owner is None or clock.wall:
        zone = ZoneInfo(policy.zone_of(owner))
        stood = [Span(since, min(until, due)) for since, until in clock.pauses if since < due]
        counted = due - start - sum((span.end - span.start for span in stood), timedelta())
        return (
            _from_to(start, due, zone),
            *(phrase("story.skipped", _between(span, zone), _STOOD_STILL) for span in stood),
            phrase("story.every_hour", counted),
        )
    calendar = policy.hours_of(clock.calendar, owner)
    zone = calendar.zone
    named = clock.calendar in policy.calendar
    whose = Phrase("whose.calendar", (clock.calendar,)) if named else owner.name
    spans = calendar.spans(start, due, clock.pauses)
    lines = list(_counted_and_skipped(policy, owner, calendar, clock, spans, zone))
    if len(lines) > LINES:
        left_out = len(lines) - LINES + 1
        lines[LINES // 2 : LINES // 2 + left_out] = [Phrase("story.more", (left_out,))]
    counted = sum((span.end - span.start for span in spans), timedelta())
    return (
        _from_to(start, due, zone),
        *lines,
        *_clock_changes(start, due, zone),
        phrase("story.sum", counted, whose, zone.key),
    )


def _counted_and_skipped(
    policy: Policy,
    owner: Person,
    calendar: WorkCalendar,
    clock: Clock,
    spans: list[Span],
    zone: ZoneInfo,
) -> Iterator[Phrase]:
    at = clock.started_at
    for span in spans:
        if span.start > at:
            yield _skipped(policy, owner, calendar, clock, Span(at, span.start), zone)
        yield phrase("story.counted", _between(span, zone), span.end - span.start)
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
) -> Phrase:
    reasons = dict.fromkeys(_reasons(policy, owner, calendar, clock, gap, zone))
    return phrase("story.skipped", _between(gap, zone), listing(reasons))


def _reasons(
    policy: Policy,
    owner: Person,
    calendar: WorkCalendar,
    clock: Clock,
    gap: Span,
    zone: ZoneInfo,
) -> Iterator[Phrase]:
    stood = any(since < gap.end and until > gap.start for since, until in clock.pauses)
    if stood:
        yield _STOOD_STILL
    own = clock.calendar not in policy.calendar
    off = own and any(off.start < gap.end and off.end > gap.start for off in owner.time_off)
    if off:
        yield Phrase("skipped.time_off", (owner.name,))
    rules = policy.calendar[owner.calendar if own else clock.calendar].rules
    first, last = (_date(gap.start, zone), _date(gap.end - timedelta(microseconds=1), zone))
    for n in range((last - first).days + 1):
        yield from _of_day(rules, first + n * _DAY)
    if first != last:
        yield Phrase("skipped.night")
    elif not (stood or off or any(_of_day(rules, first))):
        between = _between_shifts(calendar, gap, zone)
        yield Phrase("skipped.break" if between else "skipped.outside")


def _of_day(rules: Rules, day: date) -> Iterator[Phrase]:
    """Why *day* is special: a holiday, hours of its own, or a weekday that is always closed."""
    own = dict(rules.overrides).get(day)
    if own is not None:
        yield Phrase("skipped.own_hours", (day.isoformat(),))
        return
    holidays = dict(rules.holidays)
    if day in holidays:
        yield Phrase("skipped.holiday", (holidays[day] or "", day.isoformat()))
    elif not rules.week[day.weekday()]:
        yield Phrase("skipped.weekday", (day.weekday(),))


def _between_shifts(calendar: WorkCalendar, gap: Span, zone: ZoneInfo) -> bool:
    """Whether the gap lies between two shifts of one local day."""
    day = _date(gap.start, zone)
    before = calendar.spans(_midnight(day, zone), gap.start)
    after = calendar.spans(gap.end, _midnight(day + _DAY, zone))
    return bool(before and after)


def _clock_changes(start: datetime, due: datetime, zone: ZoneInfo) -> Iterator[Phrase]:
    """Days on which the clocks change, between start and deadline."""
    day, last = _date(start, zone), _date(due, zone)
    while day <= last:
        begins, ends = (_midnight(day + n * _DAY, zone) for n in (0, 1))
        over = (ends - begins) - _DAY
        if over:
            way = "story.clocks_back" if over > timedelta() else "story.clocks_forward"
            yield phrase(way, abs(over), day.isoformat())
        day += _DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)


def _date(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _from_to(start: datetime, due: datetime, zone: ZoneInfo) -> Phrase:
    ends = (phrase("in_zone", at, zone.key) for at in (start, due))
    return phrase("story.from_to", *ends)


def _between(span: Span, zone: ZoneInfo) -> Phrase:
    return phrase("between", *span, zone.key)
