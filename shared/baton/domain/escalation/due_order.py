"""Which work of a batch comes first: all that can be done now, then the nearest deadline.

A wake is received a little before its clock is due, and its worker waits for the rest. In order of
receipt, ready messages would wait for a clock, and an earlier clock for a later one.
"""

from __future__ import annotations

from datetime import datetime

from baton.domain.time import EARLIEST
from baton.domain.world.events import AnyEvent, ClockDue, WentStale


def due_at(event: AnyEvent | None) -> datetime:
    """Sort key: the instant of a clock event; everything else, including None (not an event of a
    lead), is due already.
    """
    return event.at if isinstance(event, ClockDue | WentStale) else EARLIEST
