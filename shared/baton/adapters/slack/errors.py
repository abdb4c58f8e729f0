"""Slack's refusals, translated once: what to do next about each."""

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

from baton.failures import Gone, Rejected, Retryable, Unauthorised

#: The token is not known (any more): it may have been rotated.
_TOKEN = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
#: An operator must fix these (a scope, a suspended app, a kind of token, a method that Slack has
#: retired); the work is kept until then. Each refuses every message, not only this one.
_OPERATOR = {
    "access_denied",
    "app_missing_action_url",
    "deprecated_endpoint",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "messages_tab_disabled",
    "method_deprecated",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "org_login_required",
    "team_access_not_granted",
    "two_factor_setup_required",
    "upgrade_required",
}
_OPERATOR_WAIT = timedelta(minutes=5)

#: Temporary errors inside Slack. After the first, as Slack documents, part of the work may have
#: been done; assume the same of the others.
_TROUBLE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
#: Temporary, and before Slack has done anything -> minimum wait, unless Retry-After gives one.
#: Source: Slack's lists of errors of ``chat.postMessage`` and ``conversations.open``; a workspace
#: that moves between servers is back after seconds or minutes (``team_migration_started``).
_LATER = {
    "accesslimited": timedelta(seconds=1),
    "external_channel_migrating": timedelta(minutes=1),
    "external_team_migrating": timedelta(minutes=1),
    "message_limit_exceeded": timedelta(minutes=1),  # of the whole workspace
    "migration_in_progress": timedelta(seconds=30),
    "rate_limited": timedelta(seconds=1),
    "ratelimited": timedelta(seconds=1),
    "team_added_to_org": timedelta(minutes=1),
}

#: The message was deleted, or is too old to edit in this workspace: post a new one.
_GONE = {"cant_update_message", "edit_window_closed", "message_not_found"}

_CODE = re.compile(r"[a-z][a-z0-9_]{1,60}")
_POINTER = re.compile(r"json-pointer:([\w/]{1,80})")


@contextmanager
def translated() -> Iterator[None]:
    """
    Turn what the client raises into Retryable, Rejected or Gone.

    The messages name Slack's codes and places in the blocks, never texts, which may be a
    person's.
    """
    try:
        yield
    except SlackApiError as error:
        raise _sorted(error.response) from error
    except URLError as error:
        # The request did not arrive: the connection was refused or the host is unknown.
        never_sent = isinstance(error.reason, ConnectionRefusedError | socket.gaierror)
        why = f"Slack: {type(error.reason).__name__}"
        raise Retryable(why, unsure=not never_sent) from error
    except (OSError, HTTPException, UnicodeDecodeError) as error:
        # Sent, but the answer is missing or incomplete.
        raise Retryable(f"Slack: {type(error).__name__}", unsure=True) from error


def _sorted(response: Any) -> Retryable | Rejected | Gone:
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error", ""))
    if response.status_code == 429 or code in _LATER:
        wait = _retry_after(response.headers) or _LATER.get(code, timedelta(seconds=1))
        return Retryable(f"Slack: {code if code in _LATER else 'ratelimited'}", wait)
    if code in _GONE:
        return Gone(code)
    if code in _TOKEN:
        return Unauthorised(f"Slack: {code}", _OPERATOR_WAIT)
    if code in _OPERATOR:
        return Retryable(f"Slack: {code}", _OPERATOR_WAIT)
    if code in _TROUBLE or response.status_code != 200 or not _CODE.fullmatch(code):
        # Not an answer by Slack: a gateway's page, which does not say what happened behind it.
        known = code if code in _TROUBLE else str(response.status_code)
        return Retryable(f"Slack: {known}", unsure=True)
    return Rejected(" ".join([f"Slack: {code}", *_places(data)]))


def _places(data: Mapping[str, Any]) -> list[str]:
    """Where in the blocks Slack found the fault, without the text it quotes."""
    messages = data.get("errors") or (data.get("response_metadata") or {}).get("messages") or []
    return [found for text in messages[:5] for found in _POINTER.findall(str(text))]


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After is in seconds. None: there is none that can be read."""
    by_name = {name.lower(): value for name, value in headers.items()}
    try:
        return timedelta(seconds=max(1.0, min(float(by_name["retry-after"]), 86_400)))
    except (KeyError, ValueError):
        return None
