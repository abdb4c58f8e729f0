"""Putting phrases into words: a phrase becomes a line of texts and instants.

Instants stay instants in a line: Slack shows them in each reader's own zone, and other outputs in a
given zone. Total: an argument of the wrong kind, or an unknown phrase (from newer code, or
dropped), is shown raw.

How a template names its arguments: ``{stage}`` takes the first argument that has no name yet, so
the order of first appearance is the order of the arguments. A stored phrase outlives its words:
they may change, the order of their arguments may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from string import Formatter
from typing import TypeAlias

from baton.domain.numbers import MOST_PLACES
from baton.domain.phrase import Arg, Phrase, Text
from baton.presentation import conditions, words
from baton.presentation.phrases import PHRASES

#: Texts and instants, one after the other.
Line: TypeAlias = tuple[str | datetime, ...]

#: (literal text, place of the argument, its format); the last has no argument.
_Piece: TypeAlias = tuple[str, int | None, str]

_JOINED: dict[str, tuple[str, str]] = {
    "list": (", ", ", "),
    "and": (", ", " and "),
    "or": (", ", " or "),
    "semicolons": ("; ", "; "),
}


def line(text: Text) -> Line:
    """*text* in words, with instants as separate items. Adjacent texts are joined."""
    merged: list[str | datetime] = []
    for piece in _pieces(text):
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece != "":
            merged.append(piece)
    return tuple(merged)


def plain(text: Text, zone: str = "UTC", *, seconds: bool = False) -> str:
    """*text* in words, with instants rendered in *zone*."""
    if isinstance(text, str):
        return text
    return "".join(
        one if isinstance(one, str) else words.instant(one, zone, seconds=seconds)
        for one in line(text)
    )


def place(where: str) -> str:
    """The place where a field's value was found, other than the contact: ``company.industry``."""
    return "an earlier value" if where == "history" else where.replace(".", " ", 1)


# --- pieces


def _pieces(text: Text) -> Iterator[str | datetime]:
    if isinstance(text, str):
        yield text
        return
    if text.id in {"in_zone", "between"}:
        yield _local(text.args)
        return
    template = _template(text)
    if template is None:
        yield text.id
        for argument in text.args:
            yield " "
            yield from _argument(argument)
        return
    last: str | datetime = ""
    for literal, index, how in _parsed(template):
        # A note that somebody typed often ends its own sentence.
        yield literal.removeprefix(".") if _ends_a_sentence(last) else literal
        last = ""
        if index is not None and index < len(text.args):
            for piece in _worded(text.args[index], how):
                yield piece
                last = piece or last


def _ends_a_sentence(piece: str | datetime) -> bool:
    return isinstance(piece, str) and piece.endswith((".", "!", "?", "…"))


def _template(phrase: Phrase) -> str | None:
    """The template of *phrase*; None: there is none, or none for these arguments."""
    if phrase.id in _JOINED:
        between, last = _JOINED[phrase.id]
        return words.listed((f"{{{n}}}" for n in range(len(phrase.args))), last, between)
    known = PHRASES.get(phrase.id)
    if known is None or isinstance(known, str):
        return known
    try:
        return known(*phrase.args)
    except (TypeError, ValueError, AttributeError):
        return None  # other code stored it, with arguments of another kind or number


def _local(args: tuple[Arg, ...]) -> str:
    """Instants in the zone that is named after them, independent of the reader."""
    found = [at for value in args if (at := _at(value)) is not None]
    zone = next((value for value in args if isinstance(value, str)), "UTC")
    if len(found) == 2:
        return words.between(found[0], found[1], zone)
    return words.exact(found[0], zone) if found else zone


def _argument(value: Arg) -> Iterator[str | datetime]:
    if isinstance(value, float):
        yield words.number(value)
    elif isinstance(value, int):
        yield str(value)
    else:
        yield from _pieces(value)


def _worded(value: Arg, how: str) -> Iterator[str | datetime]:
    if not how:
        yield from _argument(value)
    elif "/" in how:
        one, many = how.split("/")
        yield from _argument(value)
        yield f" {words.noun(value, one, many)}"
    elif how in _KINDS and isinstance(value, str | int | float):
        try:
            yield _KINDS[how](value)
        except (ValueError, OverflowError):  # not of this kind: shown raw
            yield from _argument(value)
    else:
        yield from _argument(value)


def _instant(value: str | int | float) -> str | datetime:
    return _at(value) or str(value)


def _at(value: Arg) -> datetime | None:
    """The instant for *value* in epoch seconds; None: it is not one."""
    if not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _day(value: str | int | float) -> str:
    at = _at(value)
    return words.day(at, year=True) if at else str(value)


def _seconds(value: str | int | float) -> timedelta:
    """Raises ValueError or OverflowError if *value* is not a length of time."""
    return timedelta(seconds=float(value))


def _rounded(value: str | int | float, *, places: int) -> str:
    return value if isinstance(value, str) else words.number(value, places)


_KINDS: dict[str, Callable[[str | int | float], str | datetime]] = {
    "at": _instant,
    "day": _day,
    "date": lambda value: words.day_named(str(value)),
    "span": lambda value: words.span(_seconds(value)),
    "hours": lambda value: words.span(_seconds(value), days=False),
    "about": lambda value: words.span(_seconds(value), exact=False),
    "quoted": lambda value: words.quoted(str(value)),
    **{f"rounded{places}": partial(_rounded, places=places) for places in range(MOST_PLACES + 1)},
    "signed": lambda value: f"{value:+z.0f}" if isinstance(value, int | float) else value,
    "name": lambda value: conditions.name(str(value)),
    "value": lambda value: (
        conditions.value(value) if isinstance(value, str) else words.number(value)
    ),
    "spelled": lambda value: words.spelled(str(value)),
    "place": lambda value: place(str(value)),
}


@cache
def _parsed(template: str) -> tuple[_Piece, ...]:
    places: dict[str, int] = {}
    pieces: list[_Piece] = []
    for literal, name, how, _ in Formatter().parse(template):
        index: int | None = None
        if name is not None:
            index = int(name) if name.isdigit() else places.setdefault(name, len(places))
        pieces.append((literal, index, how or ""))
    return tuple(pieces)
