"""Messages to ourselves: effects to show, clocks to wake for, queues to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from baton.domain.world.effects import AnyEffect
from baton.domain.world.events import ClockDue, Hinted, OwnerAbsent, WentStale
from baton.wire.details import PoolHint


class Outbox(Protocol):
    """Effects on their way to where they are shown."""

    def send(self, effects: Sequence[AnyEffect]) -> None:
        """Raises Retryable if not all of *effects* were accepted; sending again does no harm, as
        their slots recognise repeats.
        """
        ...


class WakeSender(Protocol):
    """Wakes, each of which arrives when its clock is due."""

    def send(self, events: Sequence[ClockDue | WentStale], within: timedelta | None = None) -> None:
        """Send *events*; with *within*, only those due by then.

        Raises Retryable if not all were taken; sending again does no harm.
        """
        ...


class Offers(Protocol):
    """News of Baton's own: queues that may have room, contacts to be read, absent owners."""

    def offer(
        self, hints: Sequence[PoolHint | Hinted | OwnerAbsent], after: timedelta = timedelta(0)
    ) -> None:
        """Ask for the queues of pools to be drained, for contacts to be read, or for leads of
        absent owners to be looked after, now or, at most 15 minutes later, *after* a while.

        Raises Retryable if not all of *hints* were taken; sending again does no harm.
        """
        ...


class Wakes(WakeSender, Offers, Protocol):
    """Wakes and offers together, as working an event needs both."""
