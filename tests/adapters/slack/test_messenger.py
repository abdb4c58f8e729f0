"""Contract tests of Slack's adapter (against the sandbox, through Slack's client) and the fake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from slack_sdk.web.client import WebClient

from baton.adapters.slack.errors import words_of
from baton.adapters.slack.messenger import SlackMessenger
from baton.application.ports.slack import Message, Messenger
from baton.domain.escalation.batching import ENTRIES
from baton.failures import Gone, NotAllowed, Rejected, Retryable, Unauthorised
from infra.local.sandbox.config import Channel, stable_id
from tests.fakes.effects import (
    board_state,
    card_state,
    digest_state,
    entry,
    notice_state,
    reply_state,
)
from tests.fakes.messenger import FakeMessenger
from tests.fakes.sandbox import CONFIG, FixedToken, Peer

MESSAGES = [
    pytest.param(card_state, id="card"),
    pytest.param(lambda *a, **k: notice_state(*a, to="#leads", **k), id="notice to a channel"),
    pytest.param(lambda *a, **k: digest_state(*a, to="U0KIM", **k), id="digest"),
    pytest.param(lambda *a, **k: board_state(*a, to="#leads", **k), id="board"),
]


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture(params=["fake", "sandbox"])
def messenger(request: pytest.FixtureRequest) -> Messenger:
    if request.param == "fake":
        return FakeMessenger()
    return real_one(request.getfixturevalue("peer"))


def real_one(peer: Peer, token: str = CONFIG.slack_bot_token) -> SlackMessenger:
    return SlackMessenger(FixedToken(token), peer.slack_url)


@pytest.fixture
def real(peer: Peer) -> SlackMessenger:
    return real_one(peer)


@pytest.mark.parametrize("state", MESSAGES)
def test_a_posted_message_is_found_by_its_slot(
    messenger: Messenger, state: Callable[..., Message]
) -> None:
    since = lately()
    assert messenger.find(state(), since) is None
    outside_id = messenger.post(state())
    assert messenger.find(state(2), since) == outside_id


def test_a_message_is_not_taken_for_one_of_another_slot_or_lead(messenger: Messenger) -> None:
    messenger.post(card_state())
    assert messenger.find(card_state(slot="card:2"), lately()) is None
    assert messenger.find(card_state(subject="LEAD#9"), lately()) is None


@pytest.mark.parametrize("state", MESSAGES)
def test_an_updated_message_is_still_found(
    messenger: Messenger, state: Callable[..., Message]
) -> None:
    outside_id = messenger.post(state(1))
    messenger.update(outside_id, state(2))
    assert messenger.find(state(2), lately()) == outside_id


def test_a_breach_is_found_in_the_message_it_shares(messenger: Messenger) -> None:
    one, other = (notice_state(subject=f"LEAD#{n}", to="#leads") for n in (501, 502))
    board = board_state(to="#leads", entries=(entry(one),))
    messenger.post(card_state())
    outside_id = messenger.post(board)
    assert messenger.find(one, lately()) == outside_id
    assert messenger.find(other, lately()) is None
    both = board_state(3, to="#leads", entries=(entry(one), entry(other)))
    messenger.update(outside_id, both)
    assert messenger.find(other, lately()) == outside_id
    newer = notice_state(2, subject="LEAD#502", to="#leads")
    assert messenger.find(newer, lately()) is None, "what it shows is an older state"


def test_a_deleted_message_is_gone(messenger: Messenger) -> None:
    outside_id = messenger.post(card_state())
    channel, ts = outside_id.split(":")
    with pytest.raises(Gone):
        messenger.update(f"{channel}:{float(ts) + 1:.6f}", card_state(2))


def test_a_reply_goes_to_who_clicked(messenger: Messenger) -> None:
    channel = messenger.post(card_state()).split(":")[0]
    messenger.reply(reply_state(channel=channel))


# ---------------------------------------------------------------- only the real adapter


def test_what_is_shown_is_the_rendered_state(real: SlackMessenger, peer: Peer) -> None:
    channel, ts = real.post(card_state()).split(":")
    real.update(f"{channel}:{ts}", card_state(2, state="accepted", note="Anna Keller accepted"))
    client = WebClient(token=CONFIG.slack_bot_token, base_url=peer.slack_url)
    answer = client.conversations_history(channel=channel, include_all_metadata=True)
    (message,) = answer["messages"]
    assert "Anna Keller accepted" in message["text"]
    assert message["metadata"]["event_payload"] == {
        "subject": "LEAD#501",
        "slot": "card:1",
        "version": 2,
    }
    actions = [block for block in message["blocks"] if block["type"] == "actions"]
    assert [block["block_id"] for block in actions] == ["lead:501:1"]
    assert [one["action_id"] for one in actions[0]["elements"]] == [
        "baton:touch",
        "baton:qualify",
        "baton:reject",
        "baton:explain",
    ]


def test_a_full_board_is_taken_with_its_marks(real: SlackMessenger, peer: Peer) -> None:
    entries = tuple(
        entry(notice_state(subject=f"LEAD#{900_000_000_000 + n}", title=f"Lead {n} was due"))
        for n in range(ENTRIES)
    )
    channel, _ = real.post(board_state(entries=entries, to="U0KIM")).split(":")
    client = WebClient(token=CONFIG.slack_bot_token, base_url=peer.slack_url)
    answer = client.conversations_history(channel=channel, include_all_metadata=True)
    (message,) = answer["messages"]
    holds = message["metadata"]["event_payload"]["holds"]
    assert len(set(holds.split())) == ENTRIES
    assert len(holds) < 700


def test_a_look_pages_through_what_was_posted_since(real: SlackMessenger) -> None:
    since = lately()
    first = real.post(card_state())
    for number in range(2, 130):
        real.post(card_state(slot=f"card:{number}"))
    assert real.find(card_state(), since) == first


def test_a_look_does_not_go_back_beyond_the_claim(real: SlackMessenger) -> None:
    real.post(card_state())
    later = datetime.now(UTC) + timedelta(minutes=2)
    assert real.find(card_state(), later) is None


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_post_to_a_private_channel_is_found_again(peer: Peer, by: str) -> None:
    peer.configure(replace(CONFIG, channels=("leads", Channel(name="board", private=True))))
    to = "#board" if by == "name" else stable_id("C", "board")
    outside_id = real_one(peer).post(notice_state(to=to))
    # Another worker, which has posted nothing yet, looks.
    assert real_one(peer).find(notice_state(to=to), lately()) == outside_id


def test_a_look_that_lacks_a_scope_waits_and_names_it(peer: Peer) -> None:
    board = Channel(name="board", private=True)
    scopes = tuple(one for one in CONFIG.slack_scopes if one != "groups:history")
    peer.configure(replace(CONFIG, channels=(board,), slack_scopes=scopes))
    with pytest.raises(NotAllowed, match="add groups:history to the app's scopes"):
        real_one(peer).find(notice_state(to=stable_id("C", "board")), lately())


def test_public_channels_are_found_by_name_without_the_scope_for_private_ones(peer: Peer) -> None:
    scopes = tuple(one for one in CONFIG.slack_scopes if one != "groups:read")
    peer.configure(replace(CONFIG, slack_scopes=scopes))
    outside_id = real_one(peer).post(notice_state(to="#leads"))
    assert real_one(peer).find(notice_state(to="#leads"), lately()) == outside_id


def test_a_renamed_channel_is_still_reached_by_its_id(peer: Peer) -> None:
    to = stable_id("C", "leads")
    outside_id = real_one(peer).post(notice_state(to=to))
    peer.do("channels/leads", name="deals")
    real = real_one(peer)
    real.update(outside_id, notice_state(2, to=to))
    assert real.find(notice_state(3, to=to), lately()) == outside_id
    assert real.post(notice_state(slot="notice:2", to=to)).startswith(to)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"member": False}, "not_in_channel: invite the app to #leads: /invite @Baton"),
        ({"archived": True}, "is_archived: unarchive #leads, or name another channel"),
        ({"read_only": True}, "restricted_action_read_only_channel: #leads lets only some"),
        (
            {"private": True, "member": False},
            "channel_not_found: #leads was deleted, or is private",
        ),
    ],
)
def test_a_channel_that_takes_no_message_says_what_to_do(
    real: SlackMessenger, peer: Peer, changes: dict[str, bool], words: str
) -> None:
    peer.do("channels/leads", **changes)
    with pytest.raises(Rejected, match=f"Slack: {words}"):
        real.post(notice_state(to="#leads"))


def test_a_refusal_in_a_persons_conversation_does_not_speak_of_a_channel() -> None:
    assert words_of("restricted_action", "#leads").startswith("#leads lets only some members post")
    said = words_of("restricted_action", "U0ANNA")
    assert said == "the workspace does not let Baton write to them: ask an administrator of it"


CALLS: list[Any] = [
    pytest.param(lambda m: m.post(card_state()), id="post"),
    pytest.param(lambda m: m.update("D0ANNA:1.000000", card_state()), id="update"),
    pytest.param(lambda m: m.find(card_state(), lately()), id="find"),
    pytest.param(lambda m: m.reply(reply_state()), id="reply"),
]
Call = Callable[[Messenger], Any]


@pytest.mark.parametrize("call", CALLS)
def test_retry_after_is_honoured(real: SlackMessenger, peer: Peer, call: Call) -> None:
    peer.fault("slack", "429", seconds=37)
    with pytest.raises(Retryable, match="ratelimited") as refused:
        call(real)
    assert refused.value.after == timedelta(seconds=37)
    assert refused.value.unsure is False


@pytest.mark.parametrize("mode", ["500", "down"])
@pytest.mark.parametrize("call", CALLS)
def test_a_failed_answer_is_tried_again_and_unsure(
    real: SlackMessenger, peer: Peer, call: Call, mode: str
) -> None:
    peer.fault("slack", mode)
    with pytest.raises(Retryable) as failed:
        call(real)
    assert failed.value.unsure is True


@pytest.mark.parametrize("call", CALLS)
def test_a_gateways_page_is_tried_again_and_unsure(
    real: SlackMessenger, peer: Peer, call: Call
) -> None:
    peer.fault("slack", "page")
    with pytest.raises(Retryable, match="Slack: 502") as failed:
        call(real)
    assert failed.value.unsure is True


@pytest.mark.parametrize("code", ["migration_in_progress", "message_limit_exceeded"])
@pytest.mark.parametrize("call", CALLS)
def test_a_passing_refusal_waits(real: SlackMessenger, peer: Peer, call: Call, code: str) -> None:
    peer.fault("slack", "refuse", code=code)
    with pytest.raises(Retryable, match=f"Slack: {code}") as refused:
        call(real)
    assert refused.value.unsure is False


def test_a_card_of_a_contact_full_of_long_texts_is_taken_and_edited(real: SlackMessenger) -> None:
    packet = tuple((f"Field {n}", "👋 A long answer, ünd möre. " * 200) for n in range(30))
    outside_id = real.post(card_state(packet=packet))
    real.update(outside_id, card_state(2, state="accepted", packet=packet))


def test_a_message_behind_a_lost_answer_is_found(real: SlackMessenger, peer: Peer) -> None:
    since = lately()
    peer.fault("slack", "down", count=1, path="chat.postMessage", then_apply=True)
    with pytest.raises(Retryable) as failed:
        real.post(card_state())
    assert failed.value.unsure is True
    assert real.find(card_state(), since) is not None


def test_a_slow_answer_is_not_waited_for(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baton.adapters.slack.client.TIMEOUT", 0.2)
    real = real_one(peer)
    peer.fault("slack", "slow", seconds=600)
    with pytest.raises(Retryable, match="Timeout") as failed:
        real.post(card_state())
    assert failed.value.unsure is True


def test_a_server_that_is_not_there_got_nothing() -> None:
    messenger = SlackMessenger(FixedToken("t"), "http://127.0.0.1:1/api/")
    with pytest.raises(Retryable, match="ConnectionRefusedError") as failed:
        messenger.post(card_state())
    assert failed.value.unsure is False


@pytest.mark.parametrize("to", ["U0NOBODY", "C0NOWHERE", "#nowhere"])
def test_nobody_there_is_refused_for_good_with_slacks_code(real: SlackMessenger, to: str) -> None:
    with pytest.raises(Rejected, match=r"Slack: (channel|user)_not_found"):
        real.post(card_state(to=to))
    with pytest.raises(Rejected, match=r"Slack: (channel|user)_not_found"):
        real.find(card_state(to=to), lately())


def test_a_wrong_token_loses_nothing_while_an_operator_mends_it(peer: Peer) -> None:
    with pytest.raises(Unauthorised) as refused:
        real_one(peer, "xoxb-wrong").post(card_state())
    assert refused.value.after == timedelta(minutes=5)


def test_a_rotated_token_is_read_again_at_once(peer: Peer) -> None:
    token = FixedToken("xoxb-old", CONFIG.slack_bot_token)
    assert SlackMessenger(token, peer.slack_url).post(card_state())
