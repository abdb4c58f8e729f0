"""How instants are worded for people."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def in_zone(at: datetime, zone: str) -> str:
    """*at* as it is read in *zone* (IANA): ``Tue 03 Mar 09:00:00 CET``."""
    return at.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M:%S %Z")
