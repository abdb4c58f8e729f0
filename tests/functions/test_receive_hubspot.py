"""receive_hubspot, from API Gateway's event to the events on the bus and the answer to HubSpot."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.adapters.aws.bus import Bus
from baton.adapters.aws.secrets import MIN_AGE, Secrets
from baton.http.requests import MAX_BODY
from functions.receive_hubspot import app, wiring
from tests.fakes.aws import FakeEvents, FakeSecrets
from tests.http.requests import (
    HUBSPOT_SECRET,
    NOW,
    PORTAL,
    PUBLIC_URL,
    Context,
    body_of,
    load,
    log_of,
    with_body,
)

BATCH = load("receive_hubspot.batch.json")
EVENTS: list[dict[str, Any]] = json.loads(body_of(BATCH))
STAGE = EVENTS[0]


def no_sleep(_seconds: float) -> None:
    """Skip the waits between retries."""


@dataclass
class Door:
    """The handler with a fake EventBridge and a fake Secrets Manager."""

    events: FakeEvents = field(default_factory=FakeEvents)
    vault: FakeSecrets = field(
        default_factory=lambda: FakeSecrets([("hs", {"signing_secret": HUBSPOT_SECRET})])
    )
    now: datetime = NOW
    seconds: float = 0.0

    def __call__(self, event: dict[str, Any]) -> tuple[int, Any]:
        answer = app.handler(event, Context())
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door()
    found = wiring.Settings(
        bus_name="baton",
        public_url=PUBLIC_URL,
        hubspot_signing_secret_name="hs",
        hubspot_portal_id=PORTAL,
    )
    secrets = Secrets(door.vault, lambda: door.seconds)
    monkeypatch.setattr(wiring, "settings", lambda: found)
    monkeypatch.setattr(wiring, "bus", lambda: Bus(door.events, "baton", no_sleep))
    monkeypatch.setattr(wiring, "secrets", lambda: secrets)
    monkeypatch.setattr(wiring, "now", lambda: door.now)
    return door


def batch(*events: Any) -> dict[str, Any]:
    return with_body(BATCH, json.dumps(events).encode())


def numbered(count: int) -> list[dict[str, Any]]:
    return [{**STAGE, "eventId": number} for number in range(count)]


def test_a_batch_is_put_on_the_bus_and_what_is_not_for_us_is_counted(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    ignored = {"HubspotIgnoredOther": 1, "HubspotFolded": 1}
    assert door(BATCH) == (200, {"accepted": 6, "ignored": ignored})
    assert [item["DetailType"] for item in door.events.stored] == [
        "LeadStageChanged",
        "LeadHint",
        "DealHint",
        "LeadMerged",
        "LeadMerged",
        "LeadHint",
    ]
    assert {item["Source"] for item in door.events.stored} == {"baton.hubspot"}
    metrics = metrics_in(capsys.readouterr().out)
    assert metrics["HubspotAccepted"] == [6]
    assert metrics["HubspotIgnoredOther"] == [1]
    assert metrics["HubspotAnswered200"] == [1]


def metrics_in(output: str) -> dict[str, Any]:
    lines = [json.loads(line) for line in output.splitlines()]
    (metrics,) = [line for line in lines if "_aws" in line]
    found: dict[str, Any] = metrics
    return found


def test_what_is_put_on_the_bus_is_what_is_on_file(door: Door) -> None:
    door(BATCH)
    assert door.events.details[0] == load("bus.lead_stage_changed.json")["detail"]
    assert door.events.details[1] == load("bus.lead_hint.json")["detail"]


@pytest.mark.parametrize(
    ("name", "place", "word"),
    [
        ("merge", 0, "lead_merged"),
        ("deletion", 0, "lead_deleted"),
        ("deal", 1, "deal_hint"),
    ],
)
def test_merges_deletions_and_deals_are_put_on_the_bus_as_on_file(
    door: Door, name: str, place: int, word: str
) -> None:
    status, answer = door(load(f"receive_hubspot.{name}.json"))
    assert (status, answer["ignored"]) == (200, {})
    on_file = load(f"bus.{word}.json")
    assert door.events.details[place] == on_file["detail"]
    assert door.events.stored[place]["DetailType"] == on_file["detail-type"]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("workflow", {"accepted": 1, "ignored": {}}),
    ],
)
def test_the_other_requests_on_file_become_one_stage_change(
    door: Door, name: str, answer: dict[str, Any]
) -> None:
    assert door(load(f"receive_hubspot.{name}.json")) == (200, answer)
    (detail,) = door.events.details
    assert (detail["leadId"], detail["stage"]) == ("90210011", "marketingqualifiedlead")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("workflow_object", {"accepted": 1, "ignored": {}}),
        ("custom_action", {"outputFields": {"hs_execution_state": "SUCCESS"}}),
    ],
)
def test_requests_that_do_not_date_the_stage_become_one_hint(
    door: Door, name: str, answer: dict[str, Any]
) -> None:
    assert door(load(f"receive_hubspot.{name}.json")) == (200, answer)
    (detail,) = door.events.details
    assert (detail["lead_id"], detail["about"]) == ("90210011", "stage")


def test_an_empty_batch_is_fine(door: Door) -> None:
    assert door(batch()) == (200, {"accepted": 0, "ignored": {}})
    assert door.events.calls == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/hubspot/other", 404),
        ("GET", "/hubspot/webhooks", 405),
        ("PUT", "/hubspot/workflow", 405),
        ("POST", "/health", 404),
    ],
)
def test_only_the_two_routes_lead_in(door: Door, method: str, path: str, status: int) -> None:
    sent = json.loads(json.dumps(BATCH))
    sent["requestContext"]["http"].update(method=method, path=path)
    sent.update(rawPath=path, routeKey=f"{method} {path}")
    assert door(sent)[0] == status
    assert door.events.calls == []


WORKFLOWS = ["workflow", "workflow_object", "custom_action"]
ALL = ["batch", *WORKFLOWS]
LATER = {"error": "try again later"}


def forged(name: str) -> dict[str, Any]:
    sent = load(f"receive_hubspot.{name}.json")
    sent["body"] = sent["body"].replace("4455667", "4455668")
    return sent


def test_a_wrong_signature_of_a_webhook_is_401_and_reaches_nothing(door: Door) -> None:
    assert door(forged("batch")) == (401, {"error": "signature: wrong"})
    assert door.events.calls == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_wrong_signature_of_a_workflow_is_never_a_final_401(door: Door, name: str) -> None:
    """A workflow takes 4xx for good, and the new secret may not be stored here yet."""
    for _ in range(3):
        answer = app.handler(forged(name), Context())
        assert (answer["statusCode"], json.loads(answer["body"])) == (503, LATER)
        assert 1 <= int(answer["headers"]["Retry-After"]) <= MIN_AGE
        door.seconds += MIN_AGE
    assert door.events.calls == []


@pytest.mark.parametrize("name", ALL)
def test_while_a_reread_is_held_back_a_wrong_signature_comes_back_later(
    door: Door, name: str
) -> None:
    door(BATCH)
    door.seconds += MIN_AGE / 2
    answer = app.handler(forged(name), Context())
    assert (answer["statusCode"], json.loads(answer["body"])) == (503, LATER)
    assert answer["headers"]["Retry-After"] == "30"


@pytest.mark.parametrize("name", ALL)
def test_strangers_make_us_read_once_a_minute_and_keep_nobody_out(door: Door, name: str) -> None:
    for second in range(600):
        door.seconds = float(second)
        door(forged(name))
        if second % 100 == 0:
            assert door(BATCH)[0] == 200
    assert door.vault.reads == 10


def test_strangers_who_sign_nothing_make_us_read_nothing(door: Door) -> None:
    assert door({**BATCH, "headers": {}})[0] == 401
    door.now = NOW + timedelta(minutes=6)
    assert door(forged("batch"))[0] == 401
    assert door.vault.reads == 0


@pytest.mark.parametrize(
    "secret",
    [
        {"signing_secret": HUBSPOT_SECRET, "previous_signing_secret": "before"},
        {"signing_secret": "the next", "previous_signing_secret": HUBSPOT_SECRET},
        {"signing_secret": "of webhooks", "workflows_signing_secret": HUBSPOT_SECRET},
        {"access_token": "t", "client_secret": HUBSPOT_SECRET},
        {"signing_secret": f" {HUBSPOT_SECRET}\n"},
    ],
    ids=lambda secret: ", ".join(secret),
)
@pytest.mark.parametrize("name", ALL)
def test_a_request_signed_with_any_signing_secret_passes(
    door: Door, name: str, secret: dict[str, str]
) -> None:
    door.vault.values["hs"] = secret
    assert door(load(f"receive_hubspot.{name}.json"))[0] == 200


@pytest.mark.parametrize("token", ["access_token", "bot_token", "signing_secret_note"])
def test_a_token_is_no_signing_secret(door: Door, token: str) -> None:
    door.vault.values["hs"] = {"signing_secret": "another", token: HUBSPOT_SECRET}
    assert door(BATCH)[0] == 401


@pytest.mark.parametrize("name", ALL)
def test_the_same_signed_request_again_is_a_2xx_with_the_same_identities(
    door: Door, name: str
) -> None:
    """So it has no effect: a history knows the identities of its events."""
    sent = load(f"receive_hubspot.{name}.json")
    first = door(sent)
    known = door.events.ids
    door.now += timedelta(minutes=4)
    assert door(sent) == first
    assert first[0] == 200
    assert door.events.ids == known


def test_webhooks_take_v3_alone(door: Door) -> None:
    """HubSpot signs them in v1, too, which a recording would pass for ever."""
    assert door(load("receive_hubspot.batch_v1.json")) == (401, {"error": "signature: missing"})
    sent = load("receive_hubspot.batch.json")
    sent["headers"].pop("x-hubspot-signature-v3")
    assert door(sent) == (401, {"error": "signature: missing"})
    assert door.events.calls == []


@pytest.mark.parametrize("name", ALL)
def test_a_missing_signature_is_401(door: Door, name: str) -> None:
    sent = {**load(f"receive_hubspot.{name}.json"), "headers": {}}
    assert door(sent) == (401, {"error": "signature: missing"})
    assert door.events.calls == []


@pytest.mark.parametrize("shift", [timedelta(minutes=6), timedelta(seconds=-61)], ids=str)
def test_an_old_or_a_future_request_is_401(door: Door, shift: Any) -> None:
    door.now = NOW + shift
    assert door(BATCH) == (401, {"error": "signature: stale"})
    assert door.events.calls == []


def test_a_body_is_not_read_before_its_signature_is_checked(door: Door) -> None:
    sent = batch()
    sent["body"] = "bm90IGpzb24="
    assert door(sent)[0] == 401


def test_a_rotated_secret_is_picked_up_within_a_minute(door: Door) -> None:
    assert door(BATCH)[0] == 200
    door.vault.values["hs"] = {"client_secret": "the-next-one"}
    assert door(BATCH)[0] == 200
    door.vault.values["hs"] = {"client_secret": HUBSPOT_SECRET}
    door.seconds += 1000
    assert door(BATCH)[0] == 200


def test_a_request_signed_with_the_new_secret_passes_though_we_hold_the_old_one(door: Door) -> None:
    door.vault.values["hs"] = {"client_secret": "the-old-one"}
    assert door(BATCH)[0] == 401
    door.vault.values["hs"] = {"client_secret": HUBSPOT_SECRET}
    door.seconds += MIN_AGE / 2
    assert door(BATCH)[0] == 503, "within the minute strangers cannot make us read again"
    door.seconds += MIN_AGE
    assert door(BATCH)[0] == 200


@pytest.mark.parametrize("secret", [{}, {"client_secret": ""}, "not json"], ids=repr)
def test_without_a_usable_secret_hubspot_is_to_come_again(door: Door, secret: Any) -> None:
    door.vault.values["hs"] = secret
    logged = log_of(app.logger)
    assert door(BATCH) == (503, LATER), "a stranger learns no name"
    assert "SecretUnavailable: hs: " in logged.getvalue()
    assert door.events.calls == []
    door.vault.values["hs"] = {"signing_secret": HUBSPOT_SECRET}
    door.seconds += MIN_AGE
    assert door(BATCH)[0] == 200


def test_a_malformed_body_is_400_and_says_what_is_expected(door: Door) -> None:
    assert door(with_body(BATCH, b"{}")) == (400, {"error": "$: expected array, got object"})
    assert door.events.calls == []


def test_an_odd_event_is_stored_as_such_beside_the_others(door: Door) -> None:
    """HubSpot repeats a refused batch for a day, and then drops all of it."""
    status, answer = door(batch(STAGE, {**STAGE, "objectId": "x"}))
    assert (status, answer["accepted"], answer["ignored"]) == (200, 2, {"HubspotOdd": 1})
    (entries,) = door.events.calls
    assert [one["DetailType"] for one in entries] == ["LeadStageChanged", "OddWebhook"]
    assert json.loads(entries[1]["Detail"])["why"] == "$[1].objectId: expected int, got str"


def test_more_than_a_hundred_events_are_taken(door: Door) -> None:
    assert door(batch(*numbered(101)))[0] == 200


def test_more_than_a_megabyte_is_413_before_anything_else(door: Door) -> None:
    assert door({**BATCH, "body": " " * (MAX_BODY + 1)})[0] == 413
    assert door.vault.reads == 0
    assert door(with_body(BATCH, b"[]" + b" " * (MAX_BODY - 2)))[0] == 200


def test_a_failure_to_store_is_503_and_nothing_is_lost_once_hubspot_repeats(door: Door) -> None:
    """Entries fail inside a 200, or calls get no answer; HubSpot sends the whole batch again."""
    door.events.accepts = lambda call, item: call >= 30 or ":90210011:5" not in item["Detail"]
    door.events.unanswered = {2}
    sent = batch(*numbered(100))
    logged = log_of(app.logger)
    status, answer = door(sent)
    assert (status, answer) == (503, LATER)
    assert "of 100 entries: ThrottlingException" in logged.getvalue()
    assert {id.split(":")[4][0] for id in door.events.ids} == set("012346789")

    door.events.accepts = lambda _call, _item: True
    repeat = [{**event, "attemptNumber": 1} for event in numbered(100)]
    assert door(batch(*repeat)) == (200, {"accepted": 100, "ignored": {}})
    assert len(door.events.ids) == 100
    assert len(door.events.stored) > 100, "some came twice, under the same identity"


def test_a_short_trouble_is_not_even_noticed(door: Door) -> None:
    door.events.accepts = lambda call, _item: call > 0
    assert door(batch(*numbered(5)))[0] == 200
    assert len(door.events.ids) == 5


def test_no_log_line_and_no_event_holds_personal_data(door: Door) -> None:
    logged = log_of(app.logger)
    for name in ("workflow", "workflow_object", "custom_action", "batch", "fields", "deal"):
        door(load(f"receive_hubspot.{name}.json"))
    broken = {"portal-id": 4455667, "vid": "ada@example.com", "properties": {}}
    workflow = load("receive_hubspot.workflow.json")
    assert door(with_body(workflow, json.dumps(broken).encode()))[0] == 400
    written = logged.getvalue() + json.dumps(door.events.details)
    assert "hubspot.answered" in written
    for personal in ("ada", "example.com", "United Kingdom", "spreadsheets", HUBSPOT_SECRET):
        assert personal.lower() not in written.lower()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)  # JSON has neither
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
KEYS = sorted({key for event in EVENTS for key in event} | {"eventType"})
WORDS = sorted(
    {value for event in EVENTS for value in event.values() if isinstance(value, str)}
    | {"0-1", "0-3", "object.creation", "contact.deletion", "deal.creation", "baton_tier"}
)
nearly_events = st.dictionaries(
    st.sampled_from(KEYS),
    st.sampled_from(WORDS) | st.integers() | json_values,
).map(lambda changes: {**STAGE, **changes})
shared_door = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@settings(shared_door, max_examples=150)
@given(st.lists(nearly_events, max_size=3) | json_values)
def test_any_json_as_a_batch_gives_200_or_400(door: Door, found: Any) -> None:
    assert door(with_body(BATCH, json.dumps(found).encode()))[0] in {200, 400}


#: Members of a batch that cannot be read, or are none.
odd_members = (
    json_values.filter(lambda one: not isinstance(one, dict))
    | st.builds(
        lambda field, value: {**STAGE, field: value},
        st.sampled_from(["objectId", "eventId", "occurredAt", "portalId"]),
        st.sampled_from([None, "x", 0.5, -1, 10**30, [], {}]),
    )
    | st.builds(
        lambda field: {name: value for name, value in STAGE.items() if name != field},
        st.sampled_from(["objectId", "eventId", "occurredAt", "subscriptionType"]),
    )
)


@settings(shared_door)
@given(st.lists(st.none() | odd_members, max_size=8))
def test_any_batch_of_good_events_and_garbage_stores_exactly_the_good(
    door: Door, members: list[Any]
) -> None:
    sent = [
        {**STAGE, "eventId": number} if odd is None else odd for number, odd in enumerate(members)
    ]
    door.events.stored.clear()
    status, answer = door(batch(*sent))
    assert status == 200
    stage_changes = {
        json.loads(item["Detail"])["eventId"].split(":")[4]
        for item in door.events.stored
        if item["DetailType"] == "LeadStageChanged"
    }
    assert stage_changes == {str(number) for number, odd in enumerate(members) if odd is None}
    put_aside = [item for item in door.events.stored if item["DetailType"] == "OddWebhook"]
    assert len(put_aside) == sum(
        count for name, count in answer["ignored"].items() if name == "HubspotOdd"
    )


WORKFLOW = load("receive_hubspot.workflow.json")
nearly_workflows = st.dictionaries(
    st.sampled_from(
        [
            "vid",
            "canonical-vid",
            "portal-id",
            "portalId",
            "properties",
            "objectId",
            "objectType",
            "callbackId",
            "origin",
            "object",
            "objectTypeId",
        ]
    ),
    json_values
    | st.integers(1, 2**63)
    | st.just({"portalId": int(PORTAL)})
    | st.dictionaries(st.sampled_from(["lifecyclestage", "lastmodifieddate"]), json_values),
)


@settings(shared_door, max_examples=150)
@given(nearly_workflows | json_values)
def test_any_json_as_a_workflow_gives_200_or_400(door: Door, found: Any) -> None:
    assert door(with_body(WORKFLOW, json.dumps(found).encode()))[0] in {200, 400}


@settings(shared_door, max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_give_200_or_400(door: Door, body: Any) -> None:
    assert door(with_body(BATCH, body))[0] in {200, 400}
    assert door(with_body(WORKFLOW, body))[0] in {200, 400}


def test_a_missing_variable_stops_the_function_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("BUS_NAME", "PUBLIC_URL", "HUBSPOT_SIGNING_SECRET_NAME"):
        monkeypatch.setenv(name, "x")
    monkeypatch.delenv("BUS_NAME")
    wiring.settings.cache_clear()
    with pytest.raises(ValueError, match="BUS_NAME"):
        wiring.settings()


def test_warming_makes_the_clients_and_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warming needs neither credentials nor network, because SnapStart takes its snapshot after
    it."""
    for name in ("BUS_NAME", "PUBLIC_URL", "HUBSPOT_SIGNING_SECRET_NAME"):
        monkeypatch.setenv(name, "baton")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for made in (wiring.settings, wiring.bus, wiring.secrets):
        made.cache_clear()
    wiring.warm()
    assert wiring.bus() is wiring.bus()
    assert wiring.settings().hubspot_portal_id == ""
    assert wiring.now().tzinfo is UTC
    for made in (wiring.settings, wiring.bus, wiring.secrets):
        made.cache_clear()
