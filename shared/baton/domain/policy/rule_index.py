"""Rules by what they ask for, so that a thousand of them cost a lead no more than a few."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import merge

from baton.domain.policy.criteria import Test
from baton.domain.policy.routing import Rule


class RuleIndex:
    """The rules of a handoff by one of their tests: of each rule that asks fields for one of some
    words, the test that the fewest of all words would pass. A rule without such a test always comes
    into question.
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._always: list[int] = []
        self._by_word: dict[str, dict[str, list[int]]] = {}
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

    def candidates(self, values: Mapping[str, str]) -> list[int]:
        """The places of the rules that may match a lead with these *values*, in their order."""
        found = [self._always]
        for field, places in self._by_word.items():
            value = values.get(field)
            if value and (some := places.get(value.casefold())):
                found.append(some)
        return list(merge(*found)) if len(found) > 1 else self._always


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
