"""Whether somebody is told now, later, or in their stead somebody who is at work.

Only the telling waits: what happened is recorded at its time, and a ladder climbs on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from baton.domain.calendar.work_calendar import NeverOpen
from baton.domain.escalation.recipients import backup_of
from baton.domain.phrase import Phrase
from baton.domain.policy import Person, Policy, Severity

#: Who has just closed is still there: a promise may fall due with the last minute of the day.
STILL_THERE = timedelta(minutes=15)
#: Nothing waits for longer than a long weekend: then it goes through.
LONGEST_WAIT = timedelta(days=4)


class Delivery(NamedTuple):
    #: Who is told; None: the channel.
    reader: Person | None
    #: When, if not now.
    at: datetime | None = None
    #: Who should have been, and is not at work.
    instead_of: Person | None = None


def delivery_to(
    policy: Policy, reader: Person | None, severity: Severity, at: datetime, now: datetime
) -> Delivery:
    """Whom *reader*'s notice of something that was due at *at* reaches at *now*, as the policy's
    ``respect`` says. Channels are always told at once."""
    if reader is None or at_work(policy, reader, at, now):
        return Delivery(reader)
    how = policy.notifications.respect.of(severity)
    if how == "backup":
        backup = backup_of(policy, reader)
        if backup is not None and at_work(policy, backup, at, now):
            return Delivery(backup, instead_of=reader)
    # Whose hours change meanwhile is asked again and again, but not for ever.
    through = how == "through" or now - at >= LONGEST_WAIT
    return Delivery(reader, None if through else _opens(policy, reader, now))


def told_instead_of(person: Person | None) -> tuple[Phrase, ...]:
    """What somebody reads who is told in *person*'s stead; None: it is for them."""
    return (Phrase("told_instead", (person.name,)),) if person else ()


def at_work(policy: Policy, person: Person, at: datetime, now: datetime) -> bool:
    """Whether *person* is in their hours, time off cut out, or was until *at*, a moment ago."""
    calendar = policy.calendar_of(person)
    if calendar.is_open(now):
        return True
    return now - at < STILL_THERE and calendar.is_open(at - timedelta(microseconds=1))


def _opens(policy: Policy, person: Person, now: datetime) -> datetime | None:
    """When *person* is at work again; None: not within a long weekend, or never."""
    try:
        opens = policy.calendar_of(person).next_open(now)
    except NeverOpen:
        return None
    return opens if opens - now <= LONGEST_WAIT else None
