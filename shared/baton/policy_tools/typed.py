"""Checks conditions against the kinds of the fields and derived facts that they test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from baton.domain.numbers import number_in
from baton.domain.text import folded, folded_all
from baton.domain.values import country_in, read
from baton.policy_tools import countries
from baton.policy_tools.faults import Fault, Path, did_you_mean, quoted
from baton.policy_tools.kinds import by_name, spellings
from baton.policy_tools.models.lifecycle import Countries
from baton.policy_tools.names import EACH, Names, Pattern, find
from baton.presentation.words import listed

#: Facts that Baton derives from the fields, in order, and their kinds; ``name``: the value is an id
#: declared in the policy.
DERIVED = {
    "free_mail": "flag",
    "stage": "name",
    "days_in_stage": "number",
    "rounds": "number",
    "territory": "name",
    "segment": "name",
    "fit": "number",
    "behaviour": "number",
    "hand_raise": "flag",
    "qualified": "flag",
    "tier": "name",
}
#: How many items of DERIVED are known where a condition is tested.
_STAGE, _TERRITORY, _SEGMENT, _SCORE, _ALL = 4, 5, 6, 10, 11
#: The derived facts that need a scoring.yaml.
SCORES = ("fit", "behaviour", "hand_raise", "qualified")

CONDITIONS: tuple[tuple[str, Pattern, int], ...] = (
    ("routing", ("territories", EACH, "when"), _STAGE),
    ("routing", ("segments", EACH, "when"), _TERRITORY),
    ("scoring", ("fit", EACH, "rules", EACH, "when"), _SEGMENT),
    ("scoring", ("never", EACH, "when"), _SEGMENT),
    ("sla", ("tiers", EACH, "when"), _SCORE),
    ("sla", ("tiers", EACH, "targets", EACH, "starts_when"), _ALL),
    ("sla", ("tiers", EACH, "targets", EACH, "stops_when"), _ALL),
    ("sla", ("pauses", EACH, "when"), _ALL),
    ("routing", ("rules", EACH, "when"), _ALL),
    ("routing", ("handoffs", EACH, "rules", EACH, "when"), _ALL),
    ("recycling", ("staleness", EACH, "when"), _ALL),
    ("notifications", ("plays", EACH, "when"), _ALL),
    ("lifecycle", ("stages", EACH, "entry"), _ALL),
    ("lifecycle", ("stages", EACH, "exit"), _ALL),
    ("lifecycle", ("stages", EACH, "disqualified_by", EACH, "when"), _ALL),
    ("lifecycle", ("transitions", EACH, "when"), _ALL),
    ("lifecycle", ("sync", EACH, "when"), _ALL),
)

#: Test -> the kinds of fields that it applies to.
_FOR = {
    "at_least": ("number",),
    "below": ("number",),
    "within": ("date", "datetime"),
    "matches": ("text", "email", "phone", "list", "country"),
}
#: Kind -> how to write a test on it.
_RIGHT = {
    "text": "a list of values, or matches",
    "number": "at_least and below",
    "date": "within, such as {within: 14d}",
    "datetime": "within, such as {within: 14d}",
    "list": "one or more of its values, or matches",
    "country": "names or codes of countries",
    "email": 'matches, such as "*@example.com"',
    "phone": 'matches, such as "+49*"',
    "choice": "one or more of its values",
    "flag": "true or false",
    "name": "one or more of its ids",
}


def check(names: Names) -> Iterator[Fault]:
    """Find names in conditions that do not exist, are not known yet, or are of another kind than
    the test."""
    for file, pattern, count in CONDITIONS:
        for path, value in names.at(file, pattern):
            yield from _Conditions(names, file, tuple(DERIVED)[:count]).block(path, value)


class _Conditions:
    def __init__(self, names: Names, file: str, derived: tuple[str, ...]) -> None:
        self._names = names
        self._file = file
        self._derived = derived
        self._fields = {
            field["id"]: field
            for _, field in names.at("lifecycle", ("fields", EACH))
            if isinstance(field, dict) and isinstance(field.get("id"), str)
        }

    def block(self, path: Path, when: object) -> Iterator[Fault]:
        """The faults of a block and of all blocks nested in it."""
        for name, test in when.items() if isinstance(when, dict) else ():
            here = (*path, name)
            if name in {"all", "any", "not"}:
                for at, inner in _each(test, here):
                    yield from self.block(at, inner)
            elif name == "events":
                for at, count in _each(test, here):
                    for place, kind in find(count, ("of", EACH), at):
                        yield from self._names.unknown(self._file, place, kind, "signal")
            else:
                yield from self._of_field(name, test, here)

    def _of_field(self, name: str, test: object, path: Path) -> Iterator[Fault]:
        if name in SCORES and "scoring" in self._names.absent:
            yield self._fault(
                path,
                f"{name} needs a scoring.yaml, which this policy does not have: add one, or test "
                "a field",
            )
        elif name in self._derived:
            yield from self._typed(name, DERIVED[name], test, path)
        elif name in DERIVED:
            yield self._fault(
                path,
                f"{name} is not known yet where this is tested; "
                f"use a field or {listed(self._derived, ' or ')}",
            )
        elif name in self._fields:
            kind = self._kind(self._fields[name])
            if isinstance(kind, str) and kind in _RIGHT:
                yield from self._typed(name, kind, test, path)
        elif "lifecycle" in self._names.data:
            hint = did_you_mean(name, [*self._fields, *self._derived])
            yield self._fault(path, f"{quoted(name)} is not a field of lifecycle.yaml{hint}")

    def _typed(self, name: str, kind: str, test: object, path: Path) -> Iterator[Fault]:
        for key in test if isinstance(test, dict) else ():
            if kind not in _FOR.get(key, (kind,)):
                yield self._fault(
                    (*path, key),
                    f"{key} is for {listed(_PLURAL[one] for one in _FOR[key])}, and {name} "
                    f"is {_SINGULAR[kind]}: write {_RIGHT[kind]}{self._or_kind(name, key)}",
                )
        for at, value in _values(test, path):
            if kind == "name":
                yield from self._names.unknown(self._file, at, value, name)
            elif kind in {"choice", "flag", "list"}:
                yield from self._one_of(name, kind, at, value)
            elif kind == "country":
                yield from self._country(name, at, value)
            elif kind in {"date", "datetime"} and isinstance(value, str | int):
                if not read("date", str(value), {}).understood:
                    yield self._fault(at, f"{quoted(value)} is not a date: write {_RIGHT[kind]}")
            elif kind == "number" and isinstance(value, str | bool):
                word = _text(value)
                if number_in(word) is None:
                    message = f"{quoted(word)} is not a number: write {_in_numbers(word)}"
                    yield self._fault(at, message)

    def _one_of(self, name: str, kind: str, path: Path, value: object) -> Iterator[Fault]:
        """A fault if the value is not one of the choices, ignoring case."""
        given = self._fields.get(name, {}).get("values", ()) if kind != "flag" else (True, False)
        known = [_text(one) for one in (given if isinstance(given, tuple) else ())]
        word = _text(value)
        if not isinstance(value, str | bool | int) or not known:
            return
        if folded(word) in folded_all(known):
            return
        if kind == "flag":
            yield self._fault(path, f"{name} is true or false, not {quoted(word)}")
        else:
            hint = did_you_mean(word, known)
            message = f"{quoted(word)} is not among the values of {name} in lifecycle.yaml{hint}"
            yield self._fault(path, message)

    def _country(self, name: str, path: Path, value: object) -> Iterator[Fault]:
        """A fault if the value is no country that the policy knows by this spelling."""
        if not isinstance(value, str | bool | int) or country_in(_text(value), self._codes):
            return
        hint = did_you_mean(_text(value), [*countries.names().values()])
        hint = hint if "did you mean" in hint else ""
        yield self._fault(
            path,
            f"{quoted(_text(value))} is no country that Baton knows{hint}; write its name or its "
            "code, add the spelling to countries in lifecycle.yaml, or give the field kind: list",
        )

    @cached_property
    def _codes(self) -> dict[str, str]:
        """Bare spelling -> code; those of Baton if the policy's own have a fault."""
        data = self._names.data.get("lifecycle")
        try:
            given = Countries.model_validate(data.get("countries", {}) if data else {})
        except ValidationError:
            given = Countries()
        return {key: code for code, keys in spellings(given).items() for key in keys.split()}

    @staticmethod
    def _kind(field: Mapping[str, Any]) -> object:
        by_rule = by_name(str(field.get("id", "")), str(field.get("property", "")))
        return field.get("kind", by_rule or "text")

    def _or_kind(self, name: str, key: str) -> str:
        """A hint if the field has no kind: it counts as text, and another kind may be meant."""
        if name in self._fields and "kind" not in self._fields[name]:
            return f", or give the field kind: {_FOR[key][0]} in lifecycle.yaml"
        return ""

    def _fault(self, path: Path, message: str) -> Fault:
        return self._names.fault(self._file, path, message)


_PLURAL = {
    "number": "numbers",
    "date": "dates",
    "datetime": "instants",
    "list": "lists",
    "country": "countries",
    "text": "text",
    "email": "e-mail addresses",
    "phone": "phone numbers",
}
_SINGULAR = {
    "text": "text",
    "number": "a number",
    "date": "a date",
    "email": "an e-mail address",
    "phone": "a phone number",
    "choice": "a choice",
    "flag": "a flag",
    "datetime": "an instant",
    "list": "a list",
    "country": "a country",
    "name": "a name of this policy",
}


def _each(value: object, path: Path) -> Iterator[tuple[Path, Any]]:
    """The items of a list, or the single value that is written without a list."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield (*path, index), item
    else:
        yield path, value


def _values(test: object, path: Path) -> Iterator[tuple[Path, object]]:
    """The values that a test lists, in its short or its long form."""
    if isinstance(test, dict):
        if "any_of" in test:
            yield from _each(test["any_of"], (*path, "any_of"))
    else:
        yield from _each(test, path)


_COMPARED = re.compile(r"(>=?|<=?)\s*([0-9]{1,15})", re.ASCII)


def _in_numbers(word: str) -> str:
    """A comparison with a whole number such as ">= 5", rewritten as a test; else "a number"."""
    match = _COMPARED.fullmatch(word.strip())
    if match is None:
        return "a number"
    sign, number = match[1], int(match[2])
    if sign in {">", ">="}:
        return f"{{at_least: {number + (sign == '>')}}}"
    return f"{{below: {number + (sign == '<=')}}}"


def _text(value: object) -> str:
    """The value as text, as the models convert it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
