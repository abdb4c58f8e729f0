"""Shortens text between characters as people read them, never inside one.

What looks like one character may be several code points: a letter with its accents, a flag, a
family emoji, a Hangul syllable in pieces. The rules are those of the grapheme clusters in Unicode's
annex 29 that concern cutting, on the standard library's tables: a library for the whole annex would
be in every function's bundle for one loop.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

#: A longer chain of marks on one letter is no writing (annex 15 ends a sequence at 30): it is cut.
LONGEST_CHAIN = 40

_JOINER, _NON_JOINER = "\u200d", "\u200c"
_MARKS = {"Mn", "Mc", "Me"}
#: Format characters that are shown as nothing: alone, they are no text.
_BLANK = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
#: Letters and symbols without ink, which pass for text: Hangul fillers, the empty Braille cell.
_WITHOUT_INK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: A virama joins the consonant after it.
_VIRAMA = 9


def units(text: str) -> int:
    """The length of *text* in UTF-16 code units.

    Slack does not say what its limits count. JavaScript's clients count these, and nothing that
    counts code points finds more.
    """
    return len(text.encode("utf-16-le", "replace")) // 2


def blank(text: str) -> bool:
    """Whether nothing of *text* can be seen."""
    return all(
        character in _WITHOUT_INK or unicodedata.category(character) in _BLANK for character in text
    )


def shortened(text: str, limit: int, measure: Callable[[str], int] = units) -> str:
    """
    *text*, if it measures at most *limit*; else its longest start that leaves room for a "…".

    Args:
        measure: Of a text as it is sent; at least one for each character.
    """
    if measure(text) <= limit:
        return text
    room = limit - measure("…")
    if room < 0:
        return ""
    fits, low, high = 0, 0, min(room, len(text))
    while low <= high:
        middle = (low + high) // 2
        if measure(text[:middle]) <= room:
            fits, low = middle, middle + 1
        else:
            high = middle - 1
    return text[: _boundary(text, fits)].rstrip() + "…"


def _boundary(text: str, place: int) -> int:
    """The last place at or before *place* that is not inside a character as people read them."""
    for at in range(place, max(place - LONGEST_CHAIN, 0), -1):
        if not _inside(text, at):
            return at
    return 0 if place < LONGEST_CHAIN else place


def _inside(text: str, at: int) -> bool:
    """Whether what stands at *at* belongs to what stands before it."""
    if at >= len(text):
        return False
    before, after = text[at - 1], text[at]
    if after in (_JOINER, _NON_JOINER) or before == _JOINER:
        return True
    if unicodedata.category(after) in _MARKS or _modifies(after):
        return True
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after) == "Lo"
    if _of_a_flag(after) and _of_a_flag(before):
        return _flags_before(text, at) % 2 == 1
    return _continues_syllable(before, after)


def _modifies(character: str) -> bool:
    """Skin tones, the letters of a region's flag, the sound marks of half-width kana, and the
    vowels of Thai and Lao that are written after their consonant."""
    return (
        "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
        or character in "\uff9e\uff9f\u0e33\u0eb3"
    )


def _of_a_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    start = at
    while start and _of_a_flag(text[start - 1]):
        start -= 1
    return at - start


def _continues_syllable(before: str, after: str) -> bool:
    """Whether *after* is the next piece of the Hangul syllable that *before* is in."""
    if "\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb":  # a vowel or a final
        return "\u1100" <= before <= "\u11ff" or "\ua960" <= before <= "\ud7fb"
    if "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c":  # an initial
        return "\u1100" <= after <= "\u115f" or "\ua960" <= after <= "\ud7a3"
    return False
