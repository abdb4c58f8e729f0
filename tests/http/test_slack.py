"""A click on Baton's card becomes an event; everything else in Slack is not for us."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from baton.domain.world.events import Action, Clicked
from baton.failures import Malformed
from baton.http.slack import Clicks, read_interaction
from tests.http.requests import body_of, load


def payload(case: str) -> dict[str, Any]:
    form = parse_qs(body_of(load(f"receive_slack.{case}.json")).decode())
    found: dict[str, Any] = json.loads(form["payload"][0])
    return found


ACCEPT = payload("accept")
REJECT = payload("reject")


def translate(found: Any) -> Clicks:
    return read_interaction(urlencode({"payload": json.dumps(found)}).encode())


def with_action(found: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**found, "actions": [{**found["actions"][0], **changes}]}


@pytest.mark.parametrize(
    ("case", "action", "reason"),
    [
        ("accept", "accept", ""),
        ("touch", "touch", ""),
        ("qualify", "qualify", ""),
        ("explain", "explain", ""),
        ("reject", "reject", "no_budget"),
    ],
)
def test_the_cards_elements_become_clicks(case: str, action: Action, reason: str) -> None:
    found = read_interaction(body_of(load(f"receive_slack.{case}.json")))
    assert found == Clicks(
        (
            Clicked(
                id=f"sl:T012TEAM1:U012REP01:1795322404.123456:baton:{action}",
                lead_id="90210011",
                at=datetime(2026, 11, 22, 4, 40, 4, 123456, tzinfo=UTC),
                assignment=1,
                action=action,
                user="U012REP01",
                channel="D012REP01",
                reason=reason,
            ),
        ),
        {},
    )


@pytest.mark.parametrize(
    ("case", "count"),
    [
        ("link", "SlackIgnoredAction"),
        ("view_submission", "SlackIgnoredType"),
        ("ssl_check", "SlackIgnoredSslCheck"),
    ],
)
def test_other_interactions_are_counted(case: str, count: Any) -> None:
    found = read_interaction(body_of(load(f"receive_slack.{case}.json")))
    assert found == Clicks((), {count: 1})


def test_a_choice_taken_back_is_no_rejection() -> None:
    assert translate(with_action(REJECT, selected_option=None)).ignored == {"SlackIgnoredAction": 1}


def test_each_action_of_several_is_looked_at() -> None:
    both = {**ACCEPT, "actions": [*payload("link")["actions"], *ACCEPT["actions"]]}
    found = translate(both)
    assert len(found.events) == 1
    assert found.ignored == {"SlackIgnoredAction": 1}


@pytest.mark.parametrize("team", [None, "absent"])
def test_in_an_organisation_the_users_workspace_stands_in(team: str | None) -> None:
    found = {**ACCEPT, "team": None}
    if team == "absent":
        del found["team"]
    assert translate(found).events == translate(ACCEPT).events


def test_the_container_names_the_channel_if_nothing_else_does() -> None:
    assert translate({**ACCEPT, "channel": None}).events == translate(ACCEPT).events


def test_nothing_but_ids_is_taken_along() -> None:
    assert "Ada" in json.dumps(ACCEPT)
    assert "Ada" not in repr(translate(ACCEPT))
    assert "rep.one" not in repr(translate(ACCEPT))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([], "payload: expected object, got array"),
        ({}, "payload.type: required"),
        ({"type": 5}, "payload.type: expected str, got int"),
        ({"type": "block_actions"}, "payload.user: required"),
        ({**ACCEPT, "actions": {}}, "payload.actions: expected array, got object"),
        ({**ACCEPT, "actions": [5]}, "payload.actions[0]: expected object, got int"),
        ({**ACCEPT, "user": {}}, "payload.user.id: required"),
        (
            {**ACCEPT, "channel": None, "container": {}},
            "payload.channel: required",
        ),
        (
            with_action(ACCEPT, block_id="lead:ada:1"),
            "payload.actions[0].block_id: expected lead:<lead id>:<assignment>",
        ),
        (
            with_action(ACCEPT, block_id="lead:90210011:1\n"),
            "payload.actions[0].block_id: expected lead:<lead id>:<assignment>",
        ),
        (with_action(ACCEPT, block_id=None), "payload.actions[0].block_id: expected str, got null"),
        (with_action(ACCEPT, action_id=5), "payload.actions[0].action_id: expected str, got int"),
        (
            with_action(REJECT, selected_option={"value": ""}),
            "payload.actions[0].selected_option.value: expected str of length >= 1",
        ),
        (
            with_action(REJECT, selected_option={}),
            "payload.actions[0].selected_option.value: required",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_named_by_its_path(found: Any, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        translate(found)
    assert str(refused.value) == why


@pytest.mark.parametrize("stamp", ["", "soon", "1795322404", "1795322404.12", "-1.000000"])
def test_a_click_has_a_time(stamp: Any) -> None:
    with pytest.raises(Malformed, match=r"^payload\.actions\[0\]\.action_ts: "):
        translate(with_action(ACCEPT, action_ts=stamp))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "payload: required"),
        (b"{}", "payload: required"),
        (b"payload=", "payload: expected JSON"),
        (b"payload=%7B", "payload: expected JSON"),
        (b"payload=%FF", "body: expected a form in UTF-8"),
        (b"\xff", "body: expected a form in UTF-8"),
        (b"payload=" + b"[" * 100_000, "payload: expected object, got array"),
    ],
    ids=["nothing", "json", "empty", "cut off", "not UTF-8", "not ASCII", "deep"],
)
def test_a_body_that_is_no_form_is_refused(body: Any, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_interaction(body)
    assert str(refused.value) == why
