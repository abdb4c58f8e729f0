"""What is known of a lead in the policy's words, and whether a condition holds of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from baton.core.policy import Lifecycle, Policy, Test, When
from baton.core.world import Contact

Facts = dict[str, str]

#: Characters kept of a value. HubSpot's texts hold 65,536, and a form is open to anybody: a few of
#: those would make a lead too large to store. Slack shows less than this anyway.
LONGEST = 2_000


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def when(self) -> When: ...


Named = TypeVar("Named", bound=_Named)


def fields_of(contact: Contact, lifecycle: Lifecycle) -> Facts:
    """The contact's properties under the policy's field names; empty ones are left out."""
    values = (
        (f.id, contact.properties.get(f.property, "").strip()[:LONGEST]) for f in lifecycle.fields
    )
    return {name: value for name, value in values if value}


def describe(policy: Policy, fields: Mapping[str, str], stage: str) -> Facts:
    """The fields plus what follows from them: stage, territory, segment, tier."""
    facts = {**fields, "stage": stage}
    if (territory := first_match(policy.territories, facts)) is not None:
        facts["territory"] = territory.id
    if (segment := first_match(policy.segments, facts)) is not None:
        facts["segment"] = segment.id
    if (tier := first_match(policy.tiers, facts)) is not None:
        facts["tier"] = tier.id
    return facts


def first_match(choices: Iterable[Named], facts: Facts) -> Named | None:
    return next((choice for choice in choices if not why_not(choice.when, facts)), None)


def why_not(when: When, facts: Facts) -> str:
    """The first test that fails, as a person would say it; empty when all hold."""
    for name, test in when.items():
        value = facts.get(name, "")
        # Most tests of most rules ask for one of some words, of a field that is there.
        if value and test.any_of and test.known is None and not _asks_number(test):
            words = _words(test.any_of)
            if value.casefold() in words.folded:
                continue
            return f"{name} is {value}, not {words.said}"
        fault = _fails(name, test, value)
        if fault:
            return fault
    return ""


def _asks_number(test: Test) -> bool:
    return test.at_least is not None or test.below is not None


def _fails(name: str, test: Test, value: str) -> str:
    if test.known is not None and bool(value) != test.known:
        return f"{name} is {'missing' if test.known else 'known'}"
    if test.known is False and not value:
        return ""
    if test.any_of:
        words = _words(test.any_of)
        if value.casefold() not in words.folded:
            return f"{name} is {value or 'missing'}, not {words.said}"
    if _asks_number(test):
        number = _number(value)
        if number is None:
            return f"{name} is {value or 'missing'}, not a number"
        if test.at_least is not None and number < test.at_least:
            return f"{name} is {value}, below {test.at_least:g}"
        if test.below is not None and number >= test.below:
            return f"{name} is {value}, not below {test.below:g}"
    return ""


class _Words(NamedTuple):
    """A list of words as it is compared, and as it is said."""

    folded: frozenset[str]
    said: str


@lru_cache(maxsize=10_000)  # policies come and go in a long-lived process
def _words(values: tuple[str, ...]) -> _Words:
    """Worked out once per list: rules are tried for every lead."""
    shown = ", ".join(values[:3])
    said = f"{shown} or {len(values) - 3} others" if len(values) > 3 else shown
    return _Words(frozenset(value.strip().casefold() for value in values), said)


#: HubSpot's own "number of employees" is a choice of ranges: "100-500", "1000+".
_RANGE = re.compile(r"([0-9.]+)(?:\s*[-–]\s*[0-9.]+|\s*\+)")


def _number(value: str) -> float | None:
    """The number in *value*; of a range its lower end. None where there is no number."""
    plain = value.replace(",", "").strip()
    found = _RANGE.fullmatch(plain)
    try:
        number = float(found[1] if found else plain)
    except ValueError:
        return None
    return number if number == number else None  # NaN compares with nothing
