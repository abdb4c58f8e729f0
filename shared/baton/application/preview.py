"""Previews events: the real code decides them on the real state, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from baton.application.ports.leads import Record, Store
from baton.application.work_event import Contacts, EventWorker
from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.domain.world.effects import AnyEffect
from baton.domain.world.events import AnyEvent, ClockDue, Hinted, OwnerAbsent, WentStale
from baton.failures import Explained, NewerSchema, Rejected
from baton.wire.details import PoolHint


class PreviewedEvent(Struct, frozen=True):
    """The result that one event would have."""

    event: AnyEvent
    before: Lead | None
    after: Lead | None
    #: None: nothing would be stored.
    record: Record | None
    #: Why the event cannot be worked; empty: it can.
    fault: str = ""
    #: The stored lead cannot be read, so *before* says nothing.
    unreadable: bool = False


class Preview:
    """
    Works events in sequence, each on the state that the earlier ones would leave.

    Args:
        store: Reads the real state, and keeps the results in memory.
    """

    def __init__(self, store: Store, policy: Policy, now: datetime) -> None:
        self._store = store
        self._policy, self._now = policy, now
        self._work_event = EventWorker(self._store, _Nowhere(), _Nowhere(), _at_once)

    def play(self, events: Iterable[AnyEvent]) -> Iterator[PreviewedEvent]:
        """A lead that cannot be read has a fault, and the others are previewed.

        Raises Retryable: the store does not answer.
        """
        for event in events:
            try:
                yield self._played(event)
            except NewerSchema as error:
                yield PreviewedEvent(event, None, None, None, str(error), unreadable=True)
            except (msgspec.MsgspecError, KeyError, ValueError) as error:
                fault = f"the stored lead cannot be read ({type(error).__name__})"
                yield PreviewedEvent(event, None, None, None, fault, unreadable=True)

    def _played(self, event: AnyEvent) -> PreviewedEvent:
        before, _ = self._store.load(event.lead_id, event.id)
        fault = ""
        try:
            self._work_event(event, self._policy, Contacts(_Unread(), []), self._now)
        except (Rejected, Explained) as error:
            fault = str(error)
        after, record = self._store.load(event.lead_id, event.id)
        return PreviewedEvent(event, before, after, record, fault)


def _at_once(attempt: int) -> None:
    """A preview has no concurrent writers, so it does not wait between attempts."""


class _Nowhere:
    """Sends no effects and no wakes."""

    def send(
        self,
        events: Sequence[ClockDue | WentStale] | Sequence[AnyEffect],
        within: timedelta | None = None,
    ) -> None:
        return

    def offer(
        self, hints: Sequence[PoolHint | Hinted | OwnerAbsent], after: timedelta = timedelta(0)
    ) -> None:
        return


class _Unread:
    """Refuses reads of HubSpot: a preview must not depend on data that changes meanwhile."""

    def __getattr__(self, name: str) -> Any:
        raise Rejected("a preview does not read HubSpot")
