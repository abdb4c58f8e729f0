"""What keeps somebody from taking a lead now, and how it is said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from baton.domain.phrase import Phrase
from baton.domain.policy import Person, Policy
from baton.domain.routing.capacity import fullness
from baton.domain.world.world import Load


class Obstacle(StrEnum):
    """What ruled a member of a pool out; its value is the letter that ``Considered`` stores.

    Who could have taken the lead is there with their place in the turn order instead: 1 has it,
    9 is the last that is counted, + comes later.
    """

    INACTIVE = "i"
    LET_GO = "h"
    ON_LEAVE = "l"
    SAID_AWAY = "a"
    REFUSED = "r"
    OFF_SHIFT = "s"
    FULL = "o"
    FULL_TODAY = "d"
    FULL_THIS_WEEK = "w"
    #: Of a pool as a whole: it was not asked.
    POOL_FULL = "p"
    OTHERS_WAIT = "q"


#: On leave, by the roster or by their own word.
AWAY = frozenset({Obstacle.ON_LEAVE, Obstacle.SAID_AWAY})
#: Not there at all, so their backup may be asked.
UNAVAILABLE = AWAY | {Obstacle.INACTIVE, Obstacle.REFUSED}
#: What a load says: who was ruled out by it may have room by the time the decision is stored.
BY_LOAD = frozenset(
    {
        Obstacle.SAID_AWAY,
        Obstacle.REFUSED,
        Obstacle.FULL,
        Obstacle.FULL_TODAY,
        Obstacle.FULL_THIS_WEEK,
    }
)
_BY_LIMIT = {
    "open": Obstacle.FULL,
    "day": Obstacle.FULL_TODAY,
    "week": Obstacle.FULL_THIS_WEEK,
}


def obstacle(policy: Policy, person: Person, load: Load, now: datetime) -> Obstacle | None:
    """What keeps *person* from taking any lead now; None: nothing does."""
    if not person.active:
        return Obstacle.INACTIVE
    if person.time_off and any(off.start <= now < off.end for off in person.time_off):
        return Obstacle.ON_LEAVE
    if load.refused is not None and load.refused.holds(now):
        return Obstacle.REFUSED
    if load.away is not None and load.away.holds(now):
        return Obstacle.SAID_AWAY
    most, per_day, per_week = person.max_open, person.max_per_day, person.max_per_week
    if (
        (most is None or load.open < most)
        and (per_day is None or load.today < per_day)
        and (per_week is None or load.this_week < per_week)
    ):
        return None  # whatever day it is for them
    full = fullness(load, most, per_day, per_week, policy.zone_of(person), now)
    return _BY_LIMIT[full] if full else None


def told_obstacle(person: Person, load: Load | None, code: Obstacle) -> Phrase:
    """Why *person* could not take it: who, what, and for a limit how much of it is used."""
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
