"""How durations, instants, days off and hours are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from baton.policy_tools.models.roster import Calendar, expand
from baton.policy_tools.models.sla import Spot, spot
from baton.policy_tools.models.types import counts_days, duration, local_moment, moment

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("45s", timedelta(seconds=45)),
        ("15m", timedelta(minutes=15)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("PT15M", timedelta(minutes=15)),
        ("P2D", timedelta(days=2)),
        ("P1W", timedelta(weeks=1)),
        ("P1DT12H", timedelta(hours=36)),
        ("0s", timedelta()),
    ],
)
def test_a_duration_is_read(text: str, amount: timedelta) -> None:
    assert duration(text) == amount


@pytest.mark.parametrize(
    "value",
    [
        *["", "P", "PT", "P1Y", "P1M", "15", "15 minutes", "30m1h", "-5m", "1.5h", "9999d", "５m"],
        *[15, 1.5, None, True],
    ],
)
def test_what_is_not_a_duration_is_refused_with_what_to_write(value: object) -> None:
    with pytest.raises(ValueError, match=r"write 45s, 15m|ten years"):
        duration(value)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_short_and_iso_forms_of_a_duration_agree(d: int, h: int, m: int, s: int) -> None:
    wanted = timedelta(days=d, hours=h, minutes=m, seconds=s)
    assert duration(f"{d}d{h}h{m}m{s}s") == wanted
    assert duration(f"P{d}DT{h}H{m}M{s}S") == wanted


@given(st.text())
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        amount = duration(text)
    except ValueError:
        return
    assert amount >= timedelta()


@pytest.mark.parametrize(
    ("text", "days"), [("2d", True), ("P1D", True), ("P1W", True), ("PT24H", False), ("48h", False)]
)
def test_days_are_noticed(text: str, days: bool) -> None:
    assert counts_days(text) is days


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24 09:00 Europe/Berlin", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-07-24 09:00 Europe/Berlin", datetime(2026, 7, 24, 7, tzinfo=UTC)),
        ("2026-11-24T09:00:30+01:00", datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC)),
        ("2026-11-24T09:00Z", datetime(2026, 11, 24, 9, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_into_utc(text: str, instant: datetime) -> None:
    assert moment(text) == instant


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-11-24 09:00", "no time zone"),
        ("2026-11-24 09:00 Europe/Berlni", 'did you mean "Europe/Berlin"'),
        ("2026-02-30 09:00 Europe/Berlin", "not an instant"),
        ("2026-11-24T25:00Z", "not an instant"),
        ("1999-11-24T09:00Z", "years 2000 to 2150"),
        ("tomorrow", "not an instant"),
    ],
)
def test_what_is_not_an_instant_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        moment(text)


def test_a_day_off_ends_with_its_day_in_the_persons_zone() -> None:
    day = local_moment("2026-12-24")
    assert day.start(BERLIN) == datetime(2026, 12, 23, 23, tzinfo=UTC)
    assert day.end(BERLIN) == datetime(2026, 12, 24, 23, tzinfo=UTC)
    noon = local_moment("2026-12-24 12:00")
    assert noon.start(BERLIN) == noon.end(BERLIN) == datetime(2026, 12, 24, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("50%", Spot(share=0.5)),
        ("-10m", Spot(before=timedelta(minutes=10))),
        ("deadline", Spot(after=timedelta())),
        ("+30m", Spot(after=timedelta(minutes=30))),
    ],
)
def test_a_rung_says_where_it_stands(text: str, where: Spot) -> None:
    assert spot(text) == where


@pytest.mark.parametrize("text", ["0%", "100%", "+0s", "+1d", "30m", "", None, "+", "soon", "-"])
def test_a_rung_somewhere_else_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"deadline|working"):
        spot(text)


def test_a_range_of_days_may_run_over_the_weekend() -> None:
    assert expand("mon-fri") == ("mon", "tue", "wed", "thu", "fri")
    assert expand("fri-mon") == ("fri", "sat", "sun", "mon")
    assert expand("wed") == ("wed",)


def test_always_is_open_day_and_night() -> None:
    calendar = Calendar.model_validate({"id": "c", "zone": "UTC", "hours": "always"})
    assert calendar.hours == {"mon-sun": ("00:00-24:00",)}


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ({"mon-fri": "09:00-17:00", "wed": "10:00-12:00"}, "wed appears twice"),
        ({"monday": "09:00-17:00"}, '"monday" is not a day'),
        ({"mon": "9-17"}, "hours such as 09:00-17:30"),
        ({"mon": "09:00-25:00"}, "hours such as 09:00-17:30"),
        ("sometimes", "or always"),
    ],
)
def test_hours_that_make_no_sense_are_refused(hours: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Calendar.model_validate({"id": "c", "zone": "UTC", "hours": hours})
