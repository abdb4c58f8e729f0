"""Leads: their stored state and history, the queues, and the clocks that are due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

from msgspec import Struct

from baton.domain.draft.decision import Considered, Decision, LoadChange, Outcome
from baton.domain.lead import Lead
from baton.domain.phrase import Text
from baton.domain.time import stamp
from baton.domain.world.effects import AnyEffect
from baton.domain.world.events import AnyEvent
from baton.domain.world.world import Load, Turns

#: Open leads by their next fast clock, and by their clock of inactivity.
Index: TypeAlias = Literal["wakes", "stale"]


class Record(Struct, frozen=True, omit_defaults=True):
    """One event in a lead's history, with its results: enough to send its effects again."""

    event: AnyEvent
    at: datetime
    policy: str
    version: int
    because: tuple[Text, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    effects: tuple[AnyEffect, ...] = ()
    #: The load changes, and the members considered.
    changes: tuple[LoadChange, ...] = ()
    considered: tuple[Considered, ...] = ()
    #: Pools whose queues may have room now.
    offers: tuple[str, ...] = ()


def record_of(decision: Decision, event: AnyEvent, policy: str, now: datetime) -> Record:
    """The record to store for *decision*."""
    return Record(
        event=event,
        at=now,
        policy=policy,
        version=decision.lead.version,
        because=decision.because,
        outcomes=decision.outcomes,
        effects=decision.effects,
        changes=decision.changes,
        considered=decision.considered,
        offers=decision.offers,
    )


class Reported(Struct, frozen=True, omit_defaults=True):
    """What reports need of one event, as projected into the index by day."""

    lead: str
    outcomes: tuple[Outcome, ...]
    policy: str = ""
    considered: tuple[Considered, ...] = ()


#: Takes the name of an item that cannot be read, and why.
Odd = Callable[[str, str], None]


class Place(Struct, frozen=True):
    """A lead in a pool's queue."""

    lead: str
    pool: str
    since: datetime
    heat: int
    #: When the wait times out, and the lead goes to the next fallback.
    until: datetime


def place_of(heat: int, since: datetime, lead_id: str) -> str:
    """The sort key of a queue: as text it sorts by heat, then by age."""
    return f"{heat:03d}#{stamp(since)}#{lead_id}"


class Queues(Protocol):
    """The queues of pools."""

    def first_waiting(self, pools: Iterable[str]) -> dict[str, str]:
        """Pool -> the lead that is first in its queue; empty: none waits.

        Raises Retryable if the store does not answer.
        """
        ...


class Store(Queues, Protocol):
    """Baton's own state as decisions read it, and the commit. All raise Retryable if the store does
    not answer.
    """

    def load(self, lead_id: str, event_id: str) -> tuple[Lead | None, Record | None]:
        """The lead, and the record of the event if it was worked before."""
        ...

    def world(
        self, pools: Iterable[str], people: Iterable[str]
    ) -> tuple[dict[str, Turns], dict[str, Load]]:
        """Turns and loads; those not stored yet are returned as new."""
        ...

    def leads(self, ids: Iterable[str]) -> dict[str, Lead]:
        """Those that exist, by id."""
        ...

    def commit(self, decision: Decision, event: AnyEvent, policy: str, now: datetime) -> Record:
        """Store all of *decision*, or nothing.

        Raises:
            AlreadyDone: the event is in the history.
            Moved: the lead, a load or the turns have changed since they were read.
            Retryable: not now, or outcome unknown: it may have been stored.
            Rejected: it can never be stored.
        """
        ...


class Checkpoints(Protocol):
    """The progress of periodic runs. All raise Retryable if the store does not answer."""

    def checkpoint(self, name: str) -> dict[str, str]:
        """What the last run saved; empty before the first."""
        ...

    def save_checkpoint(self, name: str, values: dict[str, str], order: str) -> bool:
        """Store *values* unless a later run already did; *order* names the value that rises."""
        ...


class Sweepable(Checkpoints, Protocol):
    """Open leads by when their clocks are due."""

    def due(self, index: Index, after: datetime, until: datetime) -> list[tuple[str, datetime]]:
        """(lead id, instant) of the open leads that *index* has in (*after*, *until*], soonest
        first. Raises Retryable if the store does not answer."""
        ...


class Reports(Sweepable, Protocol):
    """What digests read. All raise Retryable if the store does not answer."""

    def reported(self, day: str, odd: Odd | None = None) -> list[Reported]:
        """What happened on a UTC *day* (ISO date), in order of time. *odd*: as in ``leads``."""
        ...

    def leads(self, ids: Iterable[str], odd: Odd | None = None) -> dict[str, Lead]:
        """Those that exist, by id. *odd* is told of each that cannot be read (newer code wrote it,
        or it is damaged), and the others are returned; None: that raises."""
        ...

    def world(
        self, pools: Iterable[str], people: Iterable[str]
    ) -> tuple[dict[str, Turns], dict[str, Load]]:
        """Turns and loads; those not stored yet are returned as new."""
        ...


class Flaw(Struct, frozen=True):
    """A lead whose index attributes are wrong."""

    lead: str
    #: What is wrong, without personal data.
    what: str
    #: What the indexes should have, and the lead version it was derived from; None: it cannot be
    #: repaired.
    right: dict[str, Any] | None = None
    version: int = 0


class Leads(Protocol):
    """Checks every open lead against the indexes that should wake it. All raise Retryable if the
    store does not answer.
    """

    def page(self, cursor: str) -> tuple[list[str], str]:
        """The leads after *cursor* (empty: from the beginning), and the cursor after them; empty:
        that was the last page."""
        ...

    def flaws(self, leads: list[str]) -> Iterator[Flaw]:
        """The flaws of *leads*; leads that are closed by now are skipped."""
        ...

    def repair(self, flaw: Flaw) -> bool:
        """False: it cannot be repaired, or the lead was written meanwhile, which repaired it."""
        ...
