"""The Slack workspace: people, channels, messages, modals, trigger ids and response URLs."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

import msgspec

from .blocks import fill_in
from .config import Channel, Owner, SandboxConfig, stable_id
from .world import ChannelState, Message, View, World, now_ms

TEAM = "T0SANDBOX1"
BOT_USER = "U0BATONBOT"
BOT = "B0BATONBOT"
APP = "A0BATONAPP"
RESPONSE_USES = 5
RESPONSE_SECONDS = 1800
_KEPT_VERSIONS = 5


@dataclass(slots=True)
class Trigger:
    """What one click allows: a modal for *user* within seconds, once."""

    user: str
    made: float
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where the app may answer one click: five times within half an hour."""

    user: str
    channel: str
    ts: str
    made: float
    uses: int = 0


class Workspace:
    """Every method expects the world's lock to be held."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}

    @property
    def config(self) -> SandboxConfig:
        return self._world.config()

    def channels(self) -> dict[str, ChannelState]:
        """The channels by id. The id follows from the name in the config, and stays when a channel
        is renamed."""
        found: dict[str, ChannelState] = {}
        for one in self.config.channels:
            given = Channel(name=_bare(one)) if isinstance(one, str) else one
            id_ = stable_id("C", given.name)
            found[id_] = self._world.state.channels.get(id_) or ChannelState(
                name=given.name,
                private=given.private,
                archived=given.archived,
                member=given.member,
                read_only=given.read_only,
            )
        return found

    def change_channel(self, id_: str, changes: dict[str, Any]) -> None:
        """Rename a channel, archive it, make it private or read-only, take the app out of it."""
        was = self.channels()[id_]
        now = msgspec.convert(msgspec.to_builtins(was) | changes, ChannelState)
        if now.name != was.name:
            now.earlier = [*was.earlier, was.name]
        self._world.state.channels[id_] = now
        self._world.touch(now)

    def dms(self) -> dict[str, Owner]:
        return {stable_id("D", owner.slack_id): owner for owner in self.people()}

    def people(self) -> list[Owner]:
        return [owner for owner in self.config.owners if not owner.archived]

    def resolve(self, channel: str) -> str | None:
        """Find the channel id behind an id, a name (with or without #) or a user id."""
        if channel in self.channels() or channel in self.dms():
            return channel
        if any(owner.slack_id == channel for owner in self.people()):
            return stable_id("D", channel)
        named = (id_ for id_, one in self.channels().items() if one.name == _bare(channel))
        return next(named, None)

    def channel_shape(self, channel: str) -> dict[str, Any]:
        if owner := self.dms().get(channel):
            return {
                "id": channel,
                "created": 1735689600,
                "is_im": True,
                "is_org_shared": False,
                "user": owner.slack_id,
                "is_user_deleted": owner.slack == "deactivated",
            }
        found = self.channels()[channel]
        return {
            "id": channel,
            "name": found.name,
            "name_normalized": found.name,
            "is_channel": not found.private,
            "is_group": found.private,
            "is_im": False,
            "is_mpim": False,
            "is_private": found.private,
            "is_archived": found.archived,
            "is_member": found.member,
            "previous_names": found.earlier,
            "created": 1735689600,
            "num_members": len(self.people()) + 1,
        }

    def user_shape(self, owner: Owner) -> dict[str, Any]:
        guest = owner.slack in ("guest", "single_channel_guest")
        stranger = owner.slack == "stranger"
        return {
            "id": owner.slack_id,
            "team_id": "T0ELSEWHERE" if stranger else TEAM,
            "name": owner.handle,
            "deleted": owner.archived or owner.slack == "deactivated",
            "real_name": owner.name,
            "tz": owner.tz,
            "is_bot": owner.slack == "bot",
            "is_restricted": guest,
            "is_ultra_restricted": owner.slack == "single_channel_guest",
            **({"is_stranger": True} if stranger else {}),
            "profile": {
                "email": owner.email,
                "real_name": owner.name,
                "display_name": owner.handle,
                "title": owner.title,
                "first_name": owner.first_name,
                "last_name": owner.last_name,
            },
        }

    def message(self, channel: str, ts: str) -> Message | None:
        found = self._world.state.messages.get(channel, {}).get(ts)
        return None if found is None or found.deleted else found

    def post(
        self,
        channel: str,
        text: str,
        blocks: list[dict[str, Any]],
        *,
        metadata: dict[str, Any] | None = None,
        thread_ts: str | None = None,
        ephemeral_to: str | None = None,
    ) -> Message:
        message = Message(
            channel=channel,
            ts=self._next_ts(),
            user=BOT_USER,
            text=text,
            blocks=fill_in(blocks),
            metadata=metadata,
            thread_ts=thread_ts,
            ephemeral_to=ephemeral_to,
        )
        self._world.state.messages.setdefault(channel, {})[message.ts] = message
        self._world.touch(message)
        return message

    def edit(
        self,
        message: Message,
        text: str | None,
        blocks: list[dict[str, Any]] | None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        message.earlier = [*message.earlier, message.blocks][-_KEPT_VERSIONS:]
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = fill_in(blocks)
        elif text is not None:
            message.blocks = []  # chat.update with text alone removes the blocks, as Slack does
        if metadata is not None:
            message.metadata = metadata
        message.edited = self._next_ts()
        self._world.touch(message)

    def delete(self, message: Message) -> None:
        message.deleted = True
        self._world.touch(message)

    def message_shape(self, message: Message, *, metadata: bool = True) -> dict[str, Any]:
        found: dict[str, Any] = {
            "type": "message",
            "user": message.user,
            "bot_id": BOT,
            "app_id": APP,
            "team": TEAM,
            "ts": message.ts,
            "text": message.text,
        }
        if message.blocks:
            found["blocks"] = message.blocks
        if message.thread_ts:
            found["thread_ts"] = message.thread_ts
        if message.edited:
            found["edited"] = {"user": BOT_USER, "ts": message.edited}
        if metadata and message.metadata:
            found["metadata"] = message.metadata
        return found

    def trigger(self, user: str) -> str:
        key = f"{now_ms()}.{self._world.count('trigger')}.{secrets.token_hex(16)}"
        self._forget_old_keys()
        self.triggers[key] = Trigger(user, time.monotonic())
        return key

    def response_url(self, user: str, channel: str, ts: str) -> str:
        """The token of a response URL for one click."""
        token = secrets.token_urlsafe(18)
        self.response_urls[token] = ResponseUrl(user, channel, ts, time.monotonic())
        return token

    def open_view(self, user: str, view: dict[str, Any]) -> View:
        fresh = View(id=f"V0{self._world.count('view'):08d}", user=user, view={}, hash="")
        self._world.state.views[fresh.id] = fresh
        self.set_view(fresh, view)
        return fresh

    def set_view(self, view: View, content: dict[str, Any]) -> None:
        view.view = {**content, "blocks": fill_in(content["blocks"])}
        view.hash = f"{now_ms() // 1000}.{secrets.token_hex(4)}"
        view.errors = {}
        self._world.touch(view)

    def close_view(self, view: View) -> None:
        view.open = False
        self._world.touch(view)

    def view_shape(self, view: View, values: dict[str, Any] | None = None) -> dict[str, Any]:
        content = view.view
        return {
            "id": view.id,
            "team_id": TEAM,
            "type": content.get("type", "modal"),
            "blocks": content["blocks"],
            "private_metadata": content.get("private_metadata", ""),
            "callback_id": content.get("callback_id", ""),
            "state": {"values": values or {}},
            "hash": view.hash,
            "title": content.get("title"),
            "clear_on_close": content.get("clear_on_close", False),
            "notify_on_close": content.get("notify_on_close", False),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "previous_view_id": None,
            "root_view_id": view.id,
            "app_id": APP,
            "external_id": content.get("external_id", ""),
            "app_installed_team_id": TEAM,
            "bot_id": BOT,
        }

    def _next_ts(self) -> str:
        """A timestamp never used before, in microseconds; later than the clock if necessary."""
        counters = self._world.state.counters
        micros = max(time.time_ns() // 1000, counters.get("ts", 0) + 1)
        counters["ts"] = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def _forget_old_keys(self) -> None:
        now = time.monotonic()
        for key in [key for key, one in self.triggers.items() if now - one.made > 60]:
            del self.triggers[key]
        for key in [k for k, u in self.response_urls.items() if now - u.made > RESPONSE_SECONDS]:
            del self.response_urls[key]


def _bare(name: str) -> str:
    return name.removeprefix("#")
