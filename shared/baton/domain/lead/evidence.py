"""What a person did, as a lead keeps it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

#: Built-in kinds that are no act of the person's: what we did ourselves, and what became of deals.
NOT_THEIRS = frozenset({"call", "email", "message", "deal_created", "deal_won", "deal_lost"})


class Evidence(Struct, frozen=True, gc=False, array_like=True):
    """A piece of evidence: what the person did, and what it was about, by name."""

    at: datetime
    kind: str
    what: str = ""
