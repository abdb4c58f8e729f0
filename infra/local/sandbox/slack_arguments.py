"""What callers of the Web API send: arguments in three encodings, checked as Slack checks."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from .blocks import check_blocks, check_view, too_long
from .wire import Request

#: Posted texts are cut here, with a warning ("Truncating really long messages").
MAX_TEXT = 40_000
#: An edit's text may not be longer ("The ``text`` field cannot exceed 4,000 characters", on the
#: page of ``chat.update``); measured in bytes of UTF-8.
MAX_EDIT = 4_000
#: Bytes of a message's metadata. Slack gives no number; this refuses no later than it may.
MAX_METADATA = 8_000
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


def content(arguments: Arguments, *, edit: bool = False) -> tuple[str, list[dict[str, Any]]]:
    """
    The text and the blocks of a message.

    Args:
        edit: A text that is too long is refused; else it is cut, see ``cut``.
    """
    text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or []
    if isinstance(blocks, str):
        blocks = json.loads(blocks)
    if not text and not blocks:
        raise Problem("no_text")
    if edit and len(text.encode("utf-8", "replace")) > MAX_EDIT:
        raise Problem("msg_too_long")
    if problems := check_blocks(blocks):
        raise Problem("invalid_blocks", problems)
    if too_long(blocks):
        raise Problem("msg_blocks_too_long")
    return text[:MAX_TEXT], blocks


def warned(request: Request, arguments: Arguments) -> dict[str, Any]:
    """What an answer warns of: a missing charset, a text that was cut."""
    warnings, messages = [], []
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json") and "charset" not in kind:
        warnings.append("missing_charset")
    if len(str(arguments.get("text") or "")) > MAX_TEXT:
        warnings.append("message_truncated")
        messages.append(
            "[WARN] Your message was truncated but still posted."
            " The `text` field accepts up to 40,000 characters."
        )
    if not warnings:
        return {}
    metadata = {"warnings": warnings, **({"messages": messages} if messages else {})}
    return {"warning": ",".join(warnings), "response_metadata": metadata}


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
    if len(json.dumps(metadata)) > MAX_METADATA:
        raise Problem("metadata_too_large")
    metadata.setdefault("event_payload", {})
    return metadata


def flag(arguments: Arguments, name: str) -> bool:
    return str(arguments.get(name) or "").lower() in {"1", "true"}


def within(ts: str, oldest: str, latest: str, *, inclusive: bool) -> bool:
    # A float cannot hold seconds since 1970 with six decimals exactly.
    at, low, high = Decimal(ts), Decimal(oldest), Decimal(latest)
    return low <= at <= high if inclusive else low < at < high


def page_of(items: list[Any], arguments: Arguments) -> tuple[list[Any], str]:
    limit = int(arguments.get("limit") or 100)
    if not 0 < limit < 1000:
        raise Problem("invalid_limit")
    start = int(arguments.get("cursor") or 0)
    more = start + limit < len(items)
    return items[start : start + limit], str(start + limit) if more else ""
