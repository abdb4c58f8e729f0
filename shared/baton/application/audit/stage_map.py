"""The actual stage map: which stage followed which in the property history, compared with the
policy.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import Literal

from msgspec import Struct

from baton.application.ports.census import Change
from baton.domain.policy import Policy, Transition

#: start: a contact's first stage. undesigned: the policy has no such transition.
Kind = Literal["start", "designed", "undesigned", "backward"]
#: Example contact ids kept per wrong move.
KEPT = 100
_DAY = 86_400.0


class Move(Struct, frozen=True):
    """All moves from one stage to another; stages by id, or by HubSpot's value if the policy has no
    such stage.
    """

    source: str
    to: str
    kind: Kind
    count: int
    #: Time between entering the two stages; None for a start.
    median_days: float | None
    #: HubSpot's change source -> moves made by it, most first.
    by: dict[str, int]
    #: Ids of the policy's transitions for this move.
    transitions: tuple[str, ...]
    #: Example contacts, for a wrong move.
    contacts: tuple[str, ...]


class StageMap:
    """
    Takes the stage history of one contact after another.

    Args:
        since: Moves before it are not counted. None: all are.
    """

    def __init__(self, policy: Policy, since: datetime | None = None) -> None:
        self._policy, self._since = policy, since
        self._by: dict[tuple[str, str], Counter[str]] = {}
        self._days: dict[tuple[str, str], array[float]] = {}
        self._contacts: dict[tuple[str, str], dict[str, None]] = {}

    def take(self, contact: str, history: Iterable[Change]) -> None:
        """*history* oldest first. A stage that is cleared and set again counts as not left."""
        here, since = "", None
        for change in history:
            stage = self._policy.stage_of_value.get(change.value)
            there = stage.id if stage else change.value
            if not there or there == here:
                continue
            if self._since is None or change.at >= self._since:
                days = None if since is None else (change.at - since).total_seconds() / _DAY
                self._count(contact, (here, there), change.source, days)
            here, since = there, change.at

    def _count(self, contact: str, move: tuple[str, str], source: str, days: float | None) -> None:
        self._by.setdefault(move, Counter())[source] += 1
        if days is not None:
            self._days.setdefault(move, array("d")).append(days)
        if kind_of(self._policy, *move) in {"undesigned", "backward"}:
            kept = self._contacts.setdefault(move, {})
            if len(kept) < KEPT:
                kept[contact] = None

    def moves(self) -> list[Move]:
        """Every move seen, in the order of the stages."""
        order = {stage.id: place for place, stage in enumerate(self._policy.lifecycle.stages)}
        last = len(order)
        found = sorted(
            self._by,
            key=lambda m: (order.get(m[0], last) if m[0] else -1, m[0], order.get(m[1], last), m),
        )
        return [
            Move(
                source=move[0],
                to=move[1],
                kind=kind_of(self._policy, *move),
                count=self._by[move].total(),
                median_days=round(median(days), 1) if (days := self._days.get(move)) else None,
                by=dict(self._by[move].most_common()),
                transitions=tuple(one.id for one in _leading(self._policy, *move)),
                contacts=tuple(self._contacts.get(move, ())),
            )
            for move in found
        ]

    def never(self) -> tuple[str, ...]:
        """Ids of the policy's transitions that never happened."""
        return tuple(
            one.id
            for one in self._policy.lifecycle.transitions
            if not any((source, one.to) in self._by for source in one.source)
        )


def kind_of(policy: Policy, source: str, to: str) -> Kind:
    if not source:
        return "start"
    if _leading(policy, source, to):
        return "designed"
    here, there = policy.stage.get(source), policy.stage.get(to)
    on_the_way = here is not None and there is not None and not here.side and not there.side
    if on_the_way and here is not None and there is not None and there.rank < here.rank:
        return "backward"
    return "undesigned"


def _leading(policy: Policy, source: str, to: str) -> list[Transition]:
    moves = policy.lifecycle.transitions
    return [one for one in moves if source in one.source and one.to == to]
