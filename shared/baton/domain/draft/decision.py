"""Decisions, as values for others to store and to deliver."""

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
    "unattended",
    "reapplied",
    "gone",
]


class Outcome(Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing that happened to the lead, for reports, metrics and other systems."""

    kind: OutcomeKind
    at: datetime
    #: The rep or manager it happened to; for a failed delivery, also a channel.
    person: str = ""
    #: SLA target, reason code, stage or rule, depending on the kind.
    what: str = ""
    assignment: int = 0
    #: When the clock was due; for warnings and breaches.
    due_at: datetime | None = None
    #: Who was told instead of whom Slack refused it to: a person, or a channel; empty: nobody.
    instead: str = ""
    #: Slot of the message that could not be delivered; empty in older records.
    message: str = ""
    #: Who did it: in HubSpot, as HubSpot has it (``userId:9586504``, else the change source); or
    #: the id of a person who acted for the owner.
    by: str = ""


class LoadChange(Struct, frozen=True, gc=False, array_like=True):
    """A changed load of a person (or, as ``pool:<id>``, of a limited pool)."""

    holder: str
    by: int
    why: str


class Considered(Struct, frozen=True, gc=False, array_like=True):
    """The result for every member of a pool, in the policy version's order, one character each (see
    ``Obstacle`` of routing); or one character for the pool as a whole.
    """

    pool: str
    codes: str


#: Reasons for which an event cannot be worked, now or later: HubSpot has deleted the contact, or
#: the lead has moved on since. All others wait for a person: for a name in the roster, for a stage
#: or a tier in the policy, or for somebody who is back.
EXPLAINED = frozenset(
    {
        "unworkable.contact",
        "reassign.nobody_has_it",
        "reassign.has_it",
        "reassign.let_go",
        "snooze.not_theirs",
        "snooze.already",
        "snooze.passed",
        "reapply.nobody_has_it",
    }
)


class Decision(Struct, frozen=True, gc=False):
    """The new lead, loads and turns, the effects to show, and the reasons.

    ``loads`` and ``turns`` carry the version they were read at: they are written on the condition
    that it still holds, and ``relied_on`` is checked the same way, so the commit covers everything
    that the decision read.
    """

    lead: Lead
    #: Lead version the decision started from; 0: the lead was new.
    before: int
    loads: tuple[Load, ...] = ()
    relied_on: tuple[Load, ...] = ()
    turns: tuple[Turns, ...] = ()
    effects: tuple[AnyEffect, ...] = ()
    because: tuple[Phrase, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    #: Why the event cannot be worked. Its message is parked if a person can fix that (see
    #: `EXPLAINED`), else counted.
    unworkable: Phrase | None = None
    #: False: the event changed nothing, and nothing needs to be stored.
    changed: bool = True
    #: The load changes it makes.
    changes: tuple[LoadChange, ...] = ()
    #: The members it considered, pool by pool.
    considered: tuple[Considered, ...] = ()
    #: Pools whose queues may have room now; looked at once this is stored.
    offers: tuple[str, ...] = ()
    #: The lead's place in a queue before.
    waited: Waiting | None = None
    #: When the contact must be read again; also of a decision that changes nothing.
    look_again: datetime | None = None
    #: Merged leads that end with it, each a version on from the one it was read at; and the places
    #: in queues that they leave.
    ended: tuple[Lead, ...] = ()
    places_left: tuple[tuple[str, Waiting], ...] = ()
