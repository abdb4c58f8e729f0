"""receive_slack, from API Gateway's event to the events on the bus and the answer to Slack."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.adapters.aws.bus import Bus
from baton.adapters.aws.secrets import MIN_AGE, Secrets
from baton.http.requests import MAX_BODY
from baton.http.slack_command import NOTED, how_to
from functions.receive_slack import app, wiring
from tests.fakes.aws import FakeEvents, FakeSecrets
from tests.http.requests import NOW, SLACK_SECRET, Context, body_of, load, log_of, with_body

ACCEPT = load("receive_slack.accept.json")
PAYLOAD: dict[str, Any] = json.loads(parse_qs(body_of(ACCEPT).decode())["payload"][0])


@dataclass
class Door:
    """The handler with a fake EventBridge and a fake Secrets Manager."""

    events: FakeEvents = field(default_factory=FakeEvents)
    vault: FakeSecrets = field(
        default_factory=lambda: FakeSecrets([("sl", {"signing_secret": SLACK_SECRET})])
    )
    now: datetime = NOW
    seconds: float = 0.0

    def __call__(self, event: dict[str, Any]) -> tuple[int, str]:
        answer = app.handler(event, Context())
        return answer["statusCode"], answer["body"]


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door()
    found = wiring.Settings(bus_name="baton", slack_signing_secret_name="sl")
    secrets = Secrets(door.vault, lambda: door.seconds)
    monkeypatch.setattr(wiring, "settings", lambda: found)
    monkeypatch.setattr(wiring, "bus", lambda: Bus(door.events, "baton", lambda _seconds: None))
    monkeypatch.setattr(wiring, "secrets", lambda: secrets)
    monkeypatch.setattr(wiring, "now", lambda: door.now)
    return door


@pytest.mark.parametrize("action", ["accept", "touch", "qualify", "reject", "explain"])
def test_a_click_is_put_on_the_bus_and_answered_with_nothing(door: Door, action: str) -> None:
    assert door(load(f"receive_slack.{action}.json")) == (200, "")
    (detail,) = door.events.details
    assert detail["action"] == action
    assert door.events.stored[0]["DetailType"] == "LeadClicked"
    assert door.events.stored[0]["Source"] == "baton.slack"


def test_what_is_put_on_the_bus_is_what_is_on_file(door: Door) -> None:
    door(load("receive_slack.reject.json"))
    assert door.events.details == [load("bus.lead_clicked.json")["detail"]]


@pytest.mark.parametrize(
    ("case", "count"),
    [
        ("link", "SlackIgnoredAction"),
        ("view_submission", "SlackIgnoredType"),
        ("ssl_check", "SlackIgnoredSslCheck"),
    ],
)
def test_what_is_not_for_us_is_answered_and_counted(
    door: Door, case: str, count: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert door(load(f"receive_slack.{case}.json")) == (200, "")
    assert door.events.calls == []
    assert f'"{count}":[1' in capsys.readouterr().out.replace(" ", "").replace(".0]", "]")


@pytest.mark.parametrize("case", ["away", "back"])
def test_a_command_is_put_on_the_bus_and_answered_at_once(door: Door, case: str) -> None:
    status, body = door(load(f"receive_slack.command_{case}.json"))
    assert (status, json.loads(body)) == (200, {"response_type": "ephemeral", "text": NOTED})
    (detail,) = door.events.details
    assert (detail["person"], detail["away"]) == ("slack:U012REP01", case == "away")
    assert door.events.stored[0]["DetailType"] == "PersonHint"
    if case == "away":
        assert detail == load("bus.person_hint.json")["detail"]


def test_a_command_that_is_not_understood_is_helped(door: Door) -> None:
    status, body = door(load("receive_slack.command_help.json"))
    assert (status, json.loads(body)["text"]) == (200, how_to(door.now))
    assert door.events.calls == []


def test_a_command_with_a_wrong_signature_is_401(door: Door) -> None:
    event = load("receive_slack.command_away.json")
    event["headers"]["x-slack-signature"] = "v0=" + "0" * 64
    assert door(event)[0] == 401
    assert door.events.calls == []


def test_a_wrong_signature_is_401(door: Door) -> None:
    headers = {**ACCEPT["headers"], "x-slack-signature": "v0=" + "0" * 64}
    status, body = door({**ACCEPT, "headers": headers})
    assert (status, json.loads(body)) == (401, {"error": "signature: wrong"})
    assert door.events.calls == []


@pytest.mark.parametrize("case", ["accept", "command_away"])
def test_a_signature_that_fits_no_known_secret_is_503_only_while_a_reread_is_held_back(
    door: Door, case: str
) -> None:
    """Slack repeats neither a click nor a command, so this is for the log and the alarm."""
    sent = load(f"receive_slack.{case}.json")
    door.vault.values["sl"] = {"signing_secret": "the old one"}
    assert door(sent)[0] == 401
    door.seconds += MIN_AGE / 2
    door.vault.values["sl"] = {"signing_secret": SLACK_SECRET, "previous_signing_secret": "old"}
    assert door(sent)[0] == 503
    door.seconds += MIN_AGE / 2
    assert door(sent)[0] == 200


@pytest.mark.parametrize("field", ["signing_secret", "previous_signing_secret"])
def test_an_old_and_a_new_secret_overlap(door: Door, field: str) -> None:
    door.vault.values["sl"] = {"signing_secret": "another", field: SLACK_SECRET}
    assert door(ACCEPT)[0] == 200


@pytest.mark.parametrize("case", ["accept", "reject", "command_away"])
def test_the_same_signed_request_again_is_a_2xx_with_the_same_identities(
    door: Door, case: str
) -> None:
    sent = load(f"receive_slack.{case}.json")
    first = door(sent)
    known = door.events.ids
    door.now += timedelta(minutes=4)
    assert door(sent) == first
    assert first[0] == 200
    assert door.events.ids == known


@pytest.mark.parametrize("shift", [timedelta(minutes=6), timedelta(seconds=-61)], ids=str)
def test_an_old_or_a_future_click_is_401(door: Door, shift: Any) -> None:
    door.now = NOW + shift
    assert door(ACCEPT)[0] == 401


def test_a_click_that_cannot_be_stored_is_503_so_that_slack_shows_it_failed(door: Door) -> None:
    door.events.accepts = lambda _call, _item: False
    assert door(ACCEPT)[0] == 503


def test_without_a_secret_nobody_is_let_in(door: Door) -> None:
    door.vault.values.clear()
    assert door(ACCEPT)[0] == 503
    assert door.events.calls == []


def test_a_malformed_click_is_400_and_names_the_field(door: Door) -> None:
    broken = {**PAYLOAD, "actions": [{**PAYLOAD["actions"][0], "block_id": "assign"}]}
    status, body = door(with_body(ACCEPT, urlencode({"payload": json.dumps(broken)}).encode()))
    assert status == 400
    assert json.loads(body)["error"].startswith("payload.actions[0].block_id: ")


def test_more_than_a_megabyte_is_413(door: Door) -> None:
    assert door({**ACCEPT, "body": "A" * (MAX_BODY * 4 // 3 + 8)})[0] == 413


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/slack/interactions", 405), ("POST", "/slack", 404)]
)
def test_only_the_one_route_leads_in(door: Door, method: str, path: str, status: int) -> None:
    sent = json.loads(json.dumps(ACCEPT))
    sent["requestContext"]["http"].update(method=method, path=path)
    sent.update(rawPath=path, routeKey=f"{method} {path}")
    assert door(sent)[0] == status


def test_no_log_line_and_no_event_holds_personal_data(door: Door) -> None:
    logged = log_of(app.logger)
    for case in ("accept", "reject", "view_submission", "link"):
        door(load(f"receive_slack.{case}.json"))
    written = logged.getvalue() + json.dumps(door.events.details)
    assert "slack.answered" in written
    for personal in ("Ada", "rep.one", "hooks.slack.com", SLACK_SECRET):
        assert personal not in written


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
nearly_actions = st.dictionaries(
    st.sampled_from(["action_id", "block_id", "action_ts", "selected_option", "type"]),
    st.sampled_from(["baton:accept", "baton:reject", "lead:1:1", {"value": "x"}]) | json_values,
).map(lambda changes: {**PAYLOAD["actions"][0], **changes})
nearly_payloads = st.fixed_dictionaries(
    {"actions": st.lists(nearly_actions, max_size=2)},
    optional=dict.fromkeys(("type", "user", "team", "channel", "container"), json_values),
).map(lambda changes: {**PAYLOAD, **changes})


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    max_examples=150,
)
@given(nearly_payloads | json_values)
def test_any_json_as_a_payload_gives_200_or_400(door: Door, found: Any) -> None:
    body = urlencode({"payload": json.dumps(found)}).encode()
    assert door(with_body(ACCEPT, body))[0] in {200, 400}


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    max_examples=50,
)
@given(st.binary(max_size=200))
def test_any_bytes_give_200_or_400(door: Door, body: Any) -> None:
    assert door(with_body(ACCEPT, body))[0] in {200, 400}
    assert door(with_body(ACCEPT, b"payload=" + body))[0] in {200, 400}


def test_a_missing_variable_stops_the_function_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUS_NAME", "baton")
    monkeypatch.delenv("SLACK_SIGNING_SECRET_NAME", raising=False)
    wiring.settings.cache_clear()
    with pytest.raises(ValueError, match="SLACK_SIGNING_SECRET_NAME"):
        wiring.settings()
