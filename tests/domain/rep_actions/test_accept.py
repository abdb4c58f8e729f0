"""Accepting in HubSpot: to which assignment the stage set there belongs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.builders import NOW, became, contact, decided, handed_off, kinds, minutes, owned


@pytest.mark.parametrize(
    ("set_at", "accepted"),
    [
        pytest.param(NOW - timedelta(microseconds=1), False, id="set before anybody had it"),
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
    assert decision.lead.state.stage == "sal"
    assert owned(decision.lead).accepted_at == (set_at if accepted else None)
    assert ("accepted" in kinds(decision)) == accepted
    (clock,) = (clock for clock in decision.lead.clocks if clock.stops_on == "accept")
    assert clock.stopped_at == (set_at if accepted else None)
