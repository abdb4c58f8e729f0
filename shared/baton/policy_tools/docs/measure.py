"""The width of text on the process map: an upper estimate.

The reader's fonts are unknown, so each character counts with its width in the wider common fonts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

NAME_SIZE = 12.0
NOTE_SIZE = 10.5
#: Name above the line, note below it, and space between them.
LABEL_HEIGHT = 34.0

_NARROW = frozenset("iljtfrI.,:;'|!()[] -")
_WIDE = frozenset("mwMWQO@%—…")


@dataclass(frozen=True, slots=True)
class Label:
    """A move's name, and under it who makes it."""

    name: str
    note: str

    @property
    def width(self) -> float:
        return max(width(self.name, NAME_SIZE, bold=True), width(self.note, NOTE_SIZE))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of *text* in pixels, at a font size of *size* pixels."""
    return size * sum(map(_width, text)) * (1.06 if bold else 1.0)


def _width(char: str) -> float:
    if unicodedata.east_asian_width(char) in {"W", "F"}:
        return 1.05
    if char in _WIDE:
        return 0.95
    if char in _NARROW:
        return 0.36
    return 0.72 if char.isupper() else 0.58


def wrap(text: str, size: float, room: float, lines: int) -> tuple[str, ...]:
    """*text* in a limited number of lines of *room* pixels; text that does not fit is cut, with an
    "…"."""
    done: list[str] = []
    left = text.split()
    while left and len(done) < lines:
        taken = _fitting(left, size, room)
        line, left = " ".join(left[:taken]), left[taken:]
        done.append(_cut(line, size, room, more=bool(left) and len(done) == lines - 1))
    return tuple(done)


def _fitting(words: Sequence[str], size: float, room: float) -> int:
    """How many of the words fit on a line; at least one."""
    count = 1
    while count < len(words) and width(" ".join(words[: count + 1]), size, bold=True) <= room:
        count += 1
    return count


def _cut(line: str, size: float, room: float, *, more: bool) -> str:
    whole = f"{line} …" if more else line
    if width(whole, size, bold=True) <= room:
        return whole
    while line and width(f"{line}…", size, bold=True) > room:
        line = line[:-1]
    return f"{line}…"
