"""The explanation of a deadline, line by line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.lead import Clock
from baton.domain.policy import Policy, Target, TimeOff
from baton.domain.policy.calendar import calendar_of
from baton.domain.sla import clocks
from baton.domain.sla.explain import story
from baton.policy_tools.hours import read_calendar, read_rules
from tests.builders import POLICY
from tests.worded import all_words

HOURS = {
    day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")
}


def office(**calendar: Any) -> Policy:
    spec = calendar_of(read_rules({"tz": "Europe/Berlin", "hours": HOURS} | calendar))
    anna = replace(POLICY.person["anna"], calendar="here")
    people = tuple(anna if one.id == "anna" else one for one in POLICY.people)
    return replace(POLICY, calendars=POLICY.calendars | {"here": spec}, people=people)


def clock(policy: Policy, start: str, hours: float, **changes: Any) -> Clock:
    target = Target("accept", "Accept", timedelta(hours=hours), "accept", (), **changes)
    at = datetime.fromisoformat(start).astimezone(UTC)
    return clocks.arm(target, at, policy.calendar_of(policy.person["anna"]))


def told(policy: Policy, one: Clock) -> tuple[str, ...]:
    return all_words(story(policy, policy.person["anna"], one))


def test_breaks_nights_and_weekends_are_named() -> None:
    policy = office()
    assert told(policy, clock(policy, "2026-03-06T11:30:00+01:00", 6)) == (
        "From Fri 6 Mar, 11:30 CET to Mon 9 Mar, 10:30 CET",
        "counted Fri 6 Mar, 11:30 – 12:00: 30 min",
        "skipped Fri 6 Mar, 12:00 – 13:00: break",
        "counted Fri 6 Mar, 13:00 – 17:00: 4 h",
        "skipped Fri 6 Mar, 17:00 – Mon 9 Mar, 09:00: Sat, Sun, night",
        "counted Mon 9 Mar, 09:00 – 10:30: 1 h 30 min",
        "Sum: 6 h of Anna's working time (Europe/Berlin).",
    )


def test_holidays_have_their_names_and_other_hours_are_said() -> None:
    policy = office(
        holidays={"2026-12-25": "Christmas Day"}, overrides={"2026-12-24": [["09:00", "11:00"]]}
    )
    lines = told(policy, clock(policy, "2026-12-23T16:00:00+01:00", 4))
    assert lines[2] == (
        "skipped Wed 23 Dec, 17:00 – Thu 24 Dec, 09:00: Thu 24 Dec has hours of its own, night"
    )
    assert "Christmas Day (Fri 25 Dec), Sat, Sun, night" in lines[4]
    assert lines[-1].startswith("Sum: 4 h of")


def test_daylight_saving_changes_are_explained() -> None:
    policy = office()
    lines = told(policy, clock(policy, "2026-03-27T16:00:00+01:00", 2))
    assert "the clocks go forward by 1 h on Sun 29 Mar" in lines
    lines = told(policy, clock(policy, "2026-10-23T16:00:00+02:00", 2))
    assert "the clocks go back by 1 h on Sun 25 Oct" in lines


def test_a_day_with_hours_of_its_own_is_not_explained_as_a_holiday() -> None:
    day = "2026-03-07"
    policy = office(holidays={day: "Fair"}, overrides={day: [["09:00", "10:00"]]})
    lines = told(policy, clock(policy, "2026-03-07T09:00:00+01:00", 2))
    assert lines[2].endswith("Mon 9 Mar, 09:00: Sat 7 Mar has hours of its own, Sun, night")


def test_a_clock_change_on_the_day_of_the_deadline_is_said() -> None:
    policy = office(hours=HOURS | {"sun": [["09:00", "12:00"]]})
    lines = told(policy, clock(policy, "2026-03-29T09:00:00+02:00", 1))
    assert "the clocks go forward by 1 h on Sun 29 Mar" in lines


def in_march(at: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{at}:00+01:00").astimezone(UTC)


def by_other_hours(policy: Policy, start: str, due: str, **changes: Any) -> tuple[str, ...]:
    """The gaps of a deadline that was set while the policy had other hours."""
    since, until = in_march(start), in_march(due)
    one = replace(clock(policy, since.isoformat(), 1), started_at=since, due_at=until, **changes)
    return tuple(line for line in told(policy, one) if line.startswith("skipped"))


@pytest.mark.parametrize(
    ("since", "until", "morning", "evening"),
    [
        pytest.param("07:00", "08:00", False, False, id="until it begins"),
        pytest.param("08:30", "08:45", True, False, id="before the hours"),
        pytest.param("17:30", "17:45", False, True, id="after the hours"),
        pytest.param("18:00", "19:00", False, False, id="from the deadline on"),
    ],
)
@pytest.mark.parametrize("why", ["stood still", "Anna's time off"])
def test_a_gap_is_told_by_what_lies_in_it(
    since: str, until: str, morning: bool, evening: bool, why: str
) -> None:
    span = (in_march(f"03T{since}"), in_march(f"03T{until}"))
    policy, off = office(), why != "stood still"
    if off:
        anna = replace(policy.person["anna"], time_off=(TimeOff(*span),))
        people = tuple(anna if one.id == "anna" else one for one in policy.people)
        policy = replace(policy, people=people)
    pauses = () if off else (span,)
    assert by_other_hours(policy, "03T08:00", "03T18:00", pauses=pauses) == (
        f"skipped Tue 3 Mar, 08:00 – 09:00: {why if morning else 'outside the hours'}",
        "skipped Tue 3 Mar, 12:00 – 13:00: break",
        f"skipped Tue 3 Mar, 17:00 – 18:00: {why if evening else 'outside the hours'}",
    )


def test_a_gap_in_a_day_that_is_closed_is_told_by_the_day() -> None:
    assert by_other_hours(office(), "07T10:00", "07T12:00") == (
        "skipped Sat 7 Mar, 10:00 – 12:00: Sat",
    )


@pytest.mark.parametrize(
    ("until", "why"),
    [
        pytest.param(timedelta(), "stood still", id="until midnight: of that day"),
        pytest.param(timedelta(microseconds=1), "stood still, night", id="beyond it: the night"),
    ],
)
def test_a_gap_ends_on_the_day_before_midnight(until: timedelta, why: str) -> None:
    policy = office(hours=HOURS | {"wed": [["00:00", "08:00"]]})
    midnight = datetime(2026, 3, 3, 23, tzinfo=UTC)
    pauses = ((midnight - timedelta(hours=7), midnight + until),)
    (_, _, night) = by_other_hours(policy, "03T08:00", "04T02:00", pauses=pauses)
    assert night == f"skipped Tue 3 Mar, 17:00 – Wed 4 Mar, 00:00: {why}"


def test_time_off_and_pauses_are_told_apart() -> None:
    policy = office()
    off = TimeOff(datetime(2026, 3, 3, 8, tzinfo=UTC), datetime(2026, 3, 3, 10, tzinfo=UTC))
    people = tuple(
        replace(one, time_off=(off,)) if one.id == "anna" else one for one in policy.people
    )
    policy = replace(policy, people=people)
    one = clock(policy, "2026-03-03T09:00:00+01:00", 2)
    assert "skipped Tue 3 Mar, 09:00 – 11:00: Anna's time off" in told(policy, one)
    paused = (datetime(2026, 3, 3, 12, 30, tzinfo=UTC), datetime(2026, 3, 3, 13, tzinfo=UTC))
    anna = policy.calendar_of(policy.person["anna"])
    later = clocks.stand_still(one, *paused, anna)
    assert "skipped Tue 3 Mar, 13:30 – 14:00: stood still" in told(policy, later)
    assert told(policy, later)[-1].startswith("Sum: 2 h of")


def test_without_a_calendar_every_hour_counts() -> None:
    policy = office()
    one = clock(policy, "2026-03-06T11:30:00+01:00", 6, time="wall")
    assert told(policy, one)[-1] == "Every hour counts: 6 h."
    after = (one.due_at + timedelta(hours=1), one.due_at + timedelta(hours=3))
    assert told(policy, clocks.stand_still(one, *after, None)) == told(policy, one), "it was over"


def test_without_an_owner_every_hour_is_told_in_the_zone_of_the_policy() -> None:
    policy = office()
    assert all_words(story(policy, None, clock(policy, "2026-03-06T09:00:00+01:00", 2))) == (
        "From Fri 6 Mar, 08:00 UTC to Fri 6 Mar, 10:00 UTC",
        "Every hour counts: 2 h.",
    )


@pytest.mark.parametrize(
    ("since", "until", "skipped", "counted"),
    [
        pytest.param(12, 14, "12:00 – 14:00", 4, id="before the deadline"),
        pytest.param(15, 19, "15:00 – 17:00", 4, id="cut at the deadline"),
        pytest.param(17, 19, "", 6, id="from the deadline on it was over"),
    ],
)
def test_time_that_a_wall_clock_stood_still_is_skipped(
    since: int, until: int, skipped: str, counted: int
) -> None:
    policy = office()
    one = clock(policy, "2026-03-06T11:00:00+01:00", 6, time="wall")
    hours = (datetime(2026, 3, 6, hour - 1, tzinfo=UTC) for hour in (since, until))
    told_of = told(policy, replace(one, pauses=(tuple(hours),)))
    assert told_of[1:-1] == ((f"skipped Fri 6 Mar, {skipped}: stood still",) if skipped else ())
    assert told_of[-1] == f"Every hour counts: {counted} h."


def test_a_clock_by_another_calendar_is_told_in_its_hours_and_zone() -> None:
    """The owner is off that day, but the calendar of New York counts, which is open."""
    new_york = calendar_of(
        read_rules({"tz": "America/New_York", "hours": {"fri": [["09:00", "17:00"]]}})
    )
    base = office()
    off = (TimeOff(datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 3, 7, tzinfo=UTC)),)
    people = tuple(replace(one, time_off=off) for one in base.people)
    policy = replace(base, calendars=base.calendars | {"desk": new_york}, people=people)
    target = Target("accept", "Accept", timedelta(hours=2), "accept", (), calendar="desk")
    at = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
    armed = clocks.arm(target, at, policy.calendar["desk"], "desk")
    earlier = replace(armed, started_at=at - timedelta(hours=20))
    assert "skipped Thu 5 Mar, 12:00 – Fri 6 Mar, 09:00: Thu, night" in told(policy, earlier)
    assert told(policy, armed) == (
        "From Fri 6 Mar, 08:00 EST to Fri 6 Mar, 11:00 EST",
        "skipped Fri 6 Mar, 08:00 – 09:00: outside the hours",
        "counted Fri 6 Mar, 09:00 – 11:00: 2 h",
        "Sum: 2 h of the desk calendar's working time (America/New_York).",
    )


@pytest.mark.parametrize(
    ("start", "hours", "middle"),
    [
        pytest.param("08", 70, ("counted Fri 6 Mar, 13:00", "skipped Fri 6 Mar, 17:00",
                                "counted Mon 9 Mar, 09:00"), id="forty lines are told"),
        pytest.param("09", 71, ("skipped Fri 6 Mar, 17:00", "… 2 lines more …",
                                "counted Mon 9 Mar, 13:00"), id="of one more, not all"),
        pytest.param("09", 140, ("skipped Fri 6 Mar, 17:00", "… 40 lines more …",
                                 "counted Mon 23 Mar, 09:00"), id="of twice as many, the same"),
    ],
)  # fmt: skip
def test_a_long_explanation_leaves_out_its_middle(
    start: str, hours: int, middle: tuple[str, ...]
) -> None:
    """A day has four lines: the morning, the break, the afternoon, the night."""
    policy = office()
    _, *lines, total = told(policy, clock(policy, f"2026-03-02T{start}:00:00+01:00", hours))
    assert tuple(line.partition(" –")[0] for line in lines[19:22]) == middle
    assert len(lines) == 40
    assert total.startswith(f"Sum: {hours} h of")


starts = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))  # noqa: DTZ001
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])


@given(starts, st.integers(1, 120), zones)
def test_the_counted_hours_sum_to_the_target(start: datetime, hours: int, zone: str) -> None:
    policy = office(tz=zone)
    one = clock(policy, start.replace(tzinfo=UTC).isoformat(), hours)
    lines = told(policy, one)
    assert lines[-1] == f"Sum: {hours} h of Anna's working time ({zone})."
    assert all(line.partition(": ")[2] for line in lines[1:-1] if line.startswith("skipped"))
    just_before = one.due_at - timedelta(microseconds=1)
    assert read_calendar({"tz": zone, "hours": HOURS}).is_open(just_before)
