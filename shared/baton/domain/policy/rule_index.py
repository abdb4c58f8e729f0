"""An index of rules by the values they ask for, so that a thousand rules cost little more than a
few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from typing import TypeAlias

from baton.domain.phrase import Phrase
from baton.domain.policy.criteria import Test
from baton.domain.policy.routing import Rule

#: (field, words in lower case, the words as they are told) of each test of a rule.
WordTests: TypeAlias = tuple[tuple[str, frozenset[str], Phrase], ...]


class RuleIndex:
    """The rules of a handoff by one of their tests: for each rule with ``any_of`` tests, its most
    selective one. A rule without such a test is always a candidate.
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._always: list[int] = []
        self._by_word: dict[str, dict[str, list[int]]] = {}
        self._word_tests: list[WordTests | None] = [_word_tests(rule) for rule in rules]
        self._asked = {name for tests in self._word_tests for name, _, _ in tests or ()}
        asked = [_words_of(rule) for rule in rules]
        known: dict[str, set[str]] = {}
        for words in asked:
            for field, some in words.items():
                known.setdefault(field, set()).update(some)
        for place, words in enumerate(asked):
            if not words:
                self._always.append(place)
                continue
            field = min(words, key=lambda name: len(words[name]) / len(known[name]))
            places = self._by_word.setdefault(field, {})
            for word in words[field]:
                places.setdefault(word, []).append(place)

    def first_failures(
        self, values: Mapping[str, str], count: int
    ) -> Iterator[tuple[int, tuple[str, Phrase] | None]]:
        """(place, first failing test) of the first *count* rules. The test is given as the field
        and the accepted values in words; None: the rule has other tests, too, or nothing fails."""
        # A fast path for the common kind of rule: this runs for every lead.
        folded = {name: (values.get(name) or "").casefold() for name in self._asked}
        for place in range(count):
            failed = None
            for name, words, told in self._word_tests[place] or ():
                if folded[name] not in words:
                    failed = (name, told)
                    break
            yield place, failed

    def candidates(self, values: Mapping[str, str]) -> list[int]:
        """The places of the rules that may match a lead with these *values*, in their order."""
        found = [self._always]
        for field, places in self._by_word.items():
            value = values.get(field)
            if value and (some := places.get(value.casefold())):
                found.append(some)
        return list(merge(*found)) if len(found) > 1 else self._always


def _word_tests(rule: Rule) -> WordTests | None:
    if rule.window is not None or not all(map(_words_only, rule.when.values())):
        return None
    return tuple((name, test.words.folded, test.words.told) for name, test in rule.when.items())


def _words_of(rule: Rule) -> dict[str, set[str]]:
    return {
        name: {word.strip().casefold() for word in test.any_of}
        for name, test in rule.when.items()
        if _words_only(test)
    }


def _words_only(test: Test) -> bool:
    if not test.any_of:
        return False
    return (
        test.known is None
        and test.at_least is None
        and test.below is None
        and not test.matches
        and test.within is None
        and not test.blocks
        and not test.counts
    )
