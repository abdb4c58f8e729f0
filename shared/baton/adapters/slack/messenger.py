"""Slack as flows see it: a message for each slot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from baton.adapters.slack.channels import SlackChannels
from baton.adapters.slack.client import SlackClient
from baton.adapters.slack.errors import words_of
from baton.application.ports.slack import Message
from baton.application.ports.token import Token
from baton.domain.escalation.batching import Board, mark_of
from baton.domain.world.effects import NoticeState, ReplyState
from baton.failures import Rejected
from baton.presentation.slack import render

#: ``event_type`` of the metadata by which Baton finds its messages again.
SLOT_METADATA = "baton_slot"

#: Slack's clock and ours may differ by this much.
MARGIN = timedelta(minutes=1)

#: Most pages of 100 messages that are searched for one that may have been posted.
#: Slack's limit of one message a second keeps a conversation below 1,000 within minutes.
PAGES = 10


class SlackMessenger:
    """
    Posts, updates and finds messages; see ports.slack.Messenger.

    Args:
        token: Asked at every call, so that a rotated one is used.

        api_url: Base URL of the Web API, e.g. https://slack.com/api/.

    Scopes: chat:write, im:write; for ``find`` also im:history, channels:history, groups:history
    (private channels) and, where a policy names channels instead of giving their ids, those of
    ``SlackChannels``.
    """

    def __init__(self, token: Token, api_url: str) -> None:
        self._slack = SlackClient(token, api_url)
        self._client = self._slack.web
        #: Slack user id or #name -> conversation id. Ids never change; a name is looked up once.
        self._conversations: dict[str, str] = {}

    def find(self, effect: Message, since: datetime) -> str | None:
        channel = self._conversation(effect.to)
        mark = mark_of(effect) if isinstance(effect, NoticeState) else None
        for message in self._history(channel, effect.to, since - MARGIN):
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
        answer = self._slack.call(
            self._client.chat_postMessage,
            effect.to,
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
        self._slack.call(
            self._client.chat_update,
            effect.to,
            channel=channel,
            ts=ts,
            text=rendered.text,
            blocks=rendered.blocks,
            metadata=_metadata(effect),
        )

    def reply(self, effect: ReplyState) -> None:
        self._slack.call(
            self._client.chat_postEphemeral,
            effect.channel,
            channel=effect.channel,
            user=effect.user,
            text=render(effect).text,
        )

    def _conversation(self, to: str) -> str:
        """The conversation id behind a user id, channel id or #name."""
        known = self._conversations.get(to)
        if known is None:
            if to.startswith(("U", "W")):
                known = self._opened(to)
            elif to.startswith("#"):
                known = self._named(to)
            else:
                known = to
            self._conversations[to] = known
        return known

    def _named(self, to: str) -> str:
        found = SlackChannels(self._slack).named(to[1:])
        if found is None:
            raise Rejected(f"Slack: channel_not_found: {words_of('channel_not_found', to)}")
        return found

    def _opened(self, user: str) -> str:
        answer = self._slack.call(self._client.conversations_open, user, users=user)
        return str(answer["channel"]["id"])

    def _history(self, channel: str, to: str, oldest: datetime) -> Iterator[dict[str, Any]]:
        pages = self._slack.pages(
            self._client.conversations_history,
            PAGES,
            to,
            channel=channel,
            oldest=f"{oldest.timestamp():.6f}",
            limit=100,
            include_all_metadata=True,
        )
        for page in pages:
            yield from page["messages"]


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
