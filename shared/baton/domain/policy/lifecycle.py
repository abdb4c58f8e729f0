"""Stages and their gates, transitions, reasons, fields, and who wins a property that others write,
too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from baton.domain.policy.criteria import When
from baton.domain.values import FieldKind


class Field(Struct, frozen=True):
    """A field by Baton's name, and the HubSpot contact property that holds it."""

    id: str
    label: str
    property: str
    #: Shown in the handoff packet.
    packet: bool = True
    kind: FieldKind = "text"
    #: Where a missing value is looked for, in order: ``history`` (what an earlier form held),
    #: ``contact.PROPERTY``, ``company.PROPERTY``.
    look_up: tuple[str, ...] = ()
    #: For a choice or a list: the values it can have.
    values: tuple[str, ...] = ()


class Hold(Struct, frozen=True):
    """What happens to a lead that is held before a stage."""

    #: Time (every hour counts) until ``then`` is done.
    within: timedelta = timedelta(days=2)
    #: wait: tell those who can fill in the data again, each time; flag: let the lead go on,
    #: flagged, if only fields are missing (unmet criteria still hold it); close: close it for
    #: ``reason``.
    then: Literal["wait", "flag", "close"] = "wait"
    reason: str = ""


class Disqualifier(Struct, frozen=True):
    """A condition under which a lead in a stage is closed at once, and the reason for it."""

    when: When
    reason: str


class Stage(Struct, frozen=True):
    """A lifecycle stage. ``rank`` orders the working stages; a side stage (recycled, disqualified)
    has no place in that order.
    """

    id: str
    label: str
    rank: int
    lifecyclestage: str
    #: ``hs_lead_status`` written with the stage; empty: left alone.
    lead_status: str = ""
    side: bool = False
    purpose: str = ""
    #: What must hold to enter it, and to leave it forward.
    entry: When = {}
    exit: When = {}
    #: Fields that must be filled in to enter it; one of each inner tuple.
    requires: tuple[tuple[str, ...], ...] = ()
    #: A required field is missing: the lead waits, or goes on with the list of what is missing.
    if_missing: Literal["hold", "flag"] = "hold"
    hold: Hold = Hold()
    disqualified_by: tuple[Disqualifier, ...] = ()
    #: Stages of HubSpot's deal pipelines that correspond to it.
    deal_stages: tuple[str, ...] = ()


#: What becomes of a forward move by a trigger that no transition allows.
ForwardAnswer = Literal["hold", "restore", "ask", "report", "follow"]


class Verdict(Struct, frozen=True):
    """Whether a trigger may make a move, and what becomes of it if not."""

    #: allowed: some transitions lead there that the trigger may make; back: it leads out of a side
    #: stage by none of them, which ``backward`` answers; else the policy's answer.
    answer: Literal["allowed", "back"] | ForwardAnswer
    #: The first transition on the way that the trigger may not make; empty: none leads there.
    transition: str = ""

    @property
    def followed(self) -> bool:
        return self.answer in ("allowed", "follow")


class Transition(Struct, frozen=True):
    """A named move. Only ``reverse`` ones move a lead back."""

    id: str
    source: tuple[str, ...]
    to: str
    #: automatic, baton, rep, time, or a change source of HubSpot: ``IMPORT``, ``INTEGRATION:1234``.
    by: tuple[str, ...]
    reverse: bool = False
    #: Baton makes the move by itself once this holds; empty: others make it, and Baton records it.
    when: When = {}
    #: Contact property -> value written when the move is made.
    sets: dict[str, str] = {}
    #: Who is told when the move is made; empty: nobody.
    tell: Literal["", "owner", "manager", "channel", "ops"] = ""
    #: Reason code for a move to a side stage that is made without choosing a reason.
    reason: str = ""
    #: The forward move that this one undoes; for the documents.
    reverses: str = ""
    #: The reasons that it is for, if it is one of several to the same side stage; empty: any.
    reasons: tuple[str, ...] = ()
    #: The answer to the same move by another trigger; empty: the policy's ``forward``.
    otherwise: ForwardAnswer | Literal[""] = ""

    @property
    def by_baton(self) -> bool:
        """Whether Baton may make the move by itself."""
        return "automatic" in self.by or "baton" in self.by


class Reason(Struct, frozen=True):
    """A reason code with its one consequence: a nurture track, disqualified, or the next rep."""

    id: str
    label: str
    #: Written to HubSpot.
    value: str
    #: Id of the nurture track to recycle to; empty: disqualify.
    track: str = ""
    #: Offered to reps in Slack; other reasons are used by clocks and automations.
    offered: bool = True
    #: The reason is not about the lead: the next rep gets it.
    pass_on: bool = False
    #: A rep who rejects a lead for it gets their turn back.
    credit: bool = False


class Status(Struct, frozen=True):
    """``hs_lead_status`` values Baton writes as a handed-off lead is worked."""

    new: str = ""
    working: str = ""
    #: Once a meeting is booked.
    meeting: str = ""
    #: What it means if a person sets ``working``, ``meeting`` or a side stage's status in HubSpot.
    by_hand: Literal["follow", "ask", "leave"] = "follow"


class Sync(Struct, frozen=True):
    """Who wins where others write a contact property that Baton writes, too."""

    property: str
    wins: Literal["crm", "marketing", "baton"]
    when: When = {}


Answer = Literal["restore", "accept", "ask", "report"]


class Lifecycle(Struct, frozen=True):
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...]
    reasons: tuple[Reason, ...]
    fields: tuple[Field, ...]
    #: Stage at which a lead is handed to sales (MQL), and the one that acceptance reaches (SAL).
    handoff: str
    accepted: str
    #: Stage a contact is given when it is created without one.
    initial: str
    recycled: str = "recycled"
    disqualified: str = "disqualified"
    status: Status = Status()
    #: Change source (lower case), or "*" -> what to do with a backward change.
    backward: dict[str, Answer] = {}
    #: How often within 30 days Baton restores one property of a lead before it gives in.
    restore_at_most: int = 3
    #: Stages that a lead skips: entered and left at the same instant, or never entered.
    skipped: Literal["fill", "blank"] = "blank"
    sync: tuple[Sync, ...] = ()
    #: Old ``hs_lead_status`` values -> those that replace them; for `baton status migrate`.
    old_statuses: dict[str, str] = {}
    #: Whose approval a definition asks for.
    sign_off: tuple[str, ...] = ()
    #: Change source (lower case), or "*" -> what to do with a forward move that no transition
    #: allows. Empty (policies of before): triggers are not asked, every forward move is followed.
    forward: dict[str, ForwardAnswer] = {}
    #: Most moves that Baton makes by itself at one event.
    moves_at_most: int = 5
