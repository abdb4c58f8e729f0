"""Proofs about conditions: that one can never hold, that one holds wherever another does.

A condition is spelled out as alternatives, each a set of values per field and evidence that is or
is not there. Three answers are kept apart as the domain keeps them: an alternative of ``not`` needs
the condition to fail for certain, which a field without a value does not bring about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from baton.domain.policy import Count, Test, When
from baton.policy_tools.linting.values import ANYTHING, Values, failing, folded, passing

#: Alternatives of one condition. Beyond them nothing is claimed; no policy people read comes near.
MOST = 400
#: Fields whose values are looked at one by one, and how many values they may have.
MOST_SPLITS = 3
MOST_PARTS = 20


class TooMany(Exception):
    """The condition has more alternatives than are looked at."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way for a condition to hold."""

    values: Mapping[str, Values] = field(default_factory=dict)
    seen: frozenset[Count] = frozenset()
    unseen: frozenset[Count] = frozenset()


Alternatives = list[Alternative]


class Prover:
    """
    Proves things of conditions.

    Args:
        known: What is known of a field before any test, such as the ids a territory can have.
    """

    def __init__(self, known: Mapping[str, Values] | None = None) -> None:
        self._known = known or {}
        #: Names that ruled out an alternative, of the question being asked.
        self._at_odds: dict[str, None] = {}

    def conflict(self, *conditions: When) -> tuple[str, ...] | None:
        """The names at odds with each other, if the conditions can never hold together."""
        self._at_odds = {}
        try:
            alternatives = self._together(map(self._holds, conditions))
        except TooMany:
            return None
        return None if alternatives else tuple(self._at_odds)

    def implies(self, strong: Iterable[When], weak: Iterable[When]) -> bool:
        """Whether all of *weak* hold wherever all of *strong* do. Not of what never holds."""
        return self.covering(strong, [weak]) is not None

    def covering(
        self, strong: Iterable[When], weak: Sequence[Iterable[When]]
    ) -> tuple[int, ...] | None:
        """
        Those of *weak* of which one holds wherever all of *strong* do, by their places.

        Returns:
            None where it is not so, or cannot be proved, or *strong* never holds.
        """
        try:
            these = self._together(map(self._holds, strong))
            those = [
                (place, alternative)
                for place, conditions in enumerate(weak)
                for alternative in self._together(map(self._holds, conditions))
            ]
        except TooMany:
            return None
        found: set[int] = set()
        if not these or not all(self._cover(one, those, found, MOST_SPLITS) for one in these):
            return None
        return tuple(sorted(found))

    def _cover(
        self,
        narrow: Alternative,
        wide: Sequence[tuple[int, Alternative]],
        found: set[int],
        splits: int,
    ) -> bool:
        """Whether each lead of *narrow* is in one of *wide*, whose places go to *found*."""
        for place, alternative in wide:
            if self._covers(alternative, narrow):
                found.add(place)
                return True
        if not splits:
            return False
        for name in sorted({name for _, alternative in wide for name in alternative.values}):
            parts = narrow.values.get(name, self._known.get(name, ANYTHING)).one_by_one()
            if 1 < len(parts) <= MOST_PARTS:
                return all(
                    self._cover(
                        replace(narrow, values={**narrow.values, name: part}),
                        wide,
                        found,
                        splits - 1,
                    )
                    for part in parts
                )
        return False

    # --- spelling out

    def _holds(self, when: When) -> Alternatives:
        return self._together(self._test_holds(*item) for item in when.items())

    def _fails(self, when: When) -> Alternatives:
        return _few(chain.from_iterable(self._test_fails(*item) for item in when.items()))

    def _test_holds(self, name: str, test: Test) -> Alternatives:
        if test.counts:
            return [Alternative(seen=frozenset(test.counts))]
        if not test.blocks:
            return self._of_field(name, [passing(test)])
        if name == "any":
            return _few(chain.from_iterable(map(self._holds, test.blocks)))
        each = self._holds if name == "all" else self._fails
        return self._together(map(each, test.blocks))

    def _test_fails(self, name: str, test: Test) -> Alternatives:
        if test.counts:
            return [Alternative(unseen=frozenset({count})) for count in test.counts]
        if not test.blocks:
            return self._of_field(name, failing(test))
        if name == "any":
            return self._together(map(self._fails, test.blocks))
        each = self._fails if name == "all" else self._holds
        return _few(chain.from_iterable(map(each, test.blocks)))

    def _of_field(self, name: str, sets: Iterable[Values]) -> Alternatives:
        return [Alternative({name: values}) for values in sets]

    def _together(self, parts: Iterable[Alternatives]) -> Alternatives:
        """Every choice of one alternative from each part that is not at odds with itself."""
        found = [Alternative()]
        for part in parts:
            pairs = (self._meet(one, other) for one in found for other in part)
            found = _few(pair for pair in pairs if pair is not None)
        return found

    def _meet(self, one: Alternative, other: Alternative) -> Alternative | None:
        values = dict(one.values)
        for name, more in other.values.items():
            values[name] = values.get(name, self._known.get(name, ANYTHING)) & more
            if values[name].is_empty():
                self._at_odds[name] = None
                return None
        seen, unseen = one.seen | other.seen, one.unseen | other.unseen
        if any(entails(count, ruled_out) for count in seen for ruled_out in unseen):
            self._at_odds["events"] = None
            return None
        return Alternative(values, seen, unseen)

    def _covers(self, wide: Alternative, narrow: Alternative) -> bool:
        return (
            all(
                narrow.values.get(name, self._known.get(name, ANYTHING)).is_part_of(values)
                for name, values in wide.values.items()
            )
            and all(any(entails(mine, count) for mine in narrow.seen) for count in wide.seen)
            and all(any(entails(count, mine) for mine in narrow.unseen) for count in wide.unseen)
        )


def entails(strong: Count, weak: Count) -> bool:
    """Whether evidence that meets *strong* meets *weak*."""
    return (
        _narrower(frozenset(strong.of), frozenset(weak.of))
        and _narrower(folded(strong.what), folded(weak.what))
        and (weak.within is None or (strong.within is not None and strong.within <= weak.within))
        and strong.at_least >= weak.at_least
    )


def _narrower(narrow: frozenset[str], wide: frozenset[str]) -> bool:
    """None named means any."""
    return not wide or (bool(narrow) and narrow <= wide)


def _few(alternatives: Iterable[Alternative]) -> Alternatives:
    found: Alternatives = []
    for alternative in alternatives:
        found.append(alternative)
        if len(found) > MOST:
            raise TooMany
    return found
