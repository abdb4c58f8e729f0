"""Who is on duty: the rota's people in turns; people who are absent are skipped."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from baton.domain.draft.draft import Draft
from baton.domain.policy import Person
from baton.domain.presence import absence
from baton.domain.world.world import Needs, NeedsData


def on_duty(draft: Draft) -> Person | None:
    """The person whose turn it is now, or the next one if they are absent. None: there is no rota,
    or everybody on it is absent.

    Raises NeedsData when the loads of its people, which say who is away, are not known.
    """
    policy, now = draft.policy, draft.now
    rota = policy.rota
    if rota is None:
        return None
    today = now.astimezone(ZoneInfo(policy.calendars[rota.calendar].zone)).date()
    first = (today - rota.starts).days // rota.days % len(rota.people)
    line = [policy.person.get(name) for name in (*rota.people[first:], *rota.people[:first])]
    people = [person for person in line if person is not None]
    loads = draft.known_loads()
    if unknown := tuple(person.id for person in people if person.id not in loads):
        raise NeedsData(Needs(people=unknown))
    return next((one for one in people if absence(one, loads[one.id], now) is None), None)
