"""Whether a person is told now, later, or replaced by somebody who is at work.

Only the notice waits: the outcome is recorded at its time, and the ladder goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from baton.domain.calendar.work_calendar import NeverOpen
from baton.domain.draft.draft import Draft
from baton.domain.escalation.recipients import Addressee, backup_of
from baton.domain.phrase import Phrase
from baton.domain.policy import Person, Policy, Severity
from baton.domain.presence import absence

#: Grace after closing time: a deadline may fall on the last minute of the working day.
STILL_THERE = timedelta(minutes=15)
#: The longest that a notice waits (a long weekend); beyond that it is sent outside working hours.
LONGEST_WAIT = timedelta(days=4)


class Delivery(NamedTuple):
    #: Who is told; None: the channel.
    reader: Person | None
    #: When they are told; None: now.
    at: datetime | None = None
    #: Whom the recipient stands in for, because they are not at work.
    instead_of: Person | None = None


def delivery_to(draft: Draft, to: Addressee, severity: Severity, at: datetime) -> Delivery:
    """Who gets a notice to *to*, and when, by the policy's ``quiet_hours``; *at* is when
    the rung was due. Channels are always told at once. Raises NeedsData.
    """
    policy, now = draft.policy, draft.now
    reader, instead_of = to
    if reader is None or is_at_work(policy, reader, at, now):
        return Delivery(reader, instead_of=instead_of)
    how = policy.notifications.message_limits.in_quiet_hours(severity)
    if how == "backup":
        backup = backup_of(policy, reader)
        if (
            backup is not None
            and is_at_work(policy, backup, at, now)
            and absence(backup, draft.load(backup.id), now) is None
        ):
            return Delivery(backup, instead_of=instead_of or reader)
    # Hours that change meanwhile may defer it again, but not for ever.
    through = how == "through" or now - at >= LONGEST_WAIT
    return Delivery(reader, None if through else _opens(policy, reader, now), instead_of)


def stand_in_line(person: Person | None) -> tuple[Phrase, ...]:
    """The line that explains a notice sent in place of *person*; None: meant for the reader."""
    return (Phrase("told_instead", (person.name,)),) if person else ()


def is_at_work(policy: Policy, person: Person, at: datetime, now: datetime) -> bool:
    """Whether *person* is in their working hours (time off excluded), or was until *at*, a moment
    ago.
    """
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
