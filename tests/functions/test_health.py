"""GET /health on a table as the sweep and publishing leave it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.health import app, wiring
from tests.http.requests import NOW, Context, load

EVENT = load("health.get.json")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        client.create_table(
            TableName="leads",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        monkeypatch.setattr(wiring, "settings", lambda: wiring.Settings(table_name="leads"))
        monkeypatch.setattr(wiring, "dynamodb", lambda: client)
        monkeypatch.setattr(wiring, "now", lambda: NOW)
        yield client


def put(client: Any, pk: str, sk: str, **attributes: dict[str, str]) -> None:
    client.put_item(TableName="leads", Item={"pk": {"S": pk}, "sk": {"S": sk}, **attributes})


def health() -> tuple[int, Any]:
    answer = app.handler(EVENT, Context())
    return answer["statusCode"], json.loads(answer["body"])


def test_a_timely_sweep_and_a_policy_are_healthy(table: Any) -> None:
    put(table, "POLICY", "ACTIVE", version={"N": "3"}, previous={"N": "2"})
    put(table, "SWEEP", "WAKES", sweptAt={"S": (NOW - timedelta(seconds=42)).isoformat()})
    assert health() == (200, {"status": "ok", "policy": 3, "sweep_age_seconds": 42})


def test_a_late_sweep_is_degraded(table: Any) -> None:
    put(table, "POLICY", "ACTIVE", version={"N": "3"})
    put(table, "SWEEP", "WAKES", sweptAt={"S": (NOW - timedelta(minutes=6)).isoformat()})
    assert health() == (
        503,
        {
            "status": "degraded",
            "policy": 3,
            "sweep_age_seconds": 360,
            "reasons": ["the sweep is late"],
        },
    )


def test_just_set_up_is_starting_and_a_while_later_it_is_not(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(table, "POLICY", "ACTIVE", version={"N": "1"})
    put(table, "POLICY", "V#000001", publishedAt={"S": (NOW - timedelta(minutes=1)).isoformat()})
    assert health() == (200, {"status": "starting", "policy": 1, "sweep_age_seconds": None})
    monkeypatch.setattr(wiring, "now", lambda: NOW + timedelta(minutes=5))
    assert health()[0] == 503


def test_an_empty_table_is_degraded_with_both_reasons(table: Any) -> None:
    status, answer = health()
    assert status == 503
    assert answer["reasons"] == ["no policy is published", "the sweep has never run"]


def test_a_table_that_cannot_be_read_is_degraded(table: Any) -> None:
    table.delete_table(TableName="leads")
    assert health() == (503, {"status": "degraded", "reasons": ["the table cannot be read"]})


def test_only_get_is_answered(table: Any) -> None:
    sent = json.loads(json.dumps(EVENT))
    sent["requestContext"]["http"]["method"] = "POST"
    assert app.handler(sent, Context())["statusCode"] == 405
