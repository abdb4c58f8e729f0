"""The explanation of a deadline, line by line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.lead import Clock
from baton.domain.policy import Policy, Target, TimeOff
from baton.domain.policy.calendar import calendar_of
from baton.domain.sla import clocks
from baton.domain.sla.explain import LINES, story
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
    assert (
        all_words(story(policy, None, one))[0]
        == "From Fri 6 Mar, 10:30 UTC to Fri 6 Mar, 16:30 UTC"
    )


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
    assert told(policy, armed) == (
        "From Fri 6 Mar, 08:00 EST to Fri 6 Mar, 11:00 EST",
        "skipped Fri 6 Mar, 08:00 – 09:00: outside the hours",
        "counted Fri 6 Mar, 09:00 – 11:00: 2 h",
        "Sum: 2 h of the desk calendar's working time (America/New_York).",
    )


def test_a_long_explanation_leaves_out_its_middle() -> None:
    policy = office()
    lines = told(policy, clock(policy, "2026-03-02T09:00:00+01:00", 200))
    assert len(lines) <= LINES + 3
    assert any("lines more" in line for line in lines)
    assert lines[-1].startswith("Sum: 200 h of")


starts = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))  # noqa: DTZ001
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])


@given(starts, st.integers(1, 120), zones)
def test_the_counted_hours_sum_to_the_target(start: datetime, hours: int, zone: str) -> None:
    policy = office(tz=zone)
    one = clock(policy, start.replace(tzinfo=UTC).isoformat(), hours)
    lines = told(policy, one)
    assert lines[-1] == f"Sum: {hours} h of Anna's working time ({zone})."
    assert all(line.partition(": ")[2] for line in lines[1:-1] if line.startswith("skipped"))
    assert read_calendar({"tz": zone, "hours": HOURS}).is_open(one.due_at - timedelta(0, 1))
