"""Working messages from a queue, with a clock that the test controls."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from baton.adapters.aws.queues import LONGEST_DELAY, TRIES_AT_A_FAULT, backoff
from baton.failures import Malformed, Rejected, Retryable
from tests.fakes.consumer import (
    BASE,
    PARKED,
    PERSON,
    SLACK,
    Consumer,
    given_messages,
    raising,
)

# ---------------------------------------------------------------- working messages


def test_a_worked_message_is_deleted() -> None:
    sqs = given_messages("a", "b")
    consumer = Consumer(sqs, lambda body: None)
    consumer.run()
    assert sqs.bodies(SLACK) == []
    assert [one.what for one in consumer.told] == ["done", "done"]


def test_one_bad_message_does_not_hurt_the_others() -> None:
    sqs = given_messages("a", "bad", "b")
    worked: list[str] = []

    def work(body: str) -> None:
        raising(Retryable("down"))(body)
        worked.append(body)

    consumer = Consumer(sqs, work)
    event = sqs.poll(SLACK)
    assert event is not None
    sqs.settle(SLACK, event, consumer(event))
    assert worked == ["a", "b"]
    assert sqs.bodies(SLACK) == ["bad"]


def test_retries_wait_longer_each_time_and_stop_growing() -> None:
    sqs = given_messages("bad")
    consumer = Consumer(sqs, raising(Retryable("down")))
    consumer.run(timedelta(hours=3))
    delays = [one.delay for one in consumer.told]
    assert all(one.what == "later" for one in consumer.told)
    known = [delay for delay in delays if delay is not None]
    assert timedelta(seconds=2) <= known[0] <= timedelta(seconds=2.5)
    assert known == sorted(known)
    assert known[-1] == known[-2] == LONGEST_DELAY


def test_messages_that_failed_together_come_back_apart() -> None:
    event = given_messages(*"abcdefgh").poll(SLACK, 8)
    assert event is not None
    delays = {backoff(record) for record in event["Records"]}
    assert len(delays) == 8
    assert all(timedelta(seconds=2) <= delay <= timedelta(seconds=2.5) for delay in delays)


def test_retry_after_is_honoured() -> None:
    sqs = given_messages("bad")
    consumer = Consumer(sqs, raising(Retryable("ratelimited", timedelta(seconds=90))))
    event = sqs.poll(SLACK)
    assert event is not None
    consumer(event)
    assert sqs.queue(SLACK)[0].visible_at == sqs.now + timedelta(seconds=90)


def test_a_rate_limit_does_not_count_as_an_outage() -> None:
    sqs = given_messages("bad")
    consumer = Consumer(sqs, raising(Retryable("ratelimited", timedelta(seconds=1))))
    consumer.run(timedelta(hours=1))
    assert consumer.told[-1].delay == timedelta(minutes=1)


def test_a_delay_beyond_the_limit_of_sqs_is_cut() -> None:
    sqs = given_messages("bad")
    Consumer(sqs, raising(Retryable("daily", timedelta(days=3)))).run(timedelta(minutes=1))
    assert timedelta(hours=10) < sqs.queue(SLACK)[0].visible_at - sqs.now < timedelta(hours=12)


@pytest.mark.parametrize(
    "error", [Rejected("Slack: is_archived"), Malformed("$.slot: expected str")], ids=["no", "what"]
)
def test_a_permanent_failure_is_parked_at_once_with_its_reason(error: Exception) -> None:
    sqs = given_messages("bad", "good")
    consumer = Consumer(sqs, raising(error))
    consumer.run()
    (parked,) = sqs.queue(PARKED)
    assert parked.body == "bad"
    notes = {name: value["StringValue"] for name, value in parked.attributes.items()}
    assert notes["reason"] == str(error)
    assert notes["queue"] == "slack"
    assert notes["firstSeen"] == str(int(sqs.now.timestamp() * 1000))
    assert sqs.bodies(SLACK) == []


def test_a_bug_is_retried_a_few_times_and_parked_by_type_and_place() -> None:
    sqs = given_messages("bad")
    consumer = Consumer(sqs, raising(KeyError(PERSON)))
    consumer.run()
    assert [one.what for one in consumer.told] == ["later"] * (TRIES_AT_A_FAULT - 1) + ["parked"]
    (parked,) = sqs.queue(PARKED)
    reason = parked.attributes["reason"]["StringValue"]
    assert re.fullmatch(r"fault: KeyError at \w+\.py:\d+", reason)
    assert PERSON not in str(consumer.told)


def test_an_outage_does_not_use_up_the_retries_of_a_bug() -> None:
    """Receives during an outage must not count as faults: the first fault after one is retried."""
    sqs = given_messages("bad")
    errors: list[Exception] = [KeyError("passing"), *[Retryable("down")] * 20]

    def work(body: str) -> None:
        if errors:
            raise errors.pop()

    Consumer(sqs, work).run()
    assert errors == []
    assert sqs.bodies(PARKED) == sqs.bodies(SLACK) == []


def test_a_bug_that_passes_is_forgotten() -> None:
    sqs = given_messages("bad")
    errors: list[Exception] = [KeyError("x"), KeyError("x")]

    def work(body: str) -> None:
        if errors:
            raise errors.pop()

    Consumer(sqs, work).run()
    assert sqs.bodies(SLACK) == sqs.bodies(PARKED) == []


def test_a_message_that_cannot_be_parked_stays_in_the_queue() -> None:
    sqs = given_messages("bad")

    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=BASE)

    sqs.send_message = refuse  # type: ignore[method-assign]
    consumer = Consumer(sqs, raising(Rejected("no")))
    event = sqs.poll(SLACK)
    assert event is not None
    answer = consumer(event)
    assert len(answer["batchItemFailures"]) == 1
    assert sqs.bodies(SLACK) == ["bad"]


def test_a_message_that_cannot_be_delayed_comes_back_all_the_same() -> None:
    sqs = given_messages("bad")

    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=BASE)

    sqs.change_message_visibility = refuse  # type: ignore[method-assign]
    consumer = Consumer(sqs, raising(Retryable("down")))
    event = sqs.poll(SLACK)
    assert event is not None
    assert len(consumer(event)["batchItemFailures"]) == 1


def test_without_time_left_messages_come_back_untouched() -> None:
    sqs = given_messages("a", "b")
    worked: list[str] = []
    consumer = Consumer(sqs, worked.append, seconds=10)
    event = sqs.poll(SLACK)
    assert event is not None
    answer = consumer(event)
    assert worked == []
    assert len(answer["batchItemFailures"]) == 2
    later = [message.visible_at - sqs.now for message in sqs.queue(SLACK)]
    assert later == [timedelta(seconds=2)] * 2, "soon, but not at once and for ever"
