"""Values that the policy cannot read, or that none of its rules names: counted by property, and by
value where that tells of nobody.

A list of open questions can take the result as it is. Kept are counts and, of each property, a
limited number of values; a value leaves this module only if at least three contacts share it and
it holds no digit and no ``@``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Literal, get_args

from msgspec import Struct

from baton.application.ports.census import Row
from baton.domain.policy import Field, Policy, When
from baton.domain.text import folded, pattern
from baton.domain.values import Reading, asked, parts

#: Contacts that must share a value before it is told.
SHARED_BY = 3
#: Example ids of each property.
EXAMPLES = 5
#: Values of a property that are told, and those that are counted one by one.
TOLD, COUNTED = 20, 5_000

#: What a value is not: one of its kind, one of the listed values, one that a rule names.
Lack = Literal["number", "date", "country", "flag", "email", "choice", "rule"]
#: In the order in which they are told: a value that means nothing before one that nobody names.
LACKS: tuple[Lack, ...] = get_args(Lack)


class Unreadable(Struct, frozen=True):
    """Values of one property that lack the same thing."""

    #: The field's id, and the HubSpot property that holds it.
    field: str
    property: str
    lack: Lack
    #: Contacts with such a value.
    contacts: int
    #: Value -> contacts, most first; only values that tell of nobody. Of a list a contact may have
    #: several.
    values: dict[str, int]
    #: Contacts with none of ``values``.
    others: int = 0
    #: Ids of some of the contacts.
    examples: tuple[str, ...] = ()


class Unread:
    """Takes contacts one by one, and keeps *limit* example ids of each property."""

    def __init__(self, policy: Policy, limit: int = EXAMPLES) -> None:
        self._policy, self._limit = policy, limit
        self._named = dict(_named(policy))
        self._contacts: Counter[tuple[str, Lack]] = Counter()
        #: The odd values of a contact, folded; several only of a list.
        self._values: dict[tuple[str, Lack], Counter[tuple[str, ...]]] = {}
        self._examples: dict[tuple[str, Lack], list[str]] = {}
        self._spelled: dict[str, str] = {}

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties that it looks at."""
        return tuple(field.property for field in self._policy.lifecycle.fields)

    def take(self, row: Row) -> None:
        for field in self._policy.lifecycle.fields:
            value = row.value(field.property).strip()
            if value and (lack := self._lack(field, value)):
                self._contacts[field.id, lack] += 1
                examples = self._examples.setdefault((field.id, lack), [])
                if len(examples) < self._limit:
                    examples.append(row.id)
                counted = self._values.setdefault((field.id, lack), Counter())
                odd = self._odd(field, value)
                if odd and (odd in counted or len(counted) < COUNTED):
                    counted[odd] += 1

    def found(self) -> tuple[Unreadable, ...]:
        """Most contacts first, of each lack."""
        several = self._contacts.items()
        return tuple(
            self._found(name, lack, count)
            for (name, lack), count in sorted(
                several, key=lambda one: (LACKS.index(one[0][1]), -one[1], one[0])
            )
        )

    def _found(self, name: str, lack: Lack, count: int) -> Unreadable:
        counted = self._values[name, lack]
        told = self._told(counted)
        others = count - sum(n for odd, n in counted.items() if not told.keys().isdisjoint(odd))
        values = {self._spelled[word]: n for word, n in told.items()}
        examples = tuple(self._examples[name, lack])
        property_ = self._policy.field[name].property
        return Unreadable(name, property_, lack, count, values, others, examples)

    def _odd(self, field: Field, value: str) -> tuple[str, ...]:
        """What is odd of *value*, folded, as far as it tells of nobody."""
        boxes = parts(value) if field.kind == "list" else (value,)
        odd: dict[str, None] = {}
        for one in boxes if len(boxes) == 1 else filter(partial(self._lack, field), boxes):
            word = folded(one)
            if _tells_of_nobody(word):
                odd[word] = None
                self._spelled.setdefault(word, one)
        return tuple(odd)

    def _lack(self, field: Field, value: str) -> Lack | None:
        reading = self._policy.read(field.kind, value)
        if not reading.understood:
            return _LACK_OF.get(field.kind)
        if field.values and not self._is_listed(field, value):
            return "choice"
        words, patterns = self._named.get(field.id, (frozenset(), ()))
        return "rule" if words and not _is_named(reading, words, patterns) else None

    def _is_listed(self, field: Field, value: str) -> bool:
        codes = self._policy.country_codes
        listed = {asked(field.kind, one, codes) for one in field.values}
        boxes = parts(value) if field.kind == "list" else (value,)
        return all(asked(field.kind, one, codes) in listed for one in boxes)

    def _told(self, counted: Counter[tuple[str, ...]]) -> dict[str, int]:
        by_word = Counter[str]()
        for odd, count in counted.items():
            for word in odd:
                by_word[word] += count
        shared = [(word, count) for word, count in by_word.items() if count >= SHARED_BY]
        shared.sort(key=lambda one: (-one[1], one[0]))
        return dict(shared[:TOLD])


_LACK_OF: dict[str, Lack] = {
    "number": "number",
    "date": "date",
    "datetime": "date",
    "country": "country",
    "flag": "flag",
    "email": "email",
}


def _tells_of_nobody(word: str) -> bool:
    return "@" not in word and not any(char.isdigit() for char in word)


def _is_named(reading: Reading, words: frozenset[str], patterns: tuple[str, ...]) -> bool:
    if not words.isdisjoint(reading.words):
        return True
    return bool(patterns) and any(map(pattern(patterns).fullmatch, reading.words))


def _named(policy: Policy) -> Iterator[tuple[str, tuple[frozenset[str], tuple[str, ...]]]]:
    """Field -> the words and patterns that a territory, a segment or a rule names, for fields of
    which a territory or a segment names words.
    """
    places = [one.when for one in policy.territories]
    places += [one.when for one in policy.segments]
    rules = [rule.when for part in policy.handoff.values() for rule in part.rules]
    by_word: dict[str, set[str]] = {}
    by_pattern: dict[str, list[str]] = {}
    for name, words, patterns in _tests([*places, *rules]):
        by_word.setdefault(name, set()).update(words)
        by_pattern.setdefault(name, []).extend(patterns)
    sorted_by = {name for name, words, _ in _tests(places) if words}
    for name in sorted_by & policy.field.keys():
        yield name, (frozenset(by_word[name]), tuple(dict.fromkeys(by_pattern[name])))


def _tests(conditions: Iterable[When]) -> Iterator[tuple[str, frozenset[str], tuple[str, ...]]]:
    for when in conditions:
        for name, test in when.items():
            if test.blocks:
                yield from _tests(test.blocks)
            elif test.any_of or test.matches:
                words = test.words.folded if test.any_of else frozenset[str]()
                yield name, words, test.matches
