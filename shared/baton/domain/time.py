"""Instants as text: as HubSpot writes them, and so that they sort."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: Clocks of other systems against ours: so far ahead of now may be what has happened.
SKEW = timedelta(seconds=60)


def read_instant(text: str) -> datetime | None:
    """
    ISO 8601 or epoch milliseconds, in UTC; a date is its midnight. None for anything else.

    HubSpot means UTC where it names no zone.
    """
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def stamp(at: datetime) -> str:
    """UTC, fixed width: sorts as text in the order of time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
