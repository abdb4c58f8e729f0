"""The policy as the core reads it: compiled, immutable, light to load.

The files a RevOps admin edits are richer (``baton.policy.models``); publishing compiles them into
these records, which travel as JSON. Durations are ``timedelta``; everything in a tuple is in the
order in which it is tried.
"""

from __future__ import annotations

from baton.core.policy.criteria import OPERATORS, Count, Test, When
from baton.core.policy.lifecycle import (
    Answer,
    Disqualifier,
    Field,
    FieldKind,
    Hold,
    Lifecycle,
    Reason,
    Stage,
    Status,
    Sync,
    Transition,
    Trigger,
)
from baton.core.policy.promises import (
    Digest,
    Notifications,
    Play,
    Rung,
    Staleness,
    Target,
    Tier,
    Track,
)
from baton.core.policy.routing import (
    Chain,
    Fallback,
    Member,
    Person,
    Pool,
    Rule,
    Segment,
    Territory,
    TimeOff,
)
from baton.core.policy.scoring import (
    BehaviourGroup,
    BehaviourRule,
    FitGroup,
    FitRule,
    Never,
    Scoring,
    Signal,
)
from baton.core.policy.whole import Definition, Policy, Record

__all__ = [
    "OPERATORS",
    "Answer",
    "BehaviourGroup",
    "BehaviourRule",
    "Chain",
    "Count",
    "Definition",
    "Digest",
    "Disqualifier",
    "Fallback",
    "Field",
    "FieldKind",
    "FitGroup",
    "FitRule",
    "Hold",
    "Lifecycle",
    "Member",
    "Never",
    "Notifications",
    "Person",
    "Play",
    "Policy",
    "Pool",
    "Reason",
    "Record",
    "Rule",
    "Rung",
    "Scoring",
    "Segment",
    "Signal",
    "Stage",
    "Staleness",
    "Status",
    "Sync",
    "Target",
    "Territory",
    "Test",
    "Tier",
    "TimeOff",
    "Track",
    "Transition",
    "Trigger",
    "When",
]
