"""Conditions in words."""

from __future__ import annotations

from collections.abc import Iterator

from baton.core.policy import OPERATORS, Count, Test, When
from baton.policy.difference.words import joined, number, quoted, spaced, span

#: Lists of values longer than this are not repeated where only some of them changed.
_SHORT = 3


def say_when(when: When) -> str:
    """``territory is emea and segment is smb or enterprise``; an empty one: ``always``."""
    parts = [part for name, test in when.items() for part in _said(name, test)]
    return " and ".join(parts) or "always"


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
        told.append(f"now also takes {spaced(name)} {joined(come)}")
    if gone:
        told.append(f"no longer takes {spaced(name)} {joined(gone)}")
    return told


def _said(name: str, test: Test) -> Iterator[str]:
    if name in {"all", "any", "not"}:
        yield from _blocks(name, test)
        return
    if name == "events":
        yield from map(say_count, test.counts)
        return
    word = spaced(name)
    if test.any_of in {("true",), ("false",)}:
        yield f"{word} is {'yes' if test.any_of == ('true',) else 'no'}"
    elif test.any_of:
        yield f"{word} is {joined(test.any_of, 'or')}"
    if test.at_least is not None:
        yield f"{word} is at least {number(test.at_least)}"
    if test.below is not None:
        yield f"{word} is below {number(test.below)}"
    if test.known is not None:
        yield f"{word} is {'known' if test.known else 'not known'}"
    if test.matches:
        yield f"{word} looks like {joined(map(quoted, test.matches), 'or')}"
    if test.within is not None:
        yield f"{word} is at most {span(test.within)} ago"


def _blocks(name: str, test: Test) -> Iterator[str]:
    said = [f"({say_when(block)})" for block in test.blocks]
    if name == "all":
        yield from said
    elif name == "any":
        yield f"one of these: {joined(said, 'or')}"
    else:
        yield f"not {joined(said, 'nor')}"


def say_count(count: Count) -> str:
    """``there is a form about "Demo request" within 14 days``."""
    kinds = joined(map(spaced, count.of), "or")
    if count.at_least == 1:
        text = f"there is a {kinds}" if kinds else "there is any evidence"
    else:
        text = f"there are {count.at_least} or more of {kinds or 'any evidence'}"
    if count.what:
        text += f" about {joined(map(quoted, count.what), 'or')}"
    return text + (f" within {span(count.within)}" if count.within is not None else "")
