"""What tells whether Baton is at work."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Vitals(Struct, frozen=True):
    """What the table says; None where it says nothing."""

    policy: int | None = None
    swept_at: datetime | None = None
    #: When the active policy was published: the earliest that anything could be expected to run.
    published_at: datetime | None = None
