"""A deal of the person, as its last event had it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


class KnownDeal(Struct, frozen=True, gc=False, array_like=True):
    """How a deal stands, and whether its end was answered."""

    at: datetime
    #: Empty: it is open.
    outcome: Literal["", "won", "lost"] = ""
    #: An automatic move was made because it ended.
    answered: bool = False

    @property
    def is_open(self) -> bool:
        return not self.outcome
