"""A lead as Baton holds it, and the pieces it is made of."""

from __future__ import annotations

from baton.domain.lead.lead import (
    SCHEMA,
    ArmedRung,
    Assignment,
    Clock,
    Held,
    Lead,
    Sign,
    Spell,
    StageFact,
    StageTimes,
    Standing,
    Untold,
    Waiting,
    Write,
)

__all__ = [
    "SCHEMA",
    "ArmedRung",
    "Assignment",
    "Clock",
    "Held",
    "Lead",
    "Sign",
    "Spell",
    "StageFact",
    "StageTimes",
    "Standing",
    "Untold",
    "Waiting",
    "Write",
]
