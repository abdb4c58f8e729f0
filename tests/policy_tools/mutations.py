"""Policies that differ from another in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from baton.domain.policy import Policy

Path = tuple[str | int, ...]

#: Words that at least one field allows; if a field does not allow one, the next is tried.
_WORDS = (
    *("accept", "touch", "disposition", "working", "wall", "hold", "flag", "wait", "close"),
    *("rep", "manager", "owner", "channel", "director", "ops", "crm", "marketing", "baton"),
    *("hubspot", "fill", "blank", "restore", "ask", "report", "automatic", "time"),
    *("warn", "breach", "escalate", "pull_back", "text", "number", "date"),
    *("list", "count", "ignore", "follow", "put_back", "route"),
    *("backup", "team", "roster", "leave"),
)


def places(policy: Policy) -> list[Path]:
    """Every path of the policy except its version, and what follows from other places: the words
    that a condition means."""
    every = _walk(_data(policy), ())
    return [path for path in every if path != ("version",) and "means" not in path]


def mutated(policy: Policy, path: Path) -> Iterator[Policy]:
    """Variants of the policy, each with another value at *path*."""
    here = _at(_data(policy), path)
    # The policy's types do not say which calendars are valid, so only simple changes are made to
    # them.
    others = _lesser(here) if path[0] == "calendars" else _others(here)
    for value in others:
        data = _data(policy)
        holder = _at(data, path[:-1])
        holder[path[-1]] = value
        try:
            other = msgspec.convert(data, Policy)
        except msgspec.ValidationError:
            continue
        if other != policy:
            yield other


def names_at(policy: Policy, path: Path) -> set[str]:
    """Names of the innermost record on *path* that has an id; for a calendar its key."""
    data, names = _data(policy), set[str]()
    for place in path:
        try:
            data = data[place]
        except (LookupError, TypeError):  # it no longer exists
            break
        if isinstance(data, dict) and "id" in data:
            names = {str(data[key]) for key in ("id", "label", "name") if data.get(key)}
    return {path[1]} if path[0] == "calendars" and len(path) > 1 else names  # type: ignore[arg-type]


def _data(policy: Policy) -> Any:
    return msgspec.json.decode(msgspec.json.encode(policy))


def _walk(value: Any, path: Path) -> Iterator[Path]:
    if path:
        yield path
    keyed: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        keyed = value.items()
    elif isinstance(value, list):
        keyed = enumerate(value)
    for key, item in keyed:
        yield from _walk(item, (*path, key))


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _others(value: Any) -> list[Any]:
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1, None]
        case str():
            return [f"{value}x", "", "PT61M", "2030-01-01T00:00:00Z", *_WORDS]
        case list():
            return [value[1:], value[::-1], [*value, *value[:1]], [*value, "x"], [*value, ["x"]]]
        case dict():
            rest = dict([*value.items()][1:])
            return [rest, {**value, "x": "y"}, {**value, "x": {"any_of": ["y"]}}, None]
    return [7, "PT61M", "x", True]


def _lesser(value: Any) -> list[Any]:
    match value:
        case str():
            return [f"{value}x"]
        case list():
            return [value[1:], value[::-1], [*value, *value[:1]]]
        case dict():
            return [dict([*value.items()][1:])]
    return []
