"""Wakes: messages to ourselves that arrive when a clock is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from baton.adapters.aws import translated
from baton.adapters.failures import Retryable
from baton.core.events import ClockDue, WentStale
from baton.doors.vocabulary import encode_message

#: The longest delay SQS gives a message.
LONGEST = timedelta(minutes=15)
#: SendMessageBatch's limit.
SEND_AT_ONCE = 10


class Wakes:
    """Sends clock events to a queue, each to arrive at its instant, and never before it.

    SQS counts delays in whole seconds, so a delay is rounded up. A wake beyond ``LONGEST`` arrives
    early, and is sent again with what is left by whoever receives it.
    """

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, events: Sequence[ClockDue | WentStale], now: datetime) -> None:
        """Raises Retryable when SQS did not take them all; sending again does no harm."""
        for start in range(0, len(events), SEND_AT_ONCE):
            entries = [
                {
                    "Id": str(index),
                    "MessageBody": encode_message(event),
                    "DelaySeconds": _delay(event.at - now),
                }
                for index, event in enumerate(events[start : start + SEND_AT_ONCE])
            ]
            with translated("wakes queue"):
                answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            if answer.get("Failed"):
                raise Retryable("wakes queue: not every wake was taken")


def _delay(left: timedelta) -> int:
    return max(0, ceil(min(left, LONGEST).total_seconds()))


def fast_wake(lead_id: str, at: datetime) -> ClockDue:
    """The wake for a lead's fast clocks at *at*; the same instant is the same wake."""
    return ClockDue(id=f"wake:{_name(at)}", lead_id=lead_id, at=at)


def slow_wake(lead_id: str, at: datetime) -> WentStale:
    """The wake for a lead's slow clock at *at*."""
    return WentStale(id=f"stale:{_name(at)}", lead_id=lead_id, at=at)


def _name(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
