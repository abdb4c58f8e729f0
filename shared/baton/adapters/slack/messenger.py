"""Slack as flows see it: a message for each slot."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.client import WebClient

from baton.adapters.slack.errors import translated
from baton.application.ports.slack import Message
from baton.application.ports.token import Token
from baton.domain.escalation.batching import Board, mark_of
from baton.domain.world.effects import NoticeState, ReplyState
from baton.failures import Rejected, Unauthorised
from baton.presentation.slack import render

#: Seconds for one call. The SDK's urllib applies it to each step (connecting, each read).
TIMEOUT = 5

#: ``event_type`` of the metadata by which Baton finds its messages again.
SLOT_METADATA = "baton_slot"

#: Slack's clock and ours may differ by this much.
MARGIN = timedelta(minutes=1)

#: Most pages of 100 messages that are searched for one that may have been posted.
#: Slack's limit of one message a second keeps a conversation below 1,000 within minutes.
PAGES = 10

_SILENT = logging.getLogger("baton.slack_sdk")
_SILENT.disabled = True


class SlackMessenger:
    """
    Posts, updates and finds messages; see ports.slack.Messenger.

    Args:
        token: Asked at every call, so that a rotated one is used.

        api_url: Base URL of the Web API, e.g. https://slack.com/api/.

    Scopes: chat:write, im:write; for ``find`` also im:history, channels:history and, where a
    policy names channels instead of giving their ids, channels:read.
    """

    def __init__(self, token: Token, api_url: str) -> None:
        self._token = token
        # No retry handlers: they sleep inside the call; ours wait in the queue. The SDK's
        # logger prints answers it cannot parse, and they repeat the message with personal data.
        self._client = WebClient(
            base_url=api_url, timeout=TIMEOUT, retry_handlers=[], logger=_SILENT
        )
        # urllib reads the proxy settings of the environment itself and, unlike the SDK, heeds
        # no_proxy, without which a sandbox on loopback cannot be reached.
        self._client.proxy = None
        #: Slack user id or #name -> conversation id. They never change.
        self._conversations: dict[str, str] = {}

    def find(self, effect: Message, since: datetime) -> str | None:
        channel = self._conversation(effect.to)
        mark = mark_of(effect) if isinstance(effect, NoticeState) else None
        for message in self._history(channel, since - MARGIN):
            metadata = message.get("metadata") or {}
            found = metadata.get("event_payload") or {}
            if metadata.get("event_type") == SLOT_METADATA and (
                (found.get("subject"), found.get("slot")) == (effect.subject, effect.slot)
                or mark in str(found.get("holds", "")).split()
            ):
                return f"{channel}:{message['ts']}"
        return None

    def post(self, effect: Message) -> str:
        rendered = render(effect)
        answer = self._call(
            self._client.chat_postMessage,
            channel=effect.to,
            text=rendered.text,
            blocks=rendered.blocks,
            metadata=_metadata(effect),
            # Slack must not fetch a link that a stranger typed into a form.
            unfurl_links=False,
            unfurl_media=False,
        )
        self._conversations[effect.to] = answer["channel"]
        return f"{answer['channel']}:{answer['ts']}"

    def update(self, outside_id: str, effect: Message) -> None:
        channel, _, ts = outside_id.partition(":")
        rendered = render(effect)
        self._call(
            self._client.chat_update,
            channel=channel,
            ts=ts,
            text=rendered.text,
            blocks=rendered.blocks,
            metadata=_metadata(effect),
        )

    def reply(self, effect: ReplyState) -> None:
        self._call(
            self._client.chat_postEphemeral,
            channel=effect.channel,
            user=effect.user,
            text=render(effect).text,
        )

    def _conversation(self, to: str) -> str:
        """The conversation id behind a user id, channel id or #name."""
        known = self._conversations.get(to)
        if known is None:
            if to.startswith(("U", "W")):
                known = self._call(self._client.conversations_open, users=to)["channel"]["id"]
            elif to.startswith("#"):
                known = self._channel_named(to[1:])
            else:
                known = to
            self._conversations[to] = known
        return known

    def _channel_named(self, name: str) -> str:
        pages = self._pages(
            self._client.conversations_list,
            limit=1000,
            exclude_archived=True,
            types="public_channel",
        )
        for page in pages:
            for channel in page["channels"]:
                if channel.get("name") == name:
                    return str(channel["id"])
        raise Rejected("Slack: channel_not_found")

    def _history(self, channel: str, oldest: datetime) -> Iterator[dict[str, Any]]:
        pages = self._pages(
            self._client.conversations_history,
            channel=channel,
            oldest=f"{oldest.timestamp():.6f}",
            limit=100,
            include_all_metadata=True,
        )
        for page in pages:
            yield from page["messages"]

    def _pages(self, method: Callable[..., Any], **arguments: Any) -> Iterator[Any]:
        for _ in range(PAGES):
            page = self._call(method, **arguments)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            arguments["cursor"] = cursor

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


def _metadata(effect: Message) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "subject": effect.subject,
        "slot": effect.slot,
        "version": effect.version,
    }
    if isinstance(effect, Board):
        # Joined to one text, because Slack documents values as text, numbers and flags, not lists.
        # At 17 characters an entry, a full board stays below 700.
        payload["holds"] = " ".join(effect.marks)
    return {"event_type": SLOT_METADATA, "event_payload": payload}
