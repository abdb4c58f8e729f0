"""JSON as HubSpot sends it when it quotes what people typed.

Strict JSON forbids half a surrogate pair (an emoji that a limit cut in two), raw control characters
and bytes that are no UTF-8. None of them is a reason to lose the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

_DECODER = json.JSONDecoder(strict=False)
#: Most places in a text where a list may begin.
_BEGINNINGS = 20


def read_json(body: str | bytes) -> object:
    """
    The value that *body* holds. A character that is none becomes U+FFFD, the replacement character.

    Raises:
        ValueError: It is no JSON, or nested too deep.
    """
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        return _cleaned(_DECODER.decode(text.removeprefix("\ufeff").strip(" \t\r\n")))
    except RecursionError:
        raise ValueError("nested too deep") from None


def objects_in(text: str) -> Iterator[object]:
    """What the lists of objects within *text* hold. A list may be cut off, and text may follow it;
    of a member that was cut off nothing is given."""
    at = -1
    for _ in range(_BEGINNINGS):
        at = text.find("[{", at + 1)
        if at < 0:
            return
        while text[at : at + 1] in ("[", ","):
            try:
                found, end = _DECODER.raw_decode(text, _after_space(text, at + 1))
            except (ValueError, RecursionError):
                break
            yield _cleaned(found)
            at = _after_space(text, end)


def _after_space(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _cleaned(value: object) -> object:
    """Without halves of surrogate pairs, which no UTF-8 can hold."""
    if isinstance(value, str):
        if value.isascii():
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {str(_cleaned(name)): _cleaned(one) for name, one in value.items()}
    return value
