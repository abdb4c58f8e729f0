"""Obstacles: why somebody cannot take a lead now, as a code and as a phrase."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from baton.domain.phrase import Phrase
from baton.domain.policy import Person, Policy
from baton.domain.presence import Absence, absence
from baton.domain.routing.capacity import fullness
from baton.domain.world.world import Load


class Obstacle(StrEnum):
    """What ruled a member of a pool out; its value is the letter that ``Considered`` stores.

    For a member who could have taken the lead, their place in the turn order is stored instead: 1
    got it, places to 9 are counted, + is any later place.
    """

    INACTIVE = "i"
    LET_GO = "h"
    ON_LEAVE = "l"
    SAID_AWAY = "a"
    REFUSED = "r"
    UNREACHABLE = "u"
    OFF_SHIFT = "s"
    CATCHING_UP = "c"
    FULL = "o"
    FULL_TODAY = "d"
    FULL_THIS_WEEK = "w"
    #: For a pool as a whole, whose members were not looked at.
    POOL_FULL = "p"
    OTHERS_WAIT = "q"

    #: As of any text. The enum's own is a call in Python, and sets of these are asked often.
    __hash__ = str.__hash__


#: Away, by the roster or because they said so.
AWAY = frozenset({Obstacle.ON_LEAVE, Obstacle.SAID_AWAY})
#: Not available at all, so their backup may be asked.
UNAVAILABLE = AWAY | {Obstacle.INACTIVE, Obstacle.REFUSED, Obstacle.UNREACHABLE}
#: Obstacles that come from a load, which may change before the decision is stored.
BY_LOAD = frozenset(
    {
        Obstacle.SAID_AWAY,
        Obstacle.REFUSED,
        Obstacle.UNREACHABLE,
        Obstacle.CATCHING_UP,
        Obstacle.FULL,
        Obstacle.FULL_TODAY,
        Obstacle.FULL_THIS_WEEK,
    }
)
_BY_ABSENCE = {
    Absence.INACTIVE: Obstacle.INACTIVE,
    Absence.ON_LEAVE: Obstacle.ON_LEAVE,
    Absence.REFUSED: Obstacle.REFUSED,
    Absence.UNREACHABLE: Obstacle.UNREACHABLE,
    Absence.SAID_AWAY: Obstacle.SAID_AWAY,
}
_BY_LIMIT = {
    "open": Obstacle.FULL,
    "day": Obstacle.FULL_TODAY,
    "week": Obstacle.FULL_THIS_WEEK,
}


def obstacle(policy: Policy, person: Person, load: Load, now: datetime) -> Obstacle | None:
    """Why *person* cannot take any lead now; None: they can."""
    absent = absence(person, load, now)
    if absent is not None:
        return _BY_ABSENCE[absent]
    most, per_day, per_week = person.max_open, person.max_per_day, person.max_per_week
    if (
        (most is None or load.open < most)
        and (per_day is None or load.today < per_day)
        and (per_week is None or load.this_week < per_week)
    ):
        return None  # in any zone
    full = fullness(load, most, per_day, per_week, policy.calendars[person.calendar], now)
    return _BY_LIMIT[full] if full else None


def obstacle_phrase(person: Person, load: Load | None, code: Obstacle) -> Phrase:
    """The phrase for why *person* could not take it, with the usage of a limit."""
    used: tuple[int | None, int | None] = (None, None)
    if load is not None:
        used = {
            Obstacle.FULL: (load.open, person.max_open),
            Obstacle.FULL_TODAY: (load.today, person.max_per_day),
            Obstacle.FULL_THIS_WEEK: (load.this_week, person.max_per_week),
        }.get(code, used)
    have, limit = used
    numbers = (have, limit) if have is not None and limit is not None else ()
    return Phrase(f"obstacle.{code.name.lower()}", (person.name, *numbers))
