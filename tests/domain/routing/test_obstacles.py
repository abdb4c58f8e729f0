"""Obstacles that keep a person from taking a lead: exact to the instant and to the lead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.phrase import Phrase
from baton.domain.policy import TimeOff
from baton.domain.routing.capacity import fullness, next_day, release, resume, take
from baton.domain.routing.obstacles import Obstacle, obstacle, obstacle_phrase
from baton.domain.world.world import Away, Load
from tests.builders import NOW, POLICY

BERLIN = POLICY.calendars["berlin"]
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
ANNA = POLICY.person["anna"]
OFF = TimeOff(NOW, NOW + HOUR)
FREE = Load("anna")


def away(until: datetime | None) -> Away:
    return Away(NOW - HOUR, until, "slack")


@pytest.mark.parametrize(
    ("fields", "load", "now", "expected"),
    [
        pytest.param({"time_off": (OFF,)}, FREE, NOW - MICROSECOND, None, id="before leave"),
        pytest.param({"time_off": (OFF,)}, FREE, NOW, Obstacle.ON_LEAVE, id="as it begins"),
        pytest.param(
            {"time_off": (OFF,)}, FREE, OFF.end - MICROSECOND, Obstacle.ON_LEAVE, id="to its end"
        ),
        pytest.param({"time_off": (OFF,)}, FREE, OFF.end, None, id="at its end: back"),
        pytest.param(
            {"time_off": (OFF, TimeOff(OFF.end + HOUR, OFF.end + 2 * HOUR))},
            FREE,
            NOW,
            Obstacle.ON_LEAVE,
            id="one leave of several",
        ),
        pytest.param(
            {}, Load("anna", away=away(NOW + MICROSECOND)), NOW, Obstacle.SAID_AWAY, id="said away"
        ),
        pytest.param({}, Load("anna", away=away(NOW)), NOW, None, id="at that instant: back"),
        pytest.param(
            {}, Load("anna", away=away(None)), NOW, Obstacle.SAID_AWAY, id="until further notice"
        ),
        pytest.param(
            {},
            Load("anna", away=away(None), refused=away(None)),
            NOW,
            Obstacle.REFUSED,
            id="HubSpot does not take them: that before their own word",
        ),
        pytest.param({}, Load("anna", refused=away(NOW)), NOW, None, id="taken again"),
        pytest.param(
            {},
            Load("anna", away=away(None), unreachable=away(None)),
            NOW,
            Obstacle.UNREACHABLE,
            id="Slack brings them nothing: that before their own word",
        ),
        pytest.param({}, Load("anna", unreachable=away(NOW)), NOW, None, id="reached again"),
        pytest.param({"max_open": 3}, Load("anna", open=2), NOW, None, id="room for one"),
        pytest.param({"max_open": 3}, Load("anna", open=3), NOW, Obstacle.FULL, id="full"),
        pytest.param({"max_open": None}, Load("anna", open=99), NOW, None, id="no limit"),
        pytest.param({"max_open": 0}, FREE, NOW, Obstacle.FULL, id="a limit of nothing"),
        pytest.param(
            {"max_per_day": 3}, Load("anna", day="2026-03-03", today=2), NOW, None, id="today"
        ),
        pytest.param(
            {"max_per_day": 3},
            Load("anna", day="2026-03-03", today=3),
            NOW,
            Obstacle.FULL_TODAY,
            id="full today",
        ),
        pytest.param(
            {"max_per_week": 3},
            Load("anna", week="2026-W10", this_week=3),
            NOW,
            Obstacle.FULL_THIS_WEEK,
            id="full this week",
        ),
    ],
)
def test_obstacles_to_an_assignment(
    fields: dict[str, Any], load: Load, now: datetime, expected: Obstacle | None
) -> None:
    assert obstacle(POLICY, replace(ANNA, **fields), load, now) == expected


@pytest.mark.parametrize(
    ("load", "limits", "expected"),
    [
        pytest.param({"open": 3}, (3, None, None), "open", id="open"),
        pytest.param({"open": 2}, (3, None, None), "", id="one less"),
        pytest.param({"today": 3}, (None, 3, None), "day", id="a day"),
        pytest.param({"today": 2}, (None, 3, None), "", id="one less a day"),
        pytest.param({"today": 3, "day": "2026-03-02"}, (None, 3, None), "", id="of yesterday"),
        pytest.param({"this_week": 3}, (None, None, 3), "week", id="a week"),
        pytest.param({"this_week": 2}, (None, None, 3), "", id="one less a week"),
        pytest.param({"this_week": 3, "week": "2026-W09"}, (None, None, 3), "", id="of last week"),
        pytest.param({"open": 3, "today": 3, "this_week": 3}, (3, 3, 3), "open", id="open first"),
        pytest.param({"today": 3, "this_week": 3}, (3, 3, 3), "day", id="then the day"),
        pytest.param({"open": 9, "today": 9, "this_week": 9}, (None,) * 3, "", id="no limits"),
    ],
)
def test_the_first_capacity_limit_reached_is_named(
    load: dict[str, Any], limits: tuple[int | None, int | None, int | None], expected: str
) -> None:
    carried = Load("anna", **({"day": "2026-03-03", "week": "2026-W10"} | load))
    assert fullness(carried, *limits, BERLIN, NOW) == expected


def test_a_limit_that_the_policy_has_dropped_is_not_said() -> None:
    without = replace(ANNA, max_open=None)
    assert obstacle_phrase(without, FREE, Obstacle.FULL) == Phrase("obstacle.full", ("Anna",))


# --- loads


def test_a_lead_counts_as_open_and_for_the_local_day_and_week_it_was_given_on() -> None:
    before = Load("anna", open=1, day="2026-03-03", today=2, week="2026-W10", this_week=5)
    given = take(before, BERLIN, NOW)
    assert given == replace(before, open=2, today=3, this_week=6)
    # Half past midnight in Berlin, which is still the third in UTC.
    night = NOW.replace(hour=23, minute=30)
    assert take(given, BERLIN, night) == replace(
        given, open=3, day="2026-03-04", today=1, this_week=7
    )
    monday = night.replace(day=8)
    assert take(given, BERLIN, monday) == replace(
        given, open=3, day="2026-03-09", today=1, week="2026-W11", this_week=1
    )


def test_a_lost_lead_counts_for_its_day_but_not_as_open() -> None:
    before = Load("anna", open=1, day="2026-03-03", today=2, week="2026-W10", this_week=5)
    assert release(before) == replace(before, open=0)
    assert release(release(before)) == replace(before, open=0), "less than nothing is nothing"
    assert resume(before) == replace(before, open=2)


@pytest.mark.parametrize(
    ("zone", "now", "begins"),
    [
        ("UTC", "2026-03-03T00:00:00+00:00", "2026-03-04T00:00:00+00:00"),
        ("UTC", "2026-03-03T23:59:59.999999+00:00", "2026-03-04T00:00:00+00:00"),
        ("Europe/Berlin", "2026-03-03T22:59:00+00:00", "2026-03-03T23:00:00+00:00"),
        ("Europe/Berlin", "2026-03-03T23:00:00+00:00", "2026-03-04T23:00:00+00:00"),
        ("Europe/Berlin", "2026-03-28T23:30:00+00:00", "2026-03-29T22:00:00+00:00"),
    ],
    ids=["at midnight: the next", "just before it", "local", "at local midnight", "23 hours long"],
)
def test_when_the_next_day_begins(zone: str, now: str, begins: str) -> None:
    assert next_day(zone, datetime.fromisoformat(now)) == datetime.fromisoformat(begins)
