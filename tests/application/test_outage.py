"""The whole path from the outbox to Slack: outages, refusals, and redriving."""

from __future__ import annotations

from datetime import timedelta

from baton.adapters.aws.dead_letters import SqsParkingLot
from baton.adapters.aws.outbox import Outbox, decode_effect
from baton.adapters.aws.queues import LONGEST_DELAY
from baton.application.deliver import deliver, in_slack
from baton.application.redrive import Redriven, redrive
from baton.failures import Rejected, Retryable
from tests.fakes.boards import FakeBoards
from tests.fakes.consumer import (
    PARKED,
    PERSON,
    SLACK,
    URLS,
    Consumer,
)
from tests.fakes.effects import (
    card_state,
    notice_state,
)
from tests.fakes.messenger import FakeMessenger
from tests.fakes.slots import FakeSlots
from tests.fakes.sqs import FakeSqs

# ---------------------------------------------------------------- the whole path


def test_half_an_hour_of_outage_delays_and_loses_nothing() -> None:
    sqs, slack, slots, boards = FakeSqs(), FakeMessenger(), FakeSlots(), FakeBoards()
    start = sqs.now
    over = start + timedelta(minutes=30)

    def down(name: str) -> None:
        if sqs.now < over:
            raise Retryable("Slack: ConnectionRefusedError")

    slack.before = down
    attempts = iter(range(1_000_000))

    def work(body: str) -> None:
        token = f"attempt-{next(attempts)}"
        show = in_slack(slack, boards, slots, sqs.now)
        deliver(decode_effect(body), sqs.now, token, slots, show)

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


def test_a_permanent_refusal_is_parked_and_shown_after_a_redrive() -> None:
    sqs, slack, slots, boards = FakeSqs(), FakeMessenger(), FakeSlots(), FakeBoards()

    def archived(name: str) -> None:
        raise Rejected("Slack: is_archived")

    slack.before = archived
    attempts = iter(range(1000))

    def work(body: str) -> None:
        token = f"attempt-{next(attempts)}"
        show = in_slack(slack, boards, slots, sqs.now)
        deliver(decode_effect(body), sqs.now, token, slots, show)

    Outbox(sqs, URLS).send([notice_state()])
    consumer = Consumer(sqs, work)
    consumer.run()
    assert len(sqs.queue(PARKED)) == 1

    slack.before = lambda name: None
    sqs.now += timedelta(days=2)
    lot = SqsParkingLot(sqs, PARKED, {"slack": SLACK}, SLACK)
    done = redrive(lot, sqs.now, lambda parked, done: None, limit=10, dry_run=False)
    assert done == Redriven(moved=1)
    consumer.run()
    assert slack.states() == [notice_state()]
    assert sqs.bodies(SLACK) == sqs.bodies(PARKED) == []


def test_reports_of_deliveries_name_no_person() -> None:
    sqs, slack, slots, boards = FakeSqs(), FakeMessenger(), FakeSlots(), FakeBoards()
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
        show = in_slack(slack, boards, slots, sqs.now)
        deliver(decode_effect(body), sqs.now, token, slots, show)

    Outbox(sqs, URLS).send([card_state()])
    consumer = Consumer(sqs, work)
    consumer.run()
    attributes = [message.attributes for message in sqs.queue(PARKED)]
    assert len(attributes) == 1
    for text in (str(consumer.told), str(attributes)):
        assert "Nora" not in text
        assert "helvia" not in text.casefold()
