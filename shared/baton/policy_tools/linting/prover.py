"""Proves that a condition can never hold, or that one holds whenever another does.

A condition is expanded into alternatives. Each is a set of values per field, and evidence that must
or must not exist. As in the domain, a test has three answers: ``not`` requires the inner condition
to fail for certain, and a field without a value makes it neither hold nor fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from baton.domain.policy import Count, Test, When
from baton.domain.values import FieldKind
from baton.policy_tools.kinds import meant
from baton.policy_tools.linting.values import ANYTHING, Values, failing, folded, passing

#: Most alternatives of one condition; with more nothing is proved. No readable policy comes near.
MOST = 400
#: Most fields whose values are examined one by one, and most values of such a field.
MOST_SPLITS = 3
MOST_PARTS = 20


class TooMany(Exception):
    """The condition has more alternatives than are examined."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way for a condition to hold."""

    values: Mapping[str, Values] = field(default_factory=dict)
    seen: frozenset[Count] = frozenset()
    unseen: frozenset[Count] = frozenset()


Alternatives = list[Alternative]


class Prover:
    """
    Proves facts about conditions.

    Args:
        known: The values that a field can have before any test, such as the ids of territories.

        kinds: Of which kind a field is, where it is more than plain text.

        codes: Bare spelling of a country -> ISO's code.
    """

    def __init__(
        self,
        known: Mapping[str, Values] | None = None,
        kinds: Mapping[str, FieldKind] | None = None,
        codes: Mapping[str, str] | None = None,
    ) -> None:
        self._known = known or {}
        self._kinds, self._codes = kinds or {}, codes or {}
        #: Names of the tests that ruled out alternatives of the current question.
        self._at_odds: dict[str, None] = {}

    def conflict(self, *conditions: When) -> tuple[str, ...] | None:
        """The names of the contradicting tests, if the conditions can never hold together; None:
        they can, or it cannot be proved."""
        self._at_odds = {}
        try:
            alternatives = self._together(map(self._holds, conditions))
        except TooMany:
            return None
        return None if alternatives else tuple(self._at_odds)

    def implies(self, strong: Iterable[When], weak: Iterable[When]) -> bool:
        """Whether all of *weak* hold whenever all of *strong* do. False if *strong* never holds."""
        return self.covering(strong, [weak]) is not None

    def covering(
        self, strong: Iterable[When], weak: Sequence[Iterable[When]]
    ) -> tuple[int, ...] | None:
        """
        The indexes of groups in *weak* such that, whenever all of *strong* hold, all conditions of
        one of these groups hold.

        Returns:
            None: there are none, it cannot be proved, or *strong* never holds.
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
        """Whether each lead that *narrow* describes matches an alternative of *wide*; adds the
        indexes of those to *found*."""
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

    # --- expanding conditions

    def _holds(self, when: When) -> Alternatives:
        return self._together(self._test_holds(*item) for item in when.items())

    def _fails(self, when: When) -> Alternatives:
        return _few(chain.from_iterable(self._test_fails(*item) for item in when.items()))

    def _test_holds(self, name: str, test: Test) -> Alternatives:
        if test.counts:
            return [Alternative(seen=frozenset(test.counts))]
        if not test.blocks:
            meaning = meant(name, test, self._kinds, self._codes)
            return self._of_field(name, [passing(meaning, self._kinds.get(name) == "list")])
        if name == "any":
            return _few(chain.from_iterable(map(self._holds, test.blocks)))
        each = self._holds if name == "all" else self._fails
        return self._together(map(each, test.blocks))

    def _test_fails(self, name: str, test: Test) -> Alternatives:
        if test.counts:
            return [Alternative(unseen=frozenset({count})) for count in test.counts]
        if not test.blocks:
            meaning = meant(name, test, self._kinds, self._codes)
            return self._of_field(name, failing(meaning, self._kinds.get(name) == "list"))
        if name == "any":
            return self._together(map(self._fails, test.blocks))
        each = self._fails if name == "all" else self._holds
        return _few(chain.from_iterable(map(each, test.blocks)))

    def _of_field(self, name: str, sets: Iterable[Values]) -> Alternatives:
        return [Alternative({name: values}) for values in sets]

    def _together(self, parts: Iterable[Alternatives]) -> Alternatives:
        """Every combination of one alternative from each part, without those that contradict
        themselves."""
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
    """Whether *narrow* allows only what *wide* does; an empty set allows anything."""
    return not wide or (bool(narrow) and narrow <= wide)


def _few(alternatives: Iterable[Alternative]) -> Alternatives:
    found: Alternatives = []
    for alternative in alternatives:
        found.append(alternative)
        if len(found) > MOST:
            raise TooMany
    return found
