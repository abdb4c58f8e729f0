"""HTTP requests and answers as values: API Gateway's HTTP API, payload format 2.0."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

#: Bytes: what Lambda takes in a request (source: AWS, "Lambda quotas": 6 MB). A refused batch is
#: lost, and HubSpot's can be large: a hundred events whose values have up to 65,536 characters
#: each, or a contact with the history of all its properties.
MAX_BODY = 6 * 1_048_576


class Request(Struct, frozen=True):
    """One request; header names are lower case, *body* is the raw bytes a signature covers."""

    method: str
    path: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    #: The query string as in the URL, without the question mark.
    query: str = ""


class Reply(Struct, frozen=True):
    """An answer; *body* is sent as JSON, None as an empty body."""

    status: int
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = {}
    #: For our log alone: it may name what a stranger should not know.
    log: str = ""


class Refused(Exception):
    """The request is answered with *status* and goes no further. *why* holds no personal data, and
    names no resource of ours; *log* may."""

    def __init__(
        self, status: int, why: str, headers: Mapping[str, str] | None = None, log: str = ""
    ) -> None:
        super().__init__(why)
        self.reply = Reply(status, {"error": why}, headers or {}, log)


Route = Callable[[Request], Reply]


def read(event: Mapping[str, Any]) -> Request:
    """
    Take a request out of API Gateway's event.

    Raises:
        Refused: 413 for more than `MAX_BODY` bytes, before the body is parsed; 400 for a body
        marked as base64 that is not.
    """
    http = event["requestContext"]["http"]
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return Request(
        method=http["method"].upper(),
        path=_path(event),
        headers=headers,
        body=_body(event),
        query=event.get("rawQueryString") or "",
    )


def _path(event: Mapping[str, Any]) -> str:
    # The matched route names the path without a stage or a custom domain's base path in front.
    _, _, path = str(event.get("routeKey") or "").partition(" ")
    return path or str(event["rawPath"])


def _body(event: Mapping[str, Any]) -> bytes:
    text: str = event.get("body") or ""
    encoded = bool(event.get("isBase64Encoded"))
    # Four characters of base64 hold three bytes, so a large body is refused before decoding.
    if (len(text) // 4 * 3 - 2 if encoded else len(text)) > MAX_BODY:
        raise _too_large()
    if encoded:
        try:
            body = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused(400, "body: expected base64") from error
    else:
        body = text.encode("utf-8", "surrogatepass")
    if len(body) > MAX_BODY:
        raise _too_large()
    return body


def _too_large() -> Refused:
    return Refused(413, f"body: more than {MAX_BODY} bytes")


def route(request: Request, routes: Mapping[tuple[str, str], Route]) -> Route:
    """
    Find who answers, by (method, path).

    Raises:
        Refused: 404 for an unknown path, 405 for the wrong method on a known one.
    """
    found = routes.get((request.method, request.path))
    if found is not None:
        return found
    allowed = sorted(method for method, path in routes if path == request.path)
    if not allowed:
        raise Refused(404, "no such path")
    raise Refused(405, "method not allowed", {"Allow": ", ".join(allowed)})


def render(reply: Reply) -> dict[str, Any]:
    """*reply* as API Gateway takes it."""
    if reply.body is None:
        return {"statusCode": reply.status, "headers": dict(reply.headers), "body": ""}
    return {
        "statusCode": reply.status,
        "headers": {"Content-Type": "application/json", **reply.headers},
        "body": msgspec.json.encode(reply.body).decode(),
    }
