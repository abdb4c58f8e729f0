"""A lead as Baton holds it, and the pieces it is made of.

The small records are stored as arrays: they are most of a lead's size, and a lead under 4 KB
costs one read unit. New fields go at their end, with a default.
"""

from __future__ import annotations

from baton.domain.lead.assignment import BY_HAND, Assignment, PastAssignment
from baton.domain.lead.clock import ArmedRung, Clock, DeferredNotice
from baton.domain.lead.deal import KnownDeal
from baton.domain.lead.evidence import NOT_THEIRS, Evidence
from baton.domain.lead.hold import Held, Waiting
from baton.domain.lead.lead import Lead, LeadChanges
from baton.domain.lead.question import Question
from baton.domain.lead.stage_facts import NO_WAY_BACK, LifecycleState, StageFact, StageTimes
from baton.domain.lead.written import Value, Write

__all__ = [
    "BY_HAND",
    "NOT_THEIRS",
    "NO_WAY_BACK",
    "ArmedRung",
    "Assignment",
    "Clock",
    "DeferredNotice",
    "Evidence",
    "Held",
    "KnownDeal",
    "Lead",
    "LeadChanges",
    "LifecycleState",
    "PastAssignment",
    "Question",
    "StageFact",
    "StageTimes",
    "Value",
    "Waiting",
    "Write",
]
