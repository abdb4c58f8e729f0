"""Instants: as HubSpot writes and takes them, as text that sorts, and which can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: Clocks of other systems against ours: so far ahead of now may be what has happened.
SKEW = timedelta(seconds=60)
#: Before any lead there is.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def believable(at: datetime, now: datetime) -> datetime:
    """*at*, but neither in the future, where it would keep what really comes next from counting,
    nor at the beginning of time."""
    return max(EARLIEST, min(at, now + SKEW))


def iso(at: datetime) -> str:
    """*at*, which is in UTC, as HubSpot takes instants."""
    # A twentieth of what strftime takes, and every property of every decision has one.
    return at.isoformat()[:19] + "Z"


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
