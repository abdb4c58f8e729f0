"""Slack's Web API through its client: the token, the limits of a call, pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk.web.client import WebClient

from baton.adapters.slack.errors import translated
from baton.application.ports.token import Token
from baton.failures import Unauthorised

#: Seconds for one call. The SDK's urllib applies it to each step (connecting, each read).
TIMEOUT = 5

_SILENT = logging.getLogger("baton.slack_sdk")
_SILENT.disabled = True


class SlackClient:
    """
    Calls Slack, and turns its refusals into failures.

    Args:
        token: Asked at every call, so that a rotated one is used.

        api_url: Base URL of the Web API, e.g. https://slack.com/api/.
    """

    def __init__(self, token: Token, api_url: str) -> None:
        self._token = token
        # No retry handlers: they sleep inside the call; ours wait in the queue. The SDK's
        # logger prints answers it cannot parse, and they repeat the message with personal data.
        self.web = WebClient(base_url=api_url, timeout=TIMEOUT, retry_handlers=[], logger=_SILENT)
        # urllib reads the proxy settings of the environment itself and, unlike the SDK, heeds
        # no_proxy, without which a sandbox on loopback cannot be reached.
        self.web.proxy = None

    def call(self, method: Callable[..., Any], to: str = "", **arguments: Any) -> Any:
        """Call *method* of ``web``; *to* is where it posts or looks, for the words of a refusal."""
        self.web.token = self._token()
        try:
            with translated(to):
                return method(**arguments)
        except Unauthorised:
            self.web.token = self._token.renewed()
            if self.web.token is None:
                raise
        with translated(to):
            return method(**arguments)

    def pages(
        self, method: Callable[..., Any], most: int, to: str = "", **arguments: Any
    ) -> Iterator[Any]:
        """The first *most* pages of *method*."""
        for _ in range(most):
            page = self.call(method, to, **arguments)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            arguments["cursor"] = cursor
