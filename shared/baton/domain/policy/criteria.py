"""Conditions, compiled: what is tested, and what evidence is counted."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from baton.domain.phrase import Phrase
from baton.domain.text import folded_all


class Count(Struct, frozen=True, omit_defaults=True):
    """A test on evidence: at least ``at_least`` matching pieces."""

    #: Kinds of evidence; empty: whatever the person did (not ``lead.NOT_THEIRS``).
    of: tuple[str, ...] = ()
    #: What the evidence was about, by name (a form, a page), ignoring case; empty: anything.
    what: tuple[str, ...] = ()
    #: Counted back from now; None: all evidence.
    within: timedelta | None = None
    at_least: int = 1


#: Most pieces that a count can ask for: what is kept of a lead is bounded.
MOST_ASKED = 100
#: Values of a list that are shown; there may be hundreds.
SHOWN = 3


class Words(NamedTuple):
    """A list of values, prepared for comparing and for showing."""

    folded: frozenset[str]
    shortened: Phrase


def shortened(values: tuple[str, ...]) -> Phrase:
    """The first of *values*, and how many more there are."""
    return Phrase("any_of", (max(0, len(values) - SHOWN), *values[:SHOWN]))


class Test(Struct, frozen=True, omit_defaults=True, dict=True):
    """One test on one field; all that are given must hold. A field without a value fails every
    test but ``known: false``. Under one of ``OPERATORS`` it holds ``blocks`` or ``counts``."""

    __test__ = False  # not a pytest class, despite its name

    #: Text values, compared without case and surrounding space.
    any_of: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    known: bool | None = None
    #: Patterns, one of which must match the whole value; ``*`` is any text, case is ignored.
    matches: tuple[str, ...] = ()
    #: The date is at most this long ago, and not in the future.
    within: timedelta | None = None
    blocks: tuple[dict[str, Test], ...] = ()
    counts: tuple[Count, ...] = ()
    #: The words that ``any_of`` means for the kind of the field (``values.asked``), where they are
    #: other words: ``de`` for Germany. Empty: ``any_of`` itself.
    means: tuple[str, ...] = ()

    @cached_property
    def words(self) -> Words:
        """``any_of``, prepared once, as rules are tried for every lead."""
        return Words(folded_all(self.means or self.any_of), shortened(self.any_of))

    @cached_property
    def only_words(self) -> bool:
        """Whether ``any_of`` is its only condition."""
        return bool(self.any_of) and self == Test(any_of=self.any_of, means=self.means)

    @cached_property
    def on_time(self) -> bool:
        """Whether its answer may change by time alone, whatever its field is."""
        return (
            self.within is not None
            or any(count.within is not None for count in self.counts)
            or any(
                test.on_time or name == DAYS_IN_STAGE
                for block in self.blocks
                for name, test in block.items()
            )
        )


#: Names in a block of conditions that are not fields: all of its blocks, one of them, none of them;
#: and counts of evidence.
OPERATORS = ("all", "any", "not", "events")
#: The one field whose value grows with time.
DAYS_IN_STAGE = "days_in_stage"

#: Field name or operator -> test; every one must pass. An empty one matches every lead.
When = dict[str, Test]
