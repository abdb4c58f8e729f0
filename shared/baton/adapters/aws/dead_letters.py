"""A dead-letter queue in SQS, as `baton redrive` empties it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from baton.adapters.aws.errors import translated
from baton.adapters.aws.queues import REDRIVEN
from baton.application.ports.dead_letters import Parked

#: Seconds for which a received message is hidden: enough to send it again, or to list a full queue.
HOLD = 300
#: ReceiveMessage's limit.
TAKE_AT_ONCE = 10
#: Seconds. With a wait SQS asks all its servers; without one it may miss messages and say "none".
WAIT = 1

#: Reason of a message that SQS itself moved here after too many receives. A message that Baton
#: parks has the reason with it.
NO_REASON = "received too often without success"


class SqsParkingLot:
    """
    Args:
        client: A boto3 ``sqs`` client.

        parked_url: The dead-letter queue.

        homes: Queue name -> URL of the queues whose messages are parked there.

        default_home: URL for messages that do not say where they came from.
    """

    def __init__(
        self, client: Any, parked_url: str, homes: Mapping[str, str], default_home: str
    ) -> None:
        self._client = client
        self._parked_url = parked_url
        self._homes = homes
        self._default_home = default_home

    def take(self, at_most: int) -> list[Parked]:
        with translated("dead-letter queue"):
            found = self._client.receive_message(
                QueueUrl=self._parked_url,
                MaxNumberOfMessages=min(at_most, TAKE_AT_ONCE),
                VisibilityTimeout=HOLD,
                WaitTimeSeconds=WAIT,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
        return [_parked(message) for message in found.get("Messages", [])]

    def send_again(self, parked: Parked) -> None:
        home = self._homes.get(parked.queue, self._default_home)
        with translated("queue"):
            self._client.send_message(
                QueueUrl=home,
                MessageBody=parked.body,
                # The first worker may have died before it sent the effects.
                MessageAttributes={REDRIVEN: {"DataType": "String", "StringValue": "true"}},
            )

    def remove(self, parked: Parked) -> None:
        with translated("dead-letter queue"):
            self._client.delete_message(QueueUrl=self._parked_url, ReceiptHandle=parked.receipt)

    def leave(self, parked: Parked) -> None:
        with translated("dead-letter queue"):
            self._client.change_message_visibility(
                QueueUrl=self._parked_url, ReceiptHandle=parked.receipt, VisibilityTimeout=0
            )


def _parked(message: Mapping[str, Any]) -> Parked:
    notes = {
        name: str(value.get("StringValue", ""))
        for name, value in message.get("MessageAttributes", {}).items()
    }
    attributes = message.get("Attributes", {})
    sent = _instant(attributes.get("SentTimestamp"))
    return Parked(
        id=message["MessageId"],
        body=message["Body"],
        reason=notes.get("reason") or NO_REASON,
        parked_at=sent,
        first_seen=_instant(notes.get("firstSeen")) if notes.get("firstSeen") else sent,
        receives=_count(notes.get("receives") or attributes.get("ApproximateReceiveCount", "1")),
        queue=notes.get("queue", ""),
        receipt=message["ReceiptHandle"],
    )


def _count(text: str) -> int:
    """A number that a note should be; 1 if it is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,13}", text) else 1


def _instant(milliseconds: str | None) -> datetime:
    return datetime.fromtimestamp(_count(milliseconds or "0") / 1000, UTC)


class _Detail(Struct):
    lead_id: str = ""
    leadId: str = ""  # noqa: N815 as public words spell it


class _Glance(Struct, rename={"detail_type": "detail-type"}):
    kind: str = ""
    subject: str = ""
    slot: str = ""
    to: str = ""
    detail_type: str = ""
    detail: _Detail = msgspec.field(default_factory=_Detail)


def describe(body: str) -> str:
    """What a message is about, as ids and kinds only."""
    try:
        seen = msgspec.json.decode(body, type=_Glance)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return "unreadable"
    lead = seen.detail.lead_id or seen.detail.leadId
    to = f"to {seen.to}" if seen.to else ""
    parts = [seen.kind or seen.detail_type, seen.subject or lead, seen.slot, to]
    return " ".join(filter(None, parts)) or "unknown"
