"""What is known of a lead in the policy's words, and whether a condition holds of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from baton.core.policy import Lifecycle, Policy, Test, When
from baton.core.world import Contact

Facts = dict[str, str]


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def when(self) -> When: ...


Named = TypeVar("Named", bound=_Named)


def fields_of(contact: Contact, lifecycle: Lifecycle) -> Facts:
    """The contact's properties under the policy's field names; empty ones are left out."""
    values = ((f.id, contact.properties.get(f.property, "").strip()) for f in lifecycle.fields)
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
        if value and test.any_of and value.casefold() in _folded(test.any_of) and _only_text(test):
            continue  # most tests of most rules, without a call
        fault = _fails(name, test, value)
        if fault:
            return fault
    return ""


def _only_text(test: Test) -> bool:
    return test.known is None and test.at_least is None and test.below is None


def _fails(name: str, test: Test, value: str) -> str:
    if test.known is not None and bool(value) != test.known:
        return f"{name} is {'missing' if test.known else 'known'}"
    if test.known is False and not value:
        return ""
    if test.any_of and value.casefold() not in _folded(test.any_of):
        return f"{name} is {value or 'missing'}, not {_either(test.any_of)}"
    if test.at_least is not None or test.below is not None:
        number = _number(value)
        if number is None:
            return f"{name} is {value or 'missing'}, not a number"
        if test.at_least is not None and number < test.at_least:
            return f"{name} is {value}, below {test.at_least:g}"
        if test.below is not None and number >= test.below:
            return f"{name} is {value}, not below {test.below:g}"
    return ""


_FOLDED: dict[tuple[str, ...], frozenset[str]] = {}


def _folded(values: tuple[str, ...]) -> frozenset[str]:
    """Case-folded once per list: rules are tried for every lead."""
    found = _FOLDED.get(values)
    if found is None:
        if len(_FOLDED) > 10_000:  # policies come and go in a long-lived process
            _FOLDED.clear()
        found = _FOLDED[values] = frozenset(value.strip().casefold() for value in values)
    return found


def _either(values: tuple[str, ...]) -> str:
    shown = ", ".join(values[:3])
    return f"{shown} or {len(values) - 3} others" if len(values) > 3 else shown


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
