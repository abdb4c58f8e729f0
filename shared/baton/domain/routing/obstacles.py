"""What keeps somebody from taking a lead now, as one character, and how it is said."""

from __future__ import annotations

from datetime import datetime

from baton.domain.policy import Person, Policy
from baton.domain.routing.capacity import fullness
from baton.domain.world.world import Load

#: What ruled a member of a pool out, by its character in ``Considered``. Who could have taken the
#: lead is there with their place in the turn order instead: 1 has it, 9 is the last that is
#: counted, + comes later.
CODES = {
    "i": "is not active",
    "h": "already let this lead go",
    "l": "is away",
    "a": "has said to be away",
    "r": "is not taken as owner by HubSpot",
    "s": "is not on shift",
    "o": "is full",
    "d": "is full for today",
    "w": "is full for this week",
    "p": "was not asked: the pool is full",
    "q": "was not asked: others wait for the pool",
}
#: On leave, by the roster or by their own word.
ON_LEAVE = frozenset("la")
#: Not there at all, so their backup may be asked.
UNAVAILABLE = frozenset("ilar")


def obstacle(policy: Policy, person: Person, load: Load, now: datetime) -> str:
    """The code of what keeps *person* from taking any lead now; empty: nothing does."""
    if not person.active:
        return "i"
    if person.time_off and any(off.start <= now < off.end for off in person.time_off):
        return "l"
    if load.refused is not None and load.refused.holds(now):
        return "r"
    if load.away is not None and load.away.holds(now):
        return "a"
    most, per_day, per_week = person.max_open, person.max_per_day, person.max_per_week
    if (
        (most is None or load.open < most)
        and (per_day is None or load.today < per_day)
        and (per_week is None or load.this_week < per_week)
    ):
        return ""  # whatever day it is for them
    full = fullness(load, most, per_day, per_week, policy.zone_of(person), now)
    return full[:1]


def said_obstacle(person: Person, load: Load | None, code: str) -> str:
    """Why *person* could not take it, as others should read it."""
    if code == "o" and load is not None:
        return f"is full ({load.open} of {person.max_open} open leads)"
    if code == "d" and load is not None:
        return f"is full for today ({load.today} of {person.max_per_day})"
    if code == "w" and load is not None:
        return f"is full for this week ({load.this_week} of {person.max_per_week})"
    return CODES[code]
