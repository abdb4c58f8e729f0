"""The fairness ledger: per pool and rep the leads they were owed, the leads they got, and their
excuses.

Every lead that a pool hands out owes each member who could have taken it a share. The shares sum to
one lead, which one member got, so over any period the leads owed equal the leads received; where a
rejection gave a turn back, less the leads given back. The
difference for one rep is their residual. Since a pool's first lead, the turn rule keeps it within
(n - 1)/2 leads for n members (see ``routing.turns``).

Shares are by weight in a weighted pool, equal in a round robin, and in a least-loaded pool by each
member's limit. A member who could not take a lead is owed nothing by it, except for leave in a pool
that pays leave back in full; what they would have been owed is their excuse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from baton.domain.draft.decision import Considered, Outcome
from baton.domain.numbers import places_beside
from baton.domain.policy import Member, Policy, Pool
from baton.domain.routing.obstacles import AWAY, Obstacle
from baton.domain.routing.turns import GAVE_BACK

Cause = Literal[
    "leave", "full", "off shift", "catching up", "had it", "not owner", "not yet a member"
]

#: The excuse that each obstacle counts as.
CAUSES: Mapping[str, Cause] = {
    Obstacle.ON_LEAVE: "leave",
    Obstacle.SAID_AWAY: "leave",
    Obstacle.FULL: "full",
    Obstacle.FULL_TODAY: "full",
    Obstacle.FULL_THIS_WEEK: "full",
    Obstacle.OFF_SHIFT: "off shift",
    Obstacle.CATCHING_UP: "catching up",
    Obstacle.LET_GO: "had it",
    Obstacle.REFUSED: "not owner",
    Obstacle.UNREACHABLE: "not owner",
    Obstacle.INACTIVE: "not owner",
}
#: Obstacles of a pool as a whole.
_WHOLE = frozenset({Obstacle.POOL_FULL, Obstacle.OTHERS_WAIT})


class Handed(Struct, frozen=True):
    """One decision that assigned a lead."""

    policy: str
    considered: tuple[Considered, ...]
    outcomes: tuple[Outcome, ...]


class Row(Struct, frozen=True):
    """One rep in one pool."""

    rep: str
    owed: float
    received: int
    #: By excuse, what they would have been owed by leads that they could not take.
    excused: dict[Cause, float]
    #: Of the leads received, those that they rejected for a reason that gives the turn back.
    given_back: int = 0

    @property
    def residual(self) -> float:
        """Received, without what was given back, minus owed."""
        return self.received - self.given_back - self.owed


class PoolLedger(Struct, frozen=True):
    pool: str
    label: str
    #: Leads that the pool handed out.
    turns: int
    #: Leads that came to the pool when nobody was free.
    nobody: int
    rows: tuple[Row, ...]


class Ledger(Struct, frozen=True):
    pools: tuple[PoolLedger, ...]
    #: Rule (or ``existing-owner``, ``by-hand``, …) -> rep -> leads assigned without a turn: by
    #: account, by hand, as last resort.
    beside: dict[str, dict[str, int]]


class _Book:
    """The totals of one pool so far."""

    def __init__(self) -> None:
        self.turns = self.nobody = 0
        self.owed: dict[str, float] = {}
        self.received: Counter[str] = Counter()
        self.given_back: Counter[str] = Counter()
        self.excused: dict[str, dict[Cause, float]] = {}


def ledger(handed: Iterable[Handed], policy_of: Callable[[str], Policy], now: Policy) -> Ledger:
    """
    Compute the ledger of the leads handed out.

    Args:
        handed: In any order.
        policy_of: Returns the policy of a version; called once per version.
        now: The current policy, whose pools and members are always shown; others only if they have
            leads.
    """
    books: dict[str, _Book] = {}
    beside: dict[str, Counter[str]] = {}
    known: dict[str, Policy] = {}
    for one in handed:
        policy = known.get(one.policy)
        if policy is None:
            policy = known[one.policy] = policy_of(one.policy)
        by_turn = Counter(
            receiver
            for considered in one.considered
            if (receiver := _write(books, policy, now, considered))
        )
        for outcome in one.outcomes:
            if outcome.kind != "assigned":
                continue
            if by_turn[outcome.person] > 0:
                by_turn[outcome.person] -= 1
            else:
                beside.setdefault(outcome.what, Counter())[outcome.person] += 1
    pools = tuple(_closed(pool, book, now) for pool, book in sorted(books.items()))
    return Ledger(pools, {rule: dict(counts) for rule, counts in sorted(beside.items())})


def _write(
    books: dict[str, _Book], policy: Policy, now: Policy, considered: Considered
) -> str | None:
    """Add one pool's part in a decision; returns who got the lead from it, if anybody."""
    pool = policy.pool.get(considered.pool)
    if pool is None or considered.codes in _WHOLE or len(considered.codes) != len(pool.members):
        return None  # the whole pool was ruled out, so no member was looked at
    book = books.setdefault(pool.id, _Book())
    codes = dict(zip((member.rep for member in pool.members), considered.codes, strict=True))
    receiver = next((rep for rep, code in codes.items() if code == "1"), None)
    gave_back = next((rep for rep, code in codes.items() if code == GAVE_BACK), None)
    if gave_back is not None:
        _give_back(book, policy, pool, gave_back)
        return None
    if receiver is None:
        book.nobody += 1
        return None
    book.turns += 1
    book.received[receiver] += 1
    owed_in = {
        member.rep: _weight(policy, pool, member)
        for member in pool.members
        if codes[member.rep] not in CAUSES
        or (pool.catch_up.kind == "full" and codes[member.rep] in AWAY)
    }
    total = sum(owed_in.values())
    for rep, weight in owed_in.items():
        book.owed[rep] = book.owed.get(rep, 0.0) + weight / total
    for rep, cause, weight in _excused(policy, now, pool, codes):
        if rep not in owed_in:
            causes = book.excused.setdefault(rep, {})
            causes[cause] = causes.get(cause, 0.0) + weight / (total + weight)
    return receiver


def _give_back(book: _Book, policy: Policy, pool: Pool, rep: str) -> None:
    """A turn is undone: its lead was none, and every member is owed their share of it less."""
    book.given_back[rep] += 1
    weights = {member.rep: _weight(policy, pool, member) for member in pool.members}
    total = sum(weights.values())
    for name, weight in weights.items():
        book.owed[name] = book.owed.get(name, 0.0) - weight / total


def _excused(
    policy: Policy, now: Policy, pool: Pool, codes: dict[str, str]
) -> Iterator[tuple[str, Cause, float]]:
    for member in pool.members:
        cause = CAUSES.get(codes[member.rep])
        if cause is not None:
            yield member.rep, cause, _weight(policy, pool, member)
    current = now.pool.get(pool.id)
    for member in current.members if current else ():
        if member.rep not in codes:
            yield member.rep, "not yet a member", _weight(now, pool, member)


def _weight(policy: Policy, pool: Pool, member: Member) -> float:
    match pool.choose:
        case "round_robin":
            return 1.0
        case "weighted":
            return float(member.weight)
    limits = [policy.person[one.rep].max_open for one in pool.members]
    largest = max((limit for limit in limits if limit), default=1)
    # A member without a limit counts with the highest limit in the pool.
    return float(policy.person[member.rep].max_open or largest)


def _closed(pool: str, book: _Book, now: Policy) -> PoolLedger:
    current = now.pool.get(pool)
    members = [member.rep for member in current.members] if current else []
    others = sorted({*book.owed, *book.received, *book.excused} - set(members))
    rows = tuple(
        Row(
            rep=rep,
            owed=book.owed.get(rep, 0.0),
            received=book.received[rep],
            excused=book.excused.get(rep, {}),
            given_back=book.given_back[rep],
        )
        for rep in (*members, *others)
    )
    return PoolLedger(pool, current.label if current else pool, book.turns, book.nobody, rows)


def residual_of(row: Row, places: int) -> str:
    """The residual with its sign, never shown as within one lead when it is not."""
    # Negative, as a residual of exactly one is within it.
    enough = places_beside(-abs(row.residual), -1, places)
    return f"{row.residual:+z.{enough}f}"
