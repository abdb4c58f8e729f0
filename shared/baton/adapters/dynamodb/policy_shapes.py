"""Published policies as earlier code wrote them, read as today's code has them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from baton.domain.calendar.calendar_rules import WEEKDAYS, Shifts
from baton.domain.policy import Calendar, Policy

_DAY = timedelta(days=1)
_Pairs = list[tuple[str, str]]


class _Written(Struct):
    """A calendar of schema 1: as the text in the roster, checked but not parsed."""

    tz: str
    hours: dict[str, _Pairs]
    holidays: dict[str, str] = {}
    overrides: dict[str, _Pairs] = {}


def read_policy(body: bytes, schema: int) -> Policy:
    """
    The policy in *body*, which was stored under *schema*.

    Raises:
        msgspec.ValidationError: *body* has an unknown shape.
    """
    if schema > 1:
        return msgspec.json.decode(body, type=Policy)
    raw: dict[str, Any] = msgspec.json.decode(body)
    written = msgspec.convert(raw["calendars"], dict[str, _Written])
    calendars = {name: _calendar(one) for name, one in written.items()}
    return msgspec.convert(raw | {"calendars": msgspec.to_builtins(calendars)}, Policy)


def _calendar(written: _Written) -> Calendar:
    return Calendar(
        zone=written.tz,
        week=tuple(_shifts(written.hours.get(day, [])) for day in WEEKDAYS),
        holidays=tuple(
            sorted((date.fromisoformat(day), name) for day, name in written.holidays.items())
        ),
        overrides=tuple(
            sorted((date.fromisoformat(day), _shifts(p)) for day, p in written.overrides.items())
        ),
    )


def _shifts(pairs: _Pairs) -> Shifts:
    """An interval that ends at or before its start runs into the next day."""
    times = ((_time(since), _time(until)) for since, until in pairs)
    return tuple(sorted({(a, b if b > a else b + _DAY) for a, b in times}))


def _time(text: str) -> timedelta:
    hours, minutes, seconds = (*map(int, text.split(":")), 0)[:3]
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
