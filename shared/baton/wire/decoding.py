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
#: An escape in a JSON text; ``half`` is a surrogate that is not one of a pair.
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\.",
    re.DOTALL,
)
#: Not allowed within a text, and of no meaning outside one.
_CONTROL = re.compile(r"[\x00-\x1f]")
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
    except msgspec.ValidationError as error:
        raise _refusal(error, at) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        plain = readable(body)
        if plain is None:
            raise _refusal(error, at) from error
        return decode(plain, shape, at)


def readable(body: bytes | str | msgspec.Raw) -> bytes | None:
    """
    *body* without what makes msgspec refuse all of it and other parsers let pass: half of a
    surrogate pair (JSON may hold one, by RFC 8259, 8.2: a text that was cut within an emoji)
    becomes U+FFFD, a control character a space. None: there is nothing of that kind.
    """
    try:
        text = body if isinstance(body, str) else bytes(body).decode()
        plain = _CONTROL.sub(" ", _ESCAPE.sub(_whole, text))
        return plain.encode() if plain != text else None
    except UnicodeError:
        return None


def _whole(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape["half"] else escape[0]


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
