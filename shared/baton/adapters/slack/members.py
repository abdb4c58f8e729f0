"""Whether Slack's users are members of our workspace whom messages reach."""

from __future__ import annotations

from typing import Any

from baton.adapters.slack.client import SlackClient
from baton.application.ports.slack import MemberFault
from baton.application.ports.token import Token
from baton.failures import Rejected

#: Errors of ``users.info`` that are about the user (source: its reference page).
_NOT_THERE = ("user_not_found", "user_not_visible")


class SlackMembers:
    """
    Asks ``users.info``; see ports.slack.Members.

    Args:
        token: Asked at every call, so that a rotated one is used.

        api_url: Base URL of the Web API, e.g. https://slack.com/api/.

    Scope: users:read.
    """

    def __init__(self, token: Token, api_url: str) -> None:
        self._slack = SlackClient(token, api_url)
        self._home: tuple[str, str] | None = None

    def fault(self, user: str) -> MemberFault:
        try:
            found = self._slack.call(self._slack.web.users_info, user=user).get("user") or {}
        except Rejected as error:
            if error.code in _NOT_THERE:
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
            home = self._slack.call(self._slack.web.auth_test)
            self._home = (str(home.get("team_id") or ""), str(home.get("enterprise_id") or ""))
        team, enterprise = self._home
        theirs = str((found.get("enterprise_user") or {}).get("enterprise_id") or "")
        if enterprise and theirs:
            return theirs != enterprise
        return bool(team and found.get("team_id")) and found["team_id"] not in (team, enterprise)
