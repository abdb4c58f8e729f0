"""Which instants are plausible: past ones, allowing for clock differences."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from baton.domain.time import EARLIEST, SKEW, believable, iso, read_instant, stamp
from tests.builders import NOW, became, contact, decided, world

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "believed"),
    [
        pytest.param(NOW, NOW, id="now"),
        pytest.param(NOW + SKEW, NOW + SKEW, id="as far ahead as clocks may be"),
        pytest.param(NOW + SKEW + MICROSECOND, NOW + SKEW, id="further ahead: only so far"),
        pytest.param(NOW + timedelta(days=900), NOW + SKEW, id="in some other year"),
        pytest.param(EARLIEST, EARLIEST, id="as early as anything may be"),
        pytest.param(EARLIEST - MICROSECOND, EARLIEST, id="earlier: not by so much"),
    ],
)
def test_what_can_be_believed_of_an_instant(at: datetime, believed: datetime) -> None:
    assert believable(at, NOW) == believed


@pytest.mark.parametrize(
    ("ahead", "since"),
    [(SKEW, SKEW), (SKEW + MICROSECOND, SKEW), (timedelta(days=9), SKEW)],
    ids=["exactly believable", "a microsecond beyond", "nine days beyond"],
)
def test_a_stage_from_the_future_was_entered_now(ahead: timedelta, since: timedelta) -> None:
    """Otherwise later real changes would not count until then."""
    event = became(at=NOW + ahead)
    lead = decided(None, event, world(contact=contact(stages=()))).lead
    assert lead.state.since == NOW + since


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("2026-03-03T08:00:00Z", NOW, id="with a zone"),
        pytest.param("2026-03-03T09:00:00+01:00", NOW, id="with another: in UTC"),
        pytest.param("2026-03-03T08:00:00", NOW, id="without one: UTC"),
        pytest.param("2026-03-03", NOW - timedelta(hours=8), id="a date: its midnight"),
        pytest.param("1772524800000", NOW, id="milliseconds"),
        pytest.param(" 2026-03-03T08:00:00Z\n", NOW, id="with spaces around it"),
        pytest.param("-86400000", datetime(1969, 12, 31, tzinfo=UTC), id="before 1970"),
        pytest.param(
            "-1",
            datetime(1970, 1, 1, tzinfo=UTC) - timedelta(milliseconds=1),
            id="just before 1970",
        ),
        pytest.param("", None, id="nothing"),
        pytest.param(" ", None, id="a space"),
        pytest.param("-", None, id="a hyphen"),
        pytest.param("-" + "9" * 30, None, id="too far before 1970"),
        pytest.param("soon", None, id="no instant"),
        pytest.param("9" * 30, None, id="too large a number"),
    ],
)
def test_how_an_instant_is_read(text: str, at: datetime | None) -> None:
    found = read_instant(text)
    assert found == at
    assert found is None or found.utcoffset() == timedelta()


def test_how_an_instant_is_written() -> None:
    late = NOW.replace(microsecond=999_999).astimezone(timezone(timedelta(hours=1)))
    assert iso(late.astimezone(UTC)) == "2026-03-03T08:00:00Z"
    assert stamp(late) == "2026-03-03T08:00:00.999999Z"


def test_clocks_differ_by_a_minute_at_most_and_nothing_is_older_than_this_century() -> None:
    first = datetime(2000, 1, 1, tzinfo=UTC)
    assert believable(NOW + timedelta(days=1), NOW) == NOW + timedelta(minutes=1)
    assert believable(first - timedelta(days=1), NOW) == first


def test_an_instant_without_a_zone_is_read_in_utc_wherever_this_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert read_instant("2026-03-03T08:00:00") == NOW
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    """Equal instants are equal keys, so what is remembered of one serves the other."""
    here = NOW.astimezone(ZoneInfo("Asia/Tokyo"))
    assert iso(here) == iso(NOW) == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
