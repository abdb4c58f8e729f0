"""People: their loads, and the trail of their availability changes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from baton.domain.phrase import Text
from baton.domain.routing.availability import AvailabilityChange
from baton.domain.world.effects import NoticeState
from baton.domain.world.world import Load


class Entry(Struct, frozen=True, omit_defaults=True):
    """One availability change in a person's trail, with its result."""

    change: AvailabilityChange = field(name="word")
    at: datetime
    policy: str
    because: Text
    notices: tuple[NoticeState, ...] = ()
    offers: tuple[str, ...] = ()


class People(Protocol):
    """Loads and trails. All raise Retryable if the store does not answer."""

    def load(self, person: str, change: str) -> tuple[Load, Entry | None]:
        """The person's load, and the entry of the change if it was worked before."""
        ...

    def keep(self, load: Load, entry: Entry) -> None:
        """Store *load* and *entry*, or nothing.

        Raises:
            AlreadyDone: the change is in the trail.
            Moved: the load has changed since it was read.
            Retryable: not now, or outcome unknown: they may have been stored.
            Rejected: they can never be stored.
        """
        ...


class Loads(Protocol):
    """Loads in bulk."""

    def loads(self, people: list[str]) -> dict[str, Load]:
        """By person; those not stored yet are returned as new. Raises Retryable if the store does
        not answer.
        """
        ...
