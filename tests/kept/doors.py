"""Fake Slack and HubSpot with the messages and tasks that Baton left there.

The real adapters write to them, and read what a set has kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import getmodule
from typing import Any
from unittest.mock import patch

from baton.adapters.hubspot.crm import HubspotWriter
from baton.adapters.hubspot.http import Record
from baton.adapters.hubspot.members import OnOdd
from baton.adapters.slack.client import SlackClient
from baton.adapters.slack.messenger import SlackMessenger


class SlackApi:
    """Slack's Web API: keeps what is posted, and gives it back as history."""

    def __init__(self, messages: Sequence[dict[str, Any]] = ()) -> None:
        self.messages = list(messages)
        self.token: str | None = None

    def chat_postMessage(self, **message: Any) -> dict[str, Any]:  # noqa: N802 the SDK's name
        self.messages.append(message)
        return {"channel": message["channel"], "ts": f"{len(self.messages)}.000001"}

    def conversations_open(self, users: str) -> dict[str, Any]:
        return {"channel": {"id": users}}

    def conversations_list(self, **asked: Any) -> dict[str, Any]:
        names = {one["channel"] for one in self.messages}
        return {"channels": [{"id": name, "name": name.removeprefix("#")} for name in names]}

    def conversations_history(self, channel: str, **asked: Any) -> dict[str, Any]:
        numbered = enumerate(self.messages, start=1)
        found = [one | {"ts": f"{n}.000001"} for n, one in numbered if one["channel"] == channel]
        return {"messages": found}

    @contextmanager
    def messenger(self) -> Iterator[SlackMessenger]:
        class Token:
            def __call__(self) -> str:
                return "token"

            def renewed(self) -> str | None:
                return None

        with patch.object(getmodule(SlackClient), "WebClient", lambda **how: self):
            yield SlackMessenger(Token(), "https://slack.example.com/api/")


class HubspotApi:
    """HubSpot's objects: keeps what is created, and gives it back as the contact's tasks."""

    def __init__(self, tasks: Sequence[dict[str, str]] = ()) -> None:
        self.tasks = list(tasks)

    def create(self, kind: str, properties: dict[str, str], links: list[dict[str, Any]]) -> str:
        self.tasks.append(properties)
        return str(len(self.tasks))

    def linked(self, kind: str, object_id: str, to: str, odd: OnOdd) -> list[str]:
        return [str(number) for number, _ in enumerate(self.tasks, start=1)]

    def read(
        self, kind: str, ids: list[str], properties: list[str], history: Any, odd: OnOdd
    ) -> list[Record]:
        return [Record(one, {**self.tasks[int(one) - 1]}) for one in ids]

    def writer(self) -> HubspotWriter:
        http: Any = self
        return HubspotWriter(http)


def elements(message: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(block id, element) of all that can be pressed or chosen in *message*."""
    for block in message.get("blocks", ()):
        for element in block.get("elements", ()):
            if "action_id" in element:
                yield block["block_id"], element
