"""Wakes: messages to ourselves that arrive when a clock is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from baton.adapters.aws.errors import translated
from baton.domain.world.events import ClockDue, Hinted, OwnerAbsent, WentStale
from baton.failures import Retryable
from baton.wire.details import PoolHint
from baton.wire.vocabulary import encode_message

#: The longest delay SQS gives a message.
LONGEST = timedelta(minutes=15)
#: A wake arrives early, by less than this, so that the function is running when the clock is due.
#: Its worker waits until then.
EARLY = timedelta(seconds=2)
#: SendMessageBatch's limit.
SEND_AT_ONCE = 10
#: Calls at a time; boto3 keeps ten connections.
SEND_IN_PARALLEL = 8


class Wakes:
    """Sends clock events to a queue, each to arrive within ``EARLY`` before its instant.

    SQS counts delays in whole seconds. A wake beyond ``LONGEST`` arrives early; its worker sends it
    again with the remaining delay. *clock* is read when a wake is sent, because deciding took time.
    """

    def __init__(self, client: Any, queue_url: str, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._queue_url = queue_url
        self._clock = clock

    def send(self, events: Sequence[ClockDue | WentStale], within: timedelta | None = None) -> None:
        """Send *events*; with *within*, only those due by then.

        Raises Retryable if SQS did not take them all; sending again is harmless.
        """
        if within is not None:
            until = self._clock() + within
            events = [event for event in events if event.at <= until]
        batches = [events[i : i + SEND_AT_ONCE] for i in range(0, len(events), SEND_AT_ONCE)]
        if len(batches) <= 1:
            for batch in batches:
                self._send(batch)
            return
        with ThreadPoolExecutor(SEND_IN_PARALLEL) as pool:
            for _ in pool.map(self._send, batches):
                pass  # raises what the call raised

    def offer(
        self, hints: Sequence[PoolHint | Hinted | OwnerAbsent], after: timedelta = timedelta(0)
    ) -> None:
        """Have the queues of pools looked at, or contacts read, at once or *after* a while. Raises
        Retryable if SQS did not take all of *hints*; sending again is harmless."""
        delay = {"DelaySeconds": ceil(min(after, LONGEST).total_seconds())} if after else {}
        for start in range(0, len(hints), SEND_AT_ONCE):
            entries = [
                {"Id": str(index), "MessageBody": encode_message(hint), **delay}
                for index, hint in enumerate(hints[start : start + SEND_AT_ONCE])
            ]
            with translated("wakes queue"):
                answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            if answer.get("Failed"):
                raise Retryable("wakes queue: SQS did not accept every hint")

    def _send(self, events: Sequence[ClockDue | WentStale]) -> None:
        now = self._clock()
        entries = [
            {
                "Id": str(index),
                "MessageBody": encode_message(event),
                "DelaySeconds": _delay(event.at - now),
            }
            for index, event in enumerate(events)
        ]
        with translated("wakes queue"):
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        if answer.get("Failed"):
            raise Retryable("wakes queue: SQS did not accept every wake")


def _delay(left: timedelta) -> int:
    return max(0, int(min(left, LONGEST).total_seconds()) - 1)
