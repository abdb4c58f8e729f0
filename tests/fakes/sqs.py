"""SQS with a clock that only the test moves, and a Lambda event source on it."""
# ruff: noqa: N803 - the arguments have boto3's names

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError


@dataclass
class Message:
    id: str
    body: str
    sent_at: datetime
    visible_at: datetime
    attributes: dict[str, Any] = field(default_factory=dict)
    receives: int = 0


@dataclass
class FakeSqs:
    """The few calls Baton makes, on queues by URL. A queue exists once it is named."""

    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    visibility: timedelta = timedelta(minutes=6)
    queues: dict[str, list[Message]] = field(default_factory=dict)
    #: Ids of the entries that SendMessageBatch refuses, per call; the last set applies to all
    #: further calls.
    refuse: list[set[str]] = field(default_factory=list)
    #: Bodies with this text are the sender's fault: refused each time, inside a 200.
    faulty: str = "\0"
    #: A call with such a body is refused as a whole.
    forbidden: str = "\0"
    batches: list[list[str]] = field(default_factory=list)
    _sent: int = 0

    def queue(self, url: str) -> list[Message]:
        return self.queues.setdefault(url, [])

    def bodies(self, url: str) -> list[str]:
        return [message.body for message in self.queue(url)]

    # What the adapters call, by boto3's names.

    def send_message(
        self,
        *,
        QueueUrl: str,
        MessageBody: str,
        MessageAttributes: Any = None,
    ) -> None:
        self._sent += 1
        message = Message(f"m{self._sent}", MessageBody, self.now, self.now)
        message.attributes = dict(MessageAttributes or {})
        self.queue(QueueUrl).append(message)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> Any:
        assert 1 <= len(Entries) <= 10
        refused = self.refuse.pop(0) if self.refuse else set()
        self.batches.append([entry["Id"] for entry in Entries])
        if any(self.forbidden in entry["MessageBody"] for entry in Entries):
            error = {"Code": "InvalidMessageContents", "Message": ""}
            raise ClientError({"Error": error}, "SendMessageBatch")
        faulty = {entry["Id"] for entry in Entries if self.faulty in entry["MessageBody"]}
        for entry in Entries:
            if entry["Id"] not in refused | faulty:
                self.send_message(QueueUrl=QueueUrl, MessageBody=entry["MessageBody"])
        return {
            "Failed": [
                *({"Id": one, "SenderFault": False} for one in refused - faulty),
                *({"Id": one, "SenderFault": True, "Code": "Odd"} for one in faulty),
            ]
        }

    def change_message_visibility(
        self,
        *,
        QueueUrl: str,
        ReceiptHandle: str,
        VisibilityTimeout: int,
    ) -> None:
        assert isinstance(VisibilityTimeout, int)
        assert 0 <= VisibilityTimeout <= 12 * 3600
        self._held(QueueUrl, ReceiptHandle).visible_at = self.now + timedelta(
            seconds=VisibilityTimeout
        )

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:
        self.queue(QueueUrl).remove(self._held(QueueUrl, ReceiptHandle))

    def receive_message(
        self,
        *,
        QueueUrl: str,
        MaxNumberOfMessages: int,
        VisibilityTimeout: int,
        **_: Any,
    ) -> Any:
        assert 1 <= MaxNumberOfMessages <= 10
        found = self._take(QueueUrl, MaxNumberOfMessages, timedelta(seconds=VisibilityTimeout))
        return {
            "Messages": [
                {
                    "MessageId": message.id,
                    "Body": message.body,
                    "ReceiptHandle": message.id,
                    "Attributes": _attributes(message),
                    "MessageAttributes": message.attributes,
                }
                for message in found
            ]
        }

    # What the Lambda service does.

    def poll(self, url: str, batch: int = 5) -> dict[str, Any] | None:
        """An SQS event for a function; None: no message is visible."""
        found = self._take(url, batch, self.visibility)
        return {"Records": [_record(url, message) for message in found]} if found else None

    def settle(self, url: str, event: dict[str, Any], answer: dict[str, Any]) -> None:
        """Delete what the function did not report as failed."""
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for record in event["Records"]:
            if record["messageId"] not in failed:
                self.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])

    def run(
        self,
        url: str,
        function: Callable[[dict[str, Any]], dict[str, Any]],
        until: datetime,
    ) -> None:
        """Feed *function* until the queue is empty or the clock reaches *until*."""
        while self.queue(url) and self.now < until:
            event = self.poll(url)
            if event is not None:
                self.settle(url, event, function(event))
                continue
            next_one = min(message.visible_at for message in self.queue(url))
            self.now = min(max(next_one, self.now), until)

    def _take(self, url: str, at_most: int, hidden: timedelta) -> list[Message]:
        found = [m for m in self.queue(url) if m.visible_at <= self.now][:at_most]
        for message in found:
            message.receives += 1
            message.visible_at = self.now + hidden
        return found

    def _held(self, url: str, receipt: str) -> Message:
        return next(message for message in self.queue(url) if message.id == receipt)


def _attributes(message: Message) -> dict[str, str]:
    return {
        "ApproximateReceiveCount": str(message.receives),
        "SentTimestamp": str(int(message.sent_at.timestamp() * 1000)),
    }


def _record(url: str, message: Message) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.id,
        "body": message.body,
        "attributes": _attributes(message),
        "messageAttributes": message.attributes,
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{url.rsplit('/', 1)[-1]}",
    }
