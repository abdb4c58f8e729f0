"""A card as text, for notifications and for readers who do not see the blocks."""

from __future__ import annotations

from baton.domain.world.effects import CardState, Deadline
from baton.presentation.slack import budget
from baton.presentation.slack.card_parts import (
    HEADLINE,
    SPOKEN_ROOMS,
    WORKED,
    Room,
    deadlines,
    fields_left,
    instant_in,
    missing,
    paused,
    unread,
)
from baton.presentation.slack.text import escape, one_line, spoken
from baton.presentation.words import counted, instant

#: What can be done next, in the states in which the lead is the rep's.
_STEPS = {
    "open": "Accept it or reject it with a reason.",
    "accepted": "Log the first touch, mark it as qualified, or reject it with a reason.",
    "touched": "Mark it as qualified, or reject it with a reason.",
}


def speak_card(card: CardState) -> str:
    return budget.text_within(SPOKEN_ROOMS, lambda room: _spoken(card, room))


def _spoken(card: CardState, room: Room) -> str:
    """The whole message as text for readers who do not see the blocks."""
    name = one_line(card.name, 200, otherwise="a lead without a name")
    company = one_line(card.company, 200, "")
    parts = [f"{HEADLINE[card.state]}: " + (f"{name} ({company})" if company else name)]
    if card.state in WORKED:
        tier = one_line(card.tier, 60, otherwise="")
        parts += [tier] if tier else []
        kept, left = deadlines(card, room)
        parts += [_spoken_deadline(line, room, card.zone) for line in kept]
        parts += [f"And {counted(left, 'more deadline')}"] if left else []
    if card.state != "open":
        when = f", {escape(instant(card.note_at, card.zone))}" if card.note_at else ""
        parts.append(spoken(card.note, room.note, HEADLINE[card.state], card.zone) + when)
    if card.state in WORKED:
        parts += _spoken_details(card, room)
    if card.state in _STEPS:
        parts.append(_STEPS[card.state])
    return ". ".join(part.rstrip(".") for part in parts) + "."


def _spoken_deadline(line: Deadline, room: Room, zone: str) -> str:
    label = one_line(line.label, 60)
    if line.done_at is not None:
        return f"{label} done {escape(instant(line.done_at, zone))}"
    if line.paused:
        return f"{label} is paused ({paused(line, room)})"
    return f"{label} by {escape(instant(line.due_at, zone))}"


def _spoken_details(card: CardState, room: Room) -> list[str]:
    lines = (spoken(line, room.line, "", card.zone) for line in card.why_now)
    told = [line for line in lines if line]
    parts = told[: room.evidence]
    left = len(told) - len(parts)
    parts += [f"And {left} more in HubSpot"] if left else []
    parts += [
        f"{one_line(label, room.label)}: {_spoken_value(value, room.value, card.zone)}"
        for label, value in card.packet[: room.fields]
    ]
    left_out = fields_left(card, room)
    parts += [left_out] if left_out else []
    parts += [unread(card, room)] if card.unread else []
    parts += [f"Came without: {one_line(missing(card), room.missing)}"] if card.missing else []
    if card.play.strip():
        parts.append(f"Suggested play: {one_line(card.play, room.play)}")
    why_you = spoken(card.why_you, room.why_you, "", card.zone)
    return [*parts, f"Why you: {why_you}"] if why_you else parts


def _spoken_value(value: str, longest: int, zone: str) -> str:
    at = instant_in(value)
    return escape(instant(at, zone)) if at is not None else one_line(value, longest)
