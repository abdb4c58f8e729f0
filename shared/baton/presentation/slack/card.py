"""The message a rep gets with a lead, as it changes while the lead is worked.

Written for a phone: who and by when first, then why, then what is known, then the buttons. The
buttons stay as long as something can be done; afterwards one line says what happened, who did it
and when. A card whose lead went to somebody else keeps only the name, so that its reader knows
which lead it was, and nothing else about the person.
"""

from __future__ import annotations

from datetime import datetime

from baton.domain.phrase import Text
from baton.domain.time import read_instant
from baton.domain.world.effects import CardState, Deadline
from baton.presentation import wording
from baton.presentation.slack import blocks
from baton.presentation.slack.blocks import Block, Rendered
from baton.presentation.slack.text import dated, escape, fit, linked, one_line, plain, spoken
from baton.presentation.words import instant, listed

ACCEPT, TOUCH, REJECT = "baton:accept", "baton:touch", "baton:reject"
QUALIFY, EXPLAIN, UNTOUCH = "baton:qualify", "baton:explain", "baton:untouch"

#: Packet fields shown; a policy names a dozen. Three sections of ten.
PACKET = 30

_WORKED = {"open", "accepted"}
_HEADLINE = {
    "open": "New lead",
    "accepted": "Your lead",
    "touched": "First touch logged",
    "rejected": "Rejected",
    "taken_back": "Moved to somebody else",
    "closed": "Closed",
}
#: State in which the lead is still the rep's -> the possible actions, next step first; and their
#: text for readers who do not see the buttons.
_STEPS = {
    "open": ((ACCEPT, "Accept"),),
    "accepted": ((TOUCH, "Log first touch"), (QUALIFY, "Qualified")),
    "touched": ((QUALIFY, "Qualified"),),
}
_SPOKEN_STEPS = {
    "open": "Accept it or reject it with a reason.",
    "accepted": "Log the first touch, mark it as qualified, or reject it with a reason.",
    "touched": "Mark it as qualified, or reject it with a reason.",
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
    return Rendered(text=_spoken(card), blocks=_blocks(card))


def _blocks(card: CardState) -> list[Block]:
    shown = [blocks.header(_who(card))]
    if card.state in _WORKED:
        shown.append(blocks.section(_promise(card)))
    if card.state != "open":
        shown.append(blocks.context(_what_happened(card)))
    if card.state not in _STEPS:
        return shown
    if card.state in _WORKED:
        shown += blocks.sections(_bullets("Why now", card.why_now, card.zone))
    shown += blocks.fields(
        [(one_line(label, 200), _value(value, card.zone)) for label, value in card.packet[:PACKET]]
    )
    if card.missing:
        shown.append(
            blocks.context(
                f"Came without: {one_line(_missing(card), 1900)}. Please ask the person."
            )
        )
    if card.state in _WORKED:
        if card.play.strip():
            shown.append(blocks.section(f"*Suggested play*\n{fit(card.play, 2900)}"))
        why_you = one_line(card.why_you, 1900, "", card.zone)
        if why_you:
            shown.append(blocks.context(f"Why you: {why_you}"))
    shown.append(_actions(card))
    return shown


def _actions(card: CardState) -> Block:
    """The action blocks: the next step first, and a way to reject while the lead is the rep's."""
    labels = _STEPS[card.state]
    steps = [
        blocks.button(action, label, primary=not place)
        for place, (action, label) in enumerate(labels)
    ]
    reject = blocks.select(REJECT, "Reject…", card.reasons)
    block_id = f"lead:{card.lead_id}:{card.assignment}"
    why = [blocks.button(EXPLAIN, "Why by then?")] if card.deadlines else []
    undo = [blocks.button(UNTOUCH, "Undo first touch")] if card.undo else []
    return blocks.actions(block_id, [*steps, *undo, *([reject] if reject else []), *why])


def _missing(card: CardState) -> str:
    labels = (wording.plain(label).strip() for label in card.missing)
    return listed(filter(None, labels), ", ")


def _who(card: CardState) -> str:
    name = plain(card.name, 90, otherwise="A lead without a name")
    company = plain(card.company, 50, otherwise="")
    return f"{name} · {company}" if company else name


def _promise(card: CardState) -> str:
    tier = plain(card.tier, 60, otherwise="")
    mark = _TIER_MARK.get(tier.casefold().removesuffix(" lead"), "")
    first = f"{mark}*{_HEADLINE[card.state]}*" + (f" · {escape(tier)}" if tier else "")
    return "\n".join([first, *(_deadline(line, card.zone) for line in card.deadlines[:20])])


def _deadline(line: Deadline, zone: str) -> str:
    label = one_line(line.label, 60)
    if line.done_at is not None:
        return f"✔ {label}: done {dated(line.done_at, zone)}"
    if line.paused:
        return f"⏸ {label}: paused ({_paused(line)})"
    return f"{label} by *{dated(line.due_at, zone)}*"


def _paused(line: Deadline) -> str:
    why = line.paused if isinstance(line.paused, str) else listed(line.paused, ", ")
    return one_line(why, 120)


def _value(value: str, zone: str) -> str:
    """A packet value: an instant as Slack shows dates, an address or number as a link."""
    at = _instant(value)
    return dated(at, zone) if at is not None else linked(value, 1700)


def _instant(value: str) -> datetime | None:
    """The instant for *value*; None: it is something else, or a date without a time."""
    return read_instant(value) if value[4:5] == "-" and "T" in value else None


def _what_happened(card: CardState) -> str:
    note = one_line(card.note, 1700, _HEADLINE[card.state], card.zone)
    when = f" · {dated(card.note_at, card.zone)}" if card.note_at else ""
    return f"{_MARK[card.state]} {note}{when}"


def _bullets(title: str, lines: tuple[Text, ...], zone: str) -> list[str]:
    told = (one_line(line, 500, "", zone) for line in lines[:20])
    bullets = [f"• {line}" for line in told if line]
    return [f"*{title}*", *bullets] if bullets else []


def _spoken(card: CardState) -> str:
    """The whole message as text for readers who do not see the blocks; its start is the
    notification.
    """
    name = one_line(card.name, 200, otherwise="a lead without a name")
    who = f"{name} ({one_line(card.company, 200)})" if card.company.strip() else name
    parts = [f"{_HEADLINE[card.state]}: {who}"]
    if card.state in _WORKED:
        tier = one_line(card.tier, 60, otherwise="")
        parts += [tier] if tier else []
        for line in card.deadlines[:20]:
            label = one_line(line.label, 60)
            if line.paused and line.done_at is None:
                parts.append(f"{label} is paused ({_paused(line)})")
            elif line.done_at is None:
                parts.append(f"{label} by {escape(instant(line.due_at, card.zone))}")
            else:
                parts.append(f"{label} done {escape(instant(line.done_at, card.zone))}")
    if card.state != "open":
        when = f", {escape(instant(card.note_at, card.zone))}" if card.note_at else ""
        parts.append(spoken(card.note, 300, _HEADLINE[card.state], card.zone) + when)
    if card.state in _WORKED:
        told = (spoken(line, 120, "", card.zone) for line in card.why_now[:6])
        parts += [line for line in told if line]
        parts += [f"{one_line(k, 40)}: {_spoken_value(v, card.zone)}" for k, v in card.packet[:12]]
        parts += [f"Came without: {one_line(_missing(card), 200)}"] if card.missing else []
        parts += [f"Suggested play: {one_line(card.play, 250)}"] if card.play.strip() else []
    if card.state in _SPOKEN_STEPS:
        parts.append(_SPOKEN_STEPS[card.state])
    return _joined(parts)


def _spoken_value(value: str, zone: str) -> str:
    at = _instant(value)
    return escape(instant(at, zone)) if at is not None else one_line(value, 80)


def _joined(parts: list[str]) -> str:
    """As many whole parts as fit, because screen readers would read out a tag that is cut."""
    kept, room = [], blocks.TOP_TEXT
    for part in parts:
        if len(part) + 2 > room:
            break
        kept.append(part.rstrip("."))
        room -= len(part) + 2
    return ". ".join(kept) + "."
