"""The members of a batch's answer, each read on its own: one that is odd keeps no other from being
used.

A value that is a number or a truth value where HubSpot documents text is read as its text: nothing
is lost by that. A member that is still not as documented is odd. It is never taken for one that
does not exist: a lead whose properties cannot be read has not lost them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

import msgspec

from baton.adapters.hubspot.lenient import read_json
from baton.failures import Rejected

T = TypeVar("T")

_NAME = re.compile(r"[a-z0-9_]{1,100}")
#: Most properties that one message names.
_MOST = 5
_ADVICE = "look at it in HubSpot, and tell HubSpot's support"

#: Told why a member cannot be read. It may raise; otherwise the member is left out.
OnOdd: TypeAlias = Callable[[str], None]


def refuse(why: str) -> None:
    """
    Raises:
        Rejected: A member cannot be read; the others must be asked for without it.
    """
    raise Rejected(why)


def decoded(data: bytes, shape: type[T]) -> T:
    """
    *data* as *shape*, whatever characters it holds.

    Raises:
        msgspec.DecodeError: It is no JSON, or of another shape.
    """
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(_written(_lenient(data)), type=shape)


def members(found: Iterable[msgspec.Raw], shape: type[T], odd: OnOdd) -> Iterator[T]:
    """Those of *found* that can be read. *odd* is told of the others when these were given."""
    faults: list[str] = []
    for raw in found:
        try:
            yield _member(bytes(raw), shape)
        except msgspec.DecodeError as error:
            faults.append(f"HubSpot: {_named(bytes(raw))} cannot be read ({error}): {_ADVICE}")
    for fault in dict.fromkeys(faults):
        odd(fault)


def _member(data: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(_written(_with_texts(_lenient(data))), type=shape)


def _named(data: bytes) -> str:
    """The member, by the names of its properties that hold no text."""
    value = _lenient(data)
    held = value.get("properties") if isinstance(value, dict) else None
    names = [
        name
        for name, one in (held.items() if isinstance(held, dict) else ())
        if isinstance(one, dict | list) and _NAME.fullmatch(name)
    ]
    return f"its {', '.join(names[:_MOST])}" if names else "a member of a batch"


def _lenient(data: bytes) -> object:
    try:
        return read_json(data)
    except ValueError:
        raise msgspec.DecodeError("no JSON") from None


def _written(value: object) -> bytes:
    # Python's own takes whole numbers of any size.
    return json.dumps(value, ensure_ascii=False).encode()


def _with_texts(value: Any, key: str = "") -> Any:
    """*value*, with its numbers and truth values as text. HubSpot's ids of associations, which it
    documents as numbers, are left."""
    if isinstance(value, dict):
        return {name: _with_texts(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_texts(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and key != "typeId":
        return str(value)
    return value
