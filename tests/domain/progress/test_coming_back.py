"""The way back from off the way: who takes it, and when."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.lead import Lead
from baton.domain.world.effects import ContactState
from baton.domain.world.world import Contact, World
from tests.builders import NOW, after, click, hint, minutes, owned
from tests.scored import DAY, SCORED, accepted, signal, stage_in_hubspot, told


def recycled() -> tuple[Lead, World]:
    lead, its_world = accepted()
    user = SCORED.person[owned(lead).person].slack_user
    at = NOW + minutes(30)
    lead, decision = told(lead, click("reject", at, user, reason="timing"), its_world, at)
    return lead, after(its_world, decision)


def in_recycled(**fields: str) -> Contact:
    return stage_in_hubspot({"recycled": 30}, **fields)


def test_what_made_it_an_mql_once_does_not_make_it_one_again() -> None:
    lead, its_world = recycled()
    its_world = replace(its_world, contact=in_recycled())
    at = NOW + DAY
    lead, decision = told(lead, signal("pricing_page", at), its_world, at)
    assert lead.standing.stage == "recycled"
    assert any("move requalify: not yet" in line for line in decision.because)


def test_new_interest_after_the_cool_off_brings_it_back() -> None:
    lead, its_world = recycled()
    its_world = replace(its_world, contact=in_recycled())
    start = NOW + 61 * DAY
    for n in range(4):
        at = start + minutes(n)
        lead, decision = told(lead, signal("pricing_page", at), its_world, at)
    assert owned(lead).number == 2
    assert lead.standing.times["mql"].count == 2
    assert lead.track == ""
    written = next(e for e in decision.effects if isinstance(e, ContactState))
    assert written.properties["lifecyclestage"].clear_first, "HubSpot puts side stages last"


def test_who_asks_for_a_call_need_not_wait_for_the_cool_off() -> None:
    lead, its_world = recycled()
    at = NOW + 5 * DAY
    found = in_recycled(
        recent_conversion_event_name="Demo request", recent_conversion_date=at.isoformat()
    )
    lead, _ = told(lead, hint("fields", at), replace(its_world, contact=found), at)
    assert owned(lead).number == 2


def test_after_enough_rounds_it_stops() -> None:
    lead, its_world = recycled()
    lead = replace(lead, standing=replace(lead.standing, rounds=3))
    policy = replace(SCORED, tracks=tuple(replace(t, max_rounds=1) for t in SCORED.tracks))
    its_world = replace(its_world, policy=policy, contact=in_recycled())
    start = NOW + 61 * DAY
    for n in range(4):
        at = start + minutes(n)
        lead, decision = told(lead, signal("pricing_page", at), its_world, at)
    assert lead.standing.stage == "recycled"
    assert "move requalify: no more, 1 rounds are enough" in decision.because
