"""The choice inside a pool: who of its members is free, and whose turn it is among them."""

from __future__ import annotations

from collections import Counter
from functools import partial

from msgspec.structs import replace

from baton.domain.draft.decision import Considered
from baton.domain.policy import Member, Pool, Rule
from baton.domain.routing.capacity import fullness, local_day, take
from baton.domain.routing.obstacles import AWAY, Obstacle
from baton.domain.routing.search import Choice, Search
from baton.domain.routing.turns import next_turn
from baton.domain.world.world import Load

_LATER = "+"
#: Pools of up to this many members are told of person by person, others in numbers.
_NAMED = 10
_SAID_OF_MANY = {
    Obstacle.INACTIVE: "are not active",
    Obstacle.LET_GO: "already let this lead go",
    Obstacle.ON_LEAVE: "are away",
    Obstacle.SAID_AWAY: "have said to be away",
    Obstacle.REFUSED: "are not taken as owners by HubSpot",
    Obstacle.OFF_SHIFT: "are not on shift",
    Obstacle.FULL: "are full",
    Obstacle.FULL_TODAY: "are full for today",
    Obstacle.FULL_THIS_WEEK: "are full for this week",
}


def from_pool(search: Search, pool: Pool, rule: Rule, label: str) -> Choice | None:
    turns = search.world.turns[pool.id]
    if pool.limits.any and _pool_is_full(search, pool, turns.load):
        search.considered.append(Considered(pool.id, Obstacle.POOL_FULL))
        return None
    free: list[Member] = []
    absent: list[Member] = []
    codes: list[Obstacle | None] = []
    people, loads = search.policy.person, search.world.loads
    for member in pool.members:
        person = people[member.rep]
        code = search.obstacle(loads[member.rep], person, pool)
        codes.append(code)
        if code is None:
            free.append(member)
        elif code in AWAY:
            absent.append(member)
    _tell(search, pool, codes)
    if not free:
        search.considered.append(Considered(pool.id, "".join(filter(None, codes))))
        search.because.append(f"pool {pool.id}: nobody can take it")
        return None
    turn = next_turn(
        turns,
        _least_loaded(search, free) if pool.choose == "least_loaded" else free,
        absent,
        pool.catch_up,
        partial(_day_of, search),
        equal=pool.choose != "weighted",
    )
    search.considered.append(Considered(pool.id, _marked(pool, codes, turn.order)))
    person = people[turn.rep]
    how = "the least loaded" if pool.choose == "least_loaded" else "next"
    search.because.append(f"pool {pool.id}: it is {person.name}'s turn among {len(free)}")
    after = turn.after
    if pool.limits.any:
        after = replace(after, load=take(after.load, _pool_zone(search, pool), search.now))
    return search.choice(
        person, rule.id, pool.id, f"{label}: {how} in {pool.label}", (after,), pool.limits.any
    )


def _pool_is_full(search: Search, pool: Pool, load: Load) -> bool:
    limits = pool.limits
    zone = _pool_zone(search, pool)
    full = fullness(load, limits.open, limits.per_day, limits.per_week, zone, search.now)
    if full == "open":
        search.because.append(f"pool {pool.id}: is full ({load.open} of {limits.open} open)")
    elif full:
        search.because.append(f"pool {pool.id}: is full for this {full}")
    return bool(full)


def _pool_zone(search: Search, pool: Pool) -> str:
    calendar = search.policy.calendars.get(pool.calendar)
    return calendar.zone if calendar else "UTC"


def _least_loaded(search: Search, free: list[Member]) -> list[Member]:
    """Those of *free* who carry the least, measured by what they can carry. Among equals it is
    a matter of turns."""
    carried = [_share_carried(search, member) for member in free]
    least = min(carried)
    return [one for one, share in zip(free, carried, strict=True) if share <= least]


def _share_carried(search: Search, member: Member) -> float:
    most = search.policy.person[member.rep].max_open
    return search.world.loads[member.rep].open / most if most else 0.0


def _day_of(search: Search, rep: str) -> str:
    return local_day(search.policy.zone_of(search.policy.person[rep]), search.now)


def _tell(search: Search, pool: Pool, codes: list[Obstacle | None]) -> None:
    if len(codes) > _NAMED:
        out = Counter(code for code in codes if code)
        search.because += [f"pool {pool.id}: {n} {_SAID_OF_MANY[c]}" for c, n in out.items()]
        return
    for member, code in zip(pool.members, codes, strict=True):
        if code:
            person = search.policy.person[member.rep]
            search.because.append(f"pool {pool.id}: {search.said(person, code)}")


def _marked(pool: Pool, codes: list[Obstacle | None], order: tuple[str, ...]) -> str:
    """*codes* with the places of those who could take it in the order of turns."""
    place = {rep: str(number) for number, rep in enumerate(order, 1)}
    marks = [
        code or place.get(member.rep, _LATER)
        for member, code in zip(pool.members, codes, strict=True)
    ]
    return "".join(marks)
