"""Time zones that have the same offset all year, where a city is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.presentation.words import quoted

FIXED_ZONE = Rule(
    "fixed-zone",
    "warning",
    "Its clock does not change in spring, but that of the people does: for half of the year their "
    "hours begin and end an hour off, and deadlines with them.",
)

#: Offsets, and abbreviations that stand for one. Not among them: UTC, which nobody writes by
#: mistake; old names of places (``Japan``); names with a clock change (``EST5EDT``, ``CET``).
_FIXED = re.compile(r"(Etc/)?(GMT([+-]?\d+)?|Greenwich)|EST|MST|HST|Factory|localtime")
#: Offset in hours -> a city that people who write the offset often mean.
_CITIES = {
    -10: "Pacific/Honolulu",
    -9: "America/Anchorage",
    -8: "America/Los_Angeles",
    -7: "America/Denver",
    -6: "America/Chicago",
    -5: "America/New_York",
    -4: "America/Halifax",
    -3: "America/Sao_Paulo",
    0: "Europe/London",
    1: "Europe/Berlin",
    2: "Europe/Athens",
    3: "Europe/Istanbul",
    4: "Asia/Dubai",
    5: "Asia/Karachi",
    6: "Asia/Dhaka",
    7: "Asia/Bangkok",
    8: "Asia/Singapore",
    9: "Asia/Tokyo",
    10: "Australia/Sydney",
    12: "Pacific/Auckland",
}


def check(subject: Subject) -> Iterator[Found]:
    for place, calendar in enumerate(subject.files.roster.calendars):
        if _FIXED.fullmatch(calendar.zone):
            city = _city(calendar.zone)
            yield FIXED_ZONE.found(
                "roster",
                ("calendars", place, "zone"),
                f"{quoted(calendar.zone)} is an offset that stays the same all year",
                f"name the city by whose clock the team works{f', such as {city}' if city else ''}",
            )


def _city(name: str) -> str:
    """A city in winter at the offset of zone *name*; empty: none is known."""
    offset = datetime(2026, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(name)).utcoffset()
    return _CITIES.get(round((offset or timedelta()) / timedelta(hours=1)), "")
