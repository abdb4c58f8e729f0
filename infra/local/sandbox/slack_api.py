"""Slack's Web API, as far as Baton speaks it. Paths are method names below /slack/api/."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from .limits import Bucket, Window
from .slack_arguments import (
    Arguments,
    Problem,
    content,
    flag,
    metadata_of,
    page_of,
    read_arguments,
    view_content,
    warned,
    within,
)
from .wire import Request, Response, answer
from .workspace import APP, BOT, BOT_USER, TEAM, Workspace
from .world import Message, View, World

_TIER_2 = frozenset(["conversations.list", "users.list"])
_TIER_3 = frozenset(
    [
        "chat.update",
        "chat.delete",
        "users.lookupByEmail",
        "conversations.open",
        "conversations.history",
    ]
)
_TIER_4 = frozenset(
    ["views.open", "views.update", "views.push", "users.info", "chat.postEphemeral"]
)


#: Kind of conversation that can be listed -> the scope for it.
_LISTED = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


class SlackApi:
    """Answers Web API calls with Slack's shapes, codes and rate limits."""

    def __init__(self, world: World, workspace: Workspace) -> None:
        self._world = world
        self._space = workspace
        self._channels: dict[str, Bucket] = {}
        self._methods_used: dict[str, Window] = {}
        self._posted = Window(60.0)
        self._methods: dict[str, Callable[[Arguments], dict[str, Any]]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.delete": self._delete,
            "conversations.open": self._open,
            "conversations.history": self._history,
            "conversations.list": self._list,
            "users.list": self._users,
            "users.info": self._user,
            "users.lookupByEmail": self._lookup,
            "views.open": self._view_open,
            "views.push": self._view_open,
            "views.update": self._view_update,
        }

    def __call__(self, request: Request, method: str) -> Response:
        try:
            arguments = read_arguments(request)
            self._authenticate(request, arguments)
            handler = self._methods.get(method)
            if handler is None:
                raise Problem("unknown_method", req_method=method)
            with self._world.lock:
                wait = self._wait(method, arguments)
                if wait:
                    return ratelimited(wait)
                found = {"ok": True, **handler(arguments)}
                return answer(200, _with(found, warned(request, arguments)), self._scopes())
        except Problem as problem:
            return answer(200, problem.body, self._scopes())
        except (json.JSONDecodeError, UnicodeDecodeError):
            return answer(200, {"ok": False, "error": "invalid_json"})
        except (ValueError, TypeError, AttributeError, KeyError, InvalidOperation) as error:
            return answer(200, Problem("invalid_arguments", [str(error)]).body)

    def _authenticate(self, request: Request, arguments: Arguments) -> None:
        token = request.bearer() or str(arguments.get("token") or "")
        if not token:
            raise Problem("not_authed")
        if token != self._world.config().slack_bot_token:
            raise Problem("invalid_auth")

    def _scopes(self) -> dict[str, str]:
        return {"X-OAuth-Scopes": ",".join(self._world.config().slack_scopes)}

    def _need(self, *scopes: str) -> None:
        """Refuse unless the app has all of *scopes*."""
        has = self._world.config().slack_scopes
        if lacks := [scope for scope in scopes if scope not in has]:
            raise Problem("missing_scope", needed=",".join(lacks), provided=",".join(has))

    def _wait(self, method: str, arguments: Arguments) -> int:
        """Seconds the caller must wait; 0 lets it through."""
        config = self._world.config()
        if method == "chat.postMessage":
            channel = self._space.resolve(str(arguments.get("channel") or ""))
            if channel is None:
                return 0
            bucket = self._channels.setdefault(channel, Bucket(rate=1.0))
            if wait := bucket.take(config.slack_channel_burst):
                return wait
            passed, _, wait_for = self._posted.take(config.slack_workspace_per_minute)
        else:
            if method in _TIER_2:
                limit = config.slack_tier_2_per_minute
            elif method in _TIER_3:
                limit = config.slack_tier_3_per_minute
            elif method in _TIER_4:
                limit = config.slack_tier_4_per_minute
            else:
                return 0
            window = self._methods_used.setdefault(method, Window(60.0))
            passed, _, wait_for = window.take(limit)
        return 0 if passed else max(1, int(wait_for) + 1)

    def _auth_test(self, _arguments: Arguments) -> dict[str, Any]:
        return {
            "url": "https://sandbox.slack.example/",
            "team": "Sandbox",
            "user": "baton",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "app_id": APP,
            "is_enterprise_install": False,
        }

    def _post_message(self, arguments: Arguments) -> dict[str, Any]:
        self._need("chat:write")
        channel = self._channel(arguments)
        self._may_post(channel)
        text, blocks = content(arguments)
        thread = arguments.get("thread_ts")
        if thread and self._space.message(channel, str(thread)) is None:
            raise Problem("thread_not_found")
        message = self._space.post(
            channel,
            text,
            blocks,
            metadata=metadata_of(arguments),
            thread_ts=str(thread) if thread else None,
        )
        shape = self._space.message_shape(message)
        return {"channel": channel, "ts": message.ts, "message": shape}

    def _update(self, arguments: Arguments) -> dict[str, Any]:
        self._need("chat:write")
        message = self._message(arguments)
        if (found := self._space.channels().get(message.channel)) and found.archived:
            raise Problem("is_inactive")
        text, blocks = content(arguments, edit=True)
        given = "blocks" in arguments
        self._space.edit(message, text, blocks if given else None, metadata_of(arguments))
        shape = self._space.message_shape(message)
        del shape["ts"]  # which Slack gives beside the message
        return {"channel": message.channel, "ts": message.ts, "text": text, "message": shape}

    def _post_ephemeral(self, arguments: Arguments) -> dict[str, Any]:
        self._need("chat:write")
        channel = self._channel(arguments)
        self._may_post(channel)
        user = str(arguments.get("user") or "")
        if self._world.config().owner_of_slack(user) is None:
            raise Problem("user_not_in_channel")
        text, blocks = content(arguments, edit=True)
        message = self._space.post(channel, text, blocks, ephemeral_to=user)
        return {"message_ts": message.ts}

    def _delete(self, arguments: Arguments) -> dict[str, Any]:
        message = self._message(arguments)
        self._space.delete(message)
        return {"channel": message.channel, "ts": message.ts}

    def _open(self, arguments: Arguments) -> dict[str, Any]:
        self._need("im:write")
        users = str(arguments.get("users") or "")
        channel = self._space.resolve(str(arguments.get("channel") or users))
        if not users and not arguments.get("channel"):
            raise Problem("users_list_not_supplied")
        if channel is None or channel not in self._space.dms():
            raise Problem("user_not_found")
        shape = self._space.channel_shape(channel)
        opened = bool(self._world.state.messages.get(channel))
        return {
            "channel": shape if flag(arguments, "return_im") else {"id": channel},
            "already_open": opened,
            "no_op": opened,
        }

    def _history(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._channel(arguments, names=False)
        room = self._space.channels().get(channel)
        kind = "im" if room is None else "groups" if room.private else "channels"
        self._need(f"{kind}:history")
        if room is not None and not room.member:
            raise Problem("not_in_channel")
        limit = min(int(arguments.get("limit") or 100), 999)
        inclusive = flag(arguments, "inclusive")
        oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9e9")
        cursor = str(arguments.get("cursor") or "")
        found = [
            message
            for message in self._world.state.messages.get(channel, {}).values()
            if not message.deleted
            and message.ephemeral_to is None
            and message.thread_ts in (None, message.ts)
            and within(message.ts, oldest, latest, inclusive=inclusive)
            and (not cursor or Decimal(message.ts) < Decimal(cursor.removeprefix("next_ts:")))
        ]
        found.sort(key=lambda message: message.ts, reverse=True)
        page, more = found[:limit], len(found) > limit
        metadata = flag(arguments, "include_all_metadata")
        return {
            "messages": [self._space.message_shape(one, metadata=metadata) for one in page],
            "has_more": more,
            "pin_count": 0,
            "response_metadata": {"next_cursor": f"next_ts:{page[-1].ts}" if more else ""},
        }

    def _list(self, arguments: Arguments) -> dict[str, Any]:
        types = str(arguments.get("types") or "public_channel").split(",")
        if not {*types} <= _LISTED.keys():
            raise Problem("invalid_types")
        self._need(*(_LISTED[kind] for kind in types))
        ids = [
            id_
            for id_, one in self._space.channels().items()
            if ("private_channel" if one.private else "public_channel") in types
            and (one.member or not one.private)
            and not (one.archived and flag(arguments, "exclude_archived"))
        ]
        ids += list(self._space.dms()) if "im" in types else []
        page, cursor = page_of(ids, arguments)
        channels = [self._space.channel_shape(channel) for channel in page]
        return {"channels": channels, "response_metadata": {"next_cursor": cursor}}

    def _users(self, arguments: Arguments) -> dict[str, Any]:
        page, cursor = page_of(self._space.people(), arguments)
        members = [self._space.user_shape(owner) for owner in page]
        return {
            "members": members,
            "cache_ts": int(time.time()),
            "response_metadata": {"next_cursor": cursor},
        }

    def _user(self, arguments: Arguments) -> dict[str, Any]:
        owner = self._world.config().owner_of_slack(str(arguments.get("user") or ""))
        if owner is None:
            raise Problem("user_not_found")
        return {"user": self._space.user_shape(owner)}

    def _lookup(self, arguments: Arguments) -> dict[str, Any]:
        email = str(arguments.get("email") or "").lower()
        for owner in self._space.people():
            if email and owner.email.lower() == email:
                return {"user": self._space.user_shape(owner)}
        raise Problem("users_not_found")

    def _view_open(self, arguments: Arguments) -> dict[str, Any]:
        trigger = self._space.triggers.get(str(arguments.get("trigger_id") or ""))
        if trigger is None:
            raise Problem("invalid_trigger_id")
        if trigger.used:
            raise Problem("exchanged_trigger_id")
        if time.monotonic() - trigger.made > self._world.config().trigger_seconds:
            raise Problem("expired_trigger_id")
        content = view_content(arguments)
        trigger.used = True
        view = self._space.open_view(trigger.user, content)
        return {"view": self._space.view_shape(view)}

    def _view_update(self, arguments: Arguments) -> dict[str, Any]:
        view = self._find_view(arguments)
        if arguments.get("hash") and arguments["hash"] != view.hash:
            raise Problem("hash_conflict")
        self._space.set_view(view, view_content(arguments))
        return {"view": self._space.view_shape(view)}

    def _find_view(self, arguments: Arguments) -> View:
        external = arguments.get("external_id")
        for view in self._world.state.views.values():
            same = view.id == arguments.get("view_id")
            if view.open and (same or (external and view.view.get("external_id") == external)):
                return view
        raise Problem("not_found")

    def _channel(self, arguments: Arguments, *, names: bool = True) -> str:
        wanted = str(arguments.get("channel") or "")
        channel = self._space.resolve(wanted)
        # Only posting takes names and user ids; reading and editing want the channel's id.
        if channel is None or (not names and channel != wanted):
            raise Problem("channel_not_found")
        found = self._space.channels().get(channel)
        if found is not None and found.private and not found.member:
            raise Problem("channel_not_found")  # Slack does not even say that it is there
        return channel

    def _may_post(self, channel: str) -> None:
        found = self._space.channels().get(channel)
        if found is None:
            return
        if found.archived:
            raise Problem("is_archived")
        if not found.member:
            raise Problem("not_in_channel")
        if found.read_only:
            raise Problem("restricted_action_read_only_channel")

    def _message(self, arguments: Arguments) -> Message:
        channel = self._channel(arguments, names=False)
        message = self._space.message(channel, str(arguments.get("ts") or ""))
        if message is None or message.ephemeral_to:
            raise Problem("message_not_found")
        return message


def _with(found: dict[str, Any], warnings: dict[str, Any]) -> dict[str, Any]:
    """*found* with *warnings*, beside a cursor that it may have."""
    metadata = {**found.get("response_metadata", {}), **warnings.get("response_metadata", {})}
    return found | warnings | ({"response_metadata": metadata} if metadata else {})


def refusal(code: str, scopes: tuple[str, ...]) -> Response:
    """Any of Slack's refusals, in its shape."""
    more = {"needed": "groups:history", "provided": ",".join(scopes)}
    body = {"ok": False, "error": code, **(more if code == "missing_scope" else {})}
    return answer(200, body)


def gateway_page() -> Response:
    """What stands before Slack when Slack does not answer."""
    page = b"<!DOCTYPE html><html><head><title>Slack</title></head><body>Bad gateway</body></html>"
    return Response(502, page, {"Content-Type": "text/html; charset=utf-8"})


def ratelimited(seconds: int) -> Response:
    body = {"ok": False, "error": "ratelimited"}
    return answer(429, body, {"Retry-After": str(seconds)})
