"""Whether Slack's users are members of our workspace whom messages reach."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_sdk.web.client import WebClient

from baton.adapters.slack.errors import translated
from baton.application.ports.slack import MemberFault
from baton.application.ports.token import Token
from baton.failures import Rejected, Unauthorised

#: Seconds for one call. The SDK's urllib applies it to each step (connecting, each read).
TIMEOUT = 5
#: Errors of ``users.info`` that are about the user (source: its reference page).
_NOT_THERE = ("user_not_found", "user_not_visible")

_SILENT = logging.getLogger("baton.slack_sdk.members")
_SILENT.disabled = True


class SlackMembers:
    """
    Asks ``users.info``; see ports.slack.Members.

    Args:
        token: Asked at every call, so that a rotated one is used.

        api_url: Base URL of the Web API, e.g. https://slack.com/api/.

    Scope: users:read.
    """

    def __init__(self, token: Token, api_url: str) -> None:
        self._token = token
        # As in the messenger: no retries inside a call, no answers in the log, no own proxy.
        self._client = WebClient(
            base_url=api_url, timeout=TIMEOUT, retry_handlers=[], logger=_SILENT
        )
        self._client.proxy = None
        self._home: tuple[str, str] | None = None

    def fault(self, user: str) -> MemberFault:
        try:
            found = self._call(self._client.users_info, user=user).get("user") or {}
        except Rejected as error:
            if any(code in str(error) for code in _NOT_THERE):
                return "unknown"
            raise
        if found.get("deleted"):
            return "deactivated"
        if found.get("is_bot"):
            return "bot"
        if found.get("is_restricted") or found.get("is_ultra_restricted"):
            return "guest"
        return "elsewhere" if self._is_elsewhere(found) else ""

    def _is_elsewhere(self, found: dict[str, Any]) -> bool:
        """Whether the user is of another organisation: a stranger, or somebody of a workspace that
        is connected by shared channels. Within an Enterprise organisation users belong to all of
        its workspaces, whichever they were made in (source: Slack's user object)."""
        if found.get("is_stranger"):
            return True
        if self._home is None:
            home = self._call(self._client.auth_test)
            self._home = (str(home.get("team_id") or ""), str(home.get("enterprise_id") or ""))
        team, enterprise = self._home
        theirs = str((found.get("enterprise_user") or {}).get("enterprise_id") or "")
        if enterprise and theirs:
            return theirs != enterprise
        return bool(team and found.get("team_id")) and found["team_id"] not in (team, enterprise)

    def _call(self, method: Callable[..., Any], **arguments: Any) -> Any:
        self._client.token = self._token()
        try:
            with translated():
                return method(**arguments)
        except Unauthorised:
            self._client.token = self._token.renewed()
            if self._client.token is None:
                raise
        with translated():
            return method(**arguments)
