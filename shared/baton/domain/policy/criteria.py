"""Conditions, compiled: what is tested, and what evidence is counted."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from baton.domain.phrase import Phrase


class Count(Struct, frozen=True, omit_defaults=True):
    """How often something was seen of a person: at least ``at_least`` pieces of evidence."""

    #: Kinds of evidence; empty: any.
    of: tuple[str, ...] = ()
    #: What it was about, by name (a form, a page), compared without case; empty: anything.
    what: tuple[str, ...] = ()
    #: Counted back from now; None: ever.
    within: timedelta | None = None
    at_least: int = 1


#: Values of a list that are told; there may be hundreds.
TOLD = 3


class Words(NamedTuple):
    """A list of words as it is compared, and as it is told."""

    folded: frozenset[str]
    told: Phrase


def told(values: tuple[str, ...]) -> Phrase:
    """The first of *values*, and how many more there are."""
    return Phrase("any_of", (max(0, len(values) - TOLD), *values[:TOLD]))


class Test(Struct, frozen=True, omit_defaults=True, dict=True):
    """One test on one field; all that are given must hold. A field without a value fails every
    test but ``known: false``. Under one of ``OPERATORS`` it holds ``blocks`` or ``counts``."""

    __test__ = False  # not a pytest class, whatever its name says

    #: Text values, compared without case and surrounding space.
    any_of: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    known: bool | None = None
    #: Patterns, one of which must fit the whole value; ``*`` is any text, case does not matter.
    matches: tuple[str, ...] = ()
    #: The date lies at most this far back, and not in the future.
    within: timedelta | None = None
    blocks: tuple[dict[str, Test], ...] = ()
    counts: tuple[Count, ...] = ()

    @cached_property
    def words(self) -> Words:
        """``any_of``; worked out once, as rules are tried for every lead."""
        folded = frozenset(value.strip().casefold() for value in self.any_of)
        return Words(folded, told(self.any_of))

    @cached_property
    def only_words(self) -> bool:
        """Whether it asks for one of some words, and for nothing else."""
        return bool(self.any_of) and self == Test(any_of=self.any_of)


#: Names in a block of conditions that are no fields: all of its blocks, one of them, none of them;
#: and evidence counted.
OPERATORS = ("all", "any", "not", "events")

#: Field name or operator -> test; every one must pass. An empty one matches every lead.
When = dict[str, Test]
