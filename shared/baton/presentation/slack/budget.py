"""Keeps a whole message within what Slack takes, and loses the least important first.

Slack refuses a message whose blocks are too long in all (``msg_blocks_too_long``, in the method
reference of ``chat.postMessage``) and names no number. What was measured ("Expose cumulative block
character limit …", bolt-js issue 2867): texts of 9,597 characters in blocks whose JSON has 15,561
were taken, 11,341 in 17,694 refused; others were refused from some 13,200 on. So a budget below all
of them counts the JSON as it is sent.

The text beside the blocks, which notifications and screen readers use, has a limit of its own:
``chat.update`` refuses more than 4,000 ("The ``text`` field cannot exceed 4,000 characters",
``msg_too_long``), measured in bytes of UTF-8; ``chat.postMessage`` cuts at 40,000 ("Truncating
really long messages"). Every message may be edited, so the smaller one counts.

Each kind of message has its *levels*: how much of each part it shows, from everything to the little
that always fits. Each level has one thing less than the one before; the first that fits is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from baton.presentation.slack.blocks import BLOCKS, Block

#: Characters of the blocks' JSON.
BUDGET = 9_000
#: Bytes of the text.
TEXT = 3_900

Room = TypeVar("Room", bound=Struct)
Made = TypeVar("Made")


def levels(whole: Room, *steps: tuple[str, Iterable[int]]) -> tuple[Room, ...]:
    """*whole*, then for each step one level for each of its values, in the order in which things
    go.

    Args:
        steps: A field of the room, and the ever smaller values that it takes.
    """
    found = [whole]
    for field, values in steps:
        found += [replace(found[-1], **{field: value}) for value in values]
    return tuple(found)


def blocks_within(rooms: Sequence[Room], make: Callable[[Room], list[Block]]) -> list[Block]:
    """The blocks that *make* gives for the first of *rooms* with which they fit."""
    return _first_within(BUDGET, _size, rooms, make)


def _size(made: list[Block]) -> int:
    return json_length(made) if len(made) <= BLOCKS else BUDGET + 1


def text_within(rooms: Sequence[Room], make: Callable[[Room], str]) -> str:
    """The text that *make* gives for the first of *rooms* with which it fits."""
    return _first_within(TEXT, lambda text: len(text.encode()), rooms, make)


def json_length(value: object) -> int:
    """The characters of *value* as slack_sdk sends it: ``json.dumps`` writes each character beyond
    ASCII as ``\\uXXXX``, an emoji as two of them.
    """
    return len(json.dumps(value))


def shrinking(start: int, end: int) -> tuple[int, ...]:
    """Lengths from below *start* down to *end*, each some three quarters of the one before."""
    found = [start]
    while found[-1] > end:
        found.append(max(end, found[-1] * 3 // 4))
    return tuple(found[1:])


def counting_down(start: int, end: int) -> range:
    """*start*, one less, and so on to *end*."""
    return range(start, end - 1, -1)


def _first_within(
    limit: int,
    size: Callable[[Made], int],
    rooms: Sequence[Room],
    make: Callable[[Room], Made],
) -> Made:
    """Searched by halves: with less room a message does not grow (but for the few characters that
    say what was left out; what is returned was measured)."""
    best = make(rooms[0])
    if size(best) <= limit:
        return best
    best, low, high = make(rooms[-1]), 1, len(rooms) - 2
    while low <= high:
        middle = (low + high) // 2
        made = make(rooms[middle])
        if size(made) <= limit:
            best, high = made, middle - 1
        else:
            low = middle + 1
    return best
