"""EventBridge: puts events on the bus, or raises if some could not be put."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from baton.failures import Rejected, Retryable
from baton.wire.vocabulary import News, to_detail

#: EventBridge's limits of one PutEvents call: entries, and bytes of all of them together.
MAX_ENTRIES = 10
MAX_BYTES = 262_144
#: Calls in flight; HubSpot's largest batch needs this many.
WORKERS = 10
#: Seconds to wait before each further attempt. HubSpot waits five seconds for our answer, so the
#: waits are few and short.
WAITS = (0.05, 0.2)
#: Returns the seconds that are left of the request's time.
TimeLeft = Callable[[], float]


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


class TooLarge(Rejected):
    """An entry that EventBridge takes in no call."""


class EventsClient(Protocol):
    def put_events(self, *, Entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]: ...  # noqa: N803 boto3's name


def entry(news: News, source: str) -> Entry:
    """*news* as an entry; *source* names the door it came in by, such as ``baton.hubspot``."""
    return Entry(source, *to_detail(news))


class Bus:
    """
    The bus called *name*.

    Args:
        call_takes: Seconds that one call takes at most.
    """

    def __init__(
        self,
        client: EventsClient,
        name: str,
        sleep: Callable[[float], None] = time.sleep,
        call_takes: float = 0.0,
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep
        self._call_takes = call_takes

    def put(self, entries: Sequence[Entry], left: TimeLeft | None = None) -> None:
        """
        Put every entry on the bus, some perhaps twice. One that is too large for any call, or that
        EventBridge refuses, does not keep the others from it.

        Args:
            left: No attempt is begun that could end later; None: there is no hurry.

        Raises:
            NotStored: Some could not be put, even after retries, or there was no time left.
            TooLarge: One is too large for any call; the others are on the bus.
        """
        large = [item for item in entries if item.size > MAX_BYTES]
        waiting = [item for item in entries if item.size <= MAX_BYTES]
        why: set[str] = set()
        for wait in (0.0, *WAITS):
            if not waiting or (left is not None and left() < wait + self._call_takes):
                break
            if wait:
                self._sleep(wait)
            failed = self._round(waiting)
            waiting = [item for item, _ in failed]
            why = {code for _, code in failed}
        if waiting:
            codes = ", ".join(sorted(why)) or "no time left"
            raise NotStored(f"{len(waiting)} of {len(entries)} entries: {codes}")
        if large:
            one = large[0]
            raise TooLarge(f"{one.detail_type}: {one.size} bytes; a call holds {MAX_BYTES}")

    def _round(self, entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
        """Try each entry once; return those that are not known to be on the bus, and why."""
        calls = list(_calls(entries))
        if len(calls) < 2:
            return [failed for call in calls for failed in self._call(call)]
        # Created for each call: a snapshot of the process must hold no threads.
        with ThreadPoolExecutor(min(WORKERS, len(calls))) as pool:
            return [failed for found in pool.map(self._call, calls) for failed in found]

    def _call(self, entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
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
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code") or "unknown error"
            return [(item, code) for item in entries]
        except BotoCoreError as error:
            # Perhaps stored, perhaps not: twice is better than never.
            return [(item, type(error).__name__) for item in entries]
        # A 200 may hold failures; results stand in the order of the entries.
        results = [*response.get("Entries", ()), *({} for _ in entries)]
        return [
            (item, str(result.get("ErrorCode") or "no answer"))
            for item, result in zip(entries, results, strict=False)
            if not result.get("EventId")
        ]


def _calls(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """*entries* in order, in as few calls as EventBridge's limits allow."""
    call: list[Entry] = []
    size = 0
    for item in entries:
        if len(call) == MAX_ENTRIES or (call and size + item.size > MAX_BYTES):
            yield call
            call, size = [], 0
        call.append(item)
        size += item.size
    if call:
        yield call
