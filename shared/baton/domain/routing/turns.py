"""Whose turn it is in a pool: weighted, in a strict round robin, or of the least loaded.

Each lead owes every member who could have taken it their share; what a member is owed minus what
they had is their credit. Two rules say who is served:

- As long as the same members are free since all credits were zero: Tijdeman's rule for the chairman
  assignment problem. Of those who are owed enough, the one whose next turn falls due first is
  served. Every member of k stays within 1 - 1/(2k - 2) of their share, for any weights.
- From the first turn at which others are free, or have other weights: the largest credit is served.
  Every one of n members stays within (n - 1) / 2 of what they are owed, whoever is free when, and
  for any weights, also as they change. Decision 033 has the proof, and why no rule can know better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import count
from typing import NamedTuple
from zlib import crc32

from msgspec.structs import replace

from baton.domain.policy import CatchUp, Member, PoolChoice
from baton.domain.world.world import Turns

#: Deadlines closer than this are a tie.
_EQUAL = 1e-9
NO_CATCH_UP = CatchUp()
#: In the ledger's marks: who gave a turn back, instead of who got one.
GAVE_BACK = "-"
#: Places of the turn order that are named.
PLACES = 9


class Turn(NamedTuple):
    """One turn: who has it, the turns after it, and who would have come next."""

    rep: str
    after: Turns
    #: The member whose turn it is, then those next in order; at most ``PLACES``.
    order: tuple[str, ...]


def next_turn(
    turns: Turns,
    free: Sequence[Member],
    absent: Sequence[Member] = (),
    catch_up: CatchUp = NO_CATCH_UP,
    day_of: Callable[[str], str] = lambda rep: "",
    equal: bool = False,
) -> Turn:
    """Whose turn it is among *free* (at least one).

    Members who cannot take the turn are owed nothing by it, except those *absent* (on leave) as the
    pool's *catch_up* says. Ties go to the order in the pool. The credits of all members always sum
    to zero, also when members join or leave.

    Args:
        day_of: The local date of a member; called when turns missed on leave are paid back.
        equal: Weights do not count: a strict round robin.
    """
    credit, leave, paid_on = dict(turns.credit), turns.leave, turns.paid_on
    if catch_up.kind == "capped":
        leave, paid_on = dict(leave), dict(paid_on)
        _pay_back(credit, leave, paid_on, free, catch_up.per_day, day_of, equal)
        _note_leave(leave, free, absent, equal)
    base = [*free, *absent] if catch_up.kind == "full" else free
    weights = (1,) * len(base) if equal else tuple([member.weight for member in base])
    shares = _shares(weights)
    steady = _steady(turns, base, weights) if len(base) == len(free) and not leave else ""
    # With one member there is nothing to share, and the rule's constant needs at least two.
    slack = 1 / (2 * max(2, len(base)) - 2)
    latest, enough, can = 1 - slack, slack - _EQUAL, len(free)
    #: (deadline, place) of those who are owed enough, then of the others; or (less credit, place).
    ready: list[tuple[float, int]] = []
    late: list[tuple[float, int]] = []
    # All in one loop, for speed: this runs for every lead, with hundreds of members in the worst
    # case.
    for place, member, share in zip(count(), base, shares):
        rep = member.rep
        credit[rep] = owed = credit.get(rep, 0.0) + share
        if steady and owed >= enough and place < can:
            ready.append(((latest - owed) / share, place))
    if not steady:
        held = [-credit[member.rep] for member in free]
        first = sorted(held)[:PLACES]
        chosen = next(place for place, less in enumerate(held) if less <= first[0] + _EQUAL)
        ready = [(less, place) for place, less in enumerate(held) if less <= first[-1]]
        ready.sort()
    else:
        ready.sort()
        if len(ready) < PLACES:
            late = [
                ((latest - owed) / shares[place], place)
                for place, member in enumerate(free)
                if (owed := credit[member.rep]) < enough
            ]
            late.sort()
        chosen = _first(ready or late)
    rep = free[chosen].rep
    credit[rep] -= 1
    following = [free[place].rep for _, place in (ready + late)[:PLACES] if place != chosen]
    after = replace(turns, credit=credit, leave=leave, paid_on=paid_on, steady=steady)
    return Turn(rep, after, (rep, *following)[:PLACES])


def next_of_equals(turns: Turns, tied: Sequence[Member]) -> Turn:
    """Whose turn it is among the least loaded (at least one): who was served longest ago, and those
    who never were in the order of the pool. Credits do not count: what is promised is equal load.
    """
    served = turns.served
    order = sorted(tied, key=lambda member: served.get(member.rep, 0))
    rep, number = order[0].rep, max(served.values(), default=0) + 1
    after = replace(turns, served={**served, rep: number})
    return Turn(rep, after, tuple([member.rep for member in order[:PLACES]]))


def give_back(turns: Turns, rep: str, members: Sequence[Member], choose: PoolChoice) -> Turns:
    """*turns* with one turn of *rep* undone: they are owed it again, by all *members* by weight. In
    a least-loaded pool they are the next of those who carry the same.
    """
    if choose == "least_loaded":
        return replace(turns, served={**turns.served, rep: 0})
    weights = tuple([1 if choose == "round_robin" else member.weight for member in members])
    credit = dict(turns.credit)
    for member, share in zip(members, _shares(weights), strict=True):
        credit[member.rep] = credit.get(member.rep, 0.0) - share
    credit[rep] += 1
    return replace(turns, credit=credit, steady="")


def _steady(turns: Turns, base: Sequence[Member], weights: tuple[int, ...]) -> str:
    """Which members are free with which weights, if that has not changed since all credits were
    zero; empty: it has.
    """
    level = max(turns.credit.values(), default=0.0) <= _EQUAL
    if not level and not turns.steady:
        return ""
    now = _named(tuple([member.rep for member in base]), weights)
    return now if level or turns.steady == now else ""


@lru_cache(maxsize=256)
def _named(reps: tuple[str, ...], weights: tuple[int, ...]) -> str:
    """A short name for these members with these weights, the same in every process."""
    text = " ".join(f"{rep}:{weight}" for rep, weight in zip(reps, weights, strict=True))
    return f"{crc32(text.encode()):08x}"


@lru_cache(maxsize=256)  # most leads meet the same free members
def _shares(weights: tuple[int, ...]) -> tuple[float, ...]:
    total = sum(weights)
    return tuple([weight / total for weight in weights])


def _first(turns: Sequence[tuple[float, int]]) -> int:
    """The place with the earliest deadline. *turns* are (deadline, place), sorted; of equal ones
    the first in the pool wins.
    """
    tie = turns[0][0] + _EQUAL
    return min([place for deadline, place in turns if deadline <= tie])


def _note_leave(
    leave: dict[str, float], free: Sequence[Member], absent: Sequence[Member], equal: bool
) -> None:
    """Add what the absent members would have been owed by this turn to their leave account."""
    everyone = sum(1 if equal else member.weight for member in (*free, *absent))
    for member in absent:
        share = (1 if equal else member.weight) / everyone
        leave[member.rep] = round(leave.get(member.rep, 0.0) + share, 12)


def _pay_back(
    credit: dict[str, float],
    leave: dict[str, float],
    paid_on: dict[str, str],
    free: Sequence[Member],
    per_day: int,
    day_of: Callable[[str], str],
    equal: bool,
) -> None:
    """Pay members who are back today's part of their leave account, at the others' expense."""
    if len(free) < 2:
        return  # the only one gets every lead anyway
    for member in free:
        due = leave.get(member.rep, 0.0)
        # A newer day: a worker whose clock is ahead has paid for it already.
        if not due or paid_on.get(member.rep, "") >= (day := day_of(member.rep)):
            continue
        paid = min(due, float(per_day))
        credit[member.rep] = credit.get(member.rep, 0.0) + paid
        leave[member.rep], paid_on[member.rep] = round(due - paid, 12), day
        others = [one for one in free if one is not member]
        weight = sum(1 if equal else one.weight for one in others)
        for one in others:
            part = paid * (1 if equal else one.weight) / weight
            credit[one.rep] = credit.get(one.rep, 0.0) - part
