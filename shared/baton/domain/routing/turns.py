"""Whose turn it is in a pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from msgspec.structs import replace

from baton.domain.policy import CatchUp, Member
from baton.domain.world.world import Seat, Turns

#: Deadlines closer than this are a tie.
_EQUAL = 1e-9
_NEW = Seat()
NO_CATCH_UP = CatchUp()
#: So many of those who come next are named.
PLACES = 9


class Turn(NamedTuple):
    """One turn: who has it, how things stand after it, and who would have come next."""

    rep: str
    after: Turns
    #: The one who has it first, then the next ones; at most ``PLACES``.
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

    Tijdeman's rule for the chairman assignment problem: each turn owes every free member their
    share; of those who are owed enough, the one whose next turn falls due first is served. Every
    member's count stays within one of what they are owed, for any weights, which the usual smooth
    weighted round robin does not achieve. Members who cannot take the turn are owed nothing by it,
    except those *absent* (on leave) as the pool's *catch_up* says. Ties go to the order in the
    pool. What is owed and what is had sum to the same, whatever comes and goes.

    Args:
        day_of: The local date of a member; asked for when a debt of leave is paid back.
        equal: Weights do not count: a strict round robin.
    """
    seats = dict(turns.seats)
    base = [*free, *absent] if catch_up.kind == "full" else list(free)
    weights = [1 if equal else member.weight for member in base]
    total = sum(weights)
    if catch_up.kind == "capped":
        _pay_back(seats, free, catch_up.per_day, day_of, equal)
        _note_leave(seats, free, absent, equal)
    # With one member there is nothing to spread; the rule's constant needs two.
    slack = 1 / (2 * max(2, len(base)) - 2)
    can = len(free)
    # One pass over the pool: this runs for every lead, with hundreds of members in the worst case.
    ready = late = ""
    ready_due = late_due = inf
    dues: list[tuple[bool, float, int]] = []
    for place, member in enumerate(base):
        rep, share = member.rep, weights[place] / total
        seat = seats.get(rep, _NEW)
        owed, had = seat.owed + share, seat.had
        if place < can:
            credit = owed - had
            deadline = (1 - slack - credit) / share
            if credit >= slack - _EQUAL:
                dues.append((False, deadline, place))
                if deadline < ready_due - _EQUAL:
                    ready_due, ready = deadline, rep
            else:
                dues.append((True, deadline, place))
                if deadline < late_due - _EQUAL:
                    late_due, late = deadline, rep
        seats[rep] = (
            _settled(seat, owed, had)
            if had and owed >= 1
            else Seat(owed, had, seat.leave, seat.paid_on)
        )
    chosen = ready or late
    seats[chosen] = _settled(seats[chosen], seats[chosen].owed, seats[chosen].had + 1)
    dues.sort()
    following = (base[place].rep for _, _, place in dues[:PLACES])
    order = (chosen, *(rep for rep in following if rep != chosen))[:PLACES]
    return Turn(chosen, replace(turns, seats=seats), order)


def _note_leave(
    seats: dict[str, Seat], free: Sequence[Member], absent: Sequence[Member], equal: bool
) -> None:
    """What the absent would have been owed by this turn is kept for their return."""
    everyone = sum(1 if equal else member.weight for member in (*free, *absent))
    for member in absent:
        seat = seats.get(member.rep, _NEW)
        share = (1 if equal else member.weight) / everyone
        seats[member.rep] = replace(seat, leave=round(seat.leave + share, 12))


def _pay_back(
    seats: dict[str, Seat],
    free: Sequence[Member],
    per_day: int,
    day_of: Callable[[str], str],
    equal: bool,
) -> None:
    """Who is back gets today's part of what their leave left them owed, at the others' expense."""
    if len(free) < 2:
        return  # they get every lead as it is
    for member in free:
        seat = seats.get(member.rep, _NEW)
        if not seat.leave or seat.paid_on == (day := day_of(member.rep)):
            continue
        paid = min(seat.leave, float(per_day))
        seats[member.rep] = replace(
            seat, owed=seat.owed + paid, leave=round(seat.leave - paid, 12), paid_on=day
        )
        others = [one for one in free if one is not member]
        weight = sum(1 if equal else one.weight for one in others)
        for one in others:
            other = seats.get(one.rep, _NEW)
            part = paid * (1 if equal else one.weight) / weight
            seats[one.rep] = replace(other, owed=other.owed - part)


def _settled(seat: Seat, owed: float, had: int) -> Seat:
    """Only the difference matters; keeping both small keeps the sums exact for ever."""
    if had and owed >= 1:
        whole = min(had, int(owed))
        owed, had = round(owed - whole, 12), had - whole
    return Seat(owed, had, seat.leave, seat.paid_on)
