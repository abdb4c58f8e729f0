"""Slack's Web API through Slack's own client."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from infra.local.sandbox.blocks import MESSAGE_CHARACTERS
from infra.local.sandbox.config import Channel, stable_id
from infra.local.sandbox.limits import Bucket, Window
from infra.local.sandbox.server import Sandbox

from .conftest import CONFIG, Post, call, exchange


def section(text: str = "Hello") -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(text: str = "Go", **more: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": text}
    return {"type": "actions", "elements": [{"type": "button", "text": label, **more}]}


def error_of(caught: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(caught.value.response["error"])


def test_auth_test_says_who_we_are(slack: WebClient) -> None:
    assert slack.auth_test()["bot_id"]


@pytest.mark.parametrize(
    ("token", "error"),
    [
        pytest.param("xoxb-wrong", "invalid_auth", id="wrong"),
        pytest.param("", "not_authed", id="none"),
    ],
)
def test_a_bad_token_is_refused(sandbox: Sandbox, token: str, error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        WebClient(token=token, base_url=sandbox.slack_url).auth_test()
    assert error_of(caught) == error


@pytest.mark.parametrize("channel", ["leads", "#leads", "U1"])
def test_a_message_goes_to_a_name_or_a_person_and_the_answer_has_the_channel_id(
    slack: WebClient, channel: str
) -> None:
    sent = slack.chat_postMessage(channel=channel, text="Hello", blocks=[section()])
    assert sent["channel"][0] == ("D" if channel == "U1" else "C")
    found = slack.conversations_history(channel=sent["channel"])["messages"]
    assert [one["ts"] for one in found] == [sent["ts"]]
    assert found[0]["blocks"][0]["text"]["text"] == "Hello"
    assert found[0]["blocks"][0]["block_id"]


def test_json_and_form_bodies_mean_the_same(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {CONFIG.slack_bot_token}"}
    body = {"channel": "leads", "text": "Hello", "blocks": [section()]}
    path = "/slack/api/chat.postMessage"
    _, as_json = call(sandbox, "POST", path, body, headers)
    form = urllib.parse.urlencode({**body, "blocks": msgspec.json.encode([section()]).decode()})
    _, as_form = call(sandbox, "POST", f"{path}?{form}", None, {**headers, "Content-Type": "x"})
    assert as_json["ok"] is as_form["ok"] is True
    assert as_json["message"]["blocks"] == as_form["message"]["blocks"]


def test_history_shows_metadata_only_when_asked_and_pages(slack: WebClient) -> None:
    metadata = {"event_type": "lead_card", "event_payload": {"slot": "card:1"}}
    channel = slack.chat_postMessage(channel="U1", text="1", metadata=metadata)["channel"]
    old = slack.chat_postMessage(channel=channel, text="2", metadata=metadata)["ts"]
    slack.chat_postMessage(channel=channel, text="3", metadata=metadata)
    bare = slack.conversations_history(channel=channel)["messages"]
    assert all("metadata" not in one for one in bare)
    first = slack.conversations_history(channel=channel, limit=2, include_all_metadata=True)
    assert [one["text"] for one in first["messages"]] == ["3", "2"]
    assert first["messages"][0]["metadata"] == metadata
    cursor = first["response_metadata"]["next_cursor"]
    rest = slack.conversations_history(channel=channel, limit=2, cursor=cursor)
    assert [one["text"] for one in rest["messages"]] == ["1"]
    assert rest["has_more"] is False
    newer = slack.conversations_history(channel=channel, oldest=old)["messages"]
    assert [one["text"] for one in newer] == ["3"]
    from_old = slack.conversations_history(channel=channel, oldest=old, inclusive=True)
    assert [one["text"] for one in from_old["messages"]] == ["3", "2"]


def test_an_update_changes_the_message_in_place(slack: WebClient) -> None:
    sent = slack.chat_postMessage(channel="U1", text="New", blocks=[section("New"), button()])
    channel, ts = sent["channel"], sent["ts"]
    slack.chat_update(channel=channel, ts=ts, text="Accepted", blocks=[section("Accepted")])
    found = slack.conversations_history(channel=channel)["messages"]
    assert [(one["ts"], one["text"]) for one in found] == [(ts, "Accepted")]
    assert len(found[0]["blocks"]) == 1
    slack.chat_update(channel=channel, ts=ts, text="Plain")
    assert "blocks" not in slack.conversations_history(channel=channel)["messages"][0]
    slack.chat_delete(channel=channel, ts=ts)
    assert slack.conversations_history(channel=channel)["messages"] == []
    with pytest.raises(SlackApiError) as caught:
        slack.chat_update(channel=channel, ts=ts, text="Late")
    assert error_of(caught) == "message_not_found"


def test_an_ephemeral_message_is_not_in_the_history(slack: WebClient) -> None:
    channel = slack.conversations_list()["channels"][0]["id"]
    slack.chat_postEphemeral(channel=channel, user="U1", text="Only you")
    assert slack.conversations_history(channel=channel)["messages"] == []


def test_a_reply_hangs_below_its_message_and_not_in_the_history(slack: WebClient) -> None:
    sent = slack.chat_postMessage(channel="U1", text="Card")
    reply = slack.chat_postMessage(channel=sent["channel"], text="Reply", thread_ts=sent["ts"])
    assert reply["message"]["thread_ts"] == sent["ts"]
    found = slack.conversations_history(channel=sent["channel"])["messages"]
    assert [one["text"] for one in found] == ["Card"]


def test_people_are_found_by_email_and_id(slack: WebClient) -> None:
    user = slack.users_lookupByEmail(email="Rep@example.com")["user"]
    assert (user["id"], user["real_name"]) == ("U1", "Rep One")
    assert slack.users_info(user="U1")["user"]["profile"]["email"] == "rep@example.com"
    assert len(slack.users_list()["members"]) == 2  # people who left are not listed
    assert slack.conversations_open(users="U1")["channel"]["id"].startswith("D")
    with pytest.raises(SlackApiError) as caught:
        slack.users_lookupByEmail(email="left@example.com")
    assert error_of(caught) == "users_not_found"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        pytest.param({"channel": "nowhere", "text": "x"}, "channel_not_found", id="no channel"),
        pytest.param({"text": ""}, "no_text", id="nothing to say"),
        pytest.param({"blocks": [section()] * 51}, "invalid_blocks", id="51 blocks"),
        pytest.param({"blocks": [section("x" * 3001)]}, "invalid_blocks", id="section text"),
        pytest.param({"blocks": [section("")]}, "invalid_blocks", id="empty text"),
        pytest.param({"blocks": [button("x" * 76)]}, "invalid_blocks", id="button text"),
        pytest.param({"blocks": [button(value="x" * 2001)]}, "invalid_blocks", id="button value"),
        pytest.param({"blocks": [button(action_id="x" * 256)]}, "invalid_blocks", id="action_id"),
        pytest.param({"blocks": [{"type": "carousel"}]}, "invalid_blocks", id="unknown block"),
        pytest.param(
            {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]},
            "invalid_blocks",
            id="header",
        ),
        pytest.param(
            {"blocks": [{"type": "section", "fields": [section()["text"]] * 11}]},
            "invalid_blocks",
            id="11 fields",
        ),
        pytest.param(
            {"blocks": [{**button(), "elements": button()["elements"] * 26}]},
            "invalid_blocks",
            id="26 buttons",
        ),
        pytest.param(
            {"blocks": [{**section(), "block_id": "b"}] * 2}, "invalid_blocks", id="same block_id"
        ),
        pytest.param(
            {"blocks": [{**button(), "elements": button(action_id="a")["elements"] * 2}]},
            "invalid_blocks",
            id="same action_id",
        ),
        pytest.param(
            {"blocks": [{"type": "image", "image_url": "https://example.com/a.png"}]},
            "invalid_blocks",
            id="image without alt_text",
        ),
        pytest.param(
            {"blocks": [{"type": "image", "alt_text": "A"}]},
            "invalid_blocks",
            id="image of nothing",
        ),
        pytest.param(
            {"blocks": [{"type": "context", "elements": [{"type": "image", "image_url": "x"}]}]},
            "invalid_blocks",
            id="small image without alt_text",
        ),
        pytest.param({"text": "x", "metadata": {"a": 1}}, "invalid_metadata_format", id="metadata"),
        pytest.param(
            {
                "text": "x",
                "metadata": {"event_type": "a", "event_payload": {"b": "x" * 9_000}},
            },
            "metadata_too_large",
            id="metadata too large",
        ),
        pytest.param({"blocks": [section("👋" * 1501)]}, "invalid_blocks", id="emoji count twice"),
        pytest.param({"blocks": [section("x" * 2700)] * 4}, "msg_blocks_too_long", id="in all"),
        pytest.param({"blocks": [section("ö" * 950)] * 2}, "msg_blocks_too_long", id="escapes"),
    ],
)
def test_slack_refuses_with_its_own_codes(
    slack: WebClient, message: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        slack.api_call("chat.postMessage", json={"channel": "leads", **message})
    assert error_of(caught) == error
    assert caught.value.response.status_code == 200


def test_what_is_exactly_at_the_limit_passes(slack: WebClient) -> None:
    blocks = [section("x" * 3000), *[section("x")] * 48, button("x" * 75, value="x" * 2000)]
    assert slack.chat_postMessage(channel="leads", text="x" * 40_000, blocks=blocks)["ok"]
    room = MESSAGE_CHARACTERS - len(json.dumps([section(""), *[section("x" * 2700)] * 3]))
    blocks = [section("x" * room), *[section("x" * 2700)] * 3]
    assert slack.chat_postMessage(channel="leads", text="x", blocks=blocks)["ok"]


def test_a_text_beyond_the_limit_is_cut_when_it_is_posted_with_a_warning(slack: WebClient) -> None:
    sent = slack.chat_postMessage(channel="leads", text="x" * 40_001)
    assert sent["message"]["text"] == "x" * 40_000
    assert sent["warning"] == "message_truncated"
    assert sent["response_metadata"]["warnings"] == ["message_truncated"]


@pytest.mark.parametrize(
    ("text", "taken"),
    [("x" * 4000, True), ("x" * 4001, False), ("株" * 1333, True), ("株" * 1334, False)],
)
def test_an_edit_is_refused_beyond_4000_bytes(slack: WebClient, text: str, taken: bool) -> None:
    sent = slack.chat_postMessage(channel="U1", text="Card")
    edit = {"channel": sent["channel"], "ts": sent["ts"], "text": text}
    if taken:
        assert slack.chat_update(**edit)["ok"]
        return
    with pytest.raises(SlackApiError) as caught:
        slack.chat_update(**edit)
    assert error_of(caught) == "msg_too_long"


def test_a_json_body_without_a_charset_is_warned_of(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {CONFIG.slack_bot_token}"}
    body = {"channel": "leads", "text": "x"}
    _, said = call(sandbox, "POST", "/slack/api/chat.postMessage", body, headers)
    assert said["warning"] == "missing_charset"


# ---------------------------------------------------------------- channels and scopes

PRIVATE = Channel(name="board", private=True)


@pytest.mark.parametrize(
    ("channel", "posting", "reading"),
    [
        pytest.param(Channel(name="x"), None, None, id="public, with the app"),
        pytest.param(Channel(name="x", member=False), *["not_in_channel"] * 2, id="without it"),
        pytest.param(Channel(name="x", private=True), None, None, id="private, with the app"),
        pytest.param(
            Channel(name="x", private=True, member=False),
            *["channel_not_found"] * 2,
            id="private, without it",
        ),
        pytest.param(Channel(name="x", archived=True), "is_archived", None, id="archived"),
        pytest.param(
            Channel(name="x", read_only=True),
            "restricted_action_read_only_channel",
            None,
            id="read-only",
        ),
    ],
)
def test_a_channel_takes_and_shows_messages_as_it_is(
    sandbox: Sandbox, slack: WebClient, channel: Channel, posting: str | None, reading: str | None
) -> None:
    sandbox.configure(msgspec.structs.replace(CONFIG, channels=(channel,)))
    where = stable_id("C", "x")
    acts: list[tuple[str | None, Callable[[], Any]]] = [
        (posting, lambda: slack.chat_postMessage(channel=where, text="x")),
        (posting, lambda: slack.chat_postEphemeral(channel=where, user="U1", text="x")),
        (reading, lambda: slack.conversations_history(channel=where)),
    ]
    for refused, act in acts:
        if refused is None:
            assert act()["ok"]
            continue
        with pytest.raises(SlackApiError) as caught:
            act()
        assert error_of(caught) == refused


def test_a_list_has_the_channels_that_the_app_sees(sandbox: Sandbox, slack: WebClient) -> None:
    hidden = Channel(name="hidden", private=True, member=False)
    old = Channel(name="old", archived=True)
    sandbox.configure(msgspec.structs.replace(CONFIG, channels=("leads", PRIVATE, hidden, old)))

    def names(**more: Any) -> set[str]:
        return {one["name"] for one in slack.conversations_list(**more)["channels"]}

    assert names() == {"leads", "old"}
    assert names(exclude_archived=True) == {"leads"}
    assert names(types="private_channel") == {"board"}
    assert names(types="public_channel,private_channel") == {"leads", "old", "board"}
    for wrong, error in (({"types": "all"}, "invalid_types"), ({"limit": 1000}, "invalid_limit")):
        with pytest.raises(SlackApiError) as caught:
            slack.conversations_list(**wrong)
        assert error_of(caught) == error


def test_a_renamed_channel_keeps_its_id_and_its_messages(
    sandbox: Sandbox, slack: WebClient, control: Post
) -> None:
    sent = slack.chat_postMessage(channel="#leads", text="Before")
    assert control("channels/leads", name="deals")[0] == 200
    assert slack.chat_postMessage(channel="#deals", text="After")["channel"] == sent["channel"]
    with pytest.raises(SlackApiError) as caught:
        slack.chat_postMessage(channel="#leads", text="x")
    assert error_of(caught) == "channel_not_found"
    (found,) = [c for c in slack.conversations_list()["channels"] if c["id"] == sent["channel"]]
    assert found["previous_names"] == ["leads"]
    control("channels/deals", archived=True)
    with pytest.raises(SlackApiError) as caught:
        slack.chat_update(channel=sent["channel"], ts=sent["ts"], text="x")
    assert error_of(caught) == "is_inactive"


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        ("chat:write", lambda s: s.chat_postMessage(channel="leads", text="x")),
        ("im:write", lambda s: s.conversations_open(users="U1")),
        ("im:history", lambda s: s.conversations_history(channel=stable_id("D", "U1"))),
        ("channels:history", lambda s: s.conversations_history(channel=stable_id("C", "leads"))),
        ("groups:history", lambda s: s.conversations_history(channel=stable_id("C", "board"))),
        ("channels:read", lambda s: s.conversations_list()),
        ("groups:read", lambda s: s.conversations_list(types="public_channel,private_channel")),
    ],
)
def test_each_call_needs_its_scope(
    sandbox: Sandbox, slack: WebClient, scope: str, call: Callable[[WebClient], Any]
) -> None:
    with_board = msgspec.structs.replace(CONFIG, channels=("leads", PRIVATE))
    sandbox.configure(with_board)
    assert call(slack)["ok"]
    others = tuple(one for one in CONFIG.slack_scopes if one != scope)
    sandbox.configure(msgspec.structs.replace(with_board, slack_scopes=others))
    with pytest.raises(SlackApiError) as caught:
        call(slack)
    said = caught.value.response
    assert (said["error"], said["needed"]) == ("missing_scope", scope)
    assert scope not in said["provided"].split(",")
    assert said.headers["X-OAuth-Scopes"] == said["provided"]


# ---------------------------------------------------------------- limits


def test_a_channel_takes_a_burst_and_then_one_a_second(sandbox: Sandbox) -> None:
    sandbox.configure(msgspec.structs.replace(CONFIG, slack_channel_burst=2))
    headers = {"Authorization": f"Bearer {CONFIG.slack_bot_token}"}
    path, body = "/slack/api/chat.postMessage", {"channel": "leads", "text": "x"}
    answers = [exchange(sandbox, "POST", path, body, headers) for _ in range(30)]
    assert [answers[n][0] for n in (0, 1)] == [200, 200]
    refused = [one for one in answers if one[0] == 429]
    assert refused
    assert b'"ratelimited"' in refused[0][1]
    assert int(refused[0][2]["retry-after"]) >= 1
    other = exchange(sandbox, "POST", path, {"channel": "alerts", "text": "x"}, headers)
    assert other[0] == 200


def test_a_bucket_lets_a_burst_pass_and_refills_by_the_second() -> None:
    now = [0.0]
    bucket = Bucket(rate=1.0, clock=lambda: now[0])
    assert [bucket.take(3) for _ in range(4)] == [0, 0, 0, 1]
    now[0] = 1.0
    assert [bucket.take(3), bucket.take(3)] == [0, 1]
    now[0] = 60.0
    assert [bucket.take(3) for _ in range(4)] == [0, 0, 0, 1]


def test_a_window_counts_only_what_is_still_inside_it() -> None:
    now = [0.0]
    window = Window(10.0, clock=lambda: now[0])
    assert window.take(2)[:2] == (True, 1)
    now[0] = 4.0
    assert window.take(2)[:2] == (True, 0)
    assert window.take(2) == (False, 0, 6.0)
    now[0] = 10.0
    assert window.take(2)[0] is True
    assert window.take(2)[0] is False
