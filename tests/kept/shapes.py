"""What a value shows of its types: the fields that are filled in, and their words.

Each field of a struct counts that has another value than its default; for a field with a fixed set
of words, each word counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

#: Classes that were renamed, and their names in the sets. A name is not stored with a value of
#: these, so nothing of the value changes.
OLDER_NAMES = {"MessageLimits": "Respect"}


def shown(value: Any) -> set[str]:
    """``Clock.climbed`` for each field filled in anywhere in *value*, and ``Outcome.kind=held`` for
    each word."""
    return set(_shown(value))


def possible(*kinds: Any) -> set[str]:
    """All that values of *kinds* (structs, and unions of them) can show."""
    return {one for kind in sorted(_structs(kinds), key=str) for one in _of_struct(kind)}


def words(*kinds: Any) -> set[str]:
    """Only the structs of *kinds* and the words of their fields, because unknown ones are decoding
    errors. Unknown fields are ignored."""
    found = possible(*kinds)
    structs = {one.partition(".")[0] for one in found}
    return structs | {one for one in found if "=" in one}


def _shown(value: Any) -> Iterator[str]:
    if isinstance(value, Struct):
        name = _name(type(value))
        for field in fields(value):
            found = getattr(value, field.name)
            if not _is_default(field, found):
                yield f"{name}.{field.name}"
            words = _words(type(value), field.name)
            yield from (f"{name}.{field.name}={one}" for one in _each(found) if one in words)
            yield from _shown(found)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _shown(one)
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _shown(one)


def _name(kind: type[Struct]) -> str:
    return OLDER_NAMES.get(kind.__name__, kind.__name__)


def _each(value: Any) -> Iterator[str]:
    """The texts in *value*, which may itself be one."""
    if isinstance(value, dict):
        value = tuple(value.values())
    return (
        one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, str)
    )


def _is_default(field: FieldInfo, value: Any) -> bool:
    if field.default_factory is not NODEFAULT:
        return bool(value == field.default_factory())
    return field.default is not NODEFAULT and bool(value == field.default)


def _of_struct(kind: type[Struct]) -> Iterator[str]:
    for field in fields(kind):
        yield f"{_name(kind)}.{field.name}"
        yield from (f"{_name(kind)}.{field.name}={one}" for one in _words(kind, field.name))


@cache
def _words(kind: type[Struct], field: str) -> tuple[str, ...]:
    """The words that a field takes, if it has a fixed set; without the empty one."""
    return tuple(one for one in _literals(_hints(kind)[field]) if one)


def _literals(hint: Any) -> Iterator[str]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    else:
        for part in get_args(hint):
            yield from _literals(part)


@cache
def _hints(kind: type[Struct]) -> dict[str, Any]:
    return get_type_hints(kind)


def _structs(hints: Any, known: frozenset[Any] = frozenset()) -> set[type[Struct]]:
    found: set[type[Struct]] = set(known)
    for hint in hints:
        if isinstance(hint, type) and issubclass(hint, Struct):
            if hint not in found:
                found.add(hint)
                found = _structs(_hints(hint).values(), frozenset(found))
        elif get_origin(hint) is not Literal:
            found = _structs(get_args(hint), frozenset(found))
    return found
