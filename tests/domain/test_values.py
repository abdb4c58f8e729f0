"""What a value says, by the kind of its field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.conditions import Facts, holds, next_change, why_not
from baton.domain.policy import Test, When
from baton.domain.values import FieldKind, Readings, asked, day_in, parts, read
from tests.worded import words

CODES = {"at": "AT", "austria": "AT", "osterreich": "AT", "de": "DE", "germany": "DE"}
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def facts(kind: FieldKind, value: str, now: datetime = NOON, zone: str = "UTC") -> Facts:
    return Facts({"x": value}, (), now, Readings(lambda _: read(kind, value, CODES)), zone)


def one_of(kind: FieldKind, *values: str) -> When:
    return {"x": Test(any_of=values, means=tuple(asked(kind, one, CODES) for one in values))}


@pytest.mark.parametrize(
    ("value", "boxes"),
    [
        ("Archive;Scanning", ("Archive", "Scanning")),
        ("Archive", ("Archive",)),
        ("Archive; Scanning ", ("Archive", "Scanning")),
        (";Archive;;Scanning;", ("Archive", "Scanning")),
        ("Archive;Archive", ("Archive",)),
        ("A;B;C;D;E", ("A", "B", "C", "D", "E")),
        ("Archive, old;Scanning", ("Archive, old", "Scanning")),
        ("a b; c d", ("a b", "c d")),
        ("\u00a0Archive\u00a0;Scanning", ("Archive", "Scanning")),
        ("DECISION_MAKER;BUDGET_HOLDER", ("DECISION_MAKER", "BUDGET_HOLDER")),
        (";", ()),
        (" ; ; ", ()),
        ("", ()),
        ("100;200", ("100", "200")),
        ("Zürich;Genève", ("Zürich", "Genève")),
    ],
)
def test_ticked_boxes_are_a_list(value: str, boxes: tuple[str, ...]) -> None:
    assert parts(value) == boxes
    reading = read("list", value, {})
    if ";" in value:
        assert reading.shown == ", ".join(boxes)
    for box in boxes:
        assert asked("list", box, {}) in reading.words


def test_any_ticked_box_counts() -> None:
    both = facts("list", "Archive;Scanning")
    assert holds(one_of("list", "archive"), both)
    assert holds(one_of("list", "Other", "SCANNING"), both)
    assert not holds(one_of("list", "Arch"), both)
    assert not holds({"not": Test(blocks=(one_of("list", "Archive"),))}, both)
    assert holds({"not": Test(blocks=(one_of("list", "Other"),))}, both)
    assert holds({"x": Test(matches=("scan*",))}, both)
    assert holds({"x": Test(known=True)}, both)


def test_a_list_is_told_with_commas() -> None:
    why = why_not(one_of("list", "Other"), facts("list", "Archive;Scanning"))
    assert why is not None
    assert words(why) == 'x is "Archive, Scanning", not Other'


def test_one_value_with_a_semicolon_can_be_asked_for_as_it_is() -> None:
    assert holds(one_of("list", "A; B"), facts("list", "A; B"))


def test_text_with_a_semicolon_stays_text() -> None:
    plain = Facts({"x": "Archive;Scanning"}, (), NOON)
    assert not holds({"x": Test(any_of=("Archive",))}, plain)
    assert holds({"x": Test(matches=("archive;*",))}, plain)
    assert read("text", "a;b", {}).shown == "a;b"


@pytest.mark.parametrize("value", ["PAID_SEARCH", "Paid search", "paid  SEARCH", "paid_search"])
def test_an_option_is_known_by_its_internal_value_and_its_label(value: str) -> None:
    assert holds(one_of("choice", "Paid search"), facts("choice", value))
    assert holds(one_of("choice", "PAID_SEARCH"), facts("choice", value))


@pytest.mark.parametrize(
    ("value", "word"),
    [
        *(("true", "true"), ("TRUE", "true"), ("Yes", "true"), ("1", "true"), ("y", "true")),
        *(("false", "false"), ("No", "false"), ("0", "false"), ("n", "false"), ("maybe", "maybe")),
    ],
)
def test_yes_and_no(value: str, word: str) -> None:
    reading = read("flag", value, {})
    assert reading.words[0] == word
    assert reading.understood == (word != "maybe")


def test_both_sides_of_a_country_are_its_code() -> None:
    for value in ("Österreich", "OSTERREICH", "AT", "at"):
        assert holds(one_of("country", "Austria", "Germany"), facts("country", value))
        assert not holds(one_of("country", "Germany"), facts("country", value))
    unknown = read("country", "Middle Earth", CODES)
    assert (unknown.words, unknown.understood) == (("middle earth",), False)
    assert read("country", "Österreich", CODES).shown == "Österreich", "as it was written"
    assert holds({"x": Test(matches=("*reich",))}, facts("country", "Österreich"))


def test_numbers_are_compared_as_numbers() -> None:
    assert holds(one_of("number", "1000"), facts("number", "1.0E3"))
    assert holds({"x": Test(at_least=1000)}, facts("number", "1 000"))
    assert not read("number", "many", {}).understood
    why = why_not({"x": Test(at_least=1)}, facts("number", "many"))
    assert why is not None
    assert words(why) == "x is many, not a number"


def test_an_address_is_compared_without_its_display_name() -> None:
    ada = facts("email", "Ada King <ADA@müller.de>")
    assert holds({"x": Test(matches=("*@müller.de",))}, ada)
    assert holds({"x": Test(matches=("*@xn--mller-kva.de",))}, ada)
    assert holds(one_of("email", "ada@müller.de"), ada)
    assert not read("email", "none", {}).understood


TODAY = date(2026, 11, 30)
MIDNIGHT = str(int(datetime(2026, 11, 30, tzinfo=UTC).timestamp() * 1000))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-11-30", TODAY),
        (MIDNIGHT, TODAY),
        ("2026-11-30T00:00:00Z", TODAY),
        ("2026-11-30T00:00:00.000Z", TODAY),
        ("2026-11-30T00:00:00+00:00", TODAY),
        ("2024-02-29", date(2024, 2, 29)),
        ("1764460800000", date(2025, 11, 30)),
        (" 2026-11-30 ", TODAY),
        ("\u00a02026-11-30\u200e", TODAY),
        ("2026\u201111\u201130", TODAY),
        (f" {MIDNIGHT}\n", TODAY),
        ("-152668800000", date(1965, 3, 1)),
        ("\u2212152668800000", date(1965, 3, 1)),
        ("-86400000", date(1969, 12, 31)),
        ("-2208988800000", date(1900, 1, 1)),
        ("42249600000", date(1971, 5, 5)),
        ("1965-03-01", date(1965, 3, 1)),
        ("-20261130", None),
        ("-2026-11-30", None),
        ("--86400000", None),
        ("-0", None),
        ("0", None),
        ("-99999999999999999999", None),
        ("-", None),
        ("2026 11 30", None),
        ("2026-11-30T08:00:00Z", None),
        ("1764460800001", None),
        ("2026-02-29", None),
        ("30.11.2026", None),
        ("11/30/2026", None),
        ("2026", None),
        ("20261130", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_property_holds_a_day(value: str, day: date | None) -> None:
    at = read("date", value, {}).at
    assert (None if isinstance(at, datetime) else at) == day
    if day is not None:
        assert day_in(value) == day
        assert read("date", value, {}).shown == day.isoformat()


@pytest.mark.parametrize("value", ["2026", "20261130", "30.11.2026", "soon", "2026-02-29"])
def test_what_is_no_date_is_not_guessed(value: str) -> None:
    for kind in ("date", "datetime"):
        assert not read(kind, value, {}).understood
        assert read(kind, value, {}).at is None


HERE = [
    ("Asia/Tokyo", "08:00"),
    ("Europe/Berlin", "00:30"),
    ("America/Los_Angeles", "16:30"),
    ("America/Los_Angeles", "00:00"),
    ("Pacific/Kiritimati", "23:59"),
    ("Pacific/Honolulu", "23:59"),
    ("UTC", "12:00"),
]


@pytest.mark.parametrize(("zone", "clock"), HERE)
@pytest.mark.parametrize("day", ["2026-11-30", "2026-03-29", "2026-10-25", "2026-11-01"])
def test_a_date_is_a_whole_day_in_the_accounts_zone(zone: str, clock: str, day: str) -> None:
    """Days of a clock change among them, in Berlin and in Los Angeles."""
    now = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def within(value: date, days: int) -> bool:
        test: When = {"x": Test(within=timedelta(days=days))}
        return holds(test, facts("date", value.isoformat(), now, zone))

    today = date.fromisoformat(day)
    assert within(today, 1)
    assert within(today - timedelta(days=1), 1), "a day ago"
    assert not within(today - timedelta(days=2), 1)
    assert not within(today + timedelta(days=1), 1), "in the future"
    assert within(today - timedelta(days=14), 14)
    assert not within(today - timedelta(days=15), 14)


def test_an_instant_before_1970_is_an_instant() -> None:
    for value in ("-152640000000", " -152640000000 ", "1965-03-01T08:00:00Z"):
        assert read("datetime", value, {}).shown == "1965-03-01T08:00:00Z"
    assert not read("datetime", "-2026", {}).understood


def test_an_hour_counts_no_other_day() -> None:
    test: When = {"x": Test(within=timedelta(hours=1))}
    assert holds(test, facts("date", "2026-11-30"))
    assert not holds(test, facts("date", "2026-11-29"))


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-25", "2026-11-30"])
def test_a_day_changes_its_answer_at_midnight_of_the_zone(day: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=zone).astimezone(UTC)
    test: When = {"x": Test(within=timedelta(days=1))}

    def there(now: datetime) -> Facts:
        return facts("date", day, now, "Europe/Berlin")

    assert next_change(test, there(start - timedelta(days=3))) == start
    end = next_change(test, there(start))
    assert end is not None
    assert holds(test, there(start))
    assert holds(test, there(end - timedelta(seconds=1)))
    assert not holds(test, there(end))
    assert not holds(test, there(start - timedelta(seconds=1)))
    assert next_change(test, there(end)) is None


def test_a_datetime_property_stays_an_instant() -> None:
    test: When = {"x": Test(within=timedelta(days=1))}
    night = "2026-11-29T12:00:00Z"
    for kind in ("date", "datetime"):
        assert not holds(test, facts(kind, night))
        assert holds(test, facts(kind, "2026-11-29T12:00:01Z"))
    midnight = facts("datetime", "2026-11-29T00:00:00Z")
    assert not holds(test, midnight), "36 hours ago, though yesterday"
    assert read("datetime", MIDNIGHT, {}).shown == "2026-11-30T00:00:00Z"


@pytest.mark.parametrize(
    ("exact", "test", "told"),
    [
        (29.977, Test(at_least=30), "x is 29.98, below 30"),
        (29.96, Test(at_least=30), "x is 29.96, below 30"),
        (29.4, Test(at_least=30), "x is 29.4, below 30"),
        (25.0, Test(below=25), "x is 25.0, not below 25"),
        (13.9999, Test(at_least=14), "x is 13.9999, below 14"),
    ],
)
def test_a_rounded_value_is_not_told_as_what_it_does_not_reach(
    exact: float, test: Test, told: str
) -> None:
    known = Facts({"x": f"{exact:.1f}"}, (), NOON)
    known.exact["x"] = exact
    why = why_not({"x": test}, known)
    assert why is not None
    assert words(why) == told


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("choice", "PAID_SEARCH"), ("list", "A_B;C"), ("flag", "Yes"), ("number", "1000")),
        *(("country", "Österreich"), ("date", "2026-11-30T00:00:00Z"), ("email", "A <a@b.io>")),
    ],
)
def test_a_policy_of_an_earlier_version_asks_for_values_as_they_are(
    kind: FieldKind, value: str
) -> None:
    """It does not say what its values mean."""
    assert holds({"x": Test(any_of=(value,))}, facts(kind, value))


KINDS: tuple[FieldKind, ...] = ("text", "number", "date", "email", "phone")
MORE: tuple[FieldKind, ...] = ("choice", "flag", "list", "country", "datetime")


@given(st.sampled_from(KINDS + MORE), st.text(max_size=40))
def test_any_value_can_be_read_and_means_itself(kind: FieldKind, value: str) -> None:
    """A condition that names the value as it is holds for it."""
    reading = read(kind, value, CODES)
    if reading.words:
        assert asked(kind, value, CODES) in reading.words
