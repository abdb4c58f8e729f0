"""Coming back from a side stage: which leads do, when, and that nothing of the closing remains."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead, Value
from baton.domain.policy import Lifecycle, Test, Transition
from baton.domain.world.effects import ContactState
from baton.domain.world.world import Contact, World
from tests.builders import (
    NOW,
    POLICY,
    after,
    became,
    click,
    decided,
    handed_off,
    hint,
    kinds,
    minutes,
    owned,
)
from tests.routed import Desk, routed
from tests.scored import (
    DAY,
    SCORED,
    accepted,
    interested,
    scored_world,
    signal,
    stage_in_hubspot,
    told,
)
from tests.worded import reasons

MQL = "marketingqualifiedlead"


def recycled() -> tuple[Lead, World]:
    lead, its_world = accepted()
    user = SCORED.person[owned(lead).person].slack_user
    at = NOW + minutes(30)
    lead, decision = told(lead, click("reject", at, user, reason="timing"), its_world, at)
    return lead, after(its_world, decision)


def in_recycled(**fields: str) -> Contact:
    return stage_in_hubspot({"recycled": 30}, **fields)


def test_old_evidence_does_not_make_a_recycled_lead_an_mql_again() -> None:
    lead, its_world = recycled()
    its_world = replace(its_world, contact=in_recycled())
    at = NOW + DAY
    lead, decision = told(lead, signal("pricing_page", at), its_world, at)
    assert lead.state.stage == "recycled"
    assert any("move requalify: not made yet" in line for line in reasons(decision))


def test_new_interest_after_the_cool_off_brings_it_back() -> None:
    lead, its_world = recycled()
    its_world = replace(its_world, contact=in_recycled())
    start = NOW + 61 * DAY
    for n in range(4):
        at = start + minutes(n)
        lead, decision = told(lead, signal("pricing_page", at), its_world, at)
    assert owned(lead).number == 2
    assert lead.state.times["mql"].count == 2
    assert lead.track == ""
    written = next(e for e in decision.effects if isinstance(e, ContactState))
    assert written.properties["lifecyclestage"].clear_first, "HubSpot puts side stages last"


def test_a_hand_raise_ignores_the_cool_off() -> None:
    lead, its_world = recycled()
    at = NOW + 5 * DAY
    found = in_recycled(
        recent_conversion_event_name="Demo request", recent_conversion_date=at.isoformat()
    )
    lead, _ = told(lead, hint("fields", at), replace(its_world, contact=found), at)
    assert owned(lead).number == 2


def test_after_the_last_round_a_recycled_lead_does_not_return() -> None:
    lead, its_world = recycled()
    lead = replace(lead, state=replace(lead.state, rounds=3))
    policy = replace(SCORED, tracks=tuple(replace(t, max_rounds=1) for t in SCORED.tracks))
    its_world = replace(its_world, policy=policy, contact=in_recycled())
    start = NOW + 61 * DAY
    for n in range(4):
        at = start + minutes(n)
        lead, decision = told(lead, signal("pricing_page", at), its_world, at)
    assert lead.state.stage == "recycled"
    assert "move requalify: not made again after 1 round" in reasons(decision)


# --- HubSpot moves a stage only forward, and orders side stages last


def recycled_by_a_person() -> tuple[Lead, World]:
    """A lead recycled in HubSpot: Baton has written nothing, so it has nothing to clear yet."""
    lead, its_world = accepted()
    its_world = replace(its_world, contact=in_recycled())
    at = NOW + minutes(30)
    lead, decision = told(lead, became("recycled", at, source="CRM_UI"), its_world, at)
    assert (lead.state.stage, lead.reason) == ("recycled", "timing")
    assert "lifecyclestage" not in lead.written
    return lead, after(its_world, decision)


def stage_written(lead: Lead, decision: Decision) -> Value | None:
    """The stage that this decision writes to HubSpot."""
    (effect,) = (e for e in decision.effects if isinstance(e, ContactState))
    value = effect.properties.get("lifecyclestage")
    return value if value is not None and value.since == lead.version else None


def test_batons_return_clears_the_stage_a_person_set() -> None:
    lead, its_world = recycled_by_a_person()
    for n in range(4):
        at = NOW + 61 * DAY + minutes(n)
        lead, decision = told(lead, signal("pricing_page", at), its_world, at)
    assert lead.state.stage == "mql"
    assert stage_written(lead, decision) == Value(MQL, lead.version, clear_first=True)


def test_a_return_before_hubspots_news_clears_the_stage_a_person_set() -> None:
    lead, its_world = recycled_by_a_person()
    at = NOW + 5 * DAY
    lead, decision = told(lead, became(MQL, at, source="partner"), its_world, at)
    assert lead.state.stage == "mql"
    assert stage_written(lead, decision) == Value(MQL, lead.version, clear_first=True)


@pytest.mark.parametrize(
    ("move", "written"),
    [
        pytest.param(
            Transition("step_down", ("sal",), "mql", ("automatic",), reverse=True),
            Value(MQL, 0, clear_first=True),
            id="back among the working stages",
        ),
        pytest.param(
            Transition("rest", ("sal",), "recycled", ("automatic",), reverse=True),
            Value("recycled", 0, clear_first=True),
            id="side stage, for no reason",
        ),
        pytest.param(
            Transition("step_up", ("sal",), "sql", ("automatic",)),
            Value("salesqualifiedlead", 0, clear_first=False),
            id="forward, nothing need be cleared",
        ),
    ],
)
def test_batons_backward_move_clears_the_stage_first(move: Transition, written: Value) -> None:
    """HubSpot moved the lead to SAL itself, so no stage written by Baton is under way."""
    move = replace(move, when={"budget": Test(known=True)})
    moves = (*SCORED.lifecycle.transitions, move)
    policy = replace(SCORED, lifecycle=replace(SCORED.lifecycle, transitions=moves))
    lead, decision = interested(scored_world())
    its_world = after(replace(scored_world(), policy=policy), decision)
    at = NOW + minutes(5)
    its_world = replace(its_world, contact=stage_in_hubspot({"salesacceptedlead": 5}))
    lead, _ = told(lead, became("salesacceptedlead", at, source="CRM_UI"), its_world, at)
    assert "lifecyclestage" not in lead.written
    at = NOW + minutes(9)
    found = stage_in_hubspot({"salesacceptedlead": 5}, baton_budget="1")
    lead, decision = told(lead, hint("fields", at), replace(its_world, contact=found), at)
    assert lead.state.stage == move.to
    assert stage_written(lead, decision) == replace(written, since=lead.version)


# --- nothing of the closing stays


def test_a_returned_lead_has_no_closing_reason() -> None:
    """Even if nobody gets the lead yet, and its cool-off would have lasted two more weeks."""
    reopen = Transition("reopen", ("recycled",), "lead", ("rep",))
    moves = (*SCORED.lifecycle.transitions, reopen)
    policy = replace(SCORED, lifecycle=replace(SCORED.lifecycle, transitions=moves))
    lead, its_world = recycled()
    at = NOW + 45 * DAY
    assert lead.cool_until is not None
    assert lead.cool_until > at
    found = stage_in_hubspot({"recycled": 30, "lead": 45 * 24 * 60})
    its_world = replace(its_world, policy=policy, contact=found)
    lead, decision = told(lead, became("lead", at, source="CRM_UI"), its_world, at)
    assert (lead.state.stage, lead.assignment) == ("lead", None)
    assert (lead.reason, lead.track, lead.cool_until) == ("", "", None)
    (effect,) = (e for e in decision.effects if isinstance(e, ContactState))
    for name in ("baton_reason", "baton_nurture_track", "baton_cool_off_until"):
        assert effect.properties[name] == Value("", lead.version), name


# --- closed, although no transition leads to a side stage


def without(*moves: str) -> Lifecycle:
    kept = tuple(m for m in POLICY.lifecycle.transitions if m.id not in moves)
    return replace(POLICY.lifecycle, transitions=kept)


def test_a_closed_lead_without_a_side_stage_is_not_handed_off_again() -> None:
    """The lead stays in the stage of the handoff, and later events there do not hand it off."""
    lead, its_world = handed_off()
    its_world = replace(its_world, policy=replace(POLICY, lifecycle=without("disqualify")))
    at = NOW + minutes(2)
    decision = decided(lead, click("reject", at, reason="competitor"), its_world, at)
    assert kinds(decision) == ["disqualified"]
    assert (decision.lead.state.stage, decision.lead.reason) == ("mql", "competitor")
    assert decision.lead.assignment is None
    its_world = after(its_world, decision)
    later, last = NOW + minutes(5), NOW + minutes(6)
    decision = decided(decision.lead, hint("fields", later), its_world, later)
    assert decision.lead.assignment is None
    event = became("salesacceptedlead", last, source="CRM_UI")
    decision = decided(decision.lead, event, its_world, last)
    assert decision.lead.assignment is None
    assert decision.lead.state.stage == "sal"


def test_a_closed_lead_is_not_handed_off_at_a_later_stage() -> None:
    desk = Desk(routed(lifecycle=without("disqualify")))
    desk.arrive("101")
    desk.send(click("reject", NOW, "UANNA", reason="competitor"))
    assert (desk.owner("101"), desk.leads["101"].state.stage) == ("", "mql")
    desk.moved("101", "salesqualifiedlead")
    assert (desk.owner("101"), desk.leads["101"].state.stage) == ("", "sql")
    desk.arrive("102")
    desk.moved("102", "salesqualifiedlead")
    assert desk.owner("102") in {"carl", "cora"}, "who was not closed is"
