"""Whom Slack's messages reach: asked of the sandbox, which answers as Slack does."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.adapters.slack.members import SlackMembers
from baton.failures import Retryable, Unauthorised
from infra.local.sandbox.config import Owner
from tests.fakes.sandbox import CONFIG, FixedToken, Peer


def members(peer: Peer, token: str = CONFIG.slack_bot_token) -> SlackMembers:
    return SlackMembers(FixedToken(token), peer.slack_url)


@pytest.fixture
def staffed(peer: Peer) -> Peer:
    owners = (
        Owner(id="1", slack_user="U1"),
        Owner(id="2", slack_user="U2", slack="deactivated"),
        Owner(id="3", slack_user="U3", slack="guest"),
        Owner(id="4", slack_user="U4", slack="single_channel_guest"),
        Owner(id="5", slack_user="U5", slack="stranger"),
        Owner(id="6", slack_user="U6", slack="bot"),
    )
    peer.configure(replace(CONFIG, owners=owners))
    return peer


@pytest.mark.parametrize(
    ("user", "fault"),
    [
        ("U1", ""),
        ("U2", "deactivated"),
        ("U3", "guest"),
        ("U4", "guest"),
        ("U5", "elsewhere"),
        ("U6", "bot"),
        ("U404", "unknown"),
    ],
)
def test_slack_says_what_is_wrong_with_a_user(staffed: Peer, user: str, fault: str) -> None:
    assert members(staffed).fault(user) == fault


def test_slack_accepts_a_message_to_a_deactivated_user(staffed: Peer) -> None:
    """As the real one does, which is why it must be asked."""
    client = members(staffed)._slack.web
    client.token = CONFIG.slack_bot_token
    assert client.chat_postMessage(channel="U2", text="Your lead")["ok"]


class Answer:
    """users.info and auth.test answer with what is given."""

    def __init__(self, user: dict[str, object], home: dict[str, object]) -> None:
        self.user, self.home = user, home

    def users_info(self, user: str) -> dict[str, object]:
        return {"ok": True, "user": {"id": user, **self.user}}

    def auth_test(self) -> dict[str, object]:
        return {"ok": True, **self.home}


HOME = {"team_id": "T1"}
GRID = {"team_id": "T1", "enterprise_id": "E1"}


@pytest.mark.parametrize(
    ("user", "home", "fault"),
    [
        pytest.param({"team_id": "T1"}, HOME, "", id="our workspace"),
        pytest.param({"team_id": "T2"}, HOME, "elsewhere", id="a connected one"),
        pytest.param({}, HOME, "", id="it does not say"),
        pytest.param({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, GRID, "",
                     id="another workspace of our organisation"),
        pytest.param({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, GRID,
                     "elsewhere", id="another organisation"),
        pytest.param({"team_id": "E1"}, GRID, "", id="the organisation itself"),
        pytest.param({"team_id": "T1", "is_stranger": False}, HOME, "", id="said to be none"),
    ],
)  # fmt: skip
def test_a_user_of_another_organisation_is_elsewhere(
    user: dict[str, object], home: dict[str, object], fault: str
) -> None:
    found = SlackMembers(FixedToken("xoxb"), "http://127.0.0.1:1/")
    found._slack.web = Answer(user, home)  # type: ignore[assignment]
    assert found.fault("U1") == fault


def test_a_token_that_slack_does_not_know_is_no_answer_about_anybody(staffed: Peer) -> None:
    with pytest.raises(Unauthorised):
        members(staffed, "xoxb-wrong").fault("U2")


def test_slack_asking_to_wait_is_no_answer_about_anybody(peer: Peer) -> None:
    peer.configure(
        replace(CONFIG, owners=(Owner(id="1", slack_user="U1"),), slack_tier_4_per_minute=1)
    )
    asked = members(peer)
    with pytest.raises(Retryable, match="ratelimited"):
        [asked.fault("U1") for _ in range(2)]
