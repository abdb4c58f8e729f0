"""Checks that phrases match their templates: the id is known, and the arguments have the right
kinds.

For example, an instant would be shown as a number if the template does not ask for an instant.
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

#: Phrases without a template: they join others, or show instants in a zone that they name.
JOINING = {"list", "and", "or", "semicolons"}
IN_A_ZONE = {"in_zone": 2, "between": 3}
WITHOUT_WORDS = JOINING | IN_A_ZONE.keys()
#: Kinds of arguments that are numbers; other arguments are shown as they are.
NUMBERS = {"at", "day", "span", "hours", "about", *(f"rounded{n}" for n in range(10)), "signed"}
#: In epoch seconds every instant is later than this, and every count is smaller.
AN_INSTANT = int(EARLIEST.timestamp())


def misfits(value: Any) -> list[str]:
    """The mismatches of all phrases in *value*."""
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
    """(index, kind) of each argument of *template*, counted as in ``wording``."""
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
