"""The events that wake a lead when a clock of it is due."""

from __future__ import annotations

from datetime import datetime

from baton.domain.world.events import ClockDue, WentStale


def fast_wake(lead_id: str, at: datetime) -> ClockDue:
    """The wake for a lead's fast clocks at *at*; the same instant is the same wake."""
    return ClockDue(id=f"wake:{_name(at)}", lead_id=lead_id, at=at)


def slow_wake(lead_id: str, at: datetime) -> WentStale:
    """The wake for a lead's slow clock at *at*."""
    return WentStale(id=f"stale:{_name(at)}", lead_id=lead_id, at=at)


def _name(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
