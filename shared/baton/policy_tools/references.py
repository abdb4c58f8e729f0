"""Names that must exist, and names that must not exist twice.

This checks the data as written, not the models, so that a typo in one place does not hide faults
elsewhere: one run finds everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from baton.domain.policy import OPERATORS
from baton.policy_tools import typed
from baton.policy_tools.faults import Fault, Path, did_you_mean, quoted
from baton.policy_tools.names import (
    EACH,
    HOURS_OF,
    SCORED,
    TAKEN,
    UNIQUE,
    UNIQUE_ACROSS,
    USED,
    USED_AS_KEYS,
    Names,
)
from baton.policy_tools.yaml_tree import Keys


def check(trees: Mapping[str, Keys], absent: frozenset[str] = frozenset()) -> Iterator[Fault]:
    """
    Unknown, repeated and misused names in the files that could be read at all.

    Args:
        absent: Optional files that the policy does without.
    """
    names = Names(trees, absent)
    yield from _used(names)
    yield from _properties_of_companies(names)
    yield from _hours(names)
    yield from _on_duty(names)
    yield from typed.check(names)
    yield from _taken(names)
    yield from _twice(names)


def _used(names: Names) -> Iterator[Fault]:
    for file, pattern, kind in USED:
        for path, value in names.at(file, pattern):
            yield from names.unknown(file, path, value, kind)
    for file, pattern, kind in USED_AS_KEYS:
        for path, value in names.at(file, pattern):
            for key in value if isinstance(value, dict) else ():
                yield from names.unknown(file, (*path, key), key, kind)
    if "scoring" in names.absent:
        for pattern in SCORED:
            for path, _ in names.at("cases", pattern):
                message = "needs a scoring.yaml, which this policy does not have: remove it"
                yield names.fault("cases", path, message)


def _properties_of_companies(names: Names) -> Iterator[Fault]:
    """Company properties in cases that no field is looked up in; they would have no effect."""
    if "lifecycle" not in names.data:
        return
    places = names.at("lifecycle", ("fields", EACH, "look_up", EACH))
    known = [
        value.removeprefix("company.")
        for _, value in places
        if isinstance(value, str) and value.startswith("company.")
    ]
    for path, value in names.at("cases", ("cases", EACH, "company")):
        for key in value if isinstance(value, dict) else ():
            if key not in known:
                hint = did_you_mean(key, list(dict.fromkeys(known)))
                message = f"no field of lifecycle.yaml is looked up in company.{key}{hint}"
                yield names.fault("cases", (*path, key), message)


def _hours(names: Names) -> Iterator[Fault]:
    """Targets that count by a calendar, team or territory that has no hours."""
    given = {
        "team": ("roster", ("teams", EACH, "calendar"), "no team of roster.yaml has a calendar"),
        "territory": (
            "routing",
            ("territories", EACH, "calendar"),
            "no territory of routing.yaml has a calendar",
        ),
    }
    for path, value in names.at("sla", ("tiers", EACH, "targets", EACH, "calendar")):
        if value not in HOURS_OF:
            yield from names.unknown("sla", path, value, "calendar")
        elif value in given:
            file, pattern, none = given[value]
            if file in names.data and not [*names.at(file, pattern)]:
                yield names.fault("sla", path, f"{quoted(value)}: {none}; add one, or write owner")


def _on_duty(names: Names) -> Iterator[Fault]:
    if "roster" not in names.data or [*names.at("roster", ("on_duty", "people"))]:
        return
    for path, value in names.at("sla", ("ladders", EACH, "rungs", EACH, "tell")):
        if value == "on_duty":
            message = "nobody is on duty: give on_duty in roster.yaml, or tell somebody else"
            yield names.fault("sla", path, message)


def _taken(names: Names) -> Iterator[Fault]:
    for path, value in names.at("lifecycle", ("fields", EACH, "id")):
        if not isinstance(value, str):
            continue  # reported by the model
        if value in typed.DERIVED:
            message = f"{quoted(value)} is computed by Baton: give the field another name"
            yield names.fault("lifecycle", path, message)
        elif value in OPERATORS:
            message = f"{quoted(value)} has another meaning in conditions: choose another name"
            yield names.fault("lifecycle", path, message)
    for file, pattern, taken, why in TAKEN:
        for path, value in names.at(file, pattern):
            if value in taken:
                message = f"{quoted(value)} {why}: choose another name"
                yield names.fault(file, path, message)


def _twice(names: Names) -> Iterator[Fault]:
    for file, pattern, key in dict.fromkeys(UNIQUE):
        for path, items in names.at(file, pattern):
            many = enumerate(items if isinstance(items, tuple) else ())
            values = ((i, item.get(key)) for i, item in many if isinstance(item, dict))
            yield from _differ(names, file, (((*path, i, key), value) for i, value in values))
    for file, patterns in UNIQUE_ACROSS:
        found = (pair for pattern in patterns for pair in names.at(file, pattern))
        yield from _differ(names, file, found)
    yield from _syncs(names)


def _differ(names: Names, file: str, values: Iterator[tuple[Path, object]]) -> Iterator[Fault]:
    first: dict[str, Path] = {}
    for path, value in values:
        if not isinstance(value, str):
            continue
        if value in first:
            line = names.line(file, first[value])
            message = f"{quoted(value)} is there twice, first in line {line}: they must differ"
            yield names.fault(file, path, message)
        else:
            first[value] = path


def _syncs(names: Names) -> Iterator[Fault]:
    """Sync rules with the same property and the same condition."""
    first: dict[str, Path] = {}
    for path, item in names.at("lifecycle", ("sync", EACH)):
        if not isinstance(item, dict) or not isinstance(item.get("property"), str):
            continue
        said = repr((item["property"], item.get("when", {})))
        if said in first:
            line = names.line("lifecycle", first[said])
            message = (
                f"{quoted(item['property'])} with the same when is there twice, first in line "
                f"{line}: keep one, or give it another when"
            )
            yield names.fault("lifecycle", (*path, "property"), message)
        else:
            first[said] = path
