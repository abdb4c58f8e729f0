"""Draining a pool's queue: as long as its first lead finds an owner, the next one is tried.

Room is looked for by two sides: whoever makes it, and whoever joins the queue. Both look only once
their own change is stored, so one of them sees the other's, and no lead waits beside a free rep.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from baton.application.ports.leads import Queues
from baton.domain.world.events import RoomMade
from baton.failures import Retryable
from baton.wire.details import PoolHint

#: So many leads are handed out for one hint; what is left goes on with the hint's next receipt.
AT_ONCE = 50


def drain(hint: PoolHint, store: Queues, now: datetime, advance: Callable[[RoomMade], None]) -> int:
    """
    Try the first lead in the queue of *hint*'s pool, and the next as long as they leave it; how
    many left. Nobody overtakes: a lead that finds no owner keeps all behind it waiting.

    Raises:
        Retryable: There are more than ``AT_ONCE``, or one of them must be tried again.
    """
    before = ""
    for left in range(AT_ONCE):
        lead = store.first_waiting([hint.pool])[hint.pool]
        if not lead or lead == before:
            return left - bool(lead)
        advance(RoomMade(id=f"{hint.event_id}:{lead}", lead_id=lead, at=now, pool=hint.pool))
        before = lead
    raise Retryable("more leads wait than are handed out at once", after=timedelta(seconds=1))
