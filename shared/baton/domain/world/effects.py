"""Effects: slots outside, and the state each should show.

An effect never says "send this"; it says "this place should look like that, as of this version of
the lead". Delivery compares versions, so late, repeated and redriven effects cannot undo newer
ones, and superseded ones are never sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from baton.domain.lead import Value
from baton.domain.phrase import Text
from baton.domain.world.events import Level

System = Literal["hubspot", "slack"]


class Effect(Struct, frozen=True, gc=False, kw_only=True, tag_field="kind"):
    """*slot* of *subject* should show this state, which was decided at *version*.

    ``subject`` is ``LEAD#<contact id>``, ``MANAGER#<person id>`` or ``PERSON#<person id>``; slots
    of one subject are independent of each other. ``version`` rises with each commit of the subject.
    """

    subject: str
    slot: str
    version: int


class ContactState(Effect, frozen=True, gc=False, kw_only=True, tag="hubspot.contact"):
    """All contact properties that Baton writes. Only those decided after the version last shown are
    sent, so two states that arrive in the wrong order still add up.
    """

    contact_id: str
    properties: dict[str, Value]


class TaskState(Effect, frozen=True, gc=False, kw_only=True, tag="hubspot.task"):
    """A HubSpot task of the owner, with its due time; ``done`` completes it."""

    contact_id: str
    owner: str
    subject_line: Text
    #: Line by line; plain text if stored before there were phrases.
    body: str | tuple[Text, ...]
    due_at: datetime
    done: bool = False
    #: IANA zone of the owner.
    zone: str = "UTC"


class Deadline(Struct, frozen=True, gc=False):
    label: str
    due_at: datetime
    done_at: datetime | None = None
    #: Labels of the pauses in effect; empty: it is not paused.
    paused: str | tuple[str, ...] = ()


class CardState(Effect, frozen=True, gc=False, kw_only=True, tag="slack.card"):
    """The message a rep gets with a lead: handoff packet, deadlines and what can be done."""

    lead_id: str
    #: Slack user id of the rep; the card is a direct message.
    to: str
    assignment: int
    state: Literal["open", "accepted", "touched", "rejected", "taken_back", "closed"]
    name: str
    company: str
    tier: str
    #: (label, value) in the order of the policy's fields.
    packet: tuple[tuple[str, str], ...]
    why_now: tuple[Text, ...]
    why_you: Text
    #: The policy's own words.
    play: str
    deadlines: tuple[Deadline, ...]
    #: IANA zone of the rep, for texts that cannot use Slack's own date tokens.
    zone: str
    #: (reason code, label) offered for rejecting.
    reasons: tuple[tuple[str, str], ...]
    #: What ended the card, or moved it on, and when; empty: nothing.
    note: Text = ""
    note_at: datetime | None = None
    #: Labels of required fields that the lead came without.
    missing: tuple[Text, ...] = ()
    #: The first touch was only reported here, not seen in HubSpot, so it can be taken back.
    undo: bool = False
    #: Places in ``packet`` of phone numbers.
    phones: tuple[int, ...] = ()
    #: What is said of values in ``packet`` that cannot be read.
    unread: tuple[Text, ...] = ()


class NoticeState(Effect, frozen=True, gc=False, kw_only=True, tag="slack.notice"):
    """A message about a clock or a fault, to a person or a channel."""

    #: Slack user id, channel id or #name.
    to: str
    level: Level
    title: Text
    lines: tuple[Text, ...]
    at: datetime
    #: Messages of this kind that may be opened for ``to`` in an hour; 0: any number.
    an_hour: int = 0
    #: IANA zone of its reader, for texts that cannot use Slack's own dates.
    zone: str = "UTC"


class ReplyState(Effect, frozen=True, gc=False, kw_only=True, tag="slack.reply"):
    """An answer only the person who clicked can see."""

    channel: str
    user: str
    lines: tuple[Text, ...] = ()
    #: Its text, if decided before there were phrases.
    text: str = ""
    #: IANA zone of its reader.
    zone: str = "UTC"


class DigestLine(Struct, frozen=True, gc=False):
    """A lead in a list of a digest. Without a lead: a remark, such as since when breaches are new;
    ``digest.more`` is how many more leads the list has."""

    lead: str
    owner: str
    what: str
    #: How late, and what happened next.
    detail: Text


class DigestState(Effect, frozen=True, gc=False, kw_only=True, tag="slack.digest"):
    """A manager's morning digest."""

    to: str
    manager: str
    #: Local date the digest is for, ISO.
    day: str
    new_breaches: tuple[DigestLine, ...]
    open_breaches: tuple[DigestLine, ...]
    at_risk: tuple[DigestLine, ...]
    #: IANA zone of the manager.
    zone: str = "UTC"


HubspotEffect = ContactState | TaskState
SlackEffect = CardState | NoticeState | ReplyState | DigestState
AnyEffect = HubspotEffect | SlackEffect


def system_of(effect: Effect) -> System:
    return "hubspot" if isinstance(effect, HubspotEffect) else "slack"


def lead_subject(lead_id: str) -> str:
    return f"LEAD#{lead_id}"


def person_subject(person: str) -> str:
    return f"PERSON#{person}"
