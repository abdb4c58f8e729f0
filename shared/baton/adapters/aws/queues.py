"""Works the messages of an SQS queue: retry, back-off, parking. ``outbox`` sends them.

Powertools' BatchProcessor was considered and left out: it would replace only the loop (try each
record, collect the ids that failed), and its import takes twice as long as that of its Logger.
Growing delays, parking with a reason, and stopping in time would still be our own code, in its
hooks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Literal
from zlib import crc32

from msgspec import Struct

from baton.adapters.aws.errors import translated
from baton.failures import Explained, Malformed, Rejected, Retryable

#: Delay of the first retry; it doubles with each receive.
FIRST_DELAY = timedelta(seconds=2)
#: The longest delay, so that the end of an outage is noticed within a quarter of an hour.
LONGEST_DELAY = timedelta(minutes=15)
#: The longest delay beyond the time that the outside system named: a rate limit is not an outage.
LONGEST_WHEN_TOLD = timedelta(minutes=1)
#: SQS hides a message for 12 hours at most, counted from its receipt.
LONGEST_HIDING = timedelta(hours=11)
#: Attempts at a message that fails by a fault of our own, before it is parked: the fault may be
#: temporary.
TRIES_AT_A_FAULT = 5
#: No work is begun with less time left than this: enough for the calls of one delivery.
ENOUGH_TIME = timedelta(seconds=30)

#: Characters of the reason that a parked message carries: refused properties with what to do.
LONGEST_REASON = 1_000

#: Message attribute of a parked message that is sent again.
REDRIVEN = "redriven"

#: What stands in for the body of a message that has none; SQS takes no empty one.
_NO_BODY = "null"

#: ``explained``: nothing was left to do, and there is nothing for a person to fix.
Result = Literal["done", "explained", "later", "parked"]


class Worked(Struct, frozen=True):
    """The result of one message, for logs and metrics. Holds no personal data."""

    message_id: str
    what: Result
    #: Why it comes back, was parked, or needed nothing.
    why: str = ""
    receives: int = 1
    #: After how long it comes back; only with ``later``.
    delay: timedelta | None = None
    #: When it was first sent; the lateness counts from here until it is done.
    sent_at: datetime | None = None


class Lane:
    """A queue that is being worked off, and where its unworkable messages are parked."""

    def __init__(self, client: Any, parked_url: str) -> None:
        self._client = client
        self._parked_url = parked_url
        self._faults: dict[str, int] = {}

    def faults_of(self, message_id: str) -> int:
        """Count a fault of our own in working the message; returns how many it has had. The number
        of receives cannot be used: it includes outages. Each instance of the function counts by
        itself, so a message may be tried a few times more."""
        if len(self._faults) > 10_000:
            self._faults.clear()
        self._faults[message_id] = self._faults.get(message_id, 0) + 1
        return self._faults[message_id]

    def park(self, record: Mapping[str, Any], why: str, receives: int) -> None:
        """Raises Retryable; the message then stays where it is."""
        queue = str(record["eventSourceARN"]).rsplit(":", 1)[-1]
        notes = {
            "reason": _safe(why),
            "queue": queue,
            "firstSeen": str(_attribute(record, "SentTimestamp")),
            "receives": str(receives),
        }
        with translated("dead-letter queue"):
            self._client.send_message(
                QueueUrl=self._parked_url,
                MessageBody=body_of(record) or _NO_BODY,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in notes.items()
                },
            )

    def delay(self, record: Mapping[str, Any], by: timedelta) -> None:
        """Hide the message for *by*. Raises Retryable; the message then comes back after its usual
        delay."""
        with translated("queue"):
            self._client.change_message_visibility(
                QueueUrl=self._url_of(str(record["eventSourceARN"])),
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=ceil(by.total_seconds()),
            )

    def _url_of(self, arn: str) -> str:
        """The dead-letter queue is in the same account and region, so its URL differs only in the
        name: no call, permission or variable is needed."""
        return f"{self._parked_url.rsplit('/', 1)[0]}/{arn.rsplit(':', 1)[-1]}"


def consume(
    event: Mapping[str, Any],
    work: Callable[[str], None],
    lane: Lane,
    *,
    report: Callable[[Worked], None],
    order: Callable[[str], datetime] | None = None,
    time_left: Callable[[], timedelta] | None = None,
    enough: timedelta = ENOUGH_TIME,
) -> dict[str, list[dict[str, str]]]:
    """
    Work the messages of an SQS event one by one; return which come back.

    - Retryable: comes back after 2, 4, 8 … seconds, at most 15 minutes, for as long as the queue
      keeps messages. If the outside system named a time: not before it, and within a minute of it.
    - Rejected, Malformed: parked at once with the reason; ``baton redrive`` sends it again.
    - Explained: acknowledged and counted, because nobody can fix it.
    - Anything else is a fault of ours: comes back likewise, and is parked at the fifth fault with
      its type and place (its text could hold personal data).
    - Not begun, because too little time is left: comes back soon.

    Whatever is odd about a record (no body, no attributes, no receipt), the others are worked.

    Args:
        work: Works one message's body.

        report: Called with the result of each message, for logs and metrics.

        order: Returns when a body is due; the soonest is worked first. None: in order of receipt.
            A body that it cannot read counts as overdue.

        time_left: Returns the time left until the function is stopped; None: unlimited.

        enough: No work is begun with less time left.

    Returns:
        A partial batch response for ReportBatchItemFailures.
    """
    failures = []
    records: list[Mapping[str, Any]] = event["Records"]
    if order is not None:
        records = sorted(records, key=lambda record: _due(order, record))
    for record in records:
        try:
            if time_left is not None and time_left() < enough:
                worked = _later(record, lane, "out of time", FIRST_DELAY)
            else:
                worked = _work(record, work, lane)
        except Exception as error:  # an odd record must not keep the others from being worked
            worked = Worked(_id(record), "later", f"fault: {_where(error)}")
        report(worked)
        if worked.what == "later":
            failures.append({"itemIdentifier": worked.message_id})
    return {"batchItemFailures": failures}


def bodies(event: Mapping[str, Any]) -> list[str]:
    """The bodies of an SQS event's messages, those that have one."""
    return [body for record in event["Records"] if (body := body_of(record))]


def body_of(record: Mapping[str, Any]) -> str:
    """The body of a message; empty: it has none."""
    found = record.get("body")
    return found if isinstance(found, str) else ""


def returned(event: Mapping[str, Any]) -> frozenset[str]:
    """The bodies of messages that were received before, or parked and sent again: their earlier
    worker may have died half-way."""
    return frozenset(
        body_of(record)
        for record in event["Records"]
        if _receives(record) > 1 or REDRIVEN in (record.get("messageAttributes") or {})
    )


def _due(order: Callable[[str], datetime], record: Mapping[str, Any]) -> datetime:
    try:
        return order(body_of(record))
    except Exception:
        return datetime.min.replace(tzinfo=UTC)


def _work(record: Mapping[str, Any], work: Callable[[str], None], lane: Lane) -> Worked:
    try:
        if not body_of(record):
            raise Malformed("the message has no body")
        work(body_of(record))
    except Retryable as error:
        wait = backoff(record)
        if error.after is not None:
            wait = max(error.after, min(wait, LONGEST_WHEN_TOLD))
        return _later(record, lane, str(error), wait)
    except Explained as error:
        return _worked(record, "explained", str(error))
    except Rejected as error:  # Malformed, too
        return _parked(record, lane, str(error))
    except Exception as error:  # one bad record must not affect the others
        why = f"fault: {_where(error)}"
        if lane.faults_of(_id(record)) >= TRIES_AT_A_FAULT:
            return _parked(record, lane, why)
        return _later(record, lane, why, backoff(record))
    return _worked(record, "done")


def _where(error: Exception) -> str:
    """The fault's type and place. Not its text, which could hold personal data."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return type(error).__name__
    file = frame.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{type(error).__name__} at {file}:{frame.tb_lineno}"


def backoff(record: Mapping[str, Any]) -> timedelta:
    """2, 4, 8 … seconds by the number of receives, and up to a quarter more, by message, so that
    messages that failed together do not all come back together."""
    grown: timedelta = FIRST_DELAY * (2.0 ** min(_receives(record) - 1, 20))
    spread = 1 + crc32(_id(record).encode()) % 1000 / 4000
    return min(grown * spread, LONGEST_DELAY)


def _later(record: Mapping[str, Any], lane: Lane, why: str, wait: timedelta) -> Worked:
    delay = min(wait, LONGEST_HIDING)
    try:
        lane.delay(record, delay)
    except Retryable as error:
        # It comes back anyway, when the queue's visibility timeout runs out.
        why = f"{why}; {error}"
    return _worked(record, "later", why, delay)


def _parked(record: Mapping[str, Any], lane: Lane, why: str) -> Worked:
    try:
        lane.park(record, why, _receives(record))
    except Retryable as error:
        return _later(record, lane, f"{why}; {error}", backoff(record))
    return _worked(record, "parked", why)


def _worked(
    record: Mapping[str, Any],
    what: Result,
    why: str = "",
    delay: timedelta | None = None,
) -> Worked:
    sent = _attribute(record, "SentTimestamp")
    return Worked(
        message_id=_id(record),
        what=what,
        why=why,
        receives=_receives(record),
        delay=delay,
        sent_at=datetime.fromtimestamp(sent / 1000, UTC) if sent else None,
    )


def _id(record: Mapping[str, Any]) -> str:
    return str(record.get("messageId", ""))


def _receives(record: Mapping[str, Any]) -> int:
    return max(1, _attribute(record, "ApproximateReceiveCount"))


def _attribute(record: Mapping[str, Any], name: str) -> int:
    """A number of SQS's; 0: it is missing, or is none."""
    text = str((record.get("attributes") or {}).get(name, ""))
    return int(text) if re.fullmatch(r"[0-9]{1,13}", text) else 0


def _safe(text: str) -> str:
    """A message attribute: not empty, of characters that SQS takes, and short."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable[:LONGEST_REASON].strip() or "unknown"
