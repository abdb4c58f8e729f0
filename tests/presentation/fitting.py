"""Whether what is said fits its words: a known phrase, and arguments of the kinds that they take.

An instant, say, is told as the number that it is where the words do not ask for an instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from baton.domain.phrase import Arg, Phrase
from baton.domain.time import EARLIEST
from baton.presentation.phrases import PHRASES

#: Phrases that have no words of their own: they join others, or show instants in a zone they name.
JOINING = {"list", "and", "or", "semicolons"}
IN_A_ZONE = {"in_zone": 2, "between": 3}
WITHOUT_WORDS = JOINING | IN_A_ZONE.keys()
#: Kinds of arguments that are numbers; any other is told as it is.
NUMBERS = {"at", "day", "span", "hours", "about", "rounded", "signed"}
#: In epoch seconds no instant is before this, and nothing that is counted is as large.
AN_INSTANT = int(EARLIEST.timestamp())


def misfits(value: Any) -> list[str]:
    """What does not fit, of every phrase in *value*."""
    return [fault for phrase in phrases_in(value) for fault in _faults(phrase)]


def phrases_in(value: Any) -> Iterator[Phrase]:
    if isinstance(value, Phrase):
        yield value
    if isinstance(value, Struct):
        for field in fields(value):
            yield from phrases_in(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from phrases_in(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from phrases_in(one)


def placed(template: str) -> Iterator[tuple[int, str]]:
    """(place, kind) of each argument that *template* takes, as ``wording`` counts them."""
    names: dict[str, int] = {}
    for _, name, kind, _ in Formatter().parse(template):
        if name is not None:
            place = int(name) if name.isdigit() else names.setdefault(name, len(names))
            yield place, kind or ""


def _faults(phrase: Phrase) -> Iterator[str]:
    if phrase.id in JOINING:
        return
    if phrase.id in IN_A_ZONE:
        *instants, zone = phrase.args
        whole = len(phrase.args) == IN_A_ZONE[phrase.id] and isinstance(zone, str)
        if not whole or not all(isinstance(at, int) for at in instants):
            yield f"{phrase}: not instants and a zone"
        return
    words = PHRASES.get(phrase.id)
    if words is None:
        yield f"{phrase}: no words"
        return
    template = words if isinstance(words, str) else words(*phrase.args)
    for place, kind in placed(template):
        if place >= len(phrase.args):
            yield f"{phrase}: argument {place} is not given"
        elif not _fits(phrase.args[place], kind):
            yield f"{phrase}: argument {place} is no {kind or 'text or number'}"


def _fits(value: Arg, kind: str) -> bool:
    if not isinstance(value, int | float):
        return kind not in NUMBERS and "/" not in kind
    return (abs(value) >= AN_INSTANT) == (kind in {"at", "day"})
