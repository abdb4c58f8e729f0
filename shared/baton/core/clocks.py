"""Arming clocks: from a promise in the policy to instants in time.

Everything is worked out once, when the clock is armed, in the owner's calendar. From then on a
clock is a list of instants, and climbing its ladder is comparing them with now.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.core.calendar import NeverOpen, WorkCalendar
from baton.core.lead import ArmedRung, Clock
from baton.core.policy import Person, Policy, Rung, Staleness, Target

#: A promise of inactivity for leads no staleness rule speaks of: nobody is ever forgotten.
IDLE_DEFAULT = timedelta(days=90)

Count = Callable[[datetime, timedelta], datetime]


def arm(target: Target, start: datetime, calendar: WorkCalendar) -> Clock:
    """*target*'s clock for an owner who works by *calendar*, starting at *start* (UTC).

    A calendar that never opens has no working time to count: its owner's clocks run by the wall.
    """
    count: Count = by_the_wall if target.time == "wall" else calendar.add
    try:
        due = count(start, target.within)
        ladder = [_arm(rung, target.within, start, due, count) for rung in target.ladder]
    except NeverOpen:
        return arm(replace(target, time="wall"), start, calendar)
    return Clock(
        target=target.id,
        label=target.label,
        stops_on=target.stops_on,
        started_at=start,
        due_at=due,
        ladder=tuple(sorted(ladder, key=lambda rung: rung.at)),
        task=target.task,
        wall=target.time == "wall",
    )


def calendar_of(policy: Policy, owner: Person | None, clock: Clock) -> WorkCalendar | None:
    """By whose working time *owner*'s *clock* counts; None: by every hour."""
    return None if owner is None or clock.wall else policy.calendar_of(owner)


def arm_idle(rule: Staleness | None, since: datetime) -> Clock:
    """The clock of inactivity, in days of the wall: a warning to the owner, then the end."""
    after = rule.after if rule else IDLE_DEFAULT
    due = since + after
    close = ArmedRung(at=due, kind="close")
    warning = (
        (ArmedRung(at=max(since, due - rule.warn_before), kind="warn"),)
        if rule and rule.warn_before
        else ()
    )
    return Clock(
        target="idle",
        label="Activity",
        stops_on="activity",
        started_at=since,
        due_at=due,
        ladder=(*warning, close),
    )


def climb(clock: Clock, now: datetime) -> tuple[Clock, tuple[ArmedRung, ...]]:
    """The clock after every rung due by *now*, and those rungs. One that is stopped, or stands
    still, climbs nothing."""
    if not clock.running or clock.paused_at is not None:
        return clock, ()
    due = tuple(rung for rung in clock.ladder[clock.climbed :] if rung.at <= now)
    return replace(clock, climbed=clock.climbed + len(due)), due


def postpone(clock: Clock, now: datetime, until: datetime, calendar: WorkCalendar | None) -> Clock:
    """*clock* as it goes on at *until* with the time it has left at *now*: working time of
    *calendar*, or, without one, every hour. Rungs already climbed stay where they were; a stopped
    clock, and a deadline that has passed, are left alone."""

    def later(at: datetime) -> datetime:
        if at <= now:
            return at
        try:
            left = calendar.between(now, at) if calendar else at - now
            return calendar.add(until, left) if calendar else until + left
        except NeverOpen:
            return until + (at - now)

    if not clock.running:
        return clock
    return replace(
        clock,
        due_at=later(clock.due_at),
        ladder=tuple(
            rung if place < clock.climbed else replace(rung, at=later(rung.at))
            for place, rung in enumerate(clock.ladder)
        ),
    )


def _arm(rung: Rung, within: timedelta, start: datetime, due: datetime, count: Count) -> ArmedRung:
    if rung.share is not None:
        at = count(start, within * rung.share)
    elif rung.before is not None:
        at = max(start, count(due, -rung.before))
    else:
        at = count(due, rung.after) if rung.after else due
    return ArmedRung(at=at, kind=rung.kind, to=rung.to)


def by_the_wall(start: datetime, amount: timedelta) -> datetime:
    """Every hour counts."""
    return start + amount
