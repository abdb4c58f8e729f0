"""What /health reads from the table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from baton.adapters.dynamodb.health import read_health
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.application.ports.health import HealthReadings
from baton.domain.time import stamp
from baton.failures import Retryable
from tests.builders import empty_policy

SWEPT = datetime(2026, 11, 22, 4, 39, tzinfo=UTC)
ACTIVE = {"pk": {"S": "POLICY"}, "sk": {"S": "ACTIVE"}, "version": {"N": "12"}}
VERSION = {
    "pk": {"S": "POLICY"},
    "sk": {"S": "V#000012"},
    "publishedAt": {"S": "2026-11-22T04:38:00+00:00"},
}
SWEEP = {"pk": {"S": "SWEEP"}, "sk": {"S": "WAKES"}, "sweptAt": {"S": "2026-11-22T04:39:00Z"}}


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        client.create_table(
            TableName="leads",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name, _ in keys
            ],
        )
        yield client


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([], HealthReadings(), id="an empty table"),
        pytest.param([ACTIVE, SWEEP], HealthReadings(12, SWEPT), id="at work"),
        pytest.param(
            [ACTIVE, VERSION, SWEEP], HealthReadings(12, SWEPT), id="no third read once swept"
        ),
        pytest.param(
            [ACTIVE, VERSION],
            HealthReadings(12, None, datetime(2026, 11, 22, 4, 38, tzinfo=UTC)),
            id="never swept",
        ),
        pytest.param([ACTIVE], HealthReadings(12), id="a version that lost its date"),
        pytest.param([SWEEP], HealthReadings(None, SWEPT), id="no policy"),
    ],
)
def test_health_readings_are_read_from_their_items(
    client: Any, items: list[Any], expected: HealthReadings
) -> None:
    for item in items:
        client.put_item(TableName="leads", Item=item)
    assert read_health(client, "leads") == expected


def test_health_reads_what_publishing_and_the_sweep_write(client: Any) -> None:
    """Publishing and the sweep define the keys; this test fails if they change."""
    at = SWEPT - timedelta(minutes=1)
    assert (
        PolicyStore(client, "leads").publish(empty_policy("Example"), by="kim", at=at).version == 1
    )
    assert read_health(client, "leads") == HealthReadings(1, None, at)
    assert LeadStore(client, "leads").save_checkpoint("WAKES", {"sweptAt": stamp(SWEPT)}, "sweptAt")
    assert read_health(client, "leads") == HealthReadings(1, SWEPT)


def test_a_table_that_cannot_be_read_says_how_it_refused(client: Any) -> None:
    with pytest.raises(Retryable, match=r"^other: ResourceNotFoundException$"):
        read_health(client, "other")
