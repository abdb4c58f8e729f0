"""A calendar's rules in their normal form: spans that are merged, and instants that are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from baton.domain.calendar.calendar_rules import Span, merge, union, utc
from baton.domain.calendar.work_calendar import NeverOpen, WorkCalendar
from tests.builders import NOW


def spans(*days: tuple[int, int]) -> list[Span]:
    return [Span(*(datetime(2026, 1, day, tzinfo=UTC) for day in span)) for span in days]


@pytest.mark.parametrize(
    ("given", "merged"),
    [
        pytest.param([(1, 2), (3, 4)], [(1, 2), (3, 4)], id="apart"),
        pytest.param([(3, 4), (1, 2)], [(1, 2), (3, 4)], id="in order"),
        pytest.param([(1, 2), (2, 3)], [(1, 3)], id="what touches is joined"),
        pytest.param([(1, 4), (2, 3)], [(1, 4)], id="one within another"),
        pytest.param([(1, 3), (2, 4)], [(1, 4)], id="what overlaps"),
        pytest.param([(1, 1), (2, 4), (3, 3), (7, 6), (8, 9)], [(2, 4), (8, 9)],
                     id="what is empty or inverted is dropped, and nothing else"),
    ],
)  # fmt: skip
def test_spans_are_merged(given: list[tuple[int, int]], merged: list[tuple[int, int]]) -> None:
    assert merge(spans(*given)) == spans(*merged)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        union(spans((2, 1)))


def test_an_instant_that_has_no_date_in_utc_is_refused() -> None:
    east = timezone(timedelta(hours=5))
    with pytest.raises(ValueError, match="has no date in UTC"):
        utc(datetime(1, 1, 1, tzinfo=east))


def test_more_than_can_be_counted_is_never_worked() -> None:
    calendar = WorkCalendar.always()
    assert calendar.is_open(NOW), "its table is there"
    with pytest.raises(NeverOpen):
        calendar.add(NOW, timedelta.max)
