"""Numbers in values that people typed, as far as they can be read without guessing.

HubSpot writes numbers as ``1000``, ``12.5`` or ``1.0E7``. In a property of text stands what people
type, in the way of writing of their country: what one of them means by ``1.000`` is a thousandth of
what another means. A value that may be read in two ways is no number.
"""

from __future__ import annotations

import re
import unicodedata
from math import isfinite

_PLAIN = re.compile(r"[+-]?\d+")
_EXPONENT = re.compile(r"[+-]?\d+(\.\d+)?E[+-]?\d{1,2}", re.IGNORECASE)
#: A decimal number, by either mark. Behind three digits at most, three digits may be a group.
_DECIMAL = re.compile(r"[+-]?(?P<whole>\d*)[.,](?P<part>\d+)")
#: Groups of three with one mark between them, and decimals behind another.
_GROUPED = re.compile(
    r"(?P<sign>[+-]?)(?P<groups>\d{1,3}(?:(?P<mark>[.,'\s])\d{3})(?:(?P=mark)\d{3})*)"
    r"(?:(?P<point>[.,])(?P<part>\d+))?"
)
#: The lower end of a range: HubSpot's number of employees can be ``100-500``, ``1000+``.
_RANGE = re.compile(r"(?P<low>[\d.,'\s]*\d)\s*(?:-\s*[\d.,'\s]*\d|\+)")
#: Marks that stand for others: all kinds of dashes and apostrophes.
_SAME = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’‘`´", "'"))


#: Most decimal places of a number.
MOST_PLACES = 9


def number_in(value: str) -> float | None:
    """The number in *value*; of a range its lower end. None: there is none, or it could be two."""
    if value.isascii() and value.isdigit():  # nearly every value
        number: float | None = float(value)
    else:
        plain = unicodedata.normalize("NFKC", value).translate(_SAME).strip()
        found = _RANGE.fullmatch(plain)
        number = _number(found["low"], counts=True) if found else _number(plain)
    return number if number is not None and isfinite(number) else None


def _number(text: str, counts: bool = False) -> float | None:
    """*counts*: it counts things, so that three digits behind a mark are a group."""
    if not text.isascii():
        return None  # digits of other scripts: float() would take them one by one
    if _PLAIN.fullmatch(text) or _EXPONENT.fullmatch(text):
        return float(text)
    if found := _DECIMAL.fullmatch(text):
        whole, part = found["whole"], found["part"]
        if len(part) != 3 or len(whole) > 3 or not whole.lstrip("0"):
            return float(text.replace(",", "."))
        # 1.000: a thousand, or one.
        return float(whole + part) if counts else None
    found = _GROUPED.fullmatch(text)
    if found is None or found["point"] == found["mark"]:
        return None
    whole = found["groups"].replace(found["mark"], "")
    return float(f"{found['sign']}{whole}.{found['part'] or 0}")


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
