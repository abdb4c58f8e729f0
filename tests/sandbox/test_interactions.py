"""Clicks and modals: what reaches Baton, and what Baton's answers do."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient

from infra.local.sandbox.server import Sandbox
from infra.local.sandbox.signing import slack_v0

from .conftest import CONFIG, Post
from .receiver import Receiver
from .test_slack import button, error_of, section

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "reject",
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Send"},
    "private_metadata": "lead-1",
    "blocks": [
        {
            "type": "input",
            "block_id": "note",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}
VALUES = {"note": {"text": {"type": "plain_text_input", "value": "Wrong region"}}}


def card(slack: Any, *blocks: dict[str, Any]) -> dict[str, Any]:
    posted = slack.chat_postMessage(
        channel="U1",
        text="New lead",
        blocks=[section(), *(blocks or (button("Accept", action_id="accept", value="L1"),))],
        metadata={"event_type": "card", "event_payload": {"lead": "1"}},
    )
    return {"channel": posted["channel"], "ts": posted["ts"], "user": "U1"}


def test_slacks_documented_example_is_reproduced() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = slack_v0("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body)
    assert signature == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_a_click_arrives_signed_and_complete(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    at = card(slack)
    status, answer = control("click", **at, action_id="accept")
    assert (status, answer["ok"]) == (200, True)
    payload = receiver.wait_for_payload("block_actions")
    request = receiver.requests[-1]
    assert SignatureVerifier(CONFIG.slack_signing_secret).is_valid_request(
        request.body, request.headers
    )
    assert payload["user"]["id"] == "U1"
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == at["ts"]
    assert payload["channel"]["id"] == at["channel"]
    assert payload["message"]["metadata"]["event_payload"] == {"lead": "1"}
    assert (
        payload["actions"][0].items()
        >= {
            "type": "button",
            "action_id": "accept",
            "value": "L1",
        }.items()
    )
    assert payload.keys() >= {"trigger_id", "response_url", "team", "api_app_id", "state", "token"}


def test_a_choice_carries_the_selected_option(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    options = [
        {"text": {"type": "plain_text", "text": name}, "value": name} for name in ("icp", "timing")
    ]
    select = {"type": "static_select", "action_id": "reject", "options": options}
    at = card(slack, {"type": "actions", "elements": [select]})
    control("click", **at, action_id="reject", value="timing")
    action = receiver.wait_for_payload("block_actions")["actions"][0]
    assert action["selected_option"]["value"] == "timing"
    assert "value" not in action
    assert control("click", **at, action_id="reject", value="nonsense")[0] == 404


def test_only_what_the_message_shows_can_be_clicked_unless_the_window_is_stale(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    at = card(slack)
    slack.chat_update(channel=at["channel"], ts=at["ts"], text="Gone", blocks=[section("Gone")])
    assert control("click", **at, action_id="accept", value="L1")[0] == 404
    status, _ = control("click", **at, action_id="accept", value="L1", stale=True)
    assert status == 200
    assert receiver.wait_for_payload("block_actions")["actions"][0]["value"] == "L1"


def test_two_buttons_of_one_action_are_told_apart_by_value(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    """In two blocks: within one, Slack refuses it."""
    blocks = [button(label, action_id="pick", value=label.lower()) for label in "AB"]
    at = card(slack, *blocks)
    control("click", **at, action_id="pick", value="b")
    assert receiver.wait_for_payload("block_actions")["actions"][0]["text"]["text"] == "B"
    assert control("click", **at, action_id="pick", value="c")[0] == 404


def test_a_command_arrives_signed_and_its_answer_is_shown_to_who_typed_it(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    channel = slack.conversations_open(users="U1")["channel"]["id"]
    receiver.answers = [(200, b'{"response_type": "ephemeral", "text": "Noted."}')]
    typed = {"user": "U1", "channel": channel, "text": "/baton away until 15:30"}
    status, answer = control("command", **typed)
    assert (status, answer["ok"]) == (200, True)
    request = receiver.requests[-1]
    assert request.path == "/slack/commands"
    verifier = SignatureVerifier(CONFIG.slack_signing_secret)
    assert verifier.is_valid_request(request.body, request.headers)
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    assert (
        form.items()
        >= {
            "command": "/baton",
            "text": "away until 15:30",
            "user_id": "U1",
            "channel_id": channel,
        }.items()
    )
    assert form["trigger_id"]
    assert slack.conversations_history(channel=channel)["messages"] == [], "nobody else sees it"


def test_a_command_that_baton_refuses_says_so(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    channel = slack.conversations_open(users="U1")["channel"]["id"]
    receiver.answers = [(500, b"")]
    _, answer = control("command", user="U1", channel=channel, text="/baton away")
    assert (answer["ok"], answer["status"]) == (False, 500)
    assert control("command", user="U1", channel=channel, text="away")[0] == 400
    assert control("command", user="U404", channel=channel, text="/baton")[0] == 404


def test_a_click_that_baton_refuses_says_so(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    receiver.answers = [(500, b"")]
    _, answer = control("click", **card(slack), action_id="accept")
    assert (answer["ok"], answer["status"]) == (False, 500)


def test_a_response_url_replaces_the_message_five_times_at_most(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    at = card(slack)
    control("click", **at, action_id="accept")
    url = WebhookClient(receiver.wait_for_payload("block_actions")["response_url"])
    answers = [url.send(text=f"{n}", replace_original=True) for n in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [404]
    found = slack.conversations_history(channel=at["channel"])["messages"]
    assert [one["text"] for one in found] == ["4"]


def test_a_response_url_can_answer_privately_or_delete(
    slack: WebClient, control: Post, receiver: Receiver, sandbox: Sandbox
) -> None:
    at = card(slack)
    control("click", **at, action_id="accept")
    url = WebhookClient(receiver.wait_for_payload("block_actions")["response_url"])
    url.send(text="Only you", response_type="ephemeral", replace_original=False)
    messages = sandbox.world.state.messages[at["channel"]].values()
    assert [one.text for one in messages if one.ephemeral_to == "U1"] == ["Only you"]
    url.send(delete_original=True)
    assert slack.conversations_history(channel=at["channel"])["messages"] == []


def opened(slack: Any, control: Any, receiver: Any) -> Any:
    control("click", **card(slack), action_id="accept")
    trigger = receiver.wait_for_payload("block_actions")["trigger_id"]
    return slack.views_open(trigger_id=trigger, view=MODAL)["view"], trigger


def test_a_modal_is_opened_by_a_click_once_and_submitted(
    slack: WebClient, control: Post, receiver: Receiver, sandbox: Sandbox
) -> None:
    view, trigger = opened(slack, control, receiver)
    with pytest.raises(SlackApiError) as caught:
        slack.views_open(trigger_id=trigger, view=MODAL)
    assert error_of(caught) == "exchanged_trigger_id"
    control(f"views/{view['id']}/submit", values=VALUES)
    payload = receiver.wait_for_payload("view_submission")
    assert payload["view"]["state"]["values"] == VALUES
    assert payload["view"]["private_metadata"] == "lead-1"
    assert payload["view"]["callback_id"] == "reject"
    assert payload["user"]["id"] == "U1"
    assert sandbox.world.state.views[view["id"]].open is False


def test_a_modal_stays_open_with_the_errors_baton_names(
    slack: WebClient, control: Post, receiver: Receiver, sandbox: Sandbox
) -> None:
    view, _ = opened(slack, control, receiver)
    said = {"response_action": "errors", "errors": {"note": "Say more."}}
    receiver.answers = [(200, json.dumps(said).encode())]
    control(f"views/{view['id']}/submit", values=VALUES)
    kept = sandbox.world.state.views[view["id"]]
    assert (kept.open, kept.errors) == (True, {"note": "Say more."})
    changed = {**MODAL, "title": {"type": "plain_text", "text": "Thanks"}}
    slack.views_update(view_id=view["id"], view=changed)
    assert kept.view["title"]["text"] == "Thanks"


def test_a_trigger_dies_of_age(
    slack: WebClient, control: Post, receiver: Receiver, sandbox: Sandbox
) -> None:
    sandbox.configure(msgspec.structs.replace(sandbox.config, trigger_seconds=-1.0))
    control("click", **card(slack), action_id="accept")
    trigger = receiver.wait_for_payload("block_actions")["trigger_id"]
    with pytest.raises(SlackApiError) as caught:
        slack.views_open(trigger_id=trigger, view=MODAL)
    assert error_of(caught) == "expired_trigger_id"


def test_a_view_that_is_too_long_is_refused(
    slack: WebClient, control: Post, receiver: Receiver
) -> None:
    control("click", **card(slack), action_id="accept")
    trigger = receiver.wait_for_payload("block_actions")["trigger_id"]
    for wrong in (
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"private_metadata": "x" * 3001},
        {"blocks": [section()] * 101},
        {"submit": None},
    ):
        with pytest.raises(SlackApiError) as caught:
            slack.api_call("views.open", json={"trigger_id": trigger, "view": {**MODAL, **wrong}})
        assert error_of(caught) == "invalid_arguments"
    assert slack.views_open(trigger_id=trigger, view=MODAL)["ok"]
