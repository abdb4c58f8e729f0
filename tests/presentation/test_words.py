"""Instants, lengths of time, lists and quotes: each kind is worded in one way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.presentation import words

BERLIN, YORK, KATHMANDU = "Europe/Berlin", "America/New_York", "Asia/Kathmandu"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("moment", "zone", "said", "exact"),
    [
        (at(2026, 3, 3, 8, 0), BERLIN, "Tue 3 Mar, 09:00 CET", "Tue 3 Mar, 09:00 CET"),
        (at(2026, 3, 3, 8, 0, 7), BERLIN, "Tue 3 Mar, 09:00 CET", "Tue 3 Mar, 09:00:07 CET"),
        (at(2026, 3, 3, 8, 0), "UTC", "Tue 3 Mar, 08:00 UTC", "Tue 3 Mar, 08:00 UTC"),
        (at(2026, 3, 3, 2, 5), YORK, "Mon 2 Mar, 21:05 EST", "Mon 2 Mar, 21:05 EST"),
        (at(2026, 3, 3, 8, 0), KATHMANDU, "Tue 3 Mar, 13:45 +0545", "Tue 3 Mar, 13:45 +0545"),
        # When the clocks go back, the same time occurs twice, and the zone shows which.
        (at(2026, 10, 25, 0, 30), BERLIN, "Sun 25 Oct, 02:30 CEST", "Sun 25 Oct, 02:30 CEST"),
        (at(2026, 10, 25, 1, 30), BERLIN, "Sun 25 Oct, 02:30 CET", "Sun 25 Oct, 02:30 CET"),
        (at(2026, 12, 31, 23, 59, 59), BERLIN, "Fri 1 Jan, 00:59 CET", "Fri 1 Jan, 00:59:59 CET"),
    ],
)
def test_an_instant_is_as_its_reader_has_it(
    moment: datetime, zone: str, said: str, exact: str
) -> None:
    assert words.instant(moment, zone) == said
    assert words.exact(moment, zone) == exact


@pytest.mark.parametrize("zone", ["", "No/Where", "../etc", "\x00", "x" * 300])
def test_where_there_is_no_such_zone_it_is_utc(zone: str) -> None:
    assert words.instant(at(2026, 3, 3, 8, 0), zone) == "Tue 3 Mar, 08:00 UTC"
    assert words.between(at(2026, 3, 3, 8, 0), at(2026, 3, 3, 9, 0), zone).endswith("09:00")


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([BERLIN, YORK, KATHMANDU, "UTC"]))
@example(datetime.min.replace(tzinfo=UTC), YORK)
@example(datetime.max.replace(tzinfo=UTC), KATHMANDU)
def test_any_instant_has_words(moment: datetime, zone: str) -> None:
    assert words.instant(moment, zone)
    assert words.exact(moment, zone)
    assert words.between(moment, moment, zone)


@pytest.mark.parametrize(
    ("start", "end", "zone", "said"),
    [
        (at(2026, 3, 3, 8), at(2026, 3, 3, 16), BERLIN, "Tue 3 Mar, 09:00 – 17:00"),
        (at(2026, 3, 3, 8), at(2026, 3, 4, 8), BERLIN, "Tue 3 Mar, 09:00 – Wed 4 Mar, 09:00"),
        # One day in UTC, two in Berlin; and the other way round.
        (at(2026, 3, 3, 22), at(2026, 3, 3, 23), BERLIN, "Tue 3 Mar, 23:00 – Wed 4 Mar, 00:00"),
        (at(2026, 3, 3, 23), at(2026, 3, 4, 1), BERLIN, "Wed 4 Mar, 00:00 – 02:00"),
        (at(2026, 3, 3, 8, 0, 1), at(2026, 3, 3, 8, 30), BERLIN, "Tue 3 Mar, 09:00:01 – 09:30"),
        (at(2026, 3, 3, 8), at(2027, 3, 3, 8), BERLIN, "Tue 3 Mar, 09:00 – Wed 3 Mar, 09:00"),
    ],
)
def test_two_instants_name_a_day_once(start: datetime, end: datetime, zone: str, said: str) -> None:
    assert words.between(start, end, zone) == said


def test_a_day_has_no_leading_zero() -> None:
    assert words.day(date(2026, 3, 3)) == "Tue 3 Mar"
    assert words.day(date(2026, 12, 24)) == "Thu 24 Dec"


@pytest.mark.parametrize(
    ("length", "said", "in_hours", "about"),
    [
        (timedelta(), "0 s", "0 s", "0 s"),
        (timedelta(seconds=-5), "0 s", "0 s", "0 s"),
        (timedelta(microseconds=999_999), "0 s", "0 s", "0 s"),
        (timedelta(seconds=1), "1 s", "1 s", "1 s"),
        (timedelta(seconds=59), "59 s", "59 s", "59 s"),
        (timedelta(seconds=60), "1 min", "1 min", "1 min"),
        (timedelta(seconds=61), "1 min 1 s", "1 min 1 s", "1 min 1 s"),
        (timedelta(minutes=90), "1 h 30 min", "1 h 30 min", "1 h 30 min"),
        (timedelta(hours=1), "1 h", "1 h", "1 h"),
        (timedelta(seconds=5405), "1 h 30 min 5 s", "1 h 30 min 5 s", "1 h 30 min"),
        (timedelta(hours=24), "1 day", "24 h", "1 day"),
        (timedelta(hours=36), "1 day 12 h", "36 h", "1 day 12 h"),
        (timedelta(days=14), "14 days", "336 h", "14 days"),
        (timedelta(days=1, seconds=1), "1 day 1 s", "24 h 1 s", "1 day 1 s"),
        (timedelta(days=2, hours=3, minutes=4, seconds=5), "2 days 3 h 4 min 5 s",
         "51 h 4 min 5 s", "2 days 3 h"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_told_in_its_units(
    length: timedelta, said: str, in_hours: str, about: str
) -> None:
    assert words.span(length) == said
    assert words.span(length, days=False) == in_hours
    assert words.span(length, exact=False) == about


@given(st.timedeltas())
def test_a_length_of_time_is_shown_in_full(length: timedelta) -> None:
    sizes = {"day": 86_400, "days": 86_400, "h": 3_600, "min": 60, "s": 1}
    for told in (words.span(length), words.span(length, days=False)):
        parts = told.split(" ")
        pairs = zip(parts[::2], parts[1::2], strict=True)
        total = sum(int(number) * sizes[unit] for number, unit in pairs)
        assert total == max(0, int(length.total_seconds()))


@pytest.mark.parametrize(
    ("items", "with_commas", "with_and"),
    [
        ((), "", ""),
        (("a",), "a", "a"),
        (("a", "b"), "a, b", "a and b"),
        (("a", "b", "c"), "a, b, c", "a, b and c"),
        (("a, b", ""), "a, b, ", "a, b and "),
    ],
)
def test_a_list(items: tuple[str, ...], with_commas: str, with_and: str) -> None:
    assert words.listed(items, ", ") == with_commas
    assert words.listed(items) == with_and


@pytest.mark.parametrize(
    ("count", "said", "grouped"),
    [
        (0, "0 leads", "0 leads"),
        (1, "1 lead", "1 lead"),
        (-1, "-1 lead", "-1 lead"),
        (2, "2 leads", "2 leads"),
        (2000, "2000 leads", "2,000 leads"),
    ],
)
def test_a_count_has_its_noun(count: float, said: str, grouped: str) -> None:
    assert words.counted(count, "lead") == said
    assert words.counted(count, "lead", grouped=True) == grouped


def test_a_count_of_points_may_be_a_fraction() -> None:
    assert [words.counted(n, "point") for n in (0.5, 1.0)] == ["0.5 points", "1 point"]


def test_a_plural_may_be_a_word_of_its_own() -> None:
    assert [words.noun(n, "breach", "breaches") for n in (1, "1", 2, "2", "any")] == [
        "breach", "breach", "breaches", "breaches", "breaches"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (-0.0, "0"),
        (-1e-9, "0"),
        (1e-9, "0"),
        (0.00001, "0.00001"),
        (29.9999999, "30"),
        (0.1 + 0.2, "0.3"),
        (-0.5, "-0.5"),
        (-15.0, "-15"),
        (1e8, "100000000"),
        (10**30, "1" + "0" * 30),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_a_number_has_no_exponent_and_no_needless_signs(value: float, said: str) -> None:
    assert words.number(value) == said


def test_a_quote_has_straight_marks() -> None:
    assert words.quoted("say x") == '"say x"'
