"""People: their loads, and the trail of what was said of them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from baton.domain.phrase import Text
from baton.domain.routing.availability import AvailabilityChange
from baton.domain.world.effects import NoticeState
from baton.domain.world.world import Load


class Entry(Struct, frozen=True, omit_defaults=True):
    """One word in a person's trail, with what came of it."""

    change: AvailabilityChange = field(name="word")
    at: datetime
    policy: str
    because: Text
    notices: tuple[NoticeState, ...] = ()
    offers: tuple[str, ...] = ()


class People(Protocol):
    """Loads and trails. All raise Retryable if the store does not answer."""

    def load(self, person: str, change: str) -> tuple[Load, Entry | None]:
        """The person's load, and the entry of the word if it was worked before."""
        ...

    def keep(self, load: Load, entry: Entry) -> None:
        """Store *load* and *entry*, or nothing.

        Raises:
            AlreadyDone: the word is in the trail.
            Moved: the load is not as it was read.
            Retryable: not now, or not known: they may be stored all the same.
            Rejected: they can never be stored.
        """
        ...


class Loads(Protocol):
    """The loads of many."""

    def loads(self, people: list[str]) -> dict[str, Load]:
        """By person; those never stored are new. Raises Retryable if the store does not answer."""
        ...
