"""What a person does in Slack, sent to Baton as Slack sends it: clicks, modals and commands."""

from __future__ import annotations

import json
import time
from collections import deque
from typing import Any
from urllib.parse import urlencode

from .blocks import check_blocks, elements, too_long
from .config import Owner
from .outbound import Outcome, post
from .signing import slack_v0
from .wire import Request, Response, answer
from .workspace import APP, RESPONSE_SECONDS, RESPONSE_USES, TEAM, Workspace
from .world import Message, View, World, now_ms

PATH = "/slack/interactions"
COMMANDS = "/slack/commands"
TIMEOUT_SECONDS = 3.0
_WITH_OPTION = frozenset({"static_select", "radio_buttons", "overflow"})
_DATES = {"datepicker": "selected_date", "timepicker": "selected_time"}


class Interactions:
    """Builds, signs and sends interactions, and serves their response URLs."""

    def __init__(self, world: World, workspace: Workspace) -> None:
        self._world = world
        self._space = workspace
        self.base_url = ""  # known once the server listens
        self.deliveries: deque[dict[str, Any]] = deque(maxlen=2000)

    def click(self, body: dict[str, Any]) -> Response:
        """
        Press a button or choose from a select: {channel, ts, action_id, value?, user}.

        ``value`` selects among elements with the same action_id, and is the chosen option of a
        select. ``stale: true`` presses an element of an earlier version of the message, like a user
        whose window has not been updated yet.
        """
        with self._world.lock:
            channel = self._space.resolve(str(body.get("channel", "")))
            message = self._space.message(channel, str(body.get("ts", ""))) if channel else None
            owner = self._person(str(body.get("user", "")))
            if message is None or owner is None:
                return _unknown("user" if message else "message")
            found = self._element(message, body)
            if found is None:
                return _unknown(f"element {body.get('action_id')!r} in this message")
            block, element = found
            action = _action(block, element, body.get("value"))
            if action is None:
                return _unknown(f"option {body.get('value')!r}")
            payload = self._block_actions(message, owner, action)
        return self._report(self._send(payload))

    def command(self, body: dict[str, Any]) -> Response:
        """Type a slash command: {user, channel, text}, the text beginning with the command. Only
        this user sees the immediate answer."""
        with self._world.lock:
            channel = self._space.resolve(str(body.get("channel", "")))
            owner = self._person(str(body.get("user", "")))
            command, _, text = str(body.get("text", "")).strip().partition(" ")
            if owner is None or channel is None:
                return _unknown("channel" if owner else "user")
            if not command.startswith("/"):
                return answer(400, {"ok": False, "problem": "a command begins with a slash"})
            form = self._command_form(owner, channel, command, text)
        outcome = self._send_form(form, COMMANDS, "slash_command")
        with self._world.lock:
            self._after_command(owner, channel, outcome)
        return self._report(outcome)

    def submit(self, view_id: str, values: dict[str, Any]) -> Response:
        """Submit a modal; *values* is state.values: block_id, action_id, element state."""
        with self._world.lock:
            view = self._world.state.views.get(view_id)
            owner = self._person(view.user) if view else None
            if view is None or owner is None or not view.open:
                return _unknown("open view")
            payload = self._view_payload("view_submission", view, owner, values)
            payload["response_urls"] = []
        outcome = self._send(payload)
        with self._world.lock:
            self._after_submit(view, outcome)
        return self._report(outcome)

    def close(self, view_id: str) -> Response:
        with self._world.lock:
            view = self._world.state.views.get(view_id)
            owner = self._person(view.user) if view else None
            if view is None or owner is None or not view.open:
                return _unknown("open view")
            self._space.close_view(view)
            if not view.view.get("notify_on_close"):
                return answer(200, {"ok": True})
            payload = self._view_payload("view_closed", view, owner, {})
            payload["is_cleared"] = False
        return self._report(self._send(payload))

    def respond(self, request: Request, token: str) -> Response:
        """Serve a response_url: replace or delete the message, or post a reply to it."""
        try:
            body = request.json()
        except ValueError:
            return answer(400, {"ok": False, "error": "invalid_payload"})
        with self._world.lock:
            url = self._space.response_urls.get(token)
            if url is None or time.monotonic() - url.made > RESPONSE_SECONDS:
                return answer(404, {"ok": False, "error": "expired_url"})
            if url.uses >= RESPONSE_USES:
                return answer(404, {"ok": False, "error": "used_url"})
            url.uses += 1
            text, blocks = str(body.get("text") or ""), body.get("blocks") or []
            if problems := check_blocks(blocks):
                return answer(400, {"ok": False, "error": "invalid_blocks", "errors": problems})
            if too_long(blocks):
                return answer(400, {"ok": False, "error": "msg_blocks_too_long"})
            message = self._space.message(url.channel, url.ts)
            if body.get("delete_original") and message:
                self._space.delete(message)
            elif body.get("replace_original") and message:
                self._space.edit(message, text, blocks)
            else:
                private = body.get("response_type") != "in_channel"
                to = url.user if private else None
                self._space.post(url.channel, text, blocks, ephemeral_to=to)
        return answer(200, {"ok": True})

    def _person(self, user: str) -> Owner | None:
        return self._world.config().owner_of_slack(user)

    def _element(
        self, message: Message, body: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        versions = [message.blocks]
        if body.get("stale"):
            versions += reversed(message.earlier)
        for blocks in versions:
            fitting = [
                (block, element)
                for block, element in elements(blocks)
                if element.get("action_id") == body.get("action_id")
                and body.get("block_id") in (None, block.get("block_id"))
            ]
            value = body.get("value")
            exact = [
                pair for pair in fitting if value is not None and pair[1].get("value") == value
            ]
            if fitting and (exact or value is None or "value" not in fitting[0][1]):
                return (exact or fitting)[0]
        return None

    def _block_actions(
        self, message: Message, owner: Owner, action: dict[str, Any]
    ) -> dict[str, Any]:
        channel = self._space.channel_shape(message.channel)
        token = self._space.response_url(owner.slack_id, message.channel, message.ts)
        return {
            "type": "block_actions",
            "user": _user(owner),
            "api_app_id": APP,
            "token": "deprecated-verification-token",
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": message.ephemeral_to is not None,
            },
            "trigger_id": self._space.trigger(owner.slack_id),
            "team": {"id": TEAM, "domain": "sandbox"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": message.channel, "name": channel.get("name", "directmessage")},
            "message": self._space.message_shape(message),
            "state": {"values": {}},
            "response_url": f"{self.base_url}/slack/response/{token}",
            "actions": [action],
        }

    def _view_payload(
        self, kind: str, view: View, owner: Owner, values: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": "sandbox"},
            "user": _user(owner),
            "api_app_id": APP,
            "token": "deprecated-verification-token",
            "trigger_id": self._space.trigger(owner.slack_id),
            "view": self._space.view_shape(view, values),
            "is_enterprise_install": False,
            "enterprise": None,
        }

    def _after_submit(self, view: View, outcome: Outcome) -> None:
        """Do what the answer says: show errors, change the modal, or close it."""
        if not outcome.accepted:
            view.errors = {"": "Something went wrong. Please try again."}
            self._world.touch(view)
            return
        try:
            said = json.loads(outcome.body) if outcome.body.strip() else {}
        except ValueError:
            said = {}
        said = said if isinstance(said, dict) else {}
        match said.get("response_action"):
            case "errors":
                view.errors = {str(k): str(v) for k, v in (said.get("errors") or {}).items()}
                self._world.touch(view)
            case "update":
                self._space.set_view(view, said["view"])
            case "push":
                self._space.open_view(view.user, said["view"])
            case "clear":
                for other in self._world.state.views.values():
                    if other.open and other.user == view.user:
                        self._space.close_view(other)
            case _:
                self._space.close_view(view)

    def _command_form(self, owner: Owner, channel: str, command: str, text: str) -> dict[str, str]:
        shape = self._space.channel_shape(channel)
        token = self._space.response_url(owner.slack_id, channel, "")
        return {
            "token": "deprecated-verification-token",
            "team_id": TEAM,
            "team_domain": "sandbox",
            "channel_id": channel,
            "channel_name": str(shape.get("name", "directmessage")),
            "user_id": owner.slack_id,
            "user_name": owner.handle,
            "command": command,
            "text": text.strip(),
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": f"{self.base_url}/slack/response/{token}",
            "trigger_id": self._space.trigger(owner.slack_id),
        }

    def _after_command(self, owner: Owner, channel: str, outcome: Outcome) -> None:
        """Show the answer, or that there was none, as Slack does."""
        text = '/baton failed with the error "dispatch_failed"'
        if outcome.accepted:
            try:
                said = json.loads(outcome.body) if outcome.body.strip() else {}
            except ValueError:
                said = {"text": outcome.body.decode("utf-8", "replace")}
            text = str(said.get("text") or "") if isinstance(said, dict) else ""
        if text:
            self._space.post(channel, text, [], ephemeral_to=owner.slack_id)

    def _send(self, payload: dict[str, Any]) -> Outcome:
        form = {"payload": json.dumps(payload, separators=(",", ":"))}
        return self._send_form(form, PATH, payload["type"])

    def _send_form(self, form: dict[str, str], path: str, kind: str) -> Outcome:
        config = self._world.config()
        body = urlencode(form).encode()
        at = now_ms()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "Slackbot 1.0 (sandbox)",
            "X-Slack-Request-Timestamp": str(at // 1000),
            "X-Slack-Signature": slack_v0(config.slack_signing_secret, at // 1000, body),
        }
        if not config.baton_api:
            return Outcome(0, b"", 0, "no app is configured (baton_api is empty)")
        outcome = post(config.baton_api.rstrip("/") + path, body, headers, TIMEOUT_SECONDS)
        self.deliveries.append(
            {
                "system": "slack",
                "path": path,
                "type": kind,
                "status": outcome.status,
                "problem": outcome.problem,
                "at": at,
                "ms": outcome.ms,
            }
        )
        return outcome

    def _report(self, outcome: Outcome) -> Response:
        body = {
            "ok": outcome.accepted,
            "status": outcome.status,
            "ms": outcome.ms,
            "problem": outcome.problem,
            "body": outcome.body.decode("utf-8", "replace")[:4000],
        }
        return answer(200, body)


def _user(owner: Owner) -> dict[str, str]:
    return {
        "id": owner.slack_id,
        "username": owner.handle,
        "name": owner.handle,
        "team_id": TEAM,
    }


def _action(block: dict[str, Any], element: dict[str, Any], value: object) -> dict[str, Any] | None:
    """The entry in ``actions``; None when a select has no such option."""
    kind = element["type"]
    at = now_ms()
    action: dict[str, Any] = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": kind,
        "action_ts": f"{at // 1000}.{at % 1000:03d}000",
    }
    if kind == "button":
        copied = ("text", "style", "value", "url")
        return action | {key: element[key] for key in copied if key in element}
    if "placeholder" in element:
        action["placeholder"] = element["placeholder"]
    if kind in _WITH_OPTION:
        options = [*element.get("options", [])]
        for group in element.get("option_groups", []):
            options += group["options"]
        chosen = next((one for one in options if one["value"] == value), None)
        return None if chosen is None else action | {"selected_option": chosen}
    if kind == "users_select":
        return action | {"selected_user": value}
    if kind in _DATES:
        return action | {_DATES[kind]: value}
    return action | {"value": value}


def _unknown(what: str) -> Response:
    return answer(404, {"ok": False, "problem": f"no such {what}"})
