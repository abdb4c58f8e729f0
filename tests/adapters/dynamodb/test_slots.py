"""Contract tests of slots, for DynamoDB and the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from baton.adapters.dynamodb.slots import LEASE, SETTLE, DynamoSlots
from baton.application.ports.slots import Claim, Slots, Superseded
from baton.failures import Busy, Retryable
from tests.fakes.effects import NOW, card_state
from tests.fakes.slots import FakeSlots

TABLE = "leads"


def dynamo() -> Any:
    client = boto3.client(
        "dynamodb",
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
    return client


@pytest.fixture(params=["fake", "dynamo"])
def slots(request: pytest.FixtureRequest) -> Iterator[Slots]:
    if request.param == "fake":
        yield FakeSlots()
        return
    with mock_aws():
        yield DynamoSlots(dynamo(), TABLE)


def claimed(slots: Slots, version: int, token: str = "a", late: timedelta = timedelta(0)) -> Claim:
    claim = slots.claim(card_state(version), token, NOW + late)
    assert isinstance(claim, Claim)
    return claim


def test_a_new_slot_is_claimed_as_sure(slots: Slots) -> None:
    claim = claimed(slots, 3)
    assert (claim.shown, claim.outside_id, claim.unsure) == (0, None, False)


def test_a_slot_is_claimed_by_one_at_a_time(slots: Slots) -> None:
    claimed(slots, 3)
    with pytest.raises(Busy) as busy:
        slots.claim(card_state(4), "b", NOW + timedelta(seconds=1))
    assert busy.value.until == NOW + LEASE


def test_a_confirmed_slot_remembers_what_it_shows_and_where(slots: Slots) -> None:
    slots.confirm(claimed(slots, 3), "D1:17.1")
    claim = claimed(slots, 4, "b", timedelta(seconds=1))
    assert (claim.shown, claim.outside_id, claim.unsure) == (3, "D1:17.1", False)


@pytest.mark.parametrize("version", [pytest.param(3, id="repeated"), pytest.param(2, id="late")])
def test_what_is_not_newer_than_what_is_shown_is_superseded(slots: Slots, version: int) -> None:
    slots.confirm(claimed(slots, 3), "D1:17.1")
    assert slots.claim(card_state(version), "b", NOW) == Superseded(3)


def test_a_late_effect_is_superseded_even_while_the_slot_is_leased(slots: Slots) -> None:
    slots.confirm(claimed(slots, 3), None)
    claimed(slots, 4, "b")
    assert slots.claim(card_state(3), "c", NOW) == Superseded(3)


def test_slots_of_one_subject_do_not_know_each_other(slots: Slots) -> None:
    claimed(slots, 3)
    other = slots.claim(card_state(1, slot="card:2"), "b", NOW)
    assert isinstance(other, Claim)


def test_a_worker_that_died_leaves_the_slot_unsure(slots: Slots) -> None:
    claimed(slots, 3)
    claim = claimed(slots, 3, "b", LEASE + timedelta(seconds=1))
    assert claim.unsure_since == NOW


def test_an_unsure_slot_keeps_its_first_instant_over_several_deaths(slots: Slots) -> None:
    claimed(slots, 3)
    claimed(slots, 3, "b", 2 * LEASE)
    assert claimed(slots, 3, "c", 4 * LEASE).unsure_since == NOW


def test_a_failure_that_changed_nothing_leaves_the_slot_sure(slots: Slots) -> None:
    slots.release(claimed(slots, 3), NOW, unsure=False)
    assert claimed(slots, 3, "b").unsure is False


def test_a_failure_that_changed_nothing_leaves_an_unsure_slot_unsure(slots: Slots) -> None:
    claimed(slots, 3)
    second = claimed(slots, 3, "b", 2 * LEASE)
    slots.release(second, NOW + 2 * LEASE, unsure=False)
    assert claimed(slots, 3, "c", 2 * LEASE).unsure_since == NOW


def test_after_an_unsure_failure_the_slot_waits_before_the_look_up(slots: Slots) -> None:
    slots.release(claimed(slots, 3), NOW, unsure=True)
    with pytest.raises(Busy):
        slots.claim(card_state(3), "b", NOW + SETTLE - timedelta(seconds=1))
    assert claimed(slots, 3, "b", SETTLE).unsure_since == NOW


def test_confirming_makes_a_slot_sure(slots: Slots) -> None:
    slots.release(claimed(slots, 3), NOW, unsure=True)
    slots.confirm(claimed(slots, 3, "b", SETTLE), "D1:17.1")
    assert claimed(slots, 4, "c", SETTLE).unsure is False


@pytest.mark.parametrize("step", ["confirm", "release"])
def test_after_its_lease_a_worker_changes_nothing(slots: Slots, step: str) -> None:
    first = claimed(slots, 3)
    second = claimed(slots, 4, "b", 2 * LEASE)
    late = {
        "confirm": lambda: slots.confirm(first, "D1:17.1"),
        "release": lambda: slots.release(first, NOW + 2 * LEASE, unsure=False),
    }
    with pytest.raises(Retryable):
        late[step]()
    slots.confirm(second, "D1:17.2")
    assert claimed(slots, 5, "c", 2 * LEASE).outside_id == "D1:17.2"


def test_a_confirmation_without_an_id_keeps_the_known_one(slots: Slots) -> None:
    slots.confirm(claimed(slots, 3), "D1:17.1")
    slots.confirm(claimed(slots, 4, "b"), None)
    assert claimed(slots, 5, "c").outside_id == "D1:17.1"


def test_a_store_that_does_not_answer_is_tried_again() -> None:
    class Down:
        def update_item(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

    with pytest.raises(Retryable, match="slots: EndpointConnectionError"):
        DynamoSlots(Down(), TABLE).claim(card_state(1), "a", NOW)


def test_a_missing_table_is_retried() -> None:
    with mock_aws():
        client = dynamo()
        slots = DynamoSlots(client, "no-such-table")
        with pytest.raises(Retryable, match="slots: ResourceNotFoundException"):
            slots.claim(card_state(1), "a", NOW)
