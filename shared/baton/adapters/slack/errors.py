"""Slack's refusals, turned into failures once, by the table in ``refusals``."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from baton.adapters.slack.refusals import LIMITED, UNREADABLE, Row, row_of
from baton.failures import Gone, NotAllowed, Rejected, Retryable, Unauthorised

_CODE = re.compile(r"[a-z][a-z0-9_]{1,60}")
_POINTER = re.compile(r"json-pointer:([\w/]{1,80})")
#: A scope: ``chat:write``, ``users:read.email``; without a colon only one that Baton needs.
_SCOPE = re.compile(r"commands|[a-z][a-z._]{1,30}(?::[a-z._]{1,30}){1,2}")
#: What may be said of where a message was to go: a channel's name or id, never a person's.
_CHANNEL = re.compile(r"#[\w-]{1,80}|[CG][A-Z0-9]{1,30}")


@contextmanager
def translated(to: str = "") -> Iterator[None]:
    """
    Turn what the client raises into Retryable, Rejected or Gone.

    The messages name Slack's codes, places in the blocks, channels and scopes, never texts, which
    may be a person's.

    Args:
        to: Where the call was to post or look: a channel's id or #name, or a person's id.
    """
    try:
        yield
    except SlackApiError as error:
        raise _failure(error.response, to) from error
    except URLError as error:
        # The request did not arrive: the connection was refused or the host is unknown.
        never_sent = isinstance(error.reason, ConnectionRefusedError | socket.gaierror)
        why = f"Slack: {type(error.reason).__name__}"
        raise Retryable(why, unsure=not never_sent) from error
    except (OSError, HTTPException, UnicodeDecodeError) as error:
        # Sent, but the answer is missing or incomplete.
        raise Retryable(f"Slack: {type(error).__name__}", unsure=True) from error


def _failure(response: Any, to: str) -> Retryable | Rejected | Gone:
    data = response.data if isinstance(response.data, dict) else {}
    code, row = _sorted(str(data.get("error", "")), response.status_code)
    why = ": ".join(filter(None, ("Slack", code, _words(row, data, to))))
    match row.does:
        case "later":
            return Retryable(why, _retry_after(response.headers) or row.wait)
        case "operator":
            return NotAllowed(why, row.wait)
        case "token":
            return Unauthorised(why, row.wait)
        case "look":
            return Retryable(why, unsure=True)
        case "repost":
            return Gone(code)
    return Rejected(" ".join([why, *_places(data)]), code=code)


def _sorted(code: str, status: int) -> tuple[str, Row]:
    """How the refusal is called, and its row."""
    known = _CODE.fullmatch(code) is not None
    if status == 429:
        limited = known and row_of(code).does == "later"
        return (code, row_of(code)) if limited else ("ratelimited", LIMITED)
    if not known or (status != 200 and row_of(code).does in ("park", "repost")):
        # A gateway may use any words; only Slack's own answer, a 200, is believed to be final.
        return str(status), UNREADABLE
    return code, row_of(code)


def words_of(code: str, to: str) -> str:
    """What a person can do about *code* where it refuses a message to *to*."""
    return _words(row_of(code), {}, to)


def _words(row: Row, data: Mapping[str, Any], to: str) -> str:
    channel = _CHANNEL.fullmatch(to)
    words = row.fix if channel or not row.to_person else row.to_person
    where = channel.group() if channel else "the channel"
    return words.replace("{where}", where).replace("{scope}", _scopes(data))


def _scopes(data: Mapping[str, Any]) -> str:
    """The scopes that are needed and not granted. Slack names all that would do."""
    needed, provided = (
        [one for one in str(data.get(key)).split(",") if _SCOPE.fullmatch(one)]
        for key in ("needed", "provided")
    )
    return (
        " or ".join(dict.fromkeys(one for one in needed if one not in provided)) or "what it lacks"
    )


def _places(data: Mapping[str, Any]) -> list[str]:
    """Where in the blocks Slack found the fault, without the text it quotes."""
    metadata = data.get("response_metadata")
    messages = data.get("errors") or (metadata if isinstance(metadata, dict) else {}).get(
        "messages"
    )
    texts = messages[:5] if isinstance(messages, list) else []
    return [found for text in texts for found in _POINTER.findall(str(text))]


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After is in seconds. None: there is none that can be read."""
    by_name = {name.lower(): value for name, value in headers.items()}
    try:
        return timedelta(seconds=max(1.0, min(float(by_name["retry-after"]), 86_400)))
    except (KeyError, ValueError, TypeError):
        return None
