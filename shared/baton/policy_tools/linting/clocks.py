"""Clocks that cannot run as written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.policy_tools.models.roster import Calendar, expand
from baton.policy_tools.models.sla import Target
from baton.presentation.words import quoted

TOUCH_FIRST = Rule(
    "touch-before-accept",
    "warning",
    "A rep who accepts in time has then already missed the first touch.",
)
HARDLY_OPEN = Rule(
    "hardly-open",
    "warning",
    "Working time runs only while the calendar is open, so a deadline in hours is months away.",
)
#: A calendar that is open for less than this per week is probably a typo, such as 09:00-09:05.
LEAST = timedelta(hours=1)


def check(subject: Subject) -> Iterator[Found]:
    for index, tier in enumerate(subject.files.sla.tiers):
        accepts = [one for one in tier.targets if one.stops_on == "accept"]
        for number, target in enumerate(tier.targets):
            late = next((one for one in accepts if _is_sooner(target, one)), None)
            if late is not None:
                yield TOUCH_FIRST.found(
                    "sla",
                    ("tiers", index, "targets", number, "within"),
                    f"{quoted(target.id)} is due before {quoted(late.id)}: "
                    "a lead is accepted, then touched",
                    f"give {quoted(target.id)} at least as long as {quoted(late.id)}",
                )
    yield from _hardly_open(subject)


def _is_sooner(target: Target, accept: Target) -> bool:
    """Whether *target* is a first touch that is due before *accept*. Working time and wall time are
    not compared."""
    return (
        target.stops_on == "touch" and target.time == accept.time and target.within < accept.within
    )


def _hardly_open(subject: Subject) -> Iterator[Found]:
    targets = (target for tier in subject.files.sla.tiers for target in tier.targets)
    if not any(target.time == "working" for target in targets):
        return
    for index, calendar in enumerate(subject.files.roster.calendars):
        if _open_in_a_week(calendar) < LEAST:
            yield HARDLY_OPEN.found(
                "roster",
                ("calendars", index, "hours"),
                f"{quoted(calendar.id)} is open for less than an hour a week",
                "give the hours in which people work: {mon-fri: [09:00-17:30]}",
            )


def _open_in_a_week(calendar: Calendar) -> timedelta:
    return sum(
        (
            _length(interval) * len(expand(days))
            for days, intervals in calendar.hours.items()
            for interval in intervals
        ),
        timedelta(),
    )


def _length(interval: str) -> timedelta:
    """The length of an interval; one that ends at or before its start runs into the next day."""
    start, end = (_minutes(clock) for clock in interval.split("-"))
    return timedelta(minutes=end - start if end > start else end + 24 * 60 - start)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
