"""Every entry is put on the bus, in as few calls as its limits allow, or the caller gets an
error."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from baton.adapters.aws.bus import MAX_BYTES, MAX_ENTRIES, Bus, Entry, NotStored, TooLarge, entry
from baton.domain.world.events import Hinted
from baton.failures import Retryable
from tests.fakes.aws import FakeEvents


def entries(count: int) -> list[Entry]:
    return [Entry("baton.test", "LeadHint", json.dumps({"eventId": f"e{i}"})) for i in range(count)]


def no_sleep(_seconds: float) -> None:
    """Skip the waits between retries."""


def test_an_entry_carries_the_event_in_its_words() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    found = entry(Hinted(id="hs:1", lead_id="42", at=at, about="owner"), "baton.hubspot")
    assert found.source == "baton.hubspot"
    assert found.detail_type == "LeadHint"
    assert json.loads(found.detail) == {
        "batonSchema": 3,
        "kind": "hinted",
        "id": "hs:1",
        "lead_id": "42",
        "at": "2026-11-22T00:00:00Z",
        "about": "owner",
    }


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (10, 1), (11, 2), (100, 10)])
def test_ten_entries_go_in_a_call(count: int, calls: int) -> None:
    client = FakeEvents()
    Bus(client, "baton").put(entries(count))
    assert len(client.calls) == calls
    assert client.ids == {f"e{i}" for i in range(count)}
    assert {item["EventBusName"] for item in client.stored} <= {"baton"}


@settings(max_examples=50)
@given(st.lists(st.integers(0, MAX_BYTES - 100), max_size=25))
def test_no_call_exceeds_eventbridges_limits_and_nothing_is_left_out(sizes: list[int]) -> None:
    client = FakeEvents()
    bulky = [
        Entry("s", "t", json.dumps({"eventId": str(i), "pad": "x" * size}))
        for i, size in enumerate(sizes)
    ]
    Bus(client, "baton").put([item for item in bulky if item.size <= MAX_BYTES])
    for call in client.calls:
        assert 1 <= len(call) <= MAX_ENTRIES
        assert sum(len(i["Source"] + i["DetailType"] + i["Detail"]) for i in call) <= MAX_BYTES
    assert len(client.stored) == sum(item.size <= MAX_BYTES for item in bulky)


def test_an_entry_too_large_for_any_call_is_refused_after_the_others_are_put() -> None:
    client = FakeEvents()
    large = Entry("s", "t", "é" * (MAX_BYTES // 2))
    with pytest.raises(TooLarge, match="a call holds 262144"):
        Bus(client, "baton").put([*entries(1), large, *entries(3)])
    assert client.ids == {"e0", "e1", "e2"}


def test_an_entry_that_is_refused_each_time_does_not_keep_the_others_from_the_bus() -> None:
    client = FakeEvents(lambda _call, item: '"e3"' not in item["Detail"])
    with pytest.raises(NotStored, match=r"^1 of 25 entries: ThrottlingException$"):
        Bus(client, "baton", no_sleep).put(entries(25))
    assert client.ids == {f"e{i}" for i in range(25)} - {"e3"}


def test_no_attempt_is_begun_that_could_end_too_late() -> None:
    client = FakeEvents(lambda _call, _item: False)
    times = iter([4.0, 2.5, 0.9])
    with pytest.raises(NotStored):
        Bus(client, "baton", no_sleep, call_takes=1.0).put(entries(1), lambda: next(times))
    assert len(client.calls) == 2
    with pytest.raises(NotStored, match=r"^1 of 1 entries: no time left$"):
        Bus(client, "baton", no_sleep, call_takes=1.0).put(entries(1), lambda: 0.9)
    assert len(client.calls) == 2


def test_only_what_failed_is_put_again() -> None:
    client = FakeEvents(lambda call, item: call > 0 or '"e3"' not in item["Detail"])
    Bus(client, "baton", no_sleep).put(entries(10))
    assert [len(call) for call in client.calls] == [10, 1]
    assert '"e3"' in client.calls[1][0]["Detail"]
    assert len(client.stored) == 10


def test_failures_of_many_calls_are_put_again_together() -> None:
    client = FakeEvents(lambda call, item: call >= 10 or '7"' not in item["Detail"])
    Bus(client, "baton", no_sleep).put(entries(100))
    assert sorted(len(call) for call in client.calls) == [10] * 11
    assert len(client.stored) == len(client.ids) == 100


def test_entries_that_the_bus_never_stores_are_reported_after_three_tries() -> None:
    client = FakeEvents(lambda _call, item: '"e3"' not in item["Detail"])
    waits: list[float] = []
    with pytest.raises(NotStored, match=r"^1 of 10 entries: ThrottlingException$"):
        Bus(client, "baton", waits.append).put(entries(10))
    assert [len(call) for call in client.calls] == [10, 1, 1]
    assert waits == [0.05, 0.2]
    assert issubclass(NotStored, Retryable)


def test_a_call_without_an_answer_is_repeated_though_it_may_have_been_heard() -> None:
    client = FakeEvents()
    client.unanswered = {0}
    Bus(client, "baton", no_sleep).put(entries(3))
    assert [len(call) for call in client.calls] == [3, 3]
    assert client.ids == {"e0", "e1", "e2"}


def test_an_answer_that_tells_of_fewer_entries_leaves_the_rest_unstored() -> None:
    class Forgetful(FakeEvents):
        def put_events(self, *, Entries: Any) -> Any:  # noqa: N803
            answer = super().put_events(Entries=Entries)
            return {**answer, "Entries": answer["Entries"][:1]}

    client = Forgetful()
    with pytest.raises(NotStored, match=r"^2 of 5"):
        Bus(client, "baton", no_sleep).put(entries(5))


def test_a_real_client_gets_events_to_a_rules_target() -> None:
    with mock_aws():
        events = boto3.client("events", region_name="eu-central-1")
        sqs = boto3.client("sqs", region_name="eu-central-1")
        events.create_event_bus(Name="baton")
        queue = sqs.create_queue(QueueName="events")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        pattern = json.dumps({"detail-type": ["LeadHint"]})
        events.put_rule(Name="all", EventBusName="baton", EventPattern=pattern)
        target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
        events.put_targets(Rule="all", EventBusName="baton", Targets=[target])

        Bus(events, "baton").put(entries(12))

        found = sqs.get_queue_attributes(
            QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
        )
        assert found["Attributes"]["ApproximateNumberOfMessages"] == "12"
