"""Conditions, compiled: what is tested, and what evidence is counted."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct


class Count(Struct, frozen=True, omit_defaults=True):
    """How often something was seen of a person: at least ``at_least`` pieces of evidence."""

    #: Kinds of evidence; empty: any.
    of: tuple[str, ...] = ()
    #: What it was about, by name (a form, a page), compared without case; empty: anything.
    what: tuple[str, ...] = ()
    #: Counted back from now; None: ever.
    within: timedelta | None = None
    at_least: int = 1


class Test(Struct, frozen=True, omit_defaults=True):
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


#: Names in a block of conditions that are no fields: all of its blocks, one of them, none of them;
#: and evidence counted.
OPERATORS = ("all", "any", "not", "events")

#: Field name or operator -> test; every one must pass. An empty one matches every lead.
When = dict[str, Test]
