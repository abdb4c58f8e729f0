"""Who is on duty: the rota's people in turns; people who are away are skipped."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from baton.domain.policy import Person, Policy


def on_duty(policy: Policy, at: datetime) -> Person | None:
    """The person whose turn it is at *at* (UTC), or the next one if they are away or inactive.
    None: there is no rota, or everybody on it is away.
    """
    rota = policy.rota
    if rota is None:
        return None
    today = at.astimezone(ZoneInfo(policy.calendars[rota.calendar].zone)).date()
    turn = (today - rota.starts).days // rota.days
    for place in range(len(rota.people)):
        person = policy.person.get(rota.people[(turn + place) % len(rota.people)])
        if person is not None and person.active and not is_away(person, at):
            return person
    return None


def is_away(person: Person, at: datetime) -> bool:
    """Whether *at* lies in the person's time off."""
    return any(off.start <= at < off.end for off in person.time_off)
