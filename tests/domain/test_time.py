"""Which instants are plausible: past ones, allowing for clock differences."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from baton.domain.time import EARLIEST, SKEW, believable
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
