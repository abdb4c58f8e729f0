"""Requests and responses as values, so that every handler is a function from request to
response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case, *path* is without the query."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def many(self, name: str) -> list[str]:
        """Values of a repeated or comma-separated query parameter."""
        return [part for value in self.query.get(name, []) for part in value.split(",") if part]

    def json(self) -> dict[str, Any]:
        """
        The body as a JSON object; an empty body is an empty object.

        Raises:
            ValueError: The body is not a JSON object.
        """
        if not self.body:
            return {}
        found = json.loads(self.body)
        if not isinstance(found, dict):
            raise ValueError("the body must be a JSON object")
        return cast("dict[str, Any]", found)

    def form(self) -> dict[str, str]:
        """The body as form fields; the last of a repeated field wins."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}

    def bearer(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(status: int, body: object = None, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response; None means no body at all."""
    if body is None:
        return Response(status, b"", headers or {})
    # Half of a surrogate pair, which no UTF-8 can hold, goes out as it came in: escaped.
    written = json.dumps(body, ensure_ascii=False)
    if not written.isascii() and any("\ud800" <= one <= "\udfff" for one in written):
        written = json.dumps(body)
    return Response(
        status,
        written.encode(),
        {"Content-Type": "application/json;charset=utf-8", **(headers or {})},
    )


class Refused(Exception):
    """The request gets an error answer; any layer may raise this."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"answered {response.status}")
        self.response = response

    @property
    def body(self) -> dict[str, Any]:
        """This error as an entry in the error list of another answer."""
        return cast("dict[str, Any]", json.loads(self.response.body))
