"""
The shapes of ``detail`` that are not events of the domain: the three public event types, and hints.

Public event types are a contract, documented in ``events/README.md``: any system may write them, so
each field is constrained. Hints are news whose lead is not known yet. All other news are events of
the domain, which travel as they are (see ``vocabulary``).

No personal data travels, only ids, names of things and neutral values: the bus keeps an archive,
from which a person cannot be erased.
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
#: An instant with its zone.
Instant = Annotated[datetime, Meta(tz=True)]
#: A stage, a signal or a reason: a value that some policy may know.
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
    source_id: Note = ""


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
    """A person goes away or comes back."""

    event_id: Identity
    #: A person of the roster: their id, ``slack:<user>`` or ``hubspot:<owner>``.
    person: Name
    occurred_at: Instant
    #: False: they are back.
    away: bool
    #: None: until they say that they are back.
    until: Instant | None = None
    #: The same in the person's own time: ``2026-12-01``, ``2026-12-01T13:00`` or ``13:00``.
    back: LocalTime = ""
    #: hubspot: an outside system refuses them. Of a ``slack:<user>`` that is Slack, which brings
    #: them no messages; otherwise HubSpot, which does not accept them as owner. (Hints have no
    #: schema number, so they get no new words.)
    source: Told = "cli"

    @property
    def is_refused_by_slack(self) -> bool:
        """Whether it says what Slack does, not what they said in Slack."""
        return self.source == "hubspot" and self.person.startswith("slack:")

    #: Who made the change, if not the person.
    by: Note = ""
    #: What an outside system says of them, in a word of ``MemberFault``; empty: nothing more.
    why: Note = ""


class PoolHint(Struct, frozen=True, kw_only=True, rename="camel"):
    """There may be room for a lead that waits in the pool's queue."""

    event_id: Identity
    pool: Name
    occurred_at: Instant


class DealHint(Struct, frozen=True, kw_only=True, rename="camel"):
    """A deal was created or changed its stage. HubSpot does not name its contacts, so this is not
    an event of a lead yet: working it reads the deal.
    """

    event_id: Identity
    deal_id: ObjectId
    occurred_at: Instant
    created: bool = False
    #: The contact that joined the deal: for that contact, the deal's stage begins then at the
    #: earliest.
    joined: bool = False


class OddWebhook(Struct, frozen=True, kw_only=True, rename="camel"):
    """An event of a webhook batch that could not be read. Working it parks it with its reason,
    where a person sees it. It says what the event was about, and has no values.
    """

    event_id: Identity
    #: What was expected of which field: ``$[3].eventId: required``.
    why: Note
    #: Empty: it could not be read.
    subscription: Note = ""
    object_id: Note = ""


Public = LeadStageChanged | LeadSignal | LeadDealMoved
Hint = DealHint | PersonHint | PoolHint | OddWebhook
