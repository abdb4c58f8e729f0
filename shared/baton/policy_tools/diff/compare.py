"""Comparing records and lists of records so that no difference is passed over in silence.

A record is compared field by field. For some fields there is a phrase; the others get a plain one,
so that a field that is added to the policy one day is never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, TypeVar

from msgspec import Struct

from baton.policy_tools.diff.words import said, spaced

T = TypeVar("T", bound=Struct)

#: Old and new value of a field -> what the thing now does, without subject and full stop.
Phrase = Callable[[Any, Any], Iterable[str]]


class Change(Struct, frozen=True):
    """One difference between two policies."""

    #: File of the policy it belongs to, without .yaml.
    file: str
    #: A sentence.
    text: str
    #: Name in ``Policy.definitions`` of what it changes; empty: nothing that is signed.
    definition: str = ""


def fields(
    old: Struct, new: Struct, phrases: Mapping[str, Phrase], skip: Iterable[str] = ()
) -> Iterator[str]:
    """What is different about *new*, one predicate or more for each field that differs."""
    for name in new.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before == after or name in skip:
            continue
        phrase = phrases.get(name)
        told = [*phrase(before, after)] if phrase else []
        yield from told or [plain(name, before, after)]


def sentence(text: str) -> str:
    """With its full stop, unless a quotation has brought one."""
    return text if text.endswith('."') else f"{text}."


def plain(name: str, before: Any, after: Any) -> str:
    """The phrase for a field without one of its own."""
    return f"now has {spaced(name)} {said(after)} instead of {said(before)}"


def instead(verb: str, show: Callable[[Any], str] = said) -> Phrase:
    """``VERB new instead of old``; neither is empty."""
    return lambda before, after: [f"{verb} {show(after)} instead of {show(before)}"]


def optional(verb: str, none: str, noun: str = "", show: Callable[[Any], str] = said) -> Phrase:
    """As ``instead``, and *none* where there is no value any more."""

    def phrase(before: Any, after: Any) -> list[str]:
        unit = f" {noun}" if noun else ""
        if after in (None, "", ()):
            return [f"{none} instead of {show(before)}"]
        was = show(before) if before not in (None, "", ()) else "none"
        return [f"{verb} {show(after)}{unit} instead of {was}"]

    return phrase


def switch(on: str, off: str) -> Phrase:
    return lambda _before, after: [on if after else off]


def items(come: Callable[[str], str], gone: Callable[[str], str], order: str) -> Phrase:
    """For a list of words: what came, what went, and *order* if only the order is another."""

    def phrase(before: Sequence[str], after: Sequence[str]) -> list[str]:
        told = [come(word) for word in after if word not in before]
        told += [gone(word) for word in before if word not in after]
        return told or [order]

    return phrase


@dataclass(frozen=True, slots=True)
class Things:
    """How a list of records is spoken of."""

    file: str
    #: Record -> its name as the subject of a sentence.
    name: Callable[[Any], str]
    #: Old and new record -> predicates.
    changed: Callable[[Any, Any], Iterable[str]]
    #: Record -> what it does, after "is new:"; empty: nothing worth saying.
    summary: Callable[[Any], str] = lambda _thing: ""
    #: Record -> what tells it from its neighbours.
    key: Callable[[Any], str] = lambda thing: str(thing.id)
    #: Record -> name in ``Policy.definitions``.
    definition: Callable[[Any], str] = lambda _thing: ""
    #: Their order decides: the first that fits.
    tried: bool = False

    def compare(self, old: Sequence[T], new: Sequence[T]) -> Iterator[Change]:
        before, after = self._keyed(old), self._keyed(new)
        for key, thing in after.items():
            if key not in before:
                summary = self.summary(thing)
                place = f", tried {self._where(key, after)}" if self.tried else ""
                yield self._change(thing, f"is new{place}" + (f": {summary}" if summary else ""))
            elif before[key] != thing:
                for told in self.changed(before[key], thing):
                    yield self._change(thing, told)
        for key, thing in before.items():
            if key not in after:
                yield self._change(thing, "is removed")
        yield from self._moved([*before], [*after], after)

    def _moved(self, old: list[str], new: list[str], after: dict[str, T]) -> Iterator[Change]:
        """The fewest things that must be moved to come from the old order to the new one."""
        was = [key for key in old if key in new]
        now = [key for key in new if key in old]
        matcher = SequenceMatcher(None, was, now, autojunk=False)
        stayed = {
            key for at, _, size in matcher.get_matching_blocks() for key in was[at : at + size]
        }
        for key in now:
            if key not in stayed:
                comes = "is now tried" if self.tried else "now comes"
                yield self._change(after[key], f"{comes} {self._where(key, after)}")

    def _where(self, key: str, things: dict[str, T]) -> str:
        keys = [*things]
        following = keys[keys.index(key) + 1 :]
        return f"before {self._short(things[following[0]])}" if following else "last"

    def _short(self, thing: Any) -> str:
        """The name inside a sentence; without its kind, which the subject has said."""
        return str(getattr(thing, "id", "") or self.name(thing))

    def _keyed(self, things: Sequence[T]) -> dict[str, T]:
        """By key; a second one of the same key gets a number, so that none is lost."""
        found: dict[str, T] = {}
        for thing in things:
            key = self.key(thing)
            count = sum(1 for other in found if other.partition("\0")[0] == key)
            found[f"{key}\0{count}" if count else key] = thing
        return found

    def _change(self, thing: Any, told: str) -> Change:
        return Change(self.file, sentence(f"{self.name(thing)} {told}"), self.definition(thing))
