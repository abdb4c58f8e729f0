"""Who has the lead, and who had it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from baton.domain.phrase import Text


class Assignment(Struct, frozen=True, gc=False, omit_defaults=True):
    """The spell of one owner with the lead. ``number`` names it in Slack and HubSpot."""

    number: int
    person: str
    rule: str
    pool: str
    tier: str
    at: datetime
    why: Text
    accepted_at: datetime | None = None
    touched_at: datetime | None = None
    #: slack: the rep says so; hubspot: seen as a logged call, e-mail or meeting.
    touched_in: Literal["", "slack", "hubspot"] = ""
    #: A meeting was booked or held.
    met_at: datetime | None = None
    #: Stage of the handoff that it is part of; empty: the first.
    handoff: str = ""
    #: It counts as one of its owner's open leads, and as one of its pool's, which is limited.
    counts: bool = True
    counts_in_pool: bool = False
    #: From then on it does not count any more.
    forget_at: datetime | None = None
    #: Snoozed until then, and since when.
    snoozed_until: datetime | None = None
    snoozed_at: datetime | None = None
    #: Targets promised with it whose time has yet to begin.
    to_start: tuple[str, ...] = ()


class PastAssignment(Struct, frozen=True, gc=False, array_like=True):
    """A past assignment: who had the lead, until when, and how it ended."""

    person: str
    number: int
    since: datetime
    until: datetime
    ended: str
