"""The Slack workspace, for commands that ask it: its channels, and what the app may do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from baton.cli import CommandError
from baton.cli._target import LOCAL

if TYPE_CHECKING:  # Slack's client is loaded by the command that needs it
    from baton.adapters.slack.channels import SlackChannels
    from baton.application.ports.slack import ChannelList

Asked = TypeVar("Asked")

REAL = "https://slack.com/api/"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Workspace(Struct, frozen=True):
    """Where to ask, and its token, as a ports.token.Token."""

    url: str
    token: str

    def __call__(self) -> str:
        return self.token

    def renewed(self) -> str | None:
        return None  # the token is valid for this run only, so there is no new one

    def channels(self) -> ChannelList:
        """
        Raises:
            CommandError: Slack does not answer, or refuses.
        """
        return self._asked(lambda slack: slack.all())

    def scopes(self) -> frozenset[str] | None:
        """As SlackChannels.scopes.

        Raises:
            CommandError: Slack does not answer, or refuses.
        """
        return self._asked(lambda slack: slack.scopes())

    def _asked(self, work: Callable[[SlackChannels], Asked]) -> Asked:
        from baton.adapters.slack.channels import SlackChannels
        from baton.adapters.slack.client import SlackClient
        from baton.failures import Rejected, Retryable, Unauthorised

        try:
            return work(SlackChannels(SlackClient(self, self.url)))
        except Unauthorised:
            raise CommandError(
                f"{self.url} does not accept the token: check SLACK_BOT_TOKEN"
            ) from None
        except (Retryable, Rejected) as error:
            raise CommandError(f"{error}: the workspace could not be asked") from None


def find_workspace(*, local: bool) -> Workspace | None:
    """
    The workspace of SLACK_BOT_TOKEN (and SLACK_API_URL); None: there is none.

    Args:
        local: Without them, the running local stack's sandbox. Not for a command that works on
            another stack's table.

    Raises:
        CommandError: The token would be sent in clear text.
    """
    token = os.environ.get("SLACK_BOT_TOKEN", "").strip()
    if token:
        url = os.environ.get("SLACK_API_URL", "").strip() or REAL
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise CommandError(f"SLACK_API_URL={url} must begin with https://")
        return Workspace(url if url.endswith("/") else f"{url}/", token)
    return _sandbox() if local else None


def _sandbox() -> Workspace | None:
    try:
        stack = json.loads(LOCAL.read_text(encoding="utf-8"))
        secrets = json.loads(LOCAL.with_name("secrets.json").read_text(encoding="utf-8"))
        sandbox, token = stack["sandbox"], str(secrets["slack_bot_token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # the command goes on without Slack, and says so
    return Workspace(f"{sandbox}/slack/api/", token) if sandbox else None
