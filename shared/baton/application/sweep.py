"""Finds due clocks: the fast ones each minute, the slow ones each hour.

A schedule fires within its minute, not on the second. So the sweep looks ahead and sends each wake
with the remaining delay, and the queue delivers it on time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from baton.application.ports.leads import Sweepable
from baton.application.ports.queues import WakeSender
from baton.domain.time import stamp
from baton.domain.world.wakes import fast_wake, slow_wake

#: How far ahead the fast sweep looks. It is so much shorter than SQS's longest delay that a run may
#: be late.
HORIZON = timedelta(minutes=12)
#: A wake this late did not arrive, or its worker died: it is sent again.
OVERDUE = timedelta(minutes=1)
#: After this long overdue, a wake is sent again only every ``SELDOM``.
PATIENCE = timedelta(minutes=10)
SELDOM = timedelta(minutes=15)
#: An instant before every lead.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
#: The slow sweep sends at most this many at once, so that an import's leads, all due on the same
#: day, arrive in their own lane in portions.
SLOW_AT_ONCE = 5_000


class Swept(Struct, frozen=True):
    sent: int
    overdue: int
    #: Since the run before this one; None on the first.
    gap: timedelta | None


def sweep_fast(store: Sweepable, wakes: WakeSender, now: datetime) -> Swept:
    """Send a wake for every fast clock that is overdue or due within the horizon.

    A run starts where the last one stopped looking, so no wake is sent twice. A late or missed run
    leaves a longer stretch to the next. Concurrent runs do no harm: repeated wakes find nothing to
    do.
    """
    before = store.checkpoint("WAKES")
    armed_until = instant(before.get("armedUntil")) or now
    until = now + HORIZON
    swept = instant(before.get("sweptAt"))
    late = [
        (lead_id, at)
        for lead_id, at in store.due("wakes", BEGINNING, now - OVERDUE)
        if _again(now - at, now - swept if swept else OVERDUE)
    ]
    ahead = store.due("wakes", max(min(armed_until, until), now - OVERDUE), until)
    events = [fast_wake(lead_id, at) for lead_id, at in dict.fromkeys([*late, *ahead])]
    wakes.send(events)
    # Save last: a run that dies before this line is repeated by the next.
    store.save_checkpoint(
        "WAKES", {"sweptAt": stamp(now), "armedUntil": stamp(until)}, order="sweptAt"
    )
    return Swept(sent=len(events), overdue=len(late), gap=now - swept if swept else None)


def _again(late: timedelta, since_last_run: timedelta) -> bool:
    """Whether a wake that is *late* is sent again: in every run at first, then every quarter of an
    hour, so that a wake that cannot be worked is not parked each minute.
    """
    if late < PATIENCE:
        return True
    return late // SELDOM != (late - since_last_run) // SELDOM


def sweep_slow(store: Sweepable, wakes: WakeSender, now: datetime) -> Swept:
    """Send a wake for every lead whose clock of inactivity is due."""
    before = store.checkpoint("STALE")
    due = store.due("stale", BEGINNING, now)[:SLOW_AT_ONCE]
    wakes.send([slow_wake(lead_id, at) for lead_id, at in due])
    store.save_checkpoint("STALE", {"sweptAt": stamp(now)}, order="sweptAt")
    swept = instant(before.get("sweptAt"))
    return Swept(sent=len(due), overdue=len(due), gap=now - swept if swept else None)


def instant(text: str | None) -> datetime | None:
    """An instant from a checkpoint; None: not set yet."""
    return datetime.fromisoformat(text) if text else None
