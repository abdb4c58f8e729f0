"""Arming clocks: from a target in the policy to instants.

All instants are computed once, when the clock is armed, in the calendar it counts by. From then on
a clock is a list of instants, and climbing its ladder means comparing them with now.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import attrgetter

from msgspec.structs import replace

from baton.domain.calendar.calendar_rules import union
from baton.domain.calendar.spans import cut
from baton.domain.calendar.work_calendar import NeverOpen, Span, WorkCalendar
from baton.domain.lead import ArmedRung, Clock
from baton.domain.policy import Person, Policy, Rung, Target, Time

Count = Callable[[datetime, timedelta], datetime]


def arm(target: Target, start: datetime, calendar: WorkCalendar, calendar_id: str = "") -> Clock:
    """*target*'s clock by *calendar* (whose id is given unless it is the owner's), starting at
    *start* (UTC).

    With a calendar that never opens, the clock counts every hour instead.
    """
    try:
        due, ladder = _moments(target, start, calendar)
    except NeverOpen:
        return arm(_by_the_wall(target), start, calendar, calendar_id)
    return Clock(
        target=target.id,
        label=target.label,
        stops_on=target.stops_on,
        started_at=start,
        due_at=due,
        ladder=ladder,
        task=target.task,
        wall=target.time == "wall",
        calendar=calendar_id,
        ends_as=target.ends_as,
    )


def _moments(
    target: Target, start: datetime, calendar: WorkCalendar
) -> tuple[datetime, tuple[ArmedRung, ...]]:
    """The deadline, and the rungs in order of time. Raises NeverOpen."""
    steps = target.steps
    if steps is None:
        due = _count(target.time, calendar)(start, target.within)
        ladder: list[ArmedRung] = []
        for rung in target.ladder:
            _arm(ladder, rung, target, start, due, calendar)
        return due, tuple(sorted(ladder, key=attrgetter("at")))
    if target.time == "wall":
        moments = [start + distance for distance in target.distances]
    else:
        moments = calendar.add_each(start, target.distances)
    due = moments.pop()
    armed = [ArmedRung(at, *step) for at, step in zip(moments, steps, strict=True)]
    return due, tuple(armed)


def calendar_id(policy: Policy, target: Target, owner: Person, territory: str) -> str:
    """Id of the calendar that *target* counts by; empty: the owner's own, also if the owner's team
    or the lead's territory has none.
    """
    if target.calendar == "team":
        return policy.team_calendars.get(owner.team, "")
    if target.calendar == "territory":
        return next((one.calendar for one in policy.territories if one.id == territory), "")
    return target.calendar


def calendar_of(policy: Policy, owner: Person | None, clock: Clock) -> WorkCalendar | None:
    """The calendar that *owner*'s *clock* counts by; None: there is no owner."""
    return None if owner is None else policy.hours_of(clock.calendar, owner)


def climb(clock: Clock, now: datetime) -> tuple[Clock, tuple[ArmedRung, ...]]:
    """The clock after every rung due by *now*, and those rungs. A stopped or paused clock climbs
    nothing.
    """
    if not clock.running or clock.paused_at is not None:
        return clock, ()
    due = tuple(rung for rung in clock.ladder[clock.climbed :] if rung.at <= now)
    return replace(clock, climbed=clock.climbed + len(due)), due


def with_rung(clock: Clock, rung: ArmedRung) -> Clock:
    """*clock* with one more rung to be climbed."""
    ahead = sorted((*clock.ladder[clock.climbed :], rung), key=lambda one: one.at)
    return replace(clock, ladder=(*clock.ladder[: clock.climbed], *ahead))


def stand_still(
    clock: Clock, since: datetime, until: datetime, calendar: WorkCalendar | None
) -> Clock:
    """*clock* moved so that at *until* it has the time left that it had at *since*, in its own way
    of counting; without a *calendar*, every hour counts.

    Time that it already stood still is not added twice, so pauses may overlap and be learned late
    and in any order. Climbed rungs stay where they were; a clock stopped for good, and a deadline
    that has passed, do not move.
    """
    if since >= until or not (clock.running or clock.stopped_by):
        return clock
    before = union(clock.pauses)
    for start, end in cut([Span(since, until)], before):
        clock = _postponed(clock, start, end, calendar)
    return replace(clock, pauses=tuple(union((*before, (since, until)))))


def _postponed(
    clock: Clock, now: datetime, until: datetime, calendar: WorkCalendar | None
) -> Clock:
    by_clock = None if clock.wall else calendar
    due = clock.due_at if clock.due_at <= now else _moved(clock.due_at, now, until, by_clock)

    def moved(rung: ArmedRung) -> ArmedRung:
        if rung.at <= now:
            return rung
        by_rung = {"": by_clock, "wall": None, "working": calendar}[rung.time]
        if not rung.time or clock.due_at <= now:
            return replace(rung, at=_moved(rung.at, now, until, by_rung))
        # This rung counts time differently from the deadline; keep its distance to the deadline.
        return replace(rung, at=max(until, _moved(rung.at, clock.due_at, due, by_rung)))

    done, ahead = clock.ladder[: clock.climbed], clock.ladder[clock.climbed :]
    ladder = (*done, *sorted(map(moved, ahead), key=lambda rung: rung.at))
    return replace(clock, due_at=due, ladder=ladder)


def _moved(at: datetime, now: datetime, until: datetime, calendar: WorkCalendar | None) -> datetime:
    """The instant as far from *until* as *at* is from *now*, in the same direction."""
    if calendar is None:
        return until + (at - now)
    try:
        if at < now:
            return calendar.subtract(until, calendar.between(at, now))
        if at > now:
            return calendar.add(until, calendar.between(now, at))
    except NeverOpen:
        pass
    # A distance of zero must stay zero: a breach is at the deadline, even when that is at night.
    return until + (at - now)


def undo_stop(clock: Clock, now: datetime, calendar: WorkCalendar | None) -> Clock:
    """*clock* running again after its stop was taken back, with the time then left."""
    since = clock.stopped_at
    running = replace(clock, stopped_at=None, stopped_by="")
    return running if since is None else stand_still(running, since, now, calendar)


def _arm(
    ladder: list[ArmedRung],
    rung: Rung,
    target: Target,
    start: datetime,
    due: datetime,
    calendar: WorkCalendar,
) -> None:
    """Add *rung* to *ladder* at its instant, and at its repetitions."""
    count = _count(rung.time or target.time, calendar)
    if rung.share is not None:
        at = count(start, target.within * rung.share)
    elif rung.before is not None:
        at = max(start, count(due, -rung.before))
    else:
        at = count(due, rung.after) if rung.after else due
    ladder.append(ArmedRung(at, rung.kind, rung.to, rung.time))
    if rung.every is not None:
        for _ in range(rung.again):
            at = count(at, rung.every)
            ladder.append(ArmedRung(at, rung.kind, rung.to, rung.time))


def _count(time: Time, calendar: WorkCalendar) -> Count:
    return by_the_wall if time == "wall" else calendar.add


def _by_the_wall(target: Target) -> Target:
    ladder = tuple(replace(rung, time="") for rung in target.ladder)
    return replace(target, time="wall", ladder=ladder)


def by_the_wall(start: datetime, amount: timedelta) -> datetime:
    """The deadline when every hour counts."""
    return start + amount
