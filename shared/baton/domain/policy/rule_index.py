"""An index of rules by the values they ask for, so that a thousand rules cost little more than a
few.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import merge
from typing import Protocol, TypeAlias

from baton.domain.phrase import Phrase
from baton.domain.policy.criteria import Test
from baton.domain.policy.routing import Rule

#: (field, words in lower case, the words as they are shown) of each test of a rule.
WordTests: TypeAlias = tuple[tuple[str, frozenset[str], Phrase], ...]

#: For how many rules it is explained why they did not match.
RULES_EXPLAINED = 25
#: Combinations of values whose explanations are kept. Territories, segments and the like have few;
#: with a field of free text every lead has its own, so they are bounded.
EXPLANATIONS_KEPT = 1_000


class Worded(Protocol):
    """Values, and the words that they say: ``conditions.Facts``."""

    @property
    def values(self) -> Mapping[str, str]: ...
    def shown(self, name: str) -> str: ...
    def words(self, name: str) -> tuple[str, ...]: ...
    def is_one_of(self, name: str, words: frozenset[str]) -> bool: ...


class RuleIndex:
    """The rules of a handoff by one of their tests: for each rule with ``any_of`` tests, its most
    selective one. A rule without such a test is always a candidate.
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._always: list[int] = []
        self._by_word: dict[str, dict[str, list[int]]] = {}
        explained = rules[:RULES_EXPLAINED]
        self._ids = [rule.id for rule in explained]
        self._word_tests: list[WordTests | None] = [_word_tests(rule) for rule in explained]
        asked = {name for tests in self._word_tests for name, _, _ in tests or ()}
        self._asked = tuple(sorted(asked))
        self._failures: dict[tuple[str, ...], list[Phrase | None]] = {}
        words_of = [_words_of(rule) for rule in rules]
        known: dict[str, set[str]] = {}
        for words in words_of:
            for field, some in words.items():
                known.setdefault(field, set()).update(some)
        for place, words in enumerate(words_of):
            if not words:
                self._always.append(place)
                continue
            field = min(words, key=lambda name: len(words[name]) / len(known[name]))
            places = self._by_word.setdefault(field, {})
            for word in words[field]:
                places.setdefault(word, []).append(place)

    def word_failures(self, facts: Worded) -> list[Phrase | None]:
        """Why each of the first ``RULES_EXPLAINED`` rules does not match a lead with these
        *facts*. None: the word tests do not tell, because all of them hold, or because the rule
        has other tests, too.
        """
        values = facts.values
        key = tuple([values.get(name, "") for name in self._asked])
        known = self._failures.get(key)
        if known is None:
            if len(self._failures) >= EXPLANATIONS_KEPT:
                self._failures.clear()
            known = self._failures[key] = self._failed(facts)
        return known

    def _failed(self, facts: Worded) -> list[Phrase | None]:
        values = facts.values
        return [
            next(
                (
                    Phrase(
                        "rule.no",
                        (id_, Phrase("test.any_of", (name, facts.shown(name), shortened))),
                    )
                    for name, words, shortened in tests or ()
                    if not (values.get(name) and facts.is_one_of(name, words))
                ),
                None,
            )
            for id_, tests in zip(self._ids, self._word_tests, strict=True)
        ]

    def candidates(self, facts: Worded) -> list[int]:
        """The places of the rules that may match a lead with these *facts*, in their order."""
        found = [self._always]
        for field, places in self._by_word.items():
            if facts.values.get(field):
                words = facts.words(field)
                found += [some for word in words if (some := places.get(word))]
        # A rule may ask for several words of a list.
        return [*dict.fromkeys(merge(*found))] if len(found) > 1 else self._always


def _word_tests(rule: Rule) -> WordTests | None:
    if rule.window is not None or not all(map(_words_only, rule.when.values())):
        return None
    return tuple(
        (name, test.words.folded, test.words.shortened) for name, test in rule.when.items()
    )


def _words_of(rule: Rule) -> dict[str, set[str]]:
    return {name: set(test.words.folded) for name, test in rule.when.items() if _words_only(test)}


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
