"""The choice inside a pool: which members are free, and whose turn it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import count

from msgspec.structs import replace

from baton.domain.draft.decision import Considered
from baton.domain.phrase import Phrase
from baton.domain.policy import Member, Pool, Rule, Seats
from baton.domain.routing.capacity import fullness, local_day, take
from baton.domain.routing.obstacles import AWAY, Obstacle
from baton.domain.routing.search import Choice, Search
from baton.domain.routing.turns import next_of_equals, next_turn
from baton.domain.world.world import Load

_LATER = "+"
#: Pools of up to this many members are explained person by person, larger ones by counts.
_NAMED = 10


def from_pool(search: Search, pool: Pool, rule: Rule, label: str) -> Choice | None:
    turns = search.world.turns[pool.id]
    if pool.limits.any and _pool_is_full(search, pool, turns.load):
        search.considered.append(Considered(pool.id, Obstacle.POOL_FULL))
        return None
    people = search.policy.person
    obstacles = _obstacles(search, pool)
    free = [*pool.members]
    absent: list[Member] = []
    if obstacles:
        _explain_obstacles(search, pool, obstacles)
        absent = [free[place] for place, code in obstacles.items() if code in AWAY]
        for place in reversed(obstacles):  # their places are in order
            del free[place]
    if not free:
        search.considered.append(Considered(pool.id, "".join(obstacles.values())))
        search.add_reason("pool.nobody", pool.id)
        return None
    if pool.choose == "least_loaded":
        turn = next_of_equals(turns, _least_loaded(search, free))
    else:
        turn = next_turn(
            turns,
            free,
            absent,
            pool.catch_up,
            partial(_day_of, search),
            equal=pool.choose == "round_robin",
        )
    search.considered.append(Considered(pool.id, _marked(search, pool, obstacles, turn.order)))
    person = people[turn.rep]
    how = "why.least_loaded" if pool.choose == "least_loaded" else "why.next"
    search.add_reason("pool.turn", pool.id, person.name, len(free))
    after = turn.after
    if pool.limits.any:
        after = replace(after, load=take(after.load, search.policy.days_of(pool), search.now))
    why = Phrase(how, (label, pool.label))
    return search.choice(person, rule.id, pool.id, why, (after,), pool.limits.any)


def _obstacles(search: Search, pool: Pool) -> dict[int, Obstacle]:
    """The obstacle of each member who cannot take the lead, by their place in the pool."""
    seats, loads = search.policy.seats[pool.id], search.world.loads
    found: dict[int, Obstacle] = {}
    for place in _to_look_at(search, pool, seats):
        person = seats.people[place]
        code = search.obstacle(loads[person.id], person, pool)
        if code is not None:
            found[place] = code
    return found


def _to_look_at(search: Search, pool: Pool, seats: Seats) -> Sequence[int]:
    """The places of the members that something may keep from taking the lead; nothing keeps the
    others, who are most of a pool.
    """
    if pool.shift.takes != "regardless" or search.wanted.waits_since is not None:
        return range(len(seats.reps))
    excluded, max_open = search.wanted.excluded, seats.max_open
    if excluded:
        max_open = tuple(
            0 if rep in excluded else most for rep, most in zip(seats.reps, max_open, strict=True)
        )
    # The one loop over hundreds of members that each lead needs.
    loads = map(search.world.loads.__getitem__, seats.reps)
    columns = zip(count(), loads, max_open, seats.max_per_day, seats.max_per_week)
    return [
        place
        for place, load, most_open, per_day, per_week in columns
        if load.open >= most_open
        or load.today >= per_day
        or load.this_week >= per_week
        or load.away is not None
        or load.refused is not None
        or load.unreachable is not None
    ]


def _pool_is_full(search: Search, pool: Pool, load: Load) -> bool:
    limits = pool.limits
    days = search.policy.days_of(pool)
    full = fullness(load, limits.open, limits.per_day, limits.per_week, days, search.now)
    if full == "open":
        search.add_reason("pool.full", pool.id, load.open, limits.open or 0)
    elif full:
        search.add_reason("pool.full_for", pool.id, full)
    return bool(full)


def _least_loaded(search: Search, free: list[Member]) -> list[Member]:
    """Those of *free* with the lowest load relative to their limit. Ties go on in turn."""
    carried = [_share_carried(search, member) for member in free]
    least = min(carried)
    return [one for one, share in zip(free, carried, strict=True) if share <= least]


def _share_carried(search: Search, member: Member) -> float:
    most = search.policy.person[member.rep].max_open
    return search.world.loads[member.rep].open / most if most else 0.0


def _day_of(search: Search, rep: str) -> str:
    return local_day(search.policy.zone_of(search.policy.person[rep]), search.now)


def _explain_obstacles(search: Search, pool: Pool, obstacles: dict[int, Obstacle]) -> None:
    if len(pool.members) > _NAMED:
        for obstacle, times in Counter(obstacles.values()).items():
            search.add_reason("pool.without", pool.id, times, obstacle.name.lower())
        return
    for place, code in obstacles.items():
        person = search.policy.person[pool.members[place].rep]
        search.add_reason("pool.member", pool.id, search.obstacle_phrase(person, code))


def _marked(
    search: Search, pool: Pool, obstacles: dict[int, Obstacle], order: tuple[str, ...]
) -> str:
    """A character for each member: their obstacle, or their place in the turn order."""
    marks = [_LATER] * len(pool.members)
    for place, code in obstacles.items():
        marks[place] = code
    places = search.policy.seats[pool.id].place
    for number, rep in enumerate(order, 1):
        marks[places[rep]] = str(number)
    return "".join(marks)
