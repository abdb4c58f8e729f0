"""Drains a pool's queue: while its first lead finds an owner, the next one is tried.

Two kinds of decisions offer the queue: those that make room, and those that join it. Each offers it
only after its own change is stored, so one of the two sees the other's change, and no lead keeps
waiting while a rep is free.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from baton.application.ports.leads import Queues
from baton.domain.world.events import RoomMade
from baton.failures import Retryable
from baton.wire.details import PoolHint

#: Most leads handed out per receipt of a hint; the rest follow when the hint is received again.
AT_ONCE = 50


def drain(
    hint: PoolHint, store: Queues, now: datetime, work_event: Callable[[RoomMade], None]
) -> int:
    """
    Try the first lead in the queue of *hint*'s pool, then the next, as long as each leaves the
    queue; returns how many left. No lead overtakes: one that finds no owner stops the draining.

    Raises:
        Retryable: More than ``AT_ONCE`` leads wait, or one of them must be tried again.
    """
    before = ""
    for left in range(AT_ONCE):
        lead = store.first_waiting([hint.pool])[hint.pool]
        if not lead or lead == before:
            return left - bool(lead)
        work_event(RoomMade(id=f"{hint.event_id}:{lead}", lead_id=lead, at=now, pool=hint.pool))
        before = lead
    raise Retryable("more leads wait than one message hands out", after=timedelta(seconds=1))
