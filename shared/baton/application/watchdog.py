"""The watchdog: does the sweep run, is anything overdue, and does every open lead have its wake-up?

Each run looks at the sweep and at what is overdue, and does the sweep's work where that did not
run. Once a day a pass goes through every open lead, some pages a run, from where the last run
stopped. It repairs and counts the flaws that it finds, so the operator can look for the cause
without hurry.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from baton.application.ports.leads import Flaw, Leads, Sweepable
from baton.application.ports.queues import WakeSender
from baton.application.sweep import BEGINNING, instant, sweep_fast
from baton.domain.time import stamp

#: If the last sweep is longer ago than this, the next one has failed, and the watchdog does its
#: work.
SWEEP_MISSING = timedelta(minutes=2, seconds=30)
#: A clock that is this late is reported; by then the sweep has sent its wake twice.
LATE = timedelta(minutes=3)
#: Time between the starts of two passes.
EACH = timedelta(days=1)
#: Pages per run: a pass over a million open leads takes some hours, with little load on the table.
PAGES = 40
_CHECKPOINT = "WATCH"


class Watched(Struct, frozen=True):
    """The result of one run."""

    #: Overdue clocks, and how late the most overdue one is.
    overdue: int
    latest: timedelta
    #: The sweep did not run, so this run did its work.
    stood_in: bool
    #: Open leads checked against the indexes, how many were repaired, and which cannot be.
    checked: int = 0
    repaired: int = 0
    broken: tuple[str, ...] = ()
    #: Whether the pass ended in this run.
    complete: bool = False


def watch(
    store: Sweepable,
    leads: Leads,
    wakes: WakeSender,
    now: datetime,
    report_flaw: Callable[[Flaw], None],
    pages: int = PAGES,
) -> Watched:
    """
    One run.

    Args:
        report_flaw: Called with each flaw, repaired or not.

    Raises:
        Retryable: The table or the queue does not answer; the run failed.
    """
    late = store.due("wakes", BEGINNING, now - LATE)
    swept = instant(store.checkpoint("WAKES").get("sweptAt"))
    stood_in = swept is not None and now - swept > SWEEP_MISSING
    if stood_in:
        sweep_fast(store, wakes, now)
    latest = now - min((at for _, at in late), default=now)
    passed = _pass(store, leads, now, report_flaw, pages)
    return Watched(len(late), latest, stood_in, *passed)


def _pass(
    store: Sweepable, leads: Leads, now: datetime, report_flaw: Callable[[Flaw], None], pages: int
) -> tuple[int, int, tuple[str, ...], bool]:
    """Continue the pass, or start the day's: (checked, repaired, broken, complete)."""
    before = store.checkpoint(_CHECKPOINT)
    cursor, begun = before.get("cursor", ""), instant(before.get("begunAt"))
    if not cursor and begun is not None and now - begun < EACH:
        return 0, 0, (), False
    begun = begun if cursor and begun is not None else now
    checked = repaired = 0
    broken: list[str] = []
    for _ in range(pages):
        some, cursor = leads.page(cursor)
        checked += len(some)
        for flaw in leads.flaws(some):
            report_flaw(flaw)
            if flaw.right is None:
                broken.append(flaw.lead)
            else:
                repaired += leads.repair(flaw)
        if not cursor:
            break
    # Save last: a run that dies before this line is repeated by the next, with less to repair.
    values = {"cursor": cursor, "begunAt": stamp(begun), "ranAt": stamp(now)}
    store.save_checkpoint(_CHECKPOINT, values, order="ranAt")
    return checked, repaired, tuple(broken), not cursor
