"""The message a rep gets with a lead, as it changes while the lead is worked.

Written for a phone: who and by when first, then why, then what is known, then the buttons. The
buttons stay as long as something can be done; afterwards one line says what happened, who did it
and when. A card whose lead went to somebody else keeps only the name, so that its reader knows
which lead it was, and nothing else about the person.
"""

from __future__ import annotations

from baton.domain.world.effects import CardState, Deadline
from baton.presentation.slack import blocks, budget
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.card_parts import (
    HEADLINE,
    ROOMS,
    WORKED,
    Room,
    deadlines,
    fields_left,
    instant_in,
    missing,
    paused,
    unread,
)
from baton.presentation.slack.card_spoken import speak_card
from baton.presentation.slack.text import dated, escape, fit_lines, linked, one_line, plain
from baton.presentation.words import counted

ACCEPT, TOUCH, REJECT = "baton:accept", "baton:touch", "baton:reject"
QUALIFY, EXPLAIN, UNTOUCH = "baton:qualify", "baton:explain", "baton:untouch"

#: Lines of a suggested play that are shown.
PLAY_LINES = 20

#: State in which the lead is still the rep's -> the possible actions, next step first.
_STEPS = {
    "open": ((ACCEPT, "Accept"),),
    "accepted": ((TOUCH, "Log first touch"), (QUALIFY, "Qualified")),
    "touched": ((QUALIFY, "Qualified"),),
}
#: Symbols that every font has, so that they also show without emoji.
_MARK = {
    "accepted": "✔",
    "touched": "✔",
    "rejected": "↩",
    "taken_back": "➜",
    "closed": "■",
}
#: Well-known tier names; any other is named without a symbol.
_TIER_MARK = {"hot": "⚡ ", "warm": "☀ ", "cold": "❄ "}


def render_card(card: CardState) -> Rendered:
    made = budget.blocks_within(ROOMS, lambda room: _blocks(card, room))
    return Rendered(text=speak_card(card), blocks=made)


def _blocks(card: CardState, room: Room) -> list[Block]:
    shown = [blocks.header(_who(card))]
    if card.state in WORKED:
        shown += blocks.sections(_promise(card, room))
    if card.state != "open":
        shown.append(blocks.context(_what_happened(card, room)))
    if card.state not in _STEPS:
        return shown
    if card.state in WORKED:
        shown += blocks.sections(_why_now(card, room))
    shown += _packet(card, room)
    if card.missing:
        wanted = one_line(missing(card), room.missing)
        shown.append(blocks.context(f"Came without: {wanted}. Please ask the person."))
    if card.state in WORKED:
        if card.play.strip():
            play = fit_lines(card.play, room.play, PLAY_LINES)
            shown.append(blocks.section(f"*Suggested play*\n{play}"))
        why_you = one_line(card.why_you, room.why_you, "", card.zone)
        if why_you:
            shown.append(blocks.context(f"Why you: {why_you}"))
    shown.append(_actions(card, room))
    return shown


def _packet(card: CardState, room: Room) -> list[Block]:
    pairs = [
        (one_line(label, room.label), _value(card, place, value, room.value))
        for place, (label, value) in enumerate(card.packet[: room.fields])
    ]
    left = fields_left(card, room)
    notes = [left] if left else []
    if card.unread:
        notes.append(f"⚠ {unread(card, room)}")
    return [*blocks.fields(pairs), *map(blocks.context, notes)]


def _actions(card: CardState, room: Room) -> Block:
    """The action blocks: the next step first, and a way to reject while the lead is the rep's."""
    labels = _STEPS[card.state]
    steps = [
        blocks.button(action, label, primary=not place)
        for place, (action, label) in enumerate(labels)
    ]
    reject = blocks.select(REJECT, "Reject…", card.reasons, most=room.reasons, longest=room.reason)
    block_id = f"lead:{card.lead_id}:{card.assignment}"
    why = [blocks.button(EXPLAIN, "Why by then?")] if card.deadlines else []
    undo = [blocks.button(UNTOUCH, "Undo first touch")] if card.undo else []
    return blocks.actions(block_id, [*steps, *undo, *([reject] if reject else []), *why])


def _who(card: CardState) -> str:
    name = plain(card.name, 90, otherwise="A lead without a name")
    company = plain(card.company, 50, otherwise="")
    return f"{name} · {company}" if company else name


def _promise(card: CardState, room: Room) -> list[str]:
    tier = plain(card.tier, 60, otherwise="")
    mark = _TIER_MARK.get(tier.casefold().removesuffix(" lead"), "")
    first = f"{mark}*{HEADLINE[card.state]}*" + (f" · {escape(tier)}" if tier else "")
    kept, left = deadlines(card, room)
    rest = [f"… and {counted(left, 'more deadline')}"] if left else []
    return [first, *(_deadline(line, room, card.zone) for line in kept), *rest]


def _deadline(line: Deadline, room: Room, zone: str) -> str:
    label = one_line(line.label, 60)
    if line.done_at is not None:
        return f"✔ {label}: done {dated(line.done_at, zone)}"
    if line.paused:
        return f"⏸ {label}: paused ({paused(line, room)})"
    return f"{label} by *{dated(line.due_at, zone)}*"


def _value(card: CardState, place: int, value: str, longest: int) -> str:
    """A packet value: an instant as Slack shows dates, an address or phone number as a link."""
    at = instant_in(value)
    if at is not None:
        return dated(at, card.zone)
    return linked(value, longest, phone=place in card.phones)


def _what_happened(card: CardState, room: Room) -> str:
    note = one_line(card.note, room.note, HEADLINE[card.state], card.zone)
    when = f" · {dated(card.note_at, card.zone)}" if card.note_at else ""
    return f"{_MARK[card.state]} {note}{when}"


def _why_now(card: CardState, room: Room) -> list[str]:
    lines = (one_line(line, room.line, "", card.zone) for line in card.why_now)
    told = [line for line in lines if line]
    bullets = [f"• {line}" for line in told[: room.evidence]]
    left = len(told) - len(bullets)
    rest = [f"… and {left} more in HubSpot"] if left else []
    return ["*Why now*", *bullets, *rest] if told else []
