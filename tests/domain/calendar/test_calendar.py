"""Every rule of the calendar conventions, case by case, and what a calendar refuses."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from baton.domain.calendar.work_calendar import EARLIEST, LATEST, NeverOpen, Span, WorkCalendar
from baton.policy_tools.hours import read_calendar

EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = {day: [["09:00", "12:00"], ["13:00", "17:30"]] for day in EVERY_DAY[:5]}
NIGHTS = {day: [["22:00", "06:00"]] for day in EVERY_DAY}
ROUND_THE_CLOCK = {day: [["00:00", "24:00"]] for day in EVERY_DAY}
BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
SANTIAGO, CAIRO, CASABLANCA = "America/Santiago", "Africa/Cairo", "Africa/Casablanca"


def calendar(hours: dict[str, Any] = OFFICE, tz: str = BERLIN, **more: Any) -> WorkCalendar:
    return read_calendar({"tz": tz, "hours": hours, **more})


def daily(*hours: list[str], tz: str = BERLIN, **more: Any) -> WorkCalendar:
    return calendar({day: list(hours) for day in EVERY_DAY}, tz, **more)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, tz: str = BERLIN) -> datetime:
    """A wall time as an instant; "…/2" is its second occurrence."""
    wall, _, second = text.partition("/")
    at = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(tz), fold=int(bool(second)))
    return at.astimezone(UTC)


def amount(text: str) -> timedelta:
    """ "-1:30" is an hour and a half backward."""
    hours, minutes, seconds = (*map(int, text.lstrip("-").split(":")), 0)[:3]
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -size if text.startswith("-") else size


# 2026-03-03 is a Tuesday; Berlin's clocks change on 2026-03-29 and 2026-10-25.
@pytest.mark.parametrize(
    ("start", "working", "expected"),
    [
        pytest.param("2026-03-03T10:00", "1:00", "2026-03-03T11:00", id="inside one interval"),
        pytest.param("2026-03-03T11:00", "2:00", "2026-03-03T14:00", id="runs over lunch"),
        pytest.param("2026-03-03T17:00", "1:00", "2026-03-04T09:30", id="runs overnight"),
        pytest.param("2026-03-06T17:00", "1:00", "2026-03-09T09:30", id="runs over a weekend"),
        pytest.param("2026-03-03T09:00", "7:30", "2026-03-03T17:30", id="due at closing time"),
        pytest.param("2026-03-03T09:00", "3:00", "2026-03-03T12:00", id="due when lunch begins"),
        pytest.param("2026-03-03T09:00", "3:00:01", "2026-03-03T13:00:01", id="just past closing"),
        pytest.param("2026-03-03T17:30", "0:10", "2026-03-04T09:10", id="closing time is outside"),
        pytest.param("2026-03-03T09:00", "0:10", "2026-03-03T09:10", id="opening time is inside"),
        pytest.param("2026-03-03T07:00", "1:00", "2026-03-03T10:00", id="before opening"),
        pytest.param("2026-03-07T11:00", "1:00", "2026-03-09T10:00", id="on a Saturday"),
        pytest.param("2026-03-03T12:30", "0:00", "2026-03-03T13:00", id="zero at lunch"),
        pytest.param("2026-03-07T11:00", "0:00", "2026-03-09T09:00", id="zero on a Saturday"),
        pytest.param("2026-03-03T10:00", "0:00", "2026-03-03T10:00", id="zero inside hours stays"),
        pytest.param("2026-03-03T17:30", "0:00", "2026-03-04T09:00", id="zero at closing time"),
        pytest.param("2026-03-03T10:00:07", "2:00:05", "2026-03-03T13:00:12", id="seconds kept"),
        pytest.param("2026-03-03T11:00", "-1:00", "2026-03-03T10:00", id="backward"),
        pytest.param("2026-03-03T14:00", "-2:00", "2026-03-03T11:00", id="backward over lunch"),
        pytest.param("2026-03-04T09:30", "-1:00", "2026-03-03T17:00", id="backward overnight"),
        pytest.param("2026-03-03T17:30", "-7:30", "2026-03-03T09:00", id="stays at opening"),
        pytest.param("2026-03-03T17:30", "-4:30", "2026-03-03T13:00", id="stays at lunch's end"),
        pytest.param("2026-03-03T17:30", "-0:10", "2026-03-03T17:20", id="backward from closing"),
        pytest.param("2026-03-04T09:00", "-0:10", "2026-03-03T17:20", id="backward from opening"),
        pytest.param("2026-03-08T12:00", "-0:10", "2026-03-06T17:20", id="backward from Sunday"),
        pytest.param("2026-03-27T17:00", "1:00", "2026-03-30T09:30", id="over the spring change"),
        pytest.param("2026-10-23T17:00", "1:00", "2026-10-26T09:30", id="over the autumn change"),
        pytest.param("2025-12-31T17:00", "1:00", "2026-01-01T09:30", id="over a new year"),
    ],
)
def test_add_counts_working_time_only(start: str, working: str, expected: str) -> None:
    assert calendar().add(local(start), amount(working)) == local(expected)


@pytest.mark.parametrize(
    ("end", "working", "expected"),
    [
        pytest.param("2026-03-03T17:30", "0:00", "2026-03-03T17:30", id="closing time stays"),
        pytest.param(
            "2026-03-07T12:00", "0:00", "2026-03-06T17:30", id="falls on the last closing"
        ),
        pytest.param(
            "2026-03-04T09:00", "0:00", "2026-03-03T17:30", id="opening is outside, seen so"
        ),
        pytest.param("2026-03-03T10:00", "0:00", "2026-03-03T10:00", id="inside hours stays"),
        pytest.param("2026-03-04T09:30", "1:00", "2026-03-03T17:00", id="as add with a minus"),
        pytest.param("2026-03-03T17:00", "-1:00", "2026-03-04T09:30", id="negative goes forward"),
    ],
)
def test_subtract_mirrors_add(end: str, working: str, expected: str) -> None:
    """A warning before a deadline must never fall after the deadline."""
    assert calendar().subtract(local(end), amount(working)) == local(expected)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param("2026-03-03T10:00", "2026-03-03T14:00", "3:00", id="over lunch"),
        pytest.param("2026-03-06T17:00", "2026-03-09T09:30", "1:00", id="over a weekend"),
        pytest.param("2026-03-03T14:00", "2026-03-03T10:00", "-3:00", id="end before start"),
        pytest.param("2026-03-07T10:00", "2026-03-08T10:00", "0:00", id="closed throughout"),
        pytest.param("2026-03-03T10:00", "2026-03-03T10:00", "0:00", id="nothing"),
        pytest.param("2026-03-02T00:00", "2026-03-09T00:00", "37:30", id="a week"),
        pytest.param("2026-03-03T17:29:59", "2026-03-04T09:00:01", "0:00:02", id="seconds"),
    ],
)
def test_between_counts_working_time_with_its_sign(a: str, b: str, expected: str) -> None:
    assert calendar().between(local(a), local(b)) == amount(expected)


@pytest.mark.parametrize(
    ("at", "is_open", "next_open"),
    [
        pytest.param("2026-03-03T09:00", True, "2026-03-03T09:00", id="opening time"),
        pytest.param("2026-03-03T11:59:59", True, "2026-03-03T11:59:59", id="last second"),
        pytest.param("2026-03-03T12:00", False, "2026-03-03T13:00", id="lunch"),
        pytest.param("2026-03-03T17:30", False, "2026-03-04T09:00", id="closing time"),
        pytest.param("2026-03-06T23:00", False, "2026-03-09T09:00", id="Friday night"),
    ],
)
def test_intervals_are_half_open(at: str, is_open: bool, next_open: str) -> None:
    assert calendar().is_open(local(at)) is is_open
    assert calendar().next_open(local(at)) == local(next_open)


@pytest.mark.parametrize(
    ("tz", "hours", "day", "expected"),
    [
        pytest.param(
            BERLIN, ["02:30", "04:00"], "2026-03-29", ["01:30", "02:00"], id="skipped start: 03:30"
        ),
        pytest.param(
            BERLIN, ["01:00", "02:30"], "2026-03-29", ["00:00", "01:30"], id="skipped end: 03:30"
        ),
        pytest.param(
            BERLIN, ["02:10", "02:40"], "2026-03-29", ["01:10", "01:40"], id="skipped whole"
        ),
        pytest.param(BERLIN, ["02:30", "03:15"], "2026-03-29", None, id="skipped past its end"),
        pytest.param(SANTIAGO, ["00:00", "01:00"], "2026-09-06", None, id="skipped to nothing"),
        pytest.param(
            BERLIN, ["02:30", "03:30"], "2026-10-25", ["00:30", "02:30"], id="02:30 is the first"
        ),
        pytest.param(
            BERLIN, ["01:00", "02:30"], "2026-10-25", ["23:00-1", "00:30"], id="ends at the first"
        ),
        pytest.param(
            BERLIN, ["02:00", "02:59"], "2026-10-25", ["00:00", "00:59"], id="not open twice"
        ),
        pytest.param(
            NEW_YORK, ["02:30", "04:00"], "2026-03-08", ["07:30", "08:00"], id="New York spring"
        ),
        pytest.param(
            NEW_YORK, ["01:30", "02:00"], "2026-11-01", ["05:30", "07:00"], id="New York autumn"
        ),
        pytest.param(
            LORD_HOWE, ["02:15", "03:00"], "2026-10-04", ["15:45-1", "16:00-1"], id="half-hour gap"
        ),
        pytest.param(
            LORD_HOWE, ["01:45", "02:00"], "2026-04-05", ["14:45-1", "15:30-1"], id="half-hour fold"
        ),
        pytest.param(
            SANTIAGO, ["00:00", "02:00"], "2026-09-06", ["04:00", "05:00"], id="midnight skipped"
        ),
        pytest.param(
            SANTIAGO, ["23:00", "24:00"], "2026-04-04", ["02:00+1", "04:00+1"], id="23:00 twice"
        ),
        pytest.param(
            CAIRO, ["00:30", "02:00"], "2026-04-24", ["22:30-1", "23:00-1"], id="Cairo's midnight"
        ),
        pytest.param(
            CASABLANCA, ["02:30", "04:00"], "2025-04-06", ["02:30", "03:00"], id="after Ramadan"
        ),
        pytest.param(
            "Asia/Kathmandu", ["09:00", "17:00"], "2026-03-29", ["03:15", "11:15"], id="+05:45"
        ),
    ],
)
def test_wall_times_meet_the_clock_change(
    tz: str, hours: list[str], day: str, expected: list[str] | None
) -> None:
    """Skipped times are taken after the gap, repeated ones are the first; UTC is expected."""

    def instant(text: str) -> datetime:
        return utc(f"{day}T{text[:5]}") + timedelta(days=int(text[5:] or 0))

    only_then = calendar({}, tz, overrides={day: [hours]})
    noon = utc(f"{day}T12:00")
    spans = only_then.spans(noon - timedelta(days=3), noon + timedelta(days=3))
    assert spans == ([Span(instant(expected[0]), instant(expected[1]))] if expected else [])


@pytest.mark.parametrize(
    ("tz", "day", "hours"),
    [
        pytest.param(BERLIN, "2026-03-29", 23, id="Berlin spring"),
        pytest.param(BERLIN, "2026-10-25", 25, id="Berlin autumn"),
        pytest.param(BERLIN, "2026-06-01", 24, id="Berlin summer"),
        pytest.param("Europe/London", "2026-03-29", 23, id="London spring"),
        pytest.param(LORD_HOWE, "2026-10-04", 23.5, id="Lord Howe spring"),
        pytest.param(LORD_HOWE, "2026-04-05", 24.5, id="Lord Howe autumn"),
        pytest.param(SANTIAGO, "2026-09-06", 23, id="Santiago, at midnight"),
        pytest.param(SANTIAGO, "2026-04-04", 25, id="Santiago, before midnight"),
        pytest.param("Asia/Kathmandu", "2026-04-04", 24, id="Kathmandu never changes"),
        pytest.param("Pacific/Apia", "2011-12-30", 0, id="the date Samoa left out"),
    ],
)
def test_a_day_has_the_hours_that_pass(tz: str, day: str, hours: float) -> None:
    """Elapsed time is counted: 23 or 25 hours when the clocks change."""
    only_then = calendar({}, tz, overrides={day: [["00:00", "24:00"]]})
    noon = utc(f"{day}T12:00")
    total = only_then.between(noon - timedelta(days=3), noon + timedelta(days=3))
    assert total == timedelta(hours=hours)


def test_a_night_shift_over_a_clock_change_counts_what_passes() -> None:
    nights = calendar(NIGHTS)
    assert nights.between(local("2026-03-28T12:00"), local("2026-03-29T12:00")) == amount("7:00")
    assert nights.between(local("2026-10-24T12:00"), local("2026-10-25T12:00")) == amount("9:00")
    assert nights.add(local("2026-03-28T22:00"), amount("5:00")) == local("2026-03-29T04:00")
    assert nights.add(local("2026-10-24T22:00"), amount("5:00")) == local("2026-10-25T02:00/2")


@pytest.mark.parametrize(
    ("hours", "more", "expected"),
    [
        pytest.param(
            NIGHTS,
            {"holidays": ["2026-05-01"]},
            [("04-30T22:00", "05-01T00:00"), ("05-02T00:00", "05-02T06:00")],
            id="a holiday cuts the night before and its own night at midnight",
        ),
        pytest.param(
            NIGHTS,
            {"holidays": ["2026-05-01", "2026-05-02"]},
            [("04-30T22:00", "05-01T00:00")],
            id="two holidays leave nothing of the night between them",
        ),
        pytest.param(
            OFFICE,
            {"holidays": ["2026-05-01"]},
            [],
            id="a holiday closes the day",
        ),
        pytest.param(
            OFFICE,
            {"holidays": ["2026-05-01"], "overrides": {"2026-05-01": [["10:00", "11:00"]]}},
            [("05-01T10:00", "05-01T11:00")],
            id="an override on a holiday",
        ),
        pytest.param(
            OFFICE,
            {"overrides": {"2026-05-01": [["08:00", "10:00"], ["11:00", "12:00"]]}},
            [("05-01T08:00", "05-01T10:00"), ("05-01T11:00", "05-01T12:00")],
            id="an override replaces the date's hours, all of them",
        ),
        pytest.param(OFFICE, {"overrides": {"2026-05-01": []}}, [], id="an override closes"),
        pytest.param(
            OFFICE,
            {"overrides": {"2026-05-02": [["10:00", "12:00"]]}},
            [
                ("05-01T09:00", "05-01T12:00"),
                ("05-01T13:00", "05-01T17:30"),
                ("05-02T10:00", "05-02T12:00"),
            ],
            id="an override opens a Saturday",
        ),
        pytest.param(
            NIGHTS,
            {"overrides": {"2026-05-01": [["09:00", "12:00"]]}},
            [
                ("04-30T22:00", "05-01T06:00"),
                ("05-01T09:00", "05-01T12:00"),
            ],
            id="an override replaces the shift that starts then, not the one before",
        ),
        pytest.param(
            NIGHTS,
            {"holidays": ["2026-05-01"], "overrides": {"2026-05-01": [["20:00", "02:00"]]}},
            [("04-30T22:00", "05-01T00:00"), ("05-01T20:00", "05-02T02:00")],
            id="an override's night on a holiday; the night before is still cut",
        ),
        pytest.param(
            {},
            {
                "holidays": ["2026-05-01", "2026-05-02"],
                "overrides": {"2026-05-01": [["20:00", "02:00"]]},
            },
            [("05-01T20:00", "05-02T00:00")],
            id="an override's night is cut by the next holiday",
        ),
        pytest.param(
            {"fri": [["18:00", "00:00"]]},
            {},
            [("05-01T18:00", "05-02T00:00")],
            id="an end at 00:00 is the next midnight",
        ),
        pytest.param(
            {"fri": [["18:00", "24:00"]], "sat": [["00:00", "03:00"]]},
            {},
            [("05-01T18:00", "05-02T03:00")],
            id="24:00 is a valid end, and meets the next day",
        ),
        pytest.param(
            {"fri": [["09:00", "09:00"]]},
            {},
            [("05-01T09:00", "05-02T09:00")],
            id="an end at its start is a day later",
        ),
        pytest.param(
            {"fri": [["09:00", "13:00"], ["12:00", "14:00"]]},
            {},
            [("05-01T09:00", "05-01T14:00")],
            id="overlapping intervals count once",
        ),
        pytest.param(
            {"thu": [["22:00", "10:00"]], "fri": [["08:00", "12:00"]]},
            {},
            [("04-30T22:00", "05-01T12:00")],
            id="a night shift overlaps the morning's once",
        ),
        pytest.param(
            {"fri": [["09:00:30", "10:00:15"]]},
            {},
            [("05-01T09:00:30", "05-01T10:00:15")],
            id="hours may have seconds",
        ),
        pytest.param(
            OFFICE,
            {"off": [["2026-05-01T08:00:00Z", "2026-05-01T14:00:00+02:00"]]},
            [
                ("05-01T09:00", "05-01T10:00"),
                ("05-01T14:00", "05-01T17:30"),
            ],
            id="time off is cut out, whatever its zone",
        ),
        pytest.param(
            OFFICE,
            {
                "off": [
                    ["2026-05-01T11:00:00Z", "2026-05-01T13:00:00Z"],
                    ["2026-05-01T08:00:00Z", "2026-05-01T12:00:00Z"],
                ],
                "overrides": {"2026-05-01": [["08:00", "20:00"]]},
            },
            [("05-01T08:00", "05-01T10:00"), ("05-01T15:00", "05-01T20:00")],
            id="overlapping time off, cut from an override too",
        ),
    ],
)
def test_what_is_open_around_the_first_of_may(
    hours: dict[str, Any], more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """2026-05-01 is a Friday; seen from Thursday 18:00 to Saturday 18:00 in Berlin."""
    seen = calendar(hours, **more).spans(local("2026-04-30T18:00"), local("2026-05-02T18:00"))
    assert seen == [Span(local(f"2026-{a}"), local(f"2026-{b}")) for a, b in expected]


PAUSES = [
    ("2026-03-03T10:00", "2026-03-03T11:00"),
    ("2026-03-03T10:30", "2026-03-03T11:30"),  # paused twice is one pause
    ("2026-03-03T16:30", "2026-03-04T09:30"),
]


@pytest.mark.parametrize(
    ("start", "working", "expected"),
    [
        pytest.param("2026-03-03T09:00", "0:30", "2026-03-03T09:30", id="before the pause"),
        pytest.param("2026-03-03T09:00", "1:00", "2026-03-03T10:00", id="due as the pause begins"),
        pytest.param("2026-03-03T09:00", "1:10", "2026-03-03T11:40", id="over the pause"),
        pytest.param("2026-03-03T10:10", "0:10", "2026-03-03T11:40", id="starts in the pause"),
        pytest.param("2026-03-03T10:10", "0:00", "2026-03-03T11:30", id="zero in the pause"),
        pytest.param("2026-03-03T17:00", "0:00", "2026-03-04T09:30", id="zero in a night's pause"),
        pytest.param("2026-03-03T09:00", "5:30", "2026-03-04T10:00", id="over both"),
        pytest.param("2026-03-04T10:00", "-0:40", "2026-03-03T16:20", id="backward over a night"),
        pytest.param("2026-03-04T10:00", "-0:30", "2026-03-04T09:30", id="backward, stays at it"),
        pytest.param("2026-03-03T11:00", "-0:10", "2026-03-03T09:50", id="backward from inside"),
        pytest.param("2026-03-03T12:00", "-1:10", "2026-03-03T09:20", id="backward over one"),
    ],
)
def test_pauses_are_cut_out(start: str, working: str, expected: str) -> None:
    pauses = [(local(a), local(b)) for a, b in reversed(PAUSES)]
    due = calendar().add(local(start), amount(working), pauses)
    assert due == local(expected)
    if amount(working):
        assert calendar().between(local(start), due, iter(pauses)) == amount(working)


def test_pauses_are_cut_from_spans_and_mirrored_for_zero() -> None:
    pauses = [(local(a), local(b)) for a, b in PAUSES]
    day = calendar().spans(local("2026-03-03T00:00"), local("2026-03-04T00:00"), pauses)
    assert day == [
        Span(local("2026-03-03T09:00"), local("2026-03-03T10:00")),
        Span(local("2026-03-03T11:30"), local("2026-03-03T12:00")),
        Span(local("2026-03-03T13:00"), local("2026-03-03T16:30")),
    ]
    end = calendar().subtract(local("2026-03-03T11:00"), timedelta(0), pauses)
    assert end == local("2026-03-03T10:00")
    assert calendar().between(local("2026-03-03T18:00"), local("2026-03-03T09:00"), pauses) == (
        amount("-5:00")
    )


def test_a_pause_of_no_length_changes_nothing_and_a_reversed_one_is_refused() -> None:
    at, later = local("2026-03-03T10:00"), local("2026-03-03T11:00")
    assert calendar().add(at, amount("1:00"), [(at, at)]) == later
    with pytest.raises(ValueError, match="ends before it starts"):
        calendar().add(at, amount("1:00"), [(later, at)])


def test_microseconds_are_exact() -> None:
    start = local("2026-03-03T17:29:59.999999")
    due = calendar().add(start, timedelta(microseconds=2))
    assert due == local("2026-03-04T09:00:00.000001")
    assert calendar().between(start, due) == timedelta(microseconds=2)


def test_results_are_utc_whatever_zone_comes_in() -> None:
    start = datetime(2026, 3, 3, 4, 0, tzinfo=ZoneInfo(NEW_YORK))  # 10:00 in Berlin
    for result in (
        calendar().add(start, amount("1:00")),
        calendar().subtract(start, amount("0:30")),
        calendar().next_open(start),
        calendar().spans(start, start + timedelta(hours=1))[0].start,
    ):
        assert result.tzinfo is UTC
    assert calendar().add(start, amount("1:00")) == local("2026-03-03T11:00")


def test_a_second_occurrence_given_as_start_is_the_later_instant() -> None:
    """Input with fold=1 must not be taken for the same wall time an hour before."""
    late = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo(BERLIN), fold=1)
    always = WorkCalendar.always(BERLIN)
    assert always.add(late, amount("1:00")) == utc("2026-10-25T02:30")
    assert always.between(late.replace(fold=0), late) == amount("1:00")


def test_always_counts_elapsed_time() -> None:
    always = WorkCalendar.always()
    start = utc("2026-03-28T13:14:15")
    assert always.add(start, timedelta(days=800)) == start + timedelta(days=800)
    assert always.subtract(start, timedelta(days=800)) == start - timedelta(days=800)
    assert always.spans(start, start + timedelta(days=800)) == [
        Span(start, start + timedelta(days=800))
    ]


NAIVE = datetime(2026, 3, 3, 10, 0)  # noqa: DTZ001  # what must be refused
AWARE = NAIVE.replace(tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda c: c.add(NAIVE, HOUR), id="add"),
        pytest.param(lambda c: c.add(AWARE, HOUR, [(NAIVE, AWARE)]), id="pause"),
        pytest.param(lambda c: c.subtract(NAIVE, HOUR), id="subtract"),
        pytest.param(lambda c: c.between(AWARE, NAIVE), id="between"),
        pytest.param(lambda c: c.is_open(NAIVE), id="is_open"),
        pytest.param(lambda c: c.next_open(NAIVE), id="next_open"),
        pytest.param(lambda c: c.spans(NAIVE, AWARE), id="spans"),
    ],
)
def test_naive_datetimes_are_refused(ask: Any) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        ask(calendar())


FOREVER = [["2026-06-01T00:00:00Z", "9999-12-31T23:59:59Z"]]


@pytest.mark.parametrize(
    ("never", "says"),
    [
        pytest.param(calendar({}), "no weekly hours", id="no hours"),
        pytest.param(calendar({"mon": []}), "no weekly hours", id="empty hours"),
        pytest.param(calendar(off=FOREVER), "never", id="off for good"),
        pytest.param(
            calendar({}, overrides={"2025-01-01": [["09:00", "10:00"]]}), "never", id="past"
        ),
        pytest.param(
            calendar({}, holidays=["2030-01-01"], off=FOREVER), "no weekly hours", id="closed twice"
        ),
    ],
)
def test_a_calendar_that_never_opens_says_so(never: WorkCalendar, says: str) -> None:
    at = local("2026-07-01T12:00")
    asks: list[Callable[[], datetime]] = [
        lambda: never.add(at, HOUR),
        lambda: never.add(at, timedelta(0)),
        lambda: never.next_open(at),
        lambda: never.add(at, HOUR, [(at, at + HOUR)]),
    ]
    for ask in asks:
        with pytest.raises(NeverOpen, match=says):
            ask()
    assert issubclass(NeverOpen, ValueError)
    assert never.is_open(at) is False
    assert never.between(at, at + timedelta(days=9)) == timedelta(0)
    assert never.spans(at, at + timedelta(days=9)) == []


def test_a_calendar_that_was_never_open_before_says_so() -> None:
    at = local("2026-05-01T12:00")
    since_june = calendar(off=[["0001-01-01T00:00:00Z", "2026-06-01T00:00:00Z"]])
    asks: list[Callable[[], datetime]] = [
        lambda: since_june.add(at, -HOUR),
        lambda: since_june.subtract(at, HOUR),
        lambda: since_june.subtract(at, timedelta(0)),
    ]
    for ask in asks:
        with pytest.raises(NeverOpen, match="before 2026-05-01"):
            ask()


def test_only_one_day_of_work_is_found_years_away_and_then_used_up() -> None:
    once = calendar({}, overrides={"2041-05-01": [["09:00", "10:00"]]})
    at = local("2026-01-01T00:00")
    assert once.next_open(at) == local("2041-05-01T09:00")
    assert once.add(at, HOUR) == local("2041-05-01T10:00")
    with pytest.raises(NeverOpen, match="1:00:01"):
        once.add(at, HOUR + timedelta(seconds=1))
    assert once.subtract(local("2060-01-01T00:00"), HOUR) == local("2041-05-01T09:00")


def test_years_of_leave_are_waited_out() -> None:
    sabbatical = calendar(off=[["2026-01-01T00:00:00Z", "2039-12-31T00:00:00Z"]])
    assert sabbatical.add(local("2026-03-03T10:00"), HOUR) == local("2040-01-02T10:00")


@pytest.mark.parametrize("days", range(30, 400, 7))
def test_leave_of_any_length_is_waited_out_from_either_side(days: int) -> None:
    """However the table grows, the end of a leave is not mistaken for the end of the calendar."""
    begin = utc("2026-05-04T00:00")
    end = begin + timedelta(days=days)
    rules = daily(["09:00", "10:00"], off=[[begin, end]], tz="UTC").rules
    assert WorkCalendar(rules).next_open(begin) == end + timedelta(hours=9)
    closing = WorkCalendar(rules).subtract(end, timedelta(0))
    assert closing == begin - timedelta(hours=14)

    day = end.date().isoformat()
    once = calendar({}, "UTC", overrides={day: [["09:00", "10:00"]]}).rules
    assert WorkCalendar(once).next_open(begin) == end + timedelta(hours=9)
    before = WorkCalendar(once).subtract(end + timedelta(days=days), timedelta(0))
    assert before == end + timedelta(hours=10)


@pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "Etc/GMT+12", NEW_YORK, "Asia/Kathmandu"])
@pytest.mark.parametrize("shift", [["23:55", "23:54"], ["00:01", "24:00"], ["12:00", "11:59"]])
def test_no_minute_is_lost_where_the_table_grows(tz: str, shift: list[str]) -> None:
    """Shifts cross the edges of the table, in zones from a day ahead of UTC to half a day
    behind."""
    rules = daily(shift, tz=tz).rules
    at = utc("2027-01-15T00:00")
    for step in (timedelta(days=1), timedelta(days=-1)):
        used = WorkCalendar(rules)
        for n in range(90):  # far beyond the table that the first call built
            day = Span(at + n * step, at + n * step + timedelta(days=1))
            closed = timedelta(days=1) - used.between(*day)
            assert closed == timedelta(minutes=1), day


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        pytest.param(lambda c: c.add(AWARE, timedelta.max), NeverOpen, id="more than there is"),
        pytest.param(lambda c: c.add(AWARE, timedelta.min), NeverOpen, id="less than there is"),
        pytest.param(lambda c: c.subtract(AWARE, timedelta.max), NeverOpen, id="the same, back"),
        pytest.param(lambda c: c.add(AWARE, timedelta(days=150 * 365)), NeverOpen, id="150 years"),
        pytest.param(
            lambda c: c.add(AWARE, HOUR, [(AWARE, LATEST)]), NeverOpen, id="endless pause"
        ),
        pytest.param(
            lambda c: c.add(AWARE, timedelta(0), [(AWARE, LATEST)]), NeverOpen, id="zero in it"
        ),
        pytest.param(
            lambda c: c.subtract(AWARE, HOUR, [(EARLIEST, AWARE)]), NeverOpen, id="endless, back"
        ),
        pytest.param(
            lambda c: c.subtract(AWARE, timedelta(0), [(EARLIEST, AWARE)]),
            NeverOpen,
            id="zero back",
        ),
        pytest.param(lambda c: c.is_open(LATEST), ValueError, id="after the last year"),
        pytest.param(
            lambda c: c.between(EARLIEST - HOUR, AWARE), ValueError, id="before the first year"
        ),
    ],
)
def test_what_lies_beyond_the_known_years_is_refused(ask: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"never|1900-2199"):
        ask(calendar())


def test_a_pause_without_end_is_no_matter_until_it_is_reached() -> None:
    forever = (local("2026-03-03T11:00"), datetime.max.replace(tzinfo=UTC))
    start = local("2026-03-03T10:00")
    assert calendar().add(start, HOUR, [forever]) == local("2026-03-03T11:00")
    assert calendar().between(start, local("2026-03-09T10:00"), [forever]) == HOUR


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"tz": "Europe/Berln"}, r'tz: "Europe/Berln".*write "Europe/Berlin"', id="tz"),
        pytest.param({"tz": "Nowhere"}, "IANA name", id="tz unlike any"),
        pytest.param({"tz": "Europe"}, "not a known time zone", id="tz a directory"),
        pytest.param({"tz": "../etc/passwd"}, "not a known time zone", id="tz a path"),
        pytest.param({"tz": ""}, "not a known time zone", id="tz empty"),
        pytest.param({"tz": 1}, "not a known time zone", id="tz a number"),
        pytest.param({"holiday": []}, '"holiday"; write "holidays"', id="unknown key"),
        pytest.param({"x": []}, "write tz, hours, holidays, overrides or off", id="unlike any key"),
        pytest.param({"hours": {"Mon": []}}, 'hours: unknown key "Mon"', id="weekday"),
        pytest.param({"hours": []}, "not a mapping of weekdays", id="hours a list"),
        pytest.param(
            {"hours": {"mon": ["09:00", "17:00"]}},
            r'hours.mon\[0\]: "09:00" is not a pair',
            id="flat",
        ),
        pytest.param({"hours": {"mon": "09:00-17:00"}}, "hours.mon: .* is not a list", id="text"),
        pytest.param(
            {"hours": {"mon": [["9:00", "17:00"]]}}, r'mon\[0\]: "9:00".*"HH:MM"', id="9:00"
        ),
        pytest.param({"hours": {"mon": [["09:00", "17:60"]]}}, '"17:60" is not a time', id="17:60"),
        pytest.param({"hours": {"mon": [["09:00", "24:01"]]}}, '"24:01" is not a time', id="24:01"),
        pytest.param({"hours": {"mon": [["09:00", "25:00"]]}}, '"25:00" is not a time', id="25:00"),
        pytest.param({"hours": {"mon": [["24:00", "06:00"]]}}, "can only end", id="24:00 starts"),
        pytest.param({"hours": {"mon": [["09:00", "1²:00"]]}}, "is not a time", id="odd digits"),
        pytest.param(
            {"hours": {"mon": [[540, 1020]]}}, "540 is not a time.*in quotes", id="YAML's 9:00"
        ),
        pytest.param(
            {"holidays": ["25.12.2026"]},
            'holidays: "25.12.2026".*write it as 2026-12-25',
            id="date",
        ),
        pytest.param({"holidays": ["20261225"]}, "is not a date", id="compact date"),
        pytest.param({"holidays": ["2026-02-30"]}, "is not a date", id="no such date"),
        pytest.param({"holidays": [AWARE]}, "is not a date", id="an instant as date"),
        pytest.param({"holidays": "2026-12-25"}, "is not a list", id="one date"),
        pytest.param({"overrides": {"Xmas": []}}, 'overrides: "Xmas" is not a date', id="override"),
        pytest.param(
            {"overrides": {"2026-12-24": [["9", "12"]]}}, r"overrides.2026-12-24\[0\]", id="where"
        ),
        pytest.param({"overrides": []}, "overrides: .* not a mapping", id="overrides a list"),
        pytest.param(
            {"off": [["2026-07-01", "2026-07-03"]]}, r"off\[0\].*with its zone", id="naive off"
        ),
        pytest.param(
            {"off": [["2026-07-01T08:00:00Z"]]}, r"off\[0\].*not a pair", id="half an off"
        ),
        pytest.param(
            {"off": [["2026-07-03T08:00:00Z", "2026-07-01T08:00:00Z"]]},
            "not after its start",
            id="reversed",
        ),
        pytest.param({"off": [["now", "then"]]}, '"now" is not an instant', id="off in words"),
    ],
)
def test_a_wrong_definition_is_refused_with_what_would_be_right(
    change: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        read_calendar({"tz": BERLIN, "hours": OFFICE, **change})


@pytest.mark.parametrize("key", ["tz", "hours"])
def test_a_calendar_needs_its_zone_and_hours(key: str) -> None:
    data = {"tz": BERLIN, "hours": OFFICE}
    del data[key]
    with pytest.raises(ValueError, match=f'needs "{key}"'):
        read_calendar(data)


def test_dates_and_instants_may_come_parsed_and_holidays_named() -> None:
    """YAML turns unquoted dates into objects; names are kept for explanations."""
    texts = calendar(
        holidays={"2026-12-25": "Christmas Day"},
        overrides={"2026-12-24": [["09:00", "12:00"]]},
        off=[["2026-07-01T08:00:00Z", "2026-07-03T16:00:00Z"]],
    )
    objects = calendar(
        holidays={date(2026, 12, 25): "Christmas Day"},
        overrides={date(2026, 12, 24): [("09:00", "12:00")]},
        off=[(utc("2026-07-01T08:00"), local("2026-07-03T18:00"))],
    )
    assert texts == objects
    assert texts.rules.holidays == ((date(2026, 12, 25), "Christmas Day"),)
    assert not texts.is_open(local("2026-12-25T10:00"))


def test_equal_definitions_share_one_hashable_calendar() -> None:
    """The table that was computed for one lead serves the next."""
    again = calendar(copy.deepcopy(OFFICE), holidays=[], off=None)
    assert again is calendar()
    assert {again: 1}[WorkCalendar(again.rules)] == 1
    assert again != calendar(tz="Europe/Paris")
    assert again != "a calendar"
    assert pickle.loads(pickle.dumps(again)) == again == copy.deepcopy(again)


def test_a_calendar_keeps_its_answers_when_its_dict_changes() -> None:
    data: dict[str, Any] = {"tz": BERLIN, "hours": copy.deepcopy(OFFICE)}
    before = read_calendar(data)
    data["hours"]["tue"].clear()
    assert before.is_open(local("2026-03-03T10:00"))
    assert not read_calendar(data).is_open(local("2026-03-03T10:00"))
    with pytest.raises(AttributeError):
        before.rules = ()  # type: ignore[misc, assignment]
    with pytest.raises(AttributeError):
        before.extra = 1  # type: ignore[attr-defined]


def test_threads_that_ask_a_fresh_calendar_at_once_get_the_same_answers() -> None:
    fresh = WorkCalendar(calendar().rules)
    starts = [utc("1995-01-01") + timedelta(days=97 * n, hours=n) for n in range(160)]
    starts = starts[::2] + starts[1::2][::-1]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda start: fresh.add(start, HOUR * 20), starts))
    assert found == [calendar().add(start, HOUR * 20) for start in starts]
