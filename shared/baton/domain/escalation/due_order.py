"""Which work of a batch comes first: all that can be done now, then the nearest deadline.

A wake is received a little before its clock is due, and its worker waits for the rest. Worked in
the order of receipt, a batch would have what can be done now wait for a clock, and one clock for a
later one.
"""

from __future__ import annotations

from datetime import datetime

from baton.domain.time import EARLIEST
from baton.domain.world.events import AnyEvent, ClockDue, WentStale


def due_at(event: AnyEvent | None) -> datetime:
    """When *event* is due, to sort by: a clock's instant; anything else is due already, also
    what is no event of a lead (None)."""
    return event.at if isinstance(event, ClockDue | WentStale) else EARLIEST
