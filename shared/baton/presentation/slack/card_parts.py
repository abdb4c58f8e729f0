"""What the blocks of a card and the text beside them have in common: their words, and how much of
each part they show."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from baton.domain.time import read_instant
from baton.domain.world.effects import CardState, Deadline
from baton.presentation import wording
from baton.presentation.slack import blocks, budget
from baton.presentation.slack.text import one_line
from baton.presentation.words import listed, noun

#: Still the rep's, and not touched yet: everything about the lead is shown.
WORKED = {"open", "accepted"}
HEADLINE = {
    "open": "New lead",
    "accepted": "Your lead",
    "touched": "First touch logged",
    "rejected": "Rejected",
    "taken_back": "Moved to somebody else",
    "closed": "Closed",
}


class Room(Struct, frozen=True):
    """How much of each part a card shows: how many, and how many characters of each."""

    fields: int = 30
    label: int = 200
    value: int = 1700
    evidence: int = 20
    line: int = 500
    missing: int = 1900
    play: int = 2900
    why_you: int = 1900
    note: int = 1700
    deadlines: int = 20
    reasons: int = blocks.OPTIONS
    reason: int = blocks.OPTION_TEXT
    paused: int = 120


#: What goes first: long texts are shortened; fields of the packet go, from the end; evidence; the
#: suggested play and what the lead came without; the end of the note and of the reason for this
#: owner; deadlines after the first; reasons after the first. The name, the state, a deadline, the
#: start of the play and of the reason for this owner, and the buttons always stay.
ROOMS = budget.levels(
    Room(),
    ("value", budget.shrinking(1700, 150)),
    ("play", budget.shrinking(2900, 500)),
    ("line", budget.shrinking(500, 150)),
    ("missing", budget.shrinking(1900, 300)),
    ("why_you", budget.shrinking(1900, 300)),
    ("note", budget.shrinking(1700, 500)),
    ("label", (100, 50)),
    ("fields", budget.counting_down(29, 10)),
    ("value", (100, 60)),
    ("fields", budget.counting_down(9, 0)),
    ("evidence", budget.counting_down(19, 0)),
    ("play", (250, 120, 60)),
    ("missing", (150, 80)),
    ("why_you", (200, 120)),
    ("note", (300, 150)),
    ("reason", (40, 24)),
    ("deadlines", budget.counting_down(19, 1)),
    ("paused", (60,)),
    ("reasons", (80, 60, 50, 40, 30, 25, 20, 15, 12, 10, 8, 6, 4, 3, 2, 1)),
)
#: The text beside the blocks: the same, spoken; its start is the notification.
SPOKEN_ROOMS = budget.levels(
    Room(label=40, value=200, line=200, missing=400, play=400, note=300, why_you=200),
    ("value", budget.shrinking(200, 80)),
    ("play", budget.shrinking(400, 120)),
    ("line", budget.shrinking(200, 80)),
    ("fields", budget.counting_down(29, 0)),
    ("evidence", budget.counting_down(19, 0)),
    ("play", (60,)),
    ("missing", (150, 60)),
    ("why_you", (120, 60)),
    ("deadlines", budget.counting_down(19, 1)),
    ("note", (200, 100)),
    ("paused", (60,)),
)


def fields_left(card: CardState, room: Room) -> str:
    left = len(card.packet) - room.fields
    more = "more " if room.fields else ""
    return f"… {left} {more}{noun(left, 'field')} in HubSpot" if left > 0 else ""


def deadlines(card: CardState, room: Room) -> tuple[list[Deadline], int]:
    """The deadlines that are shown, in their order, and how many are not: what is done goes before
    what is still due, and the later before the earlier."""
    urgent = sorted(card.deadlines, key=lambda one: (one.done_at is not None, one.due_at))
    kept = urgent[: room.deadlines]
    return [one for one in card.deadlines if one in kept][: len(kept)], len(urgent) - len(kept)


def paused(line: Deadline, room: Room) -> str:
    why = line.paused if isinstance(line.paused, str) else listed(line.paused, ", ")
    return one_line(why, room.paused)


def missing(card: CardState) -> str:
    labels = (wording.plain(label).strip() for label in card.missing)
    return listed(filter(None, labels), ", ")


def unread(card: CardState, room: Room) -> str:
    """The values of the packet that cannot be read, one sentence each."""
    said = " ".join(f"{wording.plain(one)}." for one in card.unread)
    return one_line(f"{said} Please correct it in HubSpot.", room.missing)


def instant_in(value: str) -> datetime | None:
    """The instant for *value*; None: it is something else, or a date without a time."""
    return read_instant(value) if value[4:5] == "-" and "T" in value else None
