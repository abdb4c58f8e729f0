"""Sends effects to the queues of their systems, and reads them there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from baton.adapters.aws.errors import code_of, translated
from baton.domain.world.effects import AnyEffect, System, system_of
from baton.failures import Rejected, Retryable
from baton.wire.decoding import decode
from baton.wire.schema import numbered, refuse_newer

#: SendMessageBatch's limits: entries, and bytes of all bodies together (less room for the
#: envelope).
SEND_AT_ONCE = 10
SEND_BYTES = 240_000
#: Tries to send a batch that SQS takes in part; only the untaken part is sent again.
SEND_TRIES = 3
#: Error codes of a whole call for a message that SQS never takes, without their prefix.
_NEVER_TAKEN = frozenset({"InvalidMessageContents", "BatchRequestTooLong"})

#: Characters that SQS refuses in a message body and JSON does not escape by itself.
_NOT_FOR_SQS = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}


class Outbox:
    """Sends effects to the queue of their system. *urls*: queue URL by system."""

    def __init__(self, client: Any, urls: Mapping[System, str]) -> None:
        self._client = client
        self._urls = urls

    def send(self, effects: Sequence[AnyEffect]) -> None:
        """
        Send all of *effects*. Sending again is harmless: their slots recognise the repeat.

        Each is tried, whatever became of the others.

        Raises:
            Retryable: SQS did not take all of them.
            Rejected: It refuses some as they are, and has taken all others.
        """
        bodies: dict[System, list[str]] = {}
        for effect in effects:
            bodies.setdefault(system_of(effect), []).append(encode_effect(effect))
        failures: list[Retryable | Rejected] = []
        for system, of_system in bodies.items():
            failures += self._tried(self._urls[system], _batches(of_system))
        _raise_first(failures)

    def _send_all(self, url: str, batches: Iterable[list[str]]) -> None:
        _raise_first(self._tried(url, batches))

    def _tried(self, url: str, batches: Iterable[list[str]]) -> list[Retryable | Rejected]:
        """Send each of *batches*, whatever became of the others; the failures."""
        failures: list[Retryable | Rejected] = []
        for some in batches:
            try:
                self._send(url, some)
            except (Retryable, Rejected) as error:
                failures.append(error)
        return failures

    def _send(self, url: str, bodies: list[str]) -> None:
        """SQS refuses what it will never take either for one message inside a 200 ("SenderFault":
        Amazon SQS API Reference, "BatchResultErrorEntry"), or for the whole call, which is then
        halved until the message is alone.
        """
        left = dict(enumerate(bodies))
        refused: set[str] = set()
        for _ in range(SEND_TRIES):
            entries = [{"Id": str(index), "MessageBody": body} for index, body in left.items()]
            try:
                with translated("outbox", passing=_NEVER_TAKEN):
                    answer = self._client.send_message_batch(QueueUrl=url, Entries=entries)
            except ClientError as error:
                if len(left) == 1:
                    raise Rejected(f"outbox: SQS refuses an effect: {code_of(error)}") from error
                some = list(left.values())
                self._send_all(url, [some[: len(some) // 2], some[len(some) // 2 :]])
                left.clear()
            else:
                failed = answer.get("Failed", [])
                refused |= {str(one.get("Code")) for one in failed if one.get("SenderFault")}
                again = {int(one["Id"]) for one in failed if not one.get("SenderFault")}
                left = {index: body for index, body in left.items() if index in again}
            if not left:
                break
        if left:
            raise Retryable("outbox: SQS did not accept every effect")
        if refused:
            raise Rejected(f"outbox: SQS refuses an effect: {', '.join(sorted(refused))}")


def _raise_first(failures: Sequence[Retryable | Rejected]) -> None:
    """Retryable before Rejected: what comes back is sent again as a whole."""
    if failures:
        raise min(failures, key=lambda one: isinstance(one, Rejected))


def encode_effect(effect: AnyEffect) -> str:
    body = msgspec.json.encode(effect).decode().translate(_NOT_FOR_SQS)
    return numbered(body, "effect")


def decode_effect(body: str) -> AnyEffect:
    """Raises Malformed, naming the field by its path, and NewerSchema."""
    refuse_newer(body, "effect")
    effect: AnyEffect = decode(body, AnyEffect)  # type: ignore[arg-type]  # a union of types is one
    return effect


def _batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    held: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if held and (len(held) == SEND_AT_ONCE or size + length > SEND_BYTES):
            yield held
            held, size = [], 0
        held.append(body)
        size += length
    if held:
        yield held
