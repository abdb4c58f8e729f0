"""Phrases: what is said, as an id and arguments, before it is put into words.

The domain decides what a person is told and why; ``baton.presentation.phrases`` has the words, by
id. Phrases are stored with records and leads, and travel with effects. They are compact, and the
words can change without changing what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeAlias, Union

from msgspec import Struct

#: Instants are epoch seconds, lengths of time are seconds; the phrase's template tells which.
Arg: TypeAlias = Union[str, int, float, "Phrase"]


class Phrase(Struct, frozen=True, gc=False, array_like=True):
    """A text as an id and arguments; presentation turns it into words."""

    id: str
    args: tuple[Arg, ...] = ()


_TIMES = (datetime, timedelta)

#: A phrase; or its text, if stored before there were phrases.
Text: TypeAlias = str | Phrase


def phrase(id_: str, *args: Arg | datetime | timedelta) -> Phrase:
    return Phrase(id_, tuple([seconds(one) if isinstance(one, _TIMES) else one for one in args]))


def listing(items: Iterable[Arg]) -> Phrase:
    """A list of things."""
    return Phrase("list", tuple(items))


def seconds(value: datetime | timedelta) -> int:
    """An instant or a length of time as an argument of a phrase."""
    return int(value.timestamp() if isinstance(value, datetime) else value.total_seconds())
