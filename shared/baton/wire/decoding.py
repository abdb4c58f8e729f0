"""
Typed decoding whose errors name the field, and never repeat its value.

An error reads ``<path>: <what was expected>``, for example ``$[3].objectId: expected int, got
str``: fields and types, no values, so it may be logged.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from baton.failures import Malformed

T = TypeVar("T")

_WITH_PATH = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object (?:contains )?missing required field `(?P<name>[^`]+)`")


def decode(body: bytes | str | msgspec.Raw, shape: type[T], at: str = "$") -> T:
    """
    Read JSON *body* as *shape*.

    Args:
        at: Where *body* was in the whole document; paths in errors start there.

    Raises:
        Malformed: *body* is not JSON, or not of that shape.
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _refusal(error, at) from error


def convert(found: Any, shape: type[T], at: str = "$") -> T:
    """Read already decoded JSON as *shape*; raises `Malformed` as `decode` does."""
    try:
        return msgspec.convert(found, shape)
    except (msgspec.ValidationError, UnicodeError, RecursionError) as error:
        raise _refusal(error, at) from error


def _refusal(error: Exception, at: str) -> Malformed:
    if isinstance(error, RecursionError):
        return Malformed(f"{at}: nested too deeply")
    if isinstance(error, UnicodeError):
        return Malformed(f"{at}: expected UTF-8")
    if not isinstance(error, msgspec.ValidationError):
        return Malformed(f"{at}: expected JSON")

    split = _WITH_PATH.fullmatch(str(error))
    assert split is not None  # cannot fail: every part of the pattern is optional
    what, path = split["what"], at + (split["path"] or "$")[1:]
    if missing := _MISSING.fullmatch(what):
        return Malformed(f"{path}.{missing['name']}: required")
    if what.startswith(("Invalid enum value", "Invalid value")):  # a tag's; msgspec quotes both
        return Malformed(f"{path}: not an allowed value")
    return Malformed(f"{path}: {what[:1].lower()}{what[1:]}".replace("`", ""))
