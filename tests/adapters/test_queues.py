"""Effects going out, and messages being worked off a queue, with a clock of the test's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import example, given
from hypothesis import strategies as st

from baton.adapters.parked import SqsParkingLot
from baton.adapters.ports import Malformed, Rejected, Retryable
from baton.adapters.queues import (
    LONGEST_DELAY,
    TRIES_AT_A_FAULT,
    Lane,
    Outbox,
    Worked,
    backoff,
    consume,
    decode_effect,
    encode_effect,
)
from baton.core.effects import AnyEffect
from baton.flows.deliver import deliver, in_slack
from baton.flows.redrive import Redriven, redrive
from tests.fakes.effects import (
    card_state,
    contact_state,
    digest_state,
    notice_state,
    reply_state,
    task_state,
)
from tests.fakes.messenger import FakeMessenger
from tests.fakes.slots import FakeSlots
from tests.fakes.sqs import FakeSqs

BASE = "http://127.0.0.1:4566/000000000000"
HUBSPOT, SLACK, PARKED = f"{BASE}/hubspot", f"{BASE}/slack", f"{BASE}/undelivered"
URLS: Any = {"hubspot": HUBSPOT, "slack": SLACK}
PERSON = "Nora Lindqvist"

EFFECTS: list[Callable[[], AnyEffect]] = [
    contact_state,
    task_state,
    card_state,
    notice_state,
    reply_state,
    digest_state,
]


class Consumer:
    """A function on the Slack queue."""

    def __init__(self, sqs: FakeSqs, work: Callable[[str], None], seconds: float = 60) -> None:
        self.sqs, self.work, self.seconds = sqs, work, seconds
        self.told: list[Worked] = []

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        return consume(
            event,
            self.work,
            Lane(self.sqs, PARKED),
            tell=self.told.append,
            time_left=lambda: timedelta(seconds=self.seconds),
        )

    def run(self, until: timedelta = timedelta(hours=24)) -> None:
        self.sqs.run(SLACK, self, self.sqs.now + until)


def given_messages(*bodies: str) -> FakeSqs:
    sqs = FakeSqs()
    for body in bodies:
        sqs.send_message(QueueUrl=SLACK, MessageBody=body)
    return sqs


def raising(error: Exception, only: str = "bad") -> Callable[[str], None]:
    def work(body: str) -> None:
        if body == only:
            raise error

    return work


# ---------------------------------------------------------------- going out


@pytest.mark.parametrize("effect", EFFECTS, ids=[effect.__name__ for effect in EFFECTS])
def test_an_effect_survives_its_journey(effect: Callable[[], AnyEffect]) -> None:
    assert decode_effect(encode_effect(effect())) == effect()


@given(st.text())
@example("\ufffe \uffff \x00 \x7f \U0001f525")
def test_any_text_travels_in_a_body_that_sqs_takes(text: str) -> None:
    body = encode_effect(card_state(name=text))
    for character in body:
        assert character in "\t\n\r" or " " <= character <= "\ufffd" or character > "\uffff"
    decoded = decode_effect(body)
    assert decoded == card_state(name=text)


def test_effects_go_to_the_queue_of_their_system() -> None:
    sqs = FakeSqs()
    Outbox(sqs, URLS).send([effect() for effect in EFFECTS])
    assert sqs.bodies(HUBSPOT) == [encode_effect(one()) for one in (contact_state, task_state)]
    assert len(sqs.bodies(SLACK)) == 4


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (10, 1), (11, 2), (35, 4)])
def test_ten_effects_go_in_a_call(count: int, calls: int) -> None:
    sqs = FakeSqs()
    Outbox(sqs, URLS).send([card_state(version) for version in range(1, count + 1)])
    assert len(sqs.batches) == calls
    assert len(sqs.bodies(SLACK)) == count


def test_large_effects_share_no_call_beyond_what_sqs_takes() -> None:
    sqs = FakeSqs()
    Outbox(sqs, URLS).send([card_state(n, play="x" * 100_000) for n in range(1, 6)])
    assert [len(batch) for batch in sqs.batches] == [2, 2, 1]


def test_what_a_call_did_not_take_is_sent_again_and_nothing_else() -> None:
    sqs = FakeSqs(refuse=[{"1", "3"}, {"3"}])
    Outbox(sqs, URLS).send([card_state(version) for version in range(1, 5)])
    assert sqs.batches == [["0", "1", "2", "3"], ["1", "3"], ["3"]]
    assert sorted(sqs.bodies(SLACK)) == sorted(encode_effect(card_state(v)) for v in range(1, 5))


def test_what_is_never_taken_is_said() -> None:
    sqs = FakeSqs(refuse=[{"0"}] * 9)
    with pytest.raises(Retryable, match="outbox"):
        Outbox(sqs, URLS).send([card_state()])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="not an object"),
        pytest.param('{"kind":"slack.telegram"}', id="unknown kind"),
        pytest.param('{"kind":"slack.reply","subject":"LEAD#1"}', id="half of one"),
        pytest.param('{"kind":"slack.reply","subject":5}', id="wrong type"),
    ],
)
def test_what_is_no_effect_is_malformed(body: str) -> None:
    with pytest.raises(Malformed):
        decode_effect(body)


# ---------------------------------------------------------------- being worked


def test_what_worked_is_gone() -> None:
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


def test_a_rate_limit_is_not_taken_for_an_outage() -> None:
    sqs = given_messages("bad")
    consumer = Consumer(sqs, raising(Retryable("ratelimited", timedelta(seconds=1))))
    consumer.run(timedelta(hours=1))
    assert consumer.told[-1].delay == timedelta(minutes=1)


def test_a_wait_beyond_what_sqs_can_hide_is_cut() -> None:
    sqs = given_messages("bad")
    Consumer(sqs, raising(Retryable("daily", timedelta(days=3)))).run(timedelta(minutes=1))
    assert timedelta(hours=10) < sqs.queue(SLACK)[0].visible_at - sqs.now < timedelta(hours=12)


@pytest.mark.parametrize(
    "error", [Rejected("Slack: is_archived"), Malformed("$.slot: expected str")], ids=["no", "what"]
)
def test_what_will_never_work_is_parked_at_once_with_its_reason(error: Exception) -> None:
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


def test_a_fault_of_ours_is_tried_a_few_times_and_parked_by_its_type_alone() -> None:
    sqs = given_messages("bad")
    consumer = Consumer(sqs, raising(KeyError(PERSON)))
    consumer.run()
    assert [one.what for one in consumer.told] == ["later"] * (TRIES_AT_A_FAULT - 1) + ["parked"]
    (parked,) = sqs.queue(PARKED)
    assert parked.attributes["reason"]["StringValue"] == "fault: KeyError"
    assert PERSON not in str(consumer.told)


def test_a_fault_that_passes_is_forgotten() -> None:
    sqs = given_messages("bad")
    errors: list[Exception] = [KeyError("x"), KeyError("x")]

    def work(body: str) -> None:
        if errors:
            raise errors.pop()

    Consumer(sqs, work).run()
    assert sqs.bodies(SLACK) == sqs.bodies(PARKED) == []


def test_what_cannot_be_parked_stays() -> None:
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


def test_what_cannot_be_delayed_comes_back_all_the_same() -> None:
    sqs = given_messages("bad")

    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=BASE)

    sqs.change_message_visibility = refuse  # type: ignore[method-assign]
    consumer = Consumer(sqs, raising(Retryable("down")))
    event = sqs.poll(SLACK)
    assert event is not None
    assert len(consumer(event)["batchItemFailures"]) == 1


def test_what_there_is_no_time_for_comes_back_untouched() -> None:
    sqs = given_messages("a", "b")
    worked: list[str] = []
    consumer = Consumer(sqs, worked.append, seconds=10)
    event = sqs.poll(SLACK)
    assert event is not None
    answer = consumer(event)
    assert worked == []
    assert len(answer["batchItemFailures"]) == 2
    assert all(message.visible_at == sqs.now for message in sqs.queue(SLACK))


# ---------------------------------------------------------------- the whole way


def test_half_an_hour_of_outage_delays_and_loses_nothing() -> None:
    sqs, slack, slots = FakeSqs(), FakeMessenger(), FakeSlots()
    start = sqs.now
    over = start + timedelta(minutes=30)

    def down(name: str) -> None:
        if sqs.now < over:
            raise Retryable("Slack: ConnectionRefusedError")

    slack.before = down
    attempts = iter(range(1_000_000))

    def work(body: str) -> None:
        token = f"attempt-{next(attempts)}"
        deliver(decode_effect(body), sqs.now, token, slots, in_slack(slack))

    effects = [card_state(1, subject=f"LEAD#{n}", lead_id=str(n)) for n in range(30)]
    newer = [card_state(2, subject=f"LEAD#{n}", lead_id=str(n)) for n in range(0, 30, 2)]
    Outbox(sqs, URLS).send([*effects, *newer])
    consumer = Consumer(sqs, work)
    consumer.run()

    assert sqs.bodies(SLACK) == sqs.bodies(PARKED) == []
    shown = {message.subject: message.version for message in slack.messages.values()}
    assert len(slack.messages) == 30
    assert shown == {f"LEAD#{n}": 2 if n % 2 == 0 else 1 for n in range(30)}
    assert over <= sqs.now <= over + LONGEST_DELAY + timedelta(minutes=1)
    assert len(consumer.told) < 45 * 15, "an outage is not hammered"


def test_a_permanent_refusal_is_parked_mended_redriven_and_shown() -> None:
    sqs, slack, slots = FakeSqs(), FakeMessenger(), FakeSlots()

    def archived(name: str) -> None:
        raise Rejected("Slack: is_archived")

    slack.before = archived
    attempts = iter(range(1000))

    def work(body: str) -> None:
        token = f"attempt-{next(attempts)}"
        deliver(decode_effect(body), sqs.now, token, slots, in_slack(slack))

    Outbox(sqs, URLS).send([notice_state()])
    consumer = Consumer(sqs, work)
    consumer.run()
    assert len(sqs.queue(PARKED)) == 1

    slack.before = lambda name: None
    sqs.now += timedelta(days=2)
    lot = SqsParkingLot(sqs, PARKED, {"slack": SLACK}, SLACK)
    done = redrive(lot, sqs.now, lambda parked, moved: None, limit=10, dry_run=False)
    assert done == Redriven(moved=1)
    consumer.run()
    assert list(slack.messages.values()) == [notice_state()]
    assert sqs.bodies(SLACK) == sqs.bodies(PARKED) == []


def test_nothing_told_of_a_delivery_names_a_person() -> None:
    sqs, slack, slots = FakeSqs(), FakeMessenger(), FakeSlots()
    steps: list[Exception] = [
        ValueError(f"{PERSON} is odd"),
        Retryable("Slack: ratelimited"),
        Rejected("Slack: invalid_blocks /blocks/2/text"),
    ]

    def trouble(name: str) -> None:
        if steps:
            raise steps.pop(0)

    slack.before = trouble
    attempts = iter(range(1000))

    def work(body: str) -> None:
        token = f"attempt-{next(attempts)}"
        deliver(decode_effect(body), sqs.now, token, slots, in_slack(slack))

    Outbox(sqs, URLS).send([card_state()])
    consumer = Consumer(sqs, work)
    consumer.run()
    attributes = [message.attributes for message in sqs.queue(PARKED)]
    assert len(attributes) == 1
    for text in (str(consumer.told), str(attributes)):
        assert "Nora" not in text
        assert "helvia" not in text.casefold()
