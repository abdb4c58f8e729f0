"""Health: what the table says about whether Baton is working."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class HealthReadings(Struct, frozen=True):
    """Facts from the table; None: not in the table."""

    policy: int | None = None
    swept_at: datetime | None = None
    #: When the active policy was published: before that nothing is expected to run.
    published_at: datetime | None = None
