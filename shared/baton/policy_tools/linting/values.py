"""The set of values that one field may have under some tests. Sets can be intersected, compared and
proved empty.

A set counts as empty, or as part of another, only if these rules prove it for every value that a
contact can have; otherwise the answer is no. Case is ignored; a letter that folds into several (ß)
equals those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from math import inf

from baton.domain.policy import Test
from baton.domain.text import folded_all

Words = frozenset[str]
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Values:
    """A set of states of a field: missing, or one of some values. The default is every state."""

    missing: bool = True
    present: bool = True
    #: Case-folded; None: any value.
    words: Words | None = None
    but: Words = frozenset()
    #: The value must be a number. If false, other text is in the set, too, whatever the range.
    number: bool = False
    at_least: float = -inf
    below: float = inf
    #: One pattern of each set must match.
    like: frozenset[Words] = frozenset()
    unlike: Words = frozenset()
    within: timedelta | None = None
    #: The date is further back than this.
    not_within: timedelta | None = None

    def __and__(self, other: Values) -> Values:
        words = self.words
        if other.words is not None:
            words = other.words if words is None else words & other.words
        return Values(
            missing=self.missing and other.missing,
            present=self.present and other.present,
            words=words,
            but=self.but | other.but,
            number=self.number or other.number,
            at_least=max(self.at_least, other.at_least),
            below=min(self.below, other.below),
            like=self.like | other.like,
            unlike=self.unlike | other.unlike,
            within=min((w for w in (self.within, other.within) if w is not None), default=None),
            not_within=max(
                (w for w in (self.not_within, other.not_within) if w is not None), default=None
            ),
        )

    def is_empty(self) -> bool:
        return not self.missing and self._no_value()

    def is_part_of(self, other: Values) -> bool:
        """Whether this set is a subset of *other*."""
        if self.missing and not other.missing:
            return False
        return self._no_value() or (other.present and self._values_within(other))

    def _no_value(self) -> bool:
        if not self.present or (self.number and self.at_least >= self.below):
            return True
        if self.words is not None and all(self.has(word) is False for word in self.words):
            return True
        if self.within is not None and self.not_within is not None:
            return self.within <= self.not_within
        return any(
            all(any(_covers(no, yes) for no in self.unlike) for yes in patterns)
            for patterns in self.like
        )

    def _values_within(self, other: Values) -> bool:
        if not self._dates_within(other):
            return False
        if self.words is None:
            return other.words is None and self._rules_within(other)
        undated = replace(other, within=None, not_within=None)
        strict = self._rules_within(other)
        return all(
            undated.has(word) or (strict and (other.words is None or word in other.words))
            for word in self.words
            if self.has(word) is not False
        )

    def _rules_within(self, other: Values) -> bool:
        """Whether the tests of this set imply those of *other*, except those on words and dates."""
        return (
            all(self.has(word) is False for word in other.but)
            and (self.number or not other.number)
            and self.at_least >= other.at_least
            and self.below <= other.below
            and all(any(_all_cover(some, mine) for mine in self.like) for some in other.like)
            and all(any(_covers(mine, no) for mine in self.unlike) for no in other.unlike)
        )

    def _dates_within(self, other: Values) -> bool:
        if other.within is not None and (self.within is None or self.within > other.within):
            return False
        return other.not_within is None or (
            self.not_within is not None and self.not_within >= other.not_within
        )

    def one_by_one(self) -> list[Values]:
        """This set as sets of one state each; empty: its words are not known."""
        if self.words is None:
            return []
        words = sorted(word for word in self.words if self.has(word) is not False)
        parts = [replace(self, missing=False, words=frozenset({word})) for word in words]
        return [*parts, MISSING] if self.missing else parts

    def has(self, word: str) -> bool | None:
        """Whether the case-folded *word* is in the set; None: unknown."""
        if not self.present or (self.words is not None and word not in self.words):
            return False
        answers: list[bool | None] = [word not in self.but, self._in_range(word)]
        answers += [_fits_one(some, word) for some in self.like]
        if self.unlike:
            fit = _fits_one(self.unlike, word)
            answers.append(None if fit is None else not fit)
        if self.within is not None or self.not_within is not None:
            answers.append(None)  # depends on the day
        return False if False in answers else None if None in answers else True

    def _in_range(self, word: str) -> bool | None:
        if not self.number and self.at_least == -inf and self.below == inf:
            return True
        if not _PLAIN_NUMBER.fullmatch(word):
            return None  # a range such as 100-500 is a number, too
        return self.at_least <= float(word) < self.below


ANYTHING = Values()
MISSING = Values(present=False)


def passing(test: Test, several: bool = False) -> Values:
    """The states of a field that pass *test*; *several*: it may have several values at once, of
    which any counts.
    """
    if test.known is False:
        return MISSING
    asks_number = test.at_least is not None or test.below is not None
    asked = test.words.folded if test.any_of else None
    if several and asked is not None:
        # Two tests on a list may ask for different values, and both hold.
        like = frozenset({asked, *([folded_all(test.matches)] if test.matches else ())})
        return Values(missing=False, like=like)
    return Values(
        missing=False,
        words=asked,
        number=asks_number,
        at_least=-inf if test.at_least is None else test.at_least,
        below=inf if test.below is None else test.below,
        like=frozenset({folded_all(test.matches)}) if test.matches else frozenset(),
        within=test.within,
    )


def failing(test: Test, several: bool = False) -> list[Values]:
    """The states of a field that certainly fail *test*, as sets that may overlap. A field without a
    value fails only ``known: true``. *several* as in ``passing``."""
    if test.known is False:
        return [Values(missing=False)]
    sets = [MISSING] if test.known else []
    if test.any_of:
        words = test.words.folded
        ruled_out = (
            Values(missing=False, unlike=words) if several else Values(missing=False, but=words)
        )
        sets.append(ruled_out)
    if test.matches:
        sets.append(Values(missing=False, unlike=folded_all(test.matches)))
    if test.at_least is not None:
        sets.append(Values(missing=False, below=test.at_least))
    if test.below is not None:
        sets.append(Values(missing=False, at_least=test.below))
    if test.within is not None:
        sets.append(Values(missing=False, not_within=test.within))
    return sets


def folded(texts: tuple[str, ...]) -> Words:
    return folded_all(texts)


def _fits_one(patterns: Words, word: str) -> bool | None:
    """Whether a pattern matches the case-folded *word*; None outside ASCII, where folding and
    pattern matching treat different letters as equal."""
    if any(fits(pattern, word) for pattern in patterns):
        return True if word.isascii() else None
    return False if word.isascii() and all(one.isascii() for one in patterns) else None


def fits(pattern: str, text: str) -> bool:
    """Whether *pattern* matches all of *text*, both in lower case; ``*`` is any text."""
    return _regex(pattern).fullmatch(text) is not None


@lru_cache(maxsize=2_000)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, re.split(r"\*+", pattern))), re.DOTALL)


def _covers(wide: str, narrow: str) -> bool:
    """Whether *wide* matches all that *narrow* matches. It is enough to match *wide* against
    *narrow* as text: only a star of *wide* can match a star of *narrow*, and then it matches any
    text there."""
    return fits(wide, narrow)


def _all_cover(wide: Words, narrow: Words) -> bool:
    """Whether each pattern of *narrow* is covered by a pattern of *wide*."""
    return all(any(_covers(one, pattern) for one in wide) for pattern in narrow)
