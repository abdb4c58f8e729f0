"""Send parked messages again: back to their queue first, off the dead-letter queue second.

A crash between the two repeats a message, which does no harm (events are known by their identity,
effects by their slots); the other order could lose one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from baton.application.ports.dead_letters import Parked, ParkingLot
from baton.failures import Retryable

#: Failures in a row after which it is not the messages that are at fault.
GIVE_UP_AFTER = 3


class Redriven(Struct, frozen=True):
    moved: int = 0
    #: Messages seen and left where they were.
    left: int = 0
    #: Why some of those could not be sent, one by one.
    failed: tuple[str, ...] = ()


def redrive(
    lot: ParkingLot,
    started: datetime,
    report: Callable[[Parked, bool], None],
    *,
    limit: int,
    dry_run: bool,
) -> Redriven:
    """
    Move up to *limit* messages back.

    Args:
        started: Now. Messages parked later are left: they may be those just sent again.

        report: Called with each message, and whether it was moved.

        dry_run: Only report; every message stays.

    Raises:
        Retryable: Several in a row could not be sent. One alone stays, and the others are sent.
    """
    kept: list[Parked] = []
    failed: list[str] = []
    moved = in_a_row = 0
    try:
        while moved + len(kept) < limit:
            some = lot.take(limit - moved - len(kept))
            if not some:
                break
            for parked in some:
                if dry_run or parked.parked_at > started:
                    kept.append(parked)
                    report(parked, False)
                    continue
                try:
                    lot.send_again(parked)
                except Retryable as error:
                    kept.append(parked)
                    report(parked, False)
                    failed.append(str(error))
                    in_a_row += 1
                    if in_a_row == GIVE_UP_AFTER:
                        raise
                    continue
                in_a_row = 0
                lot.remove(parked)
                moved += 1
                report(parked, True)
    finally:
        # Only at the end: a message made visible again would be taken again.
        for parked in kept:
            lot.leave(parked)
    return Redriven(moved=moved, left=len(kept), failed=tuple(failed))
