"""The kinds of rows in the table: each words the differences of one path.

A text is a predicate: what the subject (a rule, a pool) now does. In it ``{}`` stands for the value
(without it the value comes last), ``{:lead/leads}`` for a number and its noun, ``{key}`` for the
name of an entry, ``{one.id}`` for a field of the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from baton.domain.policy import OPERATORS, Test, When
from baton.policy_tools.diff.showing import value_text
from baton.policy_tools.diff.walking import Difference, Matched
from baton.presentation.conditions import clause, name
from baton.presentation.words import listed, noun, spelled

Show = Callable[[Any], str]
#: Differences of one path in one record -> predicates, one for each sentence.
Phrase = Callable[[Sequence[Difference]], Iterator[str]]

#: Of a list with more values than this, only the changed values are named.
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Value:
    """A value shown as a whole: the new value, then the old one."""

    text: str
    #: The predicate if there is no value any more; empty: ``text`` with *show* of the empty value.
    none: str = ""
    show: Show = value_text
    #: How the sentence names the old value if there was none; used only with ``none``.
    unset: str = "none"
    #: The predicate for an entry that is removed, and how the name of an entry is shown.
    gone: str = ""
    key: Show = str

    def __call__(self, found: Sequence[Difference]) -> Iterator[str]:
        for one in found:
            key = self.key(one.key)
            if one.kind == "removed":
                yield self.gone.format(key=key)
                continue
            none = self.none if _empty(one.after) else ""
            now = none or _filled(self.text, one, self.show(one.after), key)
            was = self.unset if self.none and _empty(one.before) else self.show(one.before)
            yield f"{now} instead of {was}" if one.kind == "changed" else now


@dataclass(frozen=True, slots=True)
class Whole:
    """A change of a field, shown by the whole record: the value alone would not say enough."""

    text: str
    show: Show

    def __call__(self, found: Sequence[Difference]) -> Iterator[str]:
        for one in (difference.inside[-1] for difference in found):
            yield f"{self.text} {self.show(one.new)} instead of {self.show(one.old)}"


@dataclass(frozen=True, slots=True)
class Switch:
    """A value that is true or false, or given or not."""

    on: str
    off: str

    def __call__(self, found: Sequence[Difference]) -> Iterator[str]:
        yield from (self.on if one.after else self.off for one in found)


@dataclass(frozen=True, slots=True)
class Items:
    """Values of a list: those added, those removed, and whether the others changed order."""

    come: str
    gone: str
    #: What is in another order, as the object of the sentence.
    order: str
    show: Show = value_text
    #: One sentence for all values added, and one for all removed.
    together: bool = False
    #: The key by which a value is matched with the old values; None: the whole value.
    key: Callable[[Any], str] | None = None

    def __call__(self, found: Sequence[Difference]) -> Iterator[str]:
        for kind, text in (("added", self.come), ("removed", self.gone)):
            some = [one for one in found if one.kind == kind]
            shown = [self.show(one.after if kind == "added" else one.before) for one in some]
            if self.together and some:
                yield _filled(text, some[0], listed(shown))
            else:
                yield from (_filled(text, *one) for one in zip(some, shown, strict=True))
        if any(one.kind == "moved" for one in found):
            yield f"has {self.order} in another order"


def condition(found: Sequence[Difference]) -> Iterator[str]:
    """The change of a condition that always exists, though it may be empty."""
    for one in found:
        yield from _changed(one.before, one.after)


def _changed(old: When, new: When) -> Iterator[str]:
    if old.keys() == new.keys():
        changed = [(key, old[key], new[key]) for key in new if old[key] != new[key]]
        predicates = [_values(*one) for one in changed]
        if changed and all(predicates):
            for sentences in predicates:
                yield from sentences
            return
    yield f"now applies {clause(new)} instead of {clause(old)}"


def _values(key: str, old: Test, new: Test) -> list[str]:
    """Values added to a long list, and values removed; empty: something else differs, too."""
    same = Test(any_of=new.any_of) == new and Test(any_of=old.any_of) == old
    if key in OPERATORS or not same or len(old.any_of) <= _SHORT:
        return []
    come = [value for value in new.any_of if value not in old.any_of]
    gone = [value for value in old.any_of if value not in new.any_of]
    predicates = []
    if come:
        predicates.append(f"now also takes {name(key)} {listed(come)}")
    if gone:
        predicates.append(f"no longer takes {name(key)} {listed(gone)}")
    return predicates


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that may be missing; ``none`` says what is true without it."""

    now: str
    none: str

    def __call__(self, found: Sequence[Difference]) -> Iterator[str]:
        for one in found:
            if not one.after:
                yield f"{self.none}; it was {clause(one.before)}"
            else:
                was = f" instead of {clause(one.before)}" if one.before else ""
                yield f"{self.now} {clause(one.after)}{was}"


def plain(found: Sequence[Difference]) -> Iterator[str]:
    """The phrase for a path that the table does not name."""
    field = spelled(found[0].path.rpartition(".")[2])
    for one in found:
        match one.kind:
            case "added":
                yield f"now has {value_text(one.after)} among its {field}"
            case "removed":
                yield f"no longer has {value_text(one.before)} among its {field}"
            case "changed":
                what = f"{one.key} among its {field} as" if one.key else field
                yield f"now has {what} {value_text(one.after)} instead of {value_text(one.before)}"
            case "moved":
                yield f"has {value_text(one.after)} at another place among its {field}"


@dataclass(frozen=True, slots=True)
class Thing:
    """A row for the path of a list: how its records are named."""

    #: The record as the subject of a sentence; ``{outer.label}`` is a field of the record around
    #: it.
    name: str | Callable[[Any], str]
    #: What a new record does; empty: nothing is added.
    new: Callable[[Any], str] = lambda _record: ""
    #: Its name in ``Policy.definitions``.
    definition: str = ""
    #: The records are tried in order: the first that matches decides.
    tried: bool = False
    #: The key by which a record is matched with the old records; None: its id.
    key: Callable[[Any], str] | None = None

    def called(self, one: Matched, inside: Sequence[Matched]) -> str:
        if callable(self.name):
            return self.name(one.record)
        outer = inside[-1].record if inside else None
        return self.name.format(one=one.record, outer=outer, key=one.key)

    def predicate(self, one: Difference) -> str:
        """The sentences for a record of the list that is new, removed or moved."""
        if one.kind == "removed":
            return "is removed"
        place = f"before {self._short(one.following)}" if one.following is not None else "last"
        if one.kind == "moved":
            return f"is now tried {place}" if self.tried else f"now comes {place}"
        new = self.new(one.after)
        return "is new" + f", tried {place}" * self.tried + f": {new}" * bool(new)

    def _short(self, record: Any) -> str:
        """The name inside a sentence, without its kind, because the subject names the kind."""
        return str(getattr(record, "id", "")) or self.called(Matched("", "", record, record), ())


#: How a path is worded: the differences of a value, or the records of a list.
Row = Phrase | Thing


def under(path: str, row: Row | None = None, **fields: Row) -> dict[str, Row]:
    """The row of *path*, and the rows of the paths below it; ``__`` in a name stands for a dot."""
    own = {} if row is None else {path: row}
    return own | {f"{path}.{name.replace('__', '.')}": one for name, one in fields.items()}


def worded(**words: str) -> Show:
    """Replaces a word of the policy by other words; a word without a replacement is shown as it
    is."""
    return lambda value: words.get(value, value_text(value))


class InText(str):
    """A value where a text has its place: ``{}``, or ``{:lead/leads}`` with its noun."""

    __slots__ = ()

    def __format__(self, nouns: str) -> str:
        return f"{self!s} {noun(self, *nouns.split('/'))}" if nouns else str(self)


def _filled(text: str, one: Difference, value: str, key: str = "") -> str:
    record = one.inside[-1].record if one.inside else None
    placed = "{}" in text or "{:" in text
    return (text if placed else f"{text} {{}}").format(InText(value), key=key, one=record)


def _empty(value: Any) -> bool:
    return value in (None, "", (), {})
