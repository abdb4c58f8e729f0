"""EventBridge: puts events on the bus, or raises if some could not be put."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from baton.failures import Retryable
from baton.wire.vocabulary import News, to_detail

#: EventBridge's limits of one PutEvents call: entries, and bytes of all of them together.
MAX_ENTRIES = 10
MAX_BYTES = 262_144
#: Calls in flight; HubSpot's largest batch needs this many.
WORKERS = 10
#: Seconds to wait before each further attempt. HubSpot waits five seconds for our answer, so the
#: waits are few and short.
WAITS = (0.05, 0.2)


class Entry(NamedTuple):
    """One event as EventBridge takes it; *detail* is JSON."""

    source: str
    detail_type: str
    detail: str

    @property
    def size(self) -> int:
        """Bytes as EventBridge counts them."""
        return sum(len(part.encode()) for part in self)


class NotStored(Retryable):
    """Some entries are not on the bus. Putting the others twice is harmless: events have ids."""


class EventsClient(Protocol):
    def put_events(self, *, Entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]: ...  # noqa: N803 boto3's name


def entry(news: News, source: str) -> Entry:
    """*news* as an entry; *source* names the door it came in by, such as ``baton.hubspot``."""
    return Entry(source, *to_detail(news))


class Bus:
    """The bus called *name*."""

    def __init__(
        self, client: EventsClient, name: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep

    def put(self, entries: Sequence[Entry]) -> None:
        """
        Put every entry on the bus, some perhaps twice.

        Raises:
            NotStored: Some could not be put, even after retries.
            ValueError: An entry is too large for any call.
        """
        left = list(entries)
        for wait in (*WAITS, None):
            left = self._round(left)
            if not left:
                return
            if wait is not None:
                self._sleep(wait)
        raise NotStored(f"{len(left)} of {len(entries)} entries")

    def _round(self, entries: Sequence[Entry]) -> list[Entry]:
        """Try each entry once; return those that are not known to be on the bus."""
        calls = list(_calls(entries))
        if len(calls) < 2:
            return [failed for call in calls for failed in self._call(call)]
        # Created for each call: a snapshot of the process must hold no threads.
        with ThreadPoolExecutor(min(WORKERS, len(calls))) as pool:
            return [failed for found in pool.map(self._call, calls) for failed in found]

    def _call(self, entries: Sequence[Entry]) -> list[Entry]:
        request = [
            {
                "EventBusName": self._name,
                "Source": item.source,
                "DetailType": item.detail_type,
                "Detail": item.detail,
            }
            for item in entries
        ]
        try:
            response = self._client.put_events(Entries=request)
        except (BotoCoreError, ClientError):
            return list(entries)  # perhaps stored, perhaps not: twice is better than never
        # A 200 may hold failures; results stand in the order of the entries.
        results = response.get("Entries", ())
        stored = [bool(result.get("EventId")) for result in results]
        stored += [False] * (len(entries) - len(stored))
        return [item for item, is_stored in zip(entries, stored, strict=False) if not is_stored]


def _calls(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """*entries* in order, in as few calls as EventBridge's limits allow."""
    call: list[Entry] = []
    size = 0
    for item in entries:
        if item.size > MAX_BYTES:
            raise ValueError(f"{item.detail_type}: {item.size} bytes; a call holds {MAX_BYTES}")
        if len(call) == MAX_ENTRIES or (call and size + item.size > MAX_BYTES):
            yield call
            call, size = [], 0
        call.append(item)
        size += item.size
    if call:
        yield call
