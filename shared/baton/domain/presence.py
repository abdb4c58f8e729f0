"""Whether somebody is there: at work, and reached by what Baton sends them.

This is one notion for whoever asks: the choice of an owner, last resorts, queues, ladders, the
rota and digests. An absence (leave, away by their own word, refused by HubSpot, not reached by
Slack, deactivated) lasts; being outside one's hours does not, and most rules treat it more mildly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from baton.domain.calendar.work_calendar import NeverOpen
from baton.domain.policy import Person, Policy
from baton.domain.world.world import Load, Needs, NeedsData


class Absence(StrEnum):
    """Why somebody is not there, whatever their hours; the value is part of a phrase's id."""

    INACTIVE = "inactive"
    ON_LEAVE = "on_leave"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SAID_AWAY = "said_away"


def absence(person: Person, load: Load | None, now: datetime) -> Absence | None:
    """
    Why *person* is absent at *now*; None: they are not, though they may be outside their hours.

    Args:
        load: What is known besides the roster; None: nothing is.
    """
    if not person.active:
        return Absence.INACTIVE
    if person.time_off and any(off.start <= now < off.end for off in person.time_off):
        return Absence.ON_LEAVE
    if load is None:
        return None
    if load.refused is not None and load.refused.holds(now):
        return Absence.REFUSED
    if load.unreachable is not None and load.unreachable.holds(now):
        return Absence.UNREACHABLE
    if load.away is not None and load.away.holds(now):
        return Absence.SAID_AWAY
    return None


def away_since(person: Person, load: Load | None, now: datetime) -> datetime | None:
    """Since when *person* is on leave, or away by their own word; None: they are neither."""
    match absence(person, load, now):
        case Absence.ON_LEAVE:
            return next(off.start for off in person.time_off if off.start <= now < off.end)
        case Absence.SAID_AWAY if load is not None and load.away is not None:
            return load.away.since
    return None


def is_there(policy: Policy, person: Person, load: Load | None, now: datetime) -> bool:
    """Whether *person* is at work at *now*, and nothing else keeps them."""
    return absence(person, load, now) is None and policy.calendar_of(person).is_open(now)


def there_from(policy: Policy, person: Person, load: Load | None, now: datetime) -> datetime | None:
    """The first instant from *now* on at which *person* is there, as far as is known; None: it is
    not known that they will be.
    """
    if not person.active:
        return None
    at = now
    if load is not None:
        for fact in (load.refused, load.unreachable, load.away):
            if fact is None or not fact.holds(now):
                continue
            if fact.until is None:
                return None
            at = max(at, fact.until)
    try:
        return policy.calendar_of(person).next_open(at)
    except NeverOpen:
        return None


def leave_after(person: Person, now: datetime) -> datetime | None:
    """When the next leave in the roster of *person* begins; None: none is planned."""
    if not person.time_off:
        return None
    return min((off.start for off in person.time_off if off.start > now), default=None)


def backups_of(policy: Policy, person: Person) -> Iterator[Person]:
    """Who backs *person* up, then who backs those up, each once; not *person*."""
    named = {person.id}
    backup = policy.person.get(person.backup)
    while backup is not None and backup.id not in named:
        named.add(backup.id)
        yield backup
        backup = policy.person.get(backup.backup)


def stand_ins(policy: Policy, person: Person) -> tuple[Person, ...]:
    """Who acts for *person* while they are not there, nearest first: who backs them up, then their
    manager and who backs that one up, and so on upward. Each is named once, and *person* is not.
    """
    found: dict[str, Person] = {}
    above: Person | None = person
    while above is not None and above.id not in found:
        found[above.id] = above
        found |= {one.id: one for one in backups_of(policy, above) if one.id not in found}
        above = policy.person.get(above.manager)
    del found[person.id]
    return tuple(found.values())


def present(
    policy: Policy, person: Person | None, loads: Mapping[str, Load], now: datetime
) -> Person | None:
    """*person*, or the nearest stand-in who is not absent if they are; if all are, *person*.

    Raises NeedsData when loads that decide it are not known.
    """
    if person is None:
        return None
    line = (person, *stand_ins(policy, person))
    for place, one in enumerate(line):
        load = loads.get(one.id)
        if load is None and absence(one, None, now) is None:
            # Ask for the whole line at once: one extra read instead of one per person.
            rest = line[place:]
            raise NeedsData(Needs(people=tuple(p.id for p in rest if p.id not in loads)))
        if absence(one, load, now) is None:
            return one
    return person
