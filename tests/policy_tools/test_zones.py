"""Zones that are an offset, and the city that is proposed for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from baton.policy_tools.linting import lint
from baton.policy_tools.linting.zones import FIXED_ZONE
from baton.policy_tools.loading import load

Edited = Callable[..., Path]


def found(edited: Edited, zone: str) -> list[str]:
    folder: Path = edited(("roster", "zone: America/New_York", f"zone: {zone}"))
    return [one.fix for one in lint(load(folder)) if one.rule == FIXED_ZONE.id]


@pytest.mark.parametrize(
    ("zone", "city"),
    [
        ("EST", "America/New_York"),
        ("MST", "America/Denver"),
        ("HST", "Pacific/Honolulu"),
        ("GMT", "Europe/London"),
        ("Etc/GMT+5", "America/New_York"),
        ("Etc/GMT-1", "Europe/Berlin"),
        ("Etc/GMT-8", "Asia/Singapore"),
    ],
)
def test_the_city_of_an_offset(edited: Edited, zone: str, city: str) -> None:
    assert found(edited, zone) == [f"name the city by whose clock the team works, such as {city}"]


def test_an_offset_without_a_known_city_is_found_too(edited: Edited) -> None:
    assert found(edited, "Etc/GMT+12") == ["name the city by whose clock the team works"]


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "CET", "EST5EDT", "Japan", "Asia/Tokyo"])
def test_a_place_or_a_zone_that_changes_its_clock_is_none(edited: Edited, zone: str) -> None:
    assert zone in available_timezones()
    assert found(edited, zone) == []
