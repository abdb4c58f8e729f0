"""What an owner did counts from when they got the lead: accepting it, and being in touch."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baton.domain.world.world import Touch
from tests.builders import NOW, became, contact, decided, handed_off, hint, kinds, minutes, owned

MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("set_at", "accepted"),
    [
        pytest.param(NOW - MICROSECOND, False, id="set before anybody had it"),
        pytest.param(NOW, True, id="set at the very instant they got it"),
        pytest.param(NOW + minutes(1), True, id="set since"),
    ],
)
def test_the_accepted_stage_set_in_hubspot_is_the_owners_acceptance(
    set_at: datetime, accepted: bool
) -> None:
    lead, its_world = handed_off()
    assert owned(lead).at == NOW
    event = became("salesacceptedlead", set_at, source="CRM_UI")
    its_world = replace(its_world, contact=contact())
    decision = decided(lead, event, its_world, NOW + minutes(2))
    assert decision.lead.standing.stage == "sal"
    assert owned(decision.lead).accepted_at == (set_at if accepted else None)
    assert ("accepted" in kinds(decision)) == accepted
    (clock,) = (clock for clock in decision.lead.clocks if clock.stops_on == "accept")
    assert clock.stopped_at == (set_at if accepted else None)


@pytest.mark.parametrize(
    ("logged_at", "counts"),
    [
        pytest.param(NOW - SECOND - MICROSECOND, False, id="before they had it"),
        pytest.param(NOW - SECOND, True, id="a second before: HubSpot drops parts of seconds"),
        pytest.param(NOW, True, id="at the very instant they got it"),
    ],
)
def test_a_touch_counts_from_a_second_before_the_assignment(
    logged_at: datetime, counts: bool
) -> None:
    lead, its_world = handed_off()
    called = replace(its_world, touches=(Touch(logged_at, "call", "owner-anna"),))
    decision = decided(lead, hint("activity", NOW + minutes(1)), called, NOW + minutes(1))
    assert owned(decision.lead).touched_at == (logged_at if counts else None)
    assert ("touched" in kinds(decision)) == counts
