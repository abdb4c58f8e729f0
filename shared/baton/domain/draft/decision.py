"""What a decision comes to, as values for others to store and to deliver."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from baton.domain.lead import Lead, Waiting
from baton.domain.phrase import Phrase
from baton.domain.world.effects import AnyEffect
from baton.domain.world.world import Load, Turns

OutcomeKind = Literal[
    "stage_moved",
    "backward_refused",
    "assigned",
    "accepted",
    "touched",
    "warned",
    "breached",
    "escalated",
    "pulled_back",
    "recycled",
    "disqualified",
    "qualified",
    "stale_click",
    "held",
    "released",
    "drifted",
    "restored",
    "waiting",
    "rejected",
    "snoozed",
    "reassigned",
    "paused",
    "resumed",
    "kept",
    "taken_back",
    "undelivered",
    "reapplied",
    "gone",
]


class Outcome(Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing that happened to the lead, for reports, metrics and other systems."""

    kind: OutcomeKind
    at: datetime
    #: The rep or manager it happened to; of what was not delivered, also a channel.
    person: str = ""
    #: SLA target, reason code, stage or rule, as the kind has it.
    what: str = ""
    assignment: int = 0
    #: When the clock was due; for warnings and breaches.
    due_at: datetime | None = None
    #: Who was told instead of whom Slack refused it to: a person, or a channel; empty: nobody.
    instead: str = ""
    #: Slot of what could not be delivered; empty there: recorded before it was kept.
    message: str = ""


class LoadChange(Struct, frozen=True, gc=False, array_like=True):
    """A person (or, as ``pool:<id>``, a limited pool) carries more or less than before."""

    holder: str
    by: int
    why: str


class Considered(Struct, frozen=True, gc=False, array_like=True):
    """What came of every member of a pool, in the policy version's order, one character each, see
    ``Obstacle`` of routing; of the pool as a whole, that one character."""

    pool: str
    codes: str


class Decision(Struct, frozen=True, gc=False):
    """What becomes of the lead, of the loads and turns, what must be shown, and why.

    ``loads`` and ``turns`` carry the version they were read at: they are written on the condition
    that it still holds, and ``relied`` is checked the same way, so the commit covers everything
    that the decision read.
    """

    lead: Lead
    #: Lead version the decision started from; 0: the lead was new.
    before: int
    loads: tuple[Load, ...] = ()
    relied: tuple[Load, ...] = ()
    turns: tuple[Turns, ...] = ()
    effects: tuple[AnyEffect, ...] = ()
    because: tuple[Phrase, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    #: Why the event cannot be worked; it then goes where a person sees it.
    unworkable: Phrase | None = None
    #: False: nothing came of the event, and nothing needs to be stored.
    changed: bool = True
    #: Whose open leads became more or fewer by it.
    changes: tuple[LoadChange, ...] = ()
    #: Whom it considered, pool by pool.
    considered: tuple[Considered, ...] = ()
    #: Pools whose queues may have room now; looked at once this is stored.
    offers: tuple[str, ...] = ()
    #: The lead's place in a queue before.
    waited: Waiting | None = None
