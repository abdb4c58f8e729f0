"""Numbers in values that people typed, as far as they can be read without guessing.

HubSpot writes numbers as ``1000``, ``-12.5`` or ``1.0E7``. In a property of text stands what people
type, in the way of writing of their country: what one of them means by ``1.000`` is a thousandth of
what another means. A value that may be read in two ways is no number, nor is what may be no amount
at all: a phone number (``+49 123 456``, ``555-1234``), a code (``0123``), years (``2025-2026``).

A range is read as its lower end if it is one of sizes, as HubSpot (``100-500``, ``1000+``) and
LinkedIn (``11-50``, ``1,001-5,000``, ``10,001+``) write them: it rises, and its ends are round
numbers, or beside one.
"""

from __future__ import annotations

import re
from math import floor, isfinite

from baton.domain.text import visible

_PLAIN = re.compile(r"-?\d+")
_EXPONENT = re.compile(r"-?\d+(\.\d+)?E[+-]?\d{1,2}", re.IGNORECASE)
#: A decimal number, by either mark. Behind three digits at most, three digits may be a group.
_DECIMAL = re.compile(r"-?(?P<whole>\d*)[.,](?P<part>\d+)")
#: Groups of three with one mark between them, and decimals behind another.
_GROUPED = re.compile(
    r"(?P<groups>\d{1,3}(?:(?P<mark>[.,' ])\d{3})(?:(?P=mark)\d{3})*)"
    r"(?:(?P<point>[.,])(?P<part>\d+))?"
)
#: A zero before another digit: a code, or a number to dial.
_CODE = re.compile(r"-?0[\d ']")
_COUNT = r"[0-9]{1,12}|[0-9]{1,3}(?:[.,' ][0-9]{3}){1,3}"
_RANGE = re.compile(rf"(?P<low>{_COUNT}) ?(?:- ?(?P<high>{_COUNT})|\+)")
_MARKS = re.compile("[.,' ]")
#: Digits of a round number before its zeros: 5,000, 250.
_ROUND = re.compile(r"(?:[1-9]|[1-9]5)0*")
#: The lower end of the smallest range of sizes.
_SMALLEST = 2
#: Marks that stand for others: all kinds of dashes and apostrophes, and wide characters.
_SAME = str.maketrans(
    dict.fromkeys("‐‑‒–—−⁃", "-")
    | dict.fromkeys("’‘`´", "'")
    | {chr(ord(char) + 0xFEE0): char for char in "0123456789.,'+-E"}
)


#: Most decimal places of a number.
MOST_PLACES = 9


def number_in(value: str) -> float | None:
    """The number in *value*; of a range its lower end. None: there is none, or it could be two."""
    if value.isascii() and value.isdigit() and value[0] != "0":  # nearly every value
        number: float | None = float(value)
    else:
        plain = " ".join(visible(value).translate(_SAME).split())
        found = _RANGE.fullmatch(plain)
        number = _lower_end(found["low"], found["high"]) if found else _number(plain)
    return number if number is not None and isfinite(number) else None


def _lower_end(low: str, high: str | None) -> float | None:
    """The lower end of a range of sizes; None: it is none. Without *high* it is open."""
    lowest = _MARKS.sub("", low)
    least, most = int(lowest), int(_MARKS.sub("", high)) if high else None
    if str(least) != lowest or (most is not None and most <= least):
        return None
    starts = least <= _SMALLEST or _is_round(least) or _is_round(least - 1)
    ends = most is None or _is_round(most) or _is_round(most + 1)
    return float(least) if starts and ends else None


def _is_round(number: int) -> bool:
    return _ROUND.fullmatch(str(number)) is not None


def _number(text: str) -> float | None:
    if not text.isascii() or _CODE.match(text):
        return None  # digits of other scripts: float() would take them one by one
    if _PLAIN.fullmatch(text) or _EXPONENT.fullmatch(text):
        return float(text)
    if found := _DECIMAL.fullmatch(text):
        whole, part = found["whole"], found["part"]
        # 1.000: a thousand, or one.
        group = len(part) == 3 and len(whole) <= 3 and whole not in {"", "0"}
        return None if group else float(text.replace(",", "."))
    found = _GROUPED.fullmatch(text)
    if found is None or found["point"] == found["mark"]:
        return None
    whole = found["groups"].replace(found["mark"], "")
    return float(f"{whole}.{found['part'] or 0}")


def places_beside(value: float, mark: float, places: int = 0) -> int:
    """How many decimal places show *value* on its side of *mark*, at least *places* and at most
    ``MOST_PLACES``: 29.7 rounded to 30 would look as if it reached 30."""
    for enough in range(places, MOST_PLACES):
        if (round(value, enough) < mark) == (value < mark):
            return enough
    return MOST_PLACES


def beside(value: float, mark: float, places: int = 0) -> str:
    """*value* with at least so many *places*, and with those that show it on its side of *mark*."""
    return f"{value:z.{places_beside(value, mark, places)}f}"


def whole_beside(value: float, mark: float) -> int:
    """The nearest whole number; the next lower one where that is on another side of *mark*."""
    nearest = round(value)
    return nearest if (nearest < mark) == (value < mark) else floor(value)
