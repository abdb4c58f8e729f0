"""Values of a policy as a person would say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from baton.policy_tools.saying import both, number

_UNITS = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def span(amount: timedelta) -> str:
    """``30 min``, ``1 h 30 min``, ``2 days``; of working time, a day is never meant."""
    left = int(amount.total_seconds())
    parts = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}")
    return " ".join(parts) or "no time"


def working(amount: timedelta) -> str:
    """As ``span``, but in hours: a working day has no fixed length."""
    hours, rest = divmod(amount, timedelta(hours=1))
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, span(rest)] if rest or not parts else parts)


def said(value: Any) -> str:
    """Any value of a compiled policy. Different values may read the same; callers compare first."""
    match value:
        case None | "" | () | []:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return span(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        case float():
            return number(value)
        case dict():
            return both(f"{key}: {said(item)}" for key, item in value.items()) or "nothing"
        case tuple() | list():
            return both(map(said, value))
        case msgspec.Struct():
            told = msgspec.structs.asdict(value)
            return both(f"{key} {said(item)}" for key, item in told.items() if item)
    return str(value)


def quoted(text: str) -> str:
    return f'"{text}"' if text else "nothing"


def spaced(name: str) -> str:
    """``max_open`` -> ``max open``."""
    return name.replace("_", " ")
