"""Fakes of EventBridge and Secrets Manager, with the calls that our adapters use."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

Outcome = Callable[[int, Mapping[str, Any]], bool]


def _always(_call: int, _entry: Mapping[str, Any]) -> bool:
    return True


class FakeEvents:
    """Keeps what was put. ``accepts(call number, entry)`` says whether an entry is stored."""

    def __init__(self, accepts: Outcome = _always) -> None:
        self.accepts = accepts
        self.calls: list[list[Mapping[str, Any]]] = []
        self.stored: list[Mapping[str, Any]] = []
        #: Numbers, from 0, of the calls that get no answer; their entries are stored anyway.
        self.unanswered: set[int] = set()
        self._lock = threading.Lock()

    def put_events(self, *, Entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:  # noqa: N803
        with self._lock:
            number = len(self.calls)
            self.calls.append(list(Entries))
            kept = [self.accepts(number, item) for item in Entries]
            self.stored += [item for item, is_kept in zip(Entries, kept, strict=True) if is_kept]
        if number in self.unanswered:
            raise ReadTimeoutError(endpoint_url="https://events.example.com")
        return {
            "FailedEntryCount": kept.count(False),
            "Entries": [
                {"EventId": "11710aed-0000"} if is_kept else {"ErrorCode": "ThrottlingException"}
                for is_kept in kept
            ],
        }

    @property
    def details(self) -> list[dict[str, Any]]:
        return [json.loads(item["Detail"]) for item in self.stored]

    @property
    def ids(self) -> set[str]:
        return {detail.get("eventId") or detail["id"] for detail in self.details}


class FakeSecrets:
    """Holds secrets by name; ``down`` makes every read fail."""

    def __init__(self, values: Iterable[tuple[str, Mapping[str, str] | str]] = ()) -> None:
        self.values = dict(values)
        self.down = False
        self.reads = 0

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803
        self.reads += 1
        if self.down or SecretId not in self.values:
            code = "InternalServiceError" if self.down else "ResourceNotFoundException"
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "GetSecretValue")
        value = self.values[SecretId]
        return {"SecretString": value if isinstance(value, str) else json.dumps(value)}
