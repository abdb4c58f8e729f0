"""What callers of the Web API send: arguments in three encodings, checked as Slack checks."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from .blocks import check_blocks, check_view
from .wire import Request

MAX_TEXT = 40_000
_JSON_FIELDS = ("blocks", "metadata", "view", "attachments")

Arguments = dict[str, Any]


class Problem(Exception):
    """A refusal in Slack's way: 200, ok false, and a code."""

    def __init__(self, code: str, messages: list[str] | None = None, **more: object) -> None:
        super().__init__(code)
        self.body: dict[str, Any] = {"ok": False, "error": code, **more}
        if messages:
            self.body["errors"] = messages
            self.body["response_metadata"] = {"messages": [f"[ERROR] {one}" for one in messages]}


def read_arguments(request: Request) -> Arguments:
    """Arguments from a JSON or a form body, or from the query; JSON inside forms is read."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return request.json()
    found: Arguments = {name: values[-1] for name, values in request.query.items()}
    found.update(request.form())
    for name in _JSON_FIELDS:
        if isinstance(found.get(name), str):
            if not found[name]:
                del found[name]
            else:
                found[name] = json.loads(found[name])
    return found


def content(arguments: Arguments) -> tuple[str, list[dict[str, Any]]]:
    text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or []
    if isinstance(blocks, str):
        blocks = json.loads(blocks)
    if not text and not blocks:
        raise Problem("no_text")
    if len(text) > MAX_TEXT:
        raise Problem("msg_too_long")
    if problems := check_blocks(blocks):
        raise Problem("invalid_blocks", problems)
    return text, blocks


def view_content(arguments: Arguments) -> dict[str, Any]:
    content = arguments.get("view")
    content = json.loads(content) if isinstance(content, str) else content
    if problems := check_view(content):
        raise Problem("invalid_arguments", problems)
    assert isinstance(content, dict)
    return content


def metadata_of(arguments: Arguments) -> dict[str, Any] | None:
    metadata = arguments.get("metadata")
    metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not metadata.get("event_type"):
        raise Problem("invalid_metadata_format")
    metadata.setdefault("event_payload", {})
    return metadata


def flag(arguments: Arguments, name: str) -> bool:
    return str(arguments.get(name) or "").lower() in {"1", "true"}


def within(ts: str, oldest: str, latest: str, *, inclusive: bool) -> bool:
    # A float cannot hold seconds since 1970 with six decimals exactly.
    at, low, high = Decimal(ts), Decimal(oldest), Decimal(latest)
    return low <= at <= high if inclusive else low < at < high


def page_of(items: list[Any], arguments: Arguments) -> tuple[list[Any], str]:
    limit = min(int(arguments.get("limit") or 100), 1000)
    start = int(arguments.get("cursor") or 0)
    more = start + limit < len(items)
    return items[start : start + limit], str(start + limit) if more else ""
