"""Everything that can happen to a lead.

An event's ``id`` is its identity: the same happening has the same id however often it is
delivered, and the history is keyed by it. ``at`` is when it happened (UTC), not when it was seen.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

#: How severe a message is.
Level = Literal["info", "warning", "breach"]
#: What a rep can do in Slack.
Action = Literal["accept", "reject", "touch", "untouch", "qualify", "explain"]
#: What a hint says may have changed; the contact is read to find out.
Topic = Literal["created", "stage", "owner", "status", "activity", "fields"]
#: Who reports that somebody is away: the person in Slack, an outside system that refuses them, or
#: RevOps.
Told = Literal["slack", "hubspot", "cli"]


class Event(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Something that happened to one lead. ``lead_id`` is HubSpot's contact id."""

    id: str
    lead_id: str
    at: datetime


class StageChanged(Event, frozen=True, kw_only=True, tag="stage_changed"):
    """A system says that the lead's lifecycle stage became *stage* (HubSpot's value or ours)."""

    stage: str
    #: Who changed it, in HubSpot's words (CRM_UI, IMPORT, AUTOMATION_PLATFORM, …) or a partner's.
    source: str = ""
    #: Which one of that kind: an integration's, a workflow's, an import's, a user's id.
    source_id: str = ""


class SignalSeen(Event, frozen=True, kw_only=True, tag="signal_seen"):
    """The person did something that shows interest (page view, trial, form)."""

    signal: str
    source: str = ""
    #: What it was about, by name: a page, a form, a product. Nothing personal.
    what: str = ""


class DealMoved(Event, frozen=True, kw_only=True, tag="deal_moved"):
    """A deal of the person entered a stage of its pipeline, or was created in it."""

    deal: str
    #: Internal name of the deal stage.
    stage: str
    #: HubSpot's kind of the stage: won, lost, or neither.
    outcome: Literal["", "won", "lost"] = ""
    created: bool = False


class Merged(Event, frozen=True, kw_only=True, tag="merged"):
    """HubSpot merged the contact into another one, ``into``, and it no longer exists."""

    into: str


class Deleted(Event, frozen=True, kw_only=True, tag="deleted"):
    """HubSpot deleted the contact."""


class Hinted(Event, frozen=True, kw_only=True, tag="hinted"):
    """Something about the contact changed in HubSpot: look at it."""

    about: Topic


class Clicked(Event, frozen=True, kw_only=True, tag="clicked"):
    """A rep used the card of assignment number *assignment* in Slack."""

    assignment: int
    action: Action
    #: Slack's ids of the person and of the conversation the card is in.
    user: str
    channel: str
    #: Reason code; with ``reject`` only.
    reason: str = ""


class Reassigned(Event, frozen=True, kw_only=True, tag="reassigned"):
    """Somebody wants the lead to go to another person."""

    #: Person id of the new owner; empty: routing decides.
    to: str = ""
    #: Who wants it, as others should read it: a name, "RevOps".
    by: str = ""
    note: str = ""


class Snoozed(Event, frozen=True, kw_only=True, tag="snoozed"):
    """The lead of assignment number *assignment* is snoozed until an agreed instant."""

    assignment: int
    until: datetime
    by: str = ""


class Reapplied(Event, frozen=True, kw_only=True, tag="reapplied"):
    """The lead's running clocks are to follow the policy as it is now."""


class OwnerRefused(Event, frozen=True, kw_only=True, tag="owner_refused"):
    """HubSpot does not accept *person* as the lead's owner, or Slack brings them no messages:
    deactivated or deleted there.
    """

    #: Person id or ``hubspot:<owner id>``: refused by HubSpot; ``slack:<user>``: by Slack.
    person: str

    @property
    def by_slack(self) -> bool:
        return self.person.startswith("slack:")


class OwnerAbsent(Event, frozen=True, kw_only=True, tag="owner_absent"):
    """*person*, the lead's owner, is away by their own word or by the roster."""

    #: Person id.
    person: str


class Undelivered(Event, frozen=True, kw_only=True, tag="undelivered"):
    """Slack refused a message about the lead to *to*, a user or a channel, for good."""

    to: str
    #: Severity of the message; ``info``: nobody needs to be told instead.
    level: Level
    #: Slack's error code.
    reason: str
    #: Which message of the lead it was; empty in events from before this field existed.
    slot: str = ""
    #: What a person can do about it, if that is known.
    fix: str = ""


class RoomMade(Event, frozen=True, kw_only=True, tag="room_made"):
    """There may be room in *pool*, and the lead was first in its queue when this was created."""

    pool: str


class ClockDue(Event, frozen=True, kw_only=True, tag="clock_due"):
    """A fast clock (accept, first touch, a rung of a ladder) was armed for ``at``."""


class WentStale(Event, frozen=True, kw_only=True, tag="went_stale"):
    """A slow clock (inactivity, a score that decays) was armed for ``at``."""


AnyEvent = (
    StageChanged
    | SignalSeen
    | DealMoved
    | Merged
    | Deleted
    | Hinted
    | Clicked
    | Reassigned
    | Snoozed
    | Reapplied
    | OwnerRefused
    | OwnerAbsent
    | Undelivered
    | RoomMade
    | ClockDue
    | WentStale
)
