"""Rules for turns, compared: how far members get from what they are owed.

    python -m tests.domain.routing.turn_rules

prints the figures of decision 033: Baton's rule, and those that it was chosen from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from baton.domain.policy import Member
from baton.domain.routing.turns import next_turn
from baton.domain.world.world import Turns

#: One turn: the state, and who is free.
Rule = Callable[[Turns, Sequence[Member]], object]
_EQUAL = 1e-9


def every_way(rule: Rule, pool: Sequence[Member], leads: int) -> tuple[float, int]:
    """The largest distance from what is owed that any member can reach within so many *leads*,
    whoever is free for each; and how many states there are.
    """
    free_sets = [
        free for count in range(2, len(pool) + 1) for free in combinations(pool, count)
    ]  # with one member free, nothing changes
    states, far, seen = {_key(Turns("p")): Turns("p")}, 0.0, 0
    for _ in range(leads):
        following: dict[object, Turns] = {}
        for turns in states.values():
            for free in free_sets:
                after = rule(turns, free).after  # type: ignore[attr-defined]
                following.setdefault(_key(after), after)
        states = following
        seen += len(states)
        far = max(far, *(_distance(turns) for turns in states.values()))
    return far, seen


def _key(turns: Turns) -> object:
    credit = tuple(sorted((rep, round(owed, 6)) for rep, owed in turns.credit.items()))
    return credit, turns.steady


def _distance(turns: Turns) -> float:
    return max(map(abs, turns.credit.values()), default=0.0)


# --- the rules that were compared


class _Turn(NamedTuple):
    after: Turns


def tijdeman(turns: Turns, free: Sequence[Member]) -> _Turn:
    """Of those who are owed enough, the earliest deadline."""
    slack = 1 / (2 * max(2, len(free)) - 2)
    credit, shares = _owed(turns, free)

    def deadline(member: Member) -> tuple[bool, float]:
        late = credit[member.rep] < slack - _EQUAL
        return late, round((1 - slack - credit[member.rep]) / shares[member.rep], 9)

    return _served(turns, credit, min(free, key=deadline))


def largest_credit(turns: Turns, free: Sequence[Member]) -> _Turn:
    credit, _ = _owed(turns, free)
    return _served(turns, credit, max(free, key=lambda member: round(credit[member.rep], 9)))


def earliest_deadline(turns: Turns, free: Sequence[Member]) -> _Turn:
    """As Tijdeman's, without waiting until enough is owed."""
    credit, shares = _owed(turns, free)
    return _served(
        turns,
        credit,
        min(free, key=lambda one: round((1 - credit[one.rep]) / shares[one.rep], 9)),
    )


def largest_relative_credit(turns: Turns, free: Sequence[Member]) -> _Turn:
    """The largest credit by weight."""
    credit, shares = _owed(turns, free)
    return _served(
        turns, credit, max(free, key=lambda one: round(credit[one.rep] / shares[one.rep], 9))
    )


def _owed(turns: Turns, free: Sequence[Member]) -> tuple[dict[str, float], dict[str, float]]:
    total = sum(member.weight for member in free)
    shares = {member.rep: member.weight / total for member in free}
    credit = dict(turns.credit)
    for rep, share in shares.items():
        credit[rep] = credit.get(rep, 0.0) + share
    return credit, shares


def _served(turns: Turns, credit: dict[str, float], member: Member) -> _Turn:
    credit[member.rep] -= 1
    return _Turn(replace(turns, credit=credit))


# --- the comparison

RULES: dict[str, Rule] = {
    "Baton": next_turn,
    "Tijdeman": tijdeman,
    "largest credit": largest_credit,
    "earliest deadline": earliest_deadline,
    "largest by weight": largest_relative_credit,
}
#: Weights for which the largest credit is farther than one lead from the share.
UNEQUAL = ([79, 12, 79, 1], [86, 86, 1, 1, 1, 1], [31, 40, 44, *[1] * 9])


def _of(weights: Iterable[int]) -> list[Member]:
    return [Member(f"rep-{n}", weight) for n, weight in enumerate(weights)]


def always_free(rule: Rule, weights: Sequence[int]) -> float:
    pool, turns, far = _of(weights), Turns("p"), 0.0
    for _ in range(sum(weights)):
        turns = rule(turns, pool).after  # type: ignore[attr-defined]
        far = max(far, _distance(turns))
    return far


def on_leave(rule: Rule, weights: Sequence[int], random: Random, block: int) -> float:
    """A third is away at any time, for *block* leads at least."""
    pool, turns, far, free = _of(weights), Turns("p"), 0.0, _of(weights)
    for lead in range(400):
        if lead % block == 0:
            free = [one for one in pool if random.random() > 1 / 3] or [random.choice(pool)]
        turns = rule(turns, free).after  # type: ignore[attr-defined]
        far = max(far, _distance(turns))
    return far


def main() -> None:
    random = Random(3)
    pools = [[random.randint(1, 9) for _ in range(random.randint(2, 8))] for _ in range(100)]
    for name, rule in RULES.items():
        fixed = max(always_free(rule, weights) for weights in (*pools, *UNEQUAL))
        changing = [
            on_leave(rule, weights, Random(n), block)
            for n, weights in enumerate(pools)
            for block in (1, 5, 40)
        ]
        ways = [
            every_way(rule, _of(weights), leads)[0]
            for weights, leads in (
                ((1, 1, 1), 8),
                ((1, 2, 3), 8),
                ((1, 1, 1, 1), 8),
                ((1, 2, 3, 4), 6),
            )
        ]
        print(
            f"{name:18} always free {fixed:.2f}; on leave at most {max(changing):.2f}, on average "
            f"{sum(changing) / len(changing):.2f}; "
            f"every way {', '.join(f'{far:.2f}' for far in ways)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
