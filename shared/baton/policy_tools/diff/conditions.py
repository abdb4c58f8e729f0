"""Conditions in words, and what is different about them."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain.policy import OPERATORS, Test, When
from baton.policy_tools.saying import both
from baton.policy_tools.saying import condition as say_when
from baton.policy_tools.saying import evidence as say_count
from baton.policy_tools.saying import name as say_name

__all__ = ["say_changed", "say_count", "say_when"]

#: Lists of values longer than this are not repeated where only some of them changed.
_SHORT = 3


def say_changed(old: When, new: When) -> Iterator[str]:
    """What a condition that differs now says, as predicates of whatever is bound by it."""
    if old.keys() == new.keys():
        changed = [(name, old[name], new[name]) for name in new if old[name] != new[name]]
        told = [_values(*one) for one in changed]
        if changed and all(told):
            for sentences in told:
                yield from sentences
            return
    yield f"now applies {_clause(new)} instead of {_clause(old)}"


def _clause(when: When) -> str:
    return f"when {say_when(when)}" if when else "always"


def _values(name: str, old: Test, new: Test) -> list[str]:
    """What came to a long list of values and what went; empty: more than that is different."""
    same = Test(any_of=new.any_of) == new and Test(any_of=old.any_of) == old
    if name in OPERATORS or not same or len(old.any_of) <= _SHORT:
        return []
    come = [value for value in new.any_of if value not in old.any_of]
    gone = [value for value in old.any_of if value not in new.any_of]
    told = []
    if come:
        told.append(f"now also takes {say_name(name)} {both(come)}")
    if gone:
        told.append(f"no longer takes {say_name(name)} {both(gone)}")
    return told
