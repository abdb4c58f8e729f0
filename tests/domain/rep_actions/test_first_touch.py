"""The first touch: since when an activity in HubSpot counts as the owner's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baton.domain.world.world import Touch
from tests.builders import NOW, decided, handed_off, hint, kinds, minutes, owned

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("logged_at", "counts"),
    [
        pytest.param(NOW - SECOND - timedelta(microseconds=1), False, id="before they had it"),
        pytest.param(NOW - SECOND, True, id="a second before: HubSpot drops parts of seconds"),
        pytest.param(NOW, True, id="at the very instant they got it"),
    ],
)
def test_a_touch_counts_from_a_second_before_the_assignment(
    logged_at: datetime, counts: bool
) -> None:
    lead, its_world = handed_off()
    assert owned(lead).at == NOW
    called = replace(its_world, touches=(Touch(logged_at, "call", "owner-anna"),))
    at = NOW + minutes(1)
    decision = decided(lead, hint("activity", at), called, at)
    assert owned(decision.lead).touched_at == (logged_at if counts else None)
    assert ("touched" in kinds(decision)) == counts
