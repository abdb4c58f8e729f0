"""Who has the lead, and who had it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from baton.domain.phrase import Text

#: Rule of an assignment that a person made.
BY_HAND = "by-hand"


class Assignment(Struct, frozen=True, gc=False, omit_defaults=True):
    """One owner's time with the lead. ``number`` names it in Slack and HubSpot."""

    number: int
    person: str
    rule: str
    pool: str
    tier: str
    at: datetime
    why: Text
    accepted_at: datetime | None = None
    touched_at: datetime | None = None
    #: slack: the rep says so; status: somebody set the lead status that says so; hubspot: seen as a
    #: logged call, e-mail, meeting or message.
    touched_in: Literal["", "slack", "hubspot", "status"] = ""
    #: A meeting was booked or held.
    met_at: datetime | None = None
    #: Stage of the handoff that it is part of; empty: the first.
    handoff: str = ""
    #: Whether the lead counts as open for its owner, and for its pool, if that has limits.
    counts: bool = True
    counts_in_pool: bool = False
    #: When it stops counting as open.
    forget_at: datetime | None = None
    #: Snoozed until then, and since when.
    snoozed_until: datetime | None = None
    snoozed_at: datetime | None = None
    #: Its snooze is over, but its owner has no room for it: until then it stays snoozed.
    returns_by: datetime | None = None
    #: Targets whose time has not begun yet.
    to_start: tuple[str, ...] = ()
    #: When the owner last tried to reach the person in a way that does not count, as the history
    #: of the lead says already.
    no_act_at: datetime | None = None
    #: When the owner's next leave begins, by the roster as it was then.
    leave_at: datetime | None = None
    #: By when somebody who is there must be told of it, because the owner is not.
    tell_at: datetime | None = None
    #: Person id of whom the owner covers while they are on leave, and when to look whether they are
    #: back; empty: nobody.
    covers: str = ""
    return_at: datetime | None = None
    #: Since when they have it in HubSpot, where somebody gave it to them there; what they did from
    #: then on counts. None: since ``at``.
    since: datetime | None = None
    #: Person id of who made the first touch for the owner; empty: the owner themselves.
    touched_by: str = ""

    @property
    def touch_reported(self) -> bool:
        """Whether the first touch is somebody's word only, and may be taken back."""
        return self.touched_in in ("slack", "status")

    @property
    def begun_at(self) -> datetime:
        """From when on acts count."""
        return self.since or self.at


class PastAssignment(Struct, frozen=True, gc=False, array_like=True):
    """A past assignment: who had the lead, until when, and how it ended."""

    person: str
    number: int
    since: datetime
    until: datetime
    ended: str
