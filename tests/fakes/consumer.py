"""A function on the Slack queue, with a clock that the test controls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from baton.adapters.aws.queues import Lane, Worked, consume
from tests.fakes.sqs import FakeSqs

BASE = "http://127.0.0.1:4566/000000000000"
HUBSPOT, SLACK, PARKED = f"{BASE}/hubspot", f"{BASE}/slack", f"{BASE}/undelivered"
URLS: Any = {"hubspot": HUBSPOT, "slack": SLACK}
PERSON = "Nora Lindqvist"


class Consumer:
    """A function on the Slack queue."""

    def __init__(self, sqs: FakeSqs, work: Callable[[str], None], seconds: float = 60) -> None:
        self.sqs, self.work, self.seconds = sqs, work, seconds
        self.lane = Lane(sqs, PARKED)
        self.told: list[Worked] = []

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        return consume(
            event,
            self.work,
            self.lane,
            report=self.told.append,
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
