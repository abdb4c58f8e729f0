"""
The JSON in ``detail`` of what has a shape of its own: the three public words, and hints.

Public words are a contract, documented for other systems in ``events/README.md``: any of them may
write these, so each field says what it takes. Hints are news whose lead is yet to be found. All
other news are events of the domain, which travel as they are (see ``vocabulary``).

Only ids, names of things and values that say nothing about a person travel: the bus keeps an
archive, and an archive cannot forget anyone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from baton.domain.world.events import Told

#: An event's identity becomes part of a key: printable ASCII without spaces.
Identity = Annotated[str, Meta(pattern=r"\A[!-~]{1,200}\Z")]
#: HubSpot's id of a contact or a deal. No leading zero, or one object would have two keys.
ObjectId = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,18}\Z")]
#: An instant with its zone, so that it means the same everywhere.
Instant = Annotated[datetime, Meta(tz=True)]
#: A stage, a signal, a reason: a value some policy may know.
Name = Annotated[str, Meta(min_length=1, max_length=255)]
Note = Annotated[str, Meta(max_length=255)]
#: A date, a date with a time, or a time, in somebody's own zone; or nothing.
LocalTime = Annotated[str, Meta(pattern=r"\A(|\d{4}-\d\d-\d\d(T\d\d:\d\d)?|\d\d:\d\d)\Z")]


class _Detail(Struct, frozen=True, kw_only=True, rename="camel"):
    event_id: Identity
    lead_id: ObjectId


class LeadStageChanged(_Detail, frozen=True, kw_only=True):
    """Any system may say that a lead's stage changed."""

    stage: Name
    occurred_at: Instant
    source: Note = ""


class LeadSignal(_Detail, frozen=True, kw_only=True):
    """Any system may say that the person showed interest."""

    signal: Name
    occurred_at: Instant
    source: Note = ""
    what: Note = ""


class LeadDealMoved(_Detail, frozen=True, kw_only=True):
    """Any system may say that a deal of the person entered a stage."""

    deal: Name
    stage: Name
    occurred_at: Instant
    outcome: Literal["", "won", "lost"] = ""
    created: bool = False


class PersonHint(Struct, frozen=True, kw_only=True, rename="camel"):
    """Somebody takes no leads for a while, or takes them again."""

    event_id: Identity
    #: A person of the roster: their id, ``slack:<user>`` or ``hubspot:<owner>``.
    person: Name
    occurred_at: Instant
    #: False: they are back.
    away: bool
    #: None: until they say that they are back.
    until: Instant | None = None
    #: The same in their own time: ``2026-12-01``, ``2026-12-01T13:00`` or ``13:00``.
    back: LocalTime = ""
    source: Told = "cli"
    #: Who says so, where it is not they themselves.
    by: Note = ""


class PoolHint(Struct, frozen=True, kw_only=True, rename="camel"):
    """There may be room for a lead that waits in the pool's queue."""

    event_id: Identity
    pool: Name
    occurred_at: Instant


class DealHint(Struct, frozen=True, kw_only=True, rename="camel"):
    """A deal was created or changed its stage. HubSpot does not say whose it is, so this is no
    event of a lead yet: whoever works it reads the deal."""

    event_id: Identity
    deal_id: ObjectId
    occurred_at: Instant
    created: bool = False
    #: A contact joined the deal: for that contact, nothing of it is older than that.
    joined: bool = False


Public = LeadStageChanged | LeadSignal | LeadDealMoved
Hint = DealHint | PersonHint | PoolHint
