"""What a property's value says, by the kind of its field.

HubSpot writes every value as text. Each is read once: as the words that conditions compare, as a
number, as an instant or a day; and as what people are shown, which is the value as it was written.

The sources, all of HubSpot's developer documents: ticked boxes are one text with semicolons ("How
do I set multiple values for checkbox properties?"). A date property holds midnight UTC of a
calendar day, which is the same day in every zone, and is read as ``2026-11-30``; a datetime
property holds an instant ("How should timestamps be formatted for HubSpot's APIs?").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

from baton.domain import addresses
from baton.domain.form_names import own_names
from baton.domain.numbers import number_in
from baton.domain.text import bare, folded, straight
from baton.domain.time import iso, read_instant

FieldKind = Literal[
    "text",
    "number",
    "date",
    "email",
    "phone",
    "choice",
    "flag",
    "list",
    "country",
    "datetime",
]
#: How a value may be read: by the kind of its field; or as the name of a form, which a field of
#: text holds by its HubSpot property.
ReadAs = FieldKind | Literal["form"]

#: Kinds whose values people are shown otherwise than as they are written.
SHOWN_OTHERWISE: tuple[FieldKind, ...] = ("list", "date", "datetime")
#: Kinds of which any value is one.
ALWAYS_UNDERSTOOD: tuple[FieldKind, ...] = ("text", "phone", "choice", "list")
#: Between ticked boxes.
_BETWEEN = ";"
#: Digits of an instant in milliseconds, except for some years around 1970.
_FEWEST_DIGITS = 12
#: Not available: no country, though NA is Namibia's code.
_NOT_SAID = frozenset({"n.a.", "n.a"})
#: Two letters of a country's code, as a flag.
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FIRST_FLAG = 0x1F1E6
#: Between a country's name and another of its names.
_NAMES = re.compile(r"[()\[\]{}/|,;]|\s-\s")
#: How many parts of a name are turned around.
_TURNED = 2
#: In seconds.
_DAY = 24 * 60 * 60
_YES = frozenset({"true", "yes", "y", "on", "1", "1.0"})
_NO = frozenset({"false", "no", "n", "off", "0", "0.0"})


class Reading(NamedTuple):
    """A value that was read."""

    #: What conditions compare: any of them counts. Empty: the value says nothing.
    words: tuple[str, ...]
    #: What people are shown.
    shown: str
    #: Whether it is what its kind promises: a number, a date, a country, yes or no, an address.
    understood: bool = True
    number: float | None = None
    #: A day, or an instant.
    at: date | datetime | None = None


class Readings(dict[str, Reading | None]):
    """What the values of a lead's fields say, by field: each is read when it is first asked for, as
    ``readings[field]``. None: the field has no value, or its value is plain text.
    """

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[str], Reading | None] = lambda _: None) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, field: str) -> Reading | None:
        found = self[field] = self._read(field)
        return found


def read(kind: ReadAs, value: str, countries: Mapping[str, str]) -> Reading:
    """
    What *value* says. Its words are also as they are written: a policy that an earlier version
    published asks for those.

    Args:
        countries: Bare spelling -> ISO's code of two letters.
    """
    found = _read(kind, value, countries)
    plain = folded(value)
    if not found.words or plain in found.words:
        return found
    return found._replace(words=(*found.words, plain))


def _read(kind: ReadAs, value: str, countries: Mapping[str, str]) -> Reading:
    match kind:
        case "list":
            return _several(value)
        case "choice":
            return Reading(_several(value).words, value)
        case "country":
            code = country_in(value, countries)
            return Reading((code.lower() or folded(value),), value, bool(code))
        case "number":
            number = number_in(value)
            return Reading((asked(kind, value, countries),), value, number is not None, number)
        case "flag":
            word = asked(kind, value, countries)
            return Reading((word,), value, word in {"true", "false"})
        case "date" | "datetime":
            return _time(kind, value)
        case "email":
            return _email(value)
        case "form":
            return Reading(own_names(value), value)
        case _:
            return Reading((folded(value),), value)


def asked(kind: FieldKind, value: str, countries: Mapping[str, str]) -> str:
    """The word for which a condition asks that names *value*, as ``read`` gives it."""
    word = folded(value)
    match kind:
        case "list" | "choice":
            # HubSpot's own options are written PAID_SEARCH, and shown as "Paid search".
            return word.replace("_", " ")
        case "country":
            return country_in(value, countries).lower() or word
        case "number":
            return word if (number := number_in(value)) is None else repr(number)
        case "flag":
            return "true" if word in _YES else "false" if word in _NO else word
        case "date" | "datetime":
            return _time(kind, value).words[0]
        case "email":
            return addresses.address(value) or word
        case _:
            return word


def country_in(value: str, countries: Mapping[str, str]) -> str:
    """
    ISO's code of the country in *value*; empty: it is none, or it could be two.

    It is known by one of its spellings in *countries*, or by its flag. Of several names, as in
    ``United Kingdom (UK)``, ``DE - Germany`` and ``Deutschland 🇩🇪``, each must be that of the same
    country. Two parts may stand in the other order: ``China, People's Republic of``.
    """
    plain = folded(value)
    flags = _FLAG.findall(plain)
    if plain.replace(" ", "") in _NOT_SAID:
        return ""
    if not flags and (code := countries.get(bare(plain))):
        return code
    several = [part for part in _NAMES.split(_FLAG.sub("/", plain)) if part.strip()]
    found = {countries.get(bare(part), "") for part in several}
    found.update(_of_flag(flag, countries) for flag in flags)
    if len(found) == 1 and "" not in found:
        return found.pop()
    if flags or len(several) != _TURNED:
        return ""
    return countries.get(bare(f"{several[1]} {several[0]}"), "")


def _of_flag(flag: str, countries: Mapping[str, str]) -> str:
    code = "".join(chr(ord(char) - _FIRST_FLAG + ord("A")) for char in flag)
    return code if code in countries.values() else ""


def parts(value: str) -> tuple[str, ...]:
    """The ticked boxes in *value*, each once; empty ones are dropped."""
    return tuple(dict.fromkeys(part for one in value.split(_BETWEEN) if (part := one.strip())))


def day_in(value: str) -> date | None:
    """The calendar day that a date property holds: its midnight in UTC. None: it is none."""
    at = read_instant(straight(value))
    return at.date() if at is not None and not at.timestamp() % _DAY else None


def _several(value: str) -> Reading:
    if _BETWEEN not in value:
        return Reading((asked("list", value, {}),), value)
    boxes = parts(value)
    words = [word for box in boxes for word in (asked("list", box, {}), folded(box))]
    if len(boxes) > 1:
        words.append(asked("list", value, {}))  # one value with a semicolon in it
    return Reading(tuple(dict.fromkeys(words)), ", ".join(boxes))


def _time(kind: FieldKind, value: str) -> Reading:
    plain = straight(value)
    at: date | datetime | None = None if _is_short(plain) else read_instant(plain)
    if kind == "date" and at is not None:
        at = day_in(value) or at
    if at is None:
        return Reading((folded(value),), value, False)
    shown = iso(at.astimezone(UTC)) if isinstance(at, datetime) else at.isoformat()
    return Reading((folded(shown),), shown, at=at)


def _is_short(text: str) -> bool:
    """Whether it has the digits of a year, or of a day without hyphens, and no midnight's."""
    digits = text.removeprefix("-")
    if len(digits) >= _FEWEST_DIGITS or not digits.isdecimal():
        return False
    return not int(digits) or bool(int(digits) % (_DAY * 1000))


def _email(value: str) -> Reading:
    address = addresses.address(value)
    if not address:
        return Reading((folded(value),), value, False)
    name, _, host = address.rpartition("@")
    letters = addresses.in_letters(host)
    words = (address,) if letters == host else (address, f"{name}@{letters}")
    return Reading(words, value)
