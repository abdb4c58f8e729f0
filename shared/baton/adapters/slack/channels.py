"""The channels of a workspace, and what the app may do there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from baton.adapters.slack.client import SlackClient
from baton.application.ports.slack import Channel, ChannelList
from baton.failures import NotAllowed

#: The scopes that Baton's calls need -> what is not done without each.
SCOPES = {
    "chat:write": "no message is posted",
    "im:write": "no direct message is opened",
    "im:history": "a direct message that may have been posted waits, instead of being looked for",
    "channels:history": "the same of a message in a public channel",
    "groups:history": "the same of a message in a private channel",
    "channels:read": "no channel is found by its name",
    "groups:read": "no private channel is found by its name",
    "users:read": "nobody notices whom messages no longer reach",
}

#: Channels of a page: ``conversations.list`` takes fewer than 1,000.
PAGE = 999
#: Most pages that are read. Slack answers this method some 20 times a minute.
PAGES = 20

_PUBLIC, _ALL = "public_channel", "public_channel,private_channel"


class SlackChannels:
    """
    Scopes: channels:read; for private channels, of which Slack lists those that the app is in,
    groups:read.
    """

    def __init__(self, slack: SlackClient) -> None:
        self._slack = slack

    def named(self, name: str) -> str | None:
        """The id of the channel called *name*, which has no #; None: the app sees no such one."""
        try:
            return self._first(name, _ALL)
        except NotAllowed:
            # An app of before private channels were looked for: it has channels:read only.
            return self._first(name, _PUBLIC)

    def all(self) -> ChannelList:
        """Also those that are archived.

        Raises:
            Retryable: Slack does not answer now, or an operator must give the app a scope.
        """
        try:
            return ChannelList(tuple(self._pages(_ALL, archived=True)), private=True)
        except NotAllowed:
            return ChannelList(tuple(self._pages(_PUBLIC, archived=True)), private=False)

    def scopes(self) -> frozenset[str] | None:
        """What the app may do; None: Slack does not say. Each of Slack's answers says it, in a
        header.
        """
        answer = self._slack.call(self._slack.web.auth_test)
        by_name = {name.lower(): value for name, value in answer.headers.items()}
        said = by_name.get("x-oauth-scopes")
        return None if said is None else frozenset(filter(None, said.replace(" ", "").split(",")))

    def _first(self, name: str, types: str) -> str | None:
        found = self._pages(types, archived=False)
        return next((channel.id for channel in found if channel.name == name), None)

    def _pages(self, types: str, *, archived: bool) -> Iterator[Channel]:
        for page in self._slack.pages(
            self._slack.web.conversations_list,
            PAGES,
            limit=PAGE,
            exclude_archived=not archived,
            types=types,
        ):
            yield from map(_channel, page["channels"])


def _channel(found: dict[str, Any]) -> Channel:
    return Channel(
        id=str(found["id"]),
        name=str(found.get("name") or ""),
        private=bool(found.get("is_private")),
        member=bool(found.get("is_member")),
        archived=bool(found.get("is_archived")),
        earlier=tuple(str(one) for one in found.get("previous_names") or ()),
    )
