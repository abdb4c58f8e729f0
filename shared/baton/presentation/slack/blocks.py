"""Block Kit's elements as plain dictionaries; callers keep within Slack's limits.

Not slack_sdk.models: these functions stay pure and testable without the SDK, and the models check
only in to_dict(). The tests put every message through the models instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from baton.presentation.cutting import units
from baton.presentation.slack.text import clean, plain

Block = dict[str, Any]

#: Blocks of a message.
BLOCKS = 50
SECTION_TEXT = 3000
FIELDS = 10
HEADER_TEXT = 150
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
PLACEHOLDER = 150
BLOCK_ID = 255


class Rendered(Struct, frozen=True):
    """A message: the text that notifications and screen readers use, and the blocks."""

    text: str
    blocks: list[Block] = []


def header(text: str) -> Block:
    label = {"type": "plain_text", "text": plain(text, HEADER_TEXT), "emoji": True}
    return {"type": "header", "text": label}


def section(markup: str) -> Block:
    return {"type": "section", "text": _markup(markup)}


def sections(lines: Iterable[str], between: str = "\n") -> list[Block]:
    """*lines* in as few sections as possible; no line may be longer than a section."""
    found: list[Block] = []
    held: list[str] = []
    for line in lines:
        if held and units(between.join([*held, line])) > SECTION_TEXT:
            found.append(section(between.join(held)))
            held = []
        held.append(line)
    return [*found, section(between.join(held))] if held else found


def fields(pairs: Sequence[tuple[str, str]]) -> list[Block]:
    """Label and value side by side, ten to a section; both are markup."""
    cells = [_markup(f"*{label}*\n{value}") for label, value in pairs]
    return [
        {"type": "section", "fields": cells[start : start + FIELDS]}
        for start in range(0, len(cells), FIELDS)
    ]


def context(markup: str) -> Block:
    return {"type": "context", "elements": [_markup(markup)]}


def divider() -> Block:
    return {"type": "divider"}


def actions(block_id: str, elements: Sequence[Block]) -> Block:
    return {"type": "actions", "block_id": block_id[:BLOCK_ID], "elements": list(elements)}


def button(action_id: str, label: str, *, primary: bool = False) -> Block:
    """A message has at most one that is primary."""
    shown = {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": label, "emoji": True},
    }
    return shown | {"style": "primary"} if primary else shown


def select(
    action_id: str,
    placeholder: str,
    options: Iterable[tuple[str, str]],
    *,
    most: int = OPTIONS,
    longest: int = OPTION_TEXT,
) -> Block | None:
    """
    A choice of (value, label); None if there is nothing to choose from.

    Args:
        most: Options offered; the placeholder says how many more there are.
        longest: Characters of a label.
    """
    # Leave out codes that cleaning would change: they could not be recognised when clicked.
    usable = [
        (value, label)
        for value, label in options
        if value and value == clean(value) and units(value) <= OPTION_VALUE
    ]
    if not usable:
        return None
    offered = usable[:most]
    if len(usable) > most:
        placeholder += f" ({len(usable) - most} more are not shown)"
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": {"type": "plain_text", "text": plain(placeholder, PLACEHOLDER)},
        "options": [
            {
                "text": {
                    "type": "plain_text",
                    "text": plain(label, longest, otherwise=plain(value, longest)),
                },
                "value": value,
            }
            for value, label in offered
        ],
    }


def _markup(text: str) -> Block:
    # verbatim: Slack makes links or mentions only of what is written as such.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
