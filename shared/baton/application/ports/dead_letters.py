"""Dead letters: messages that could not be worked, until somebody sends them again."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Parked(Struct, frozen=True):
    """A message on a dead-letter queue."""

    id: str
    body: str
    #: Why it was parked, without personal data.
    reason: str
    #: When it was parked; when it was first sent.
    parked_at: datetime
    first_seen: datetime
    receives: int
    #: Name of the queue it came from; empty: not known.
    queue: str
    #: The queue's receipt handle, to remove or release it.
    receipt: str


class ParkingLot(Protocol):
    """A dead-letter queue. All methods raise Retryable if it does not answer."""

    def take(self, at_most: int) -> list[Parked]:
        """Some messages, hidden from other consumers for a while; empty if none are left."""
        ...

    def send_again(self, parked: Parked) -> None:
        """Send it to the queue it came from."""
        ...

    def remove(self, parked: Parked) -> None:
        """Remove it from this queue."""
        ...

    def leave(self, parked: Parked) -> None:
        """Make it visible to other consumers again."""
        ...
