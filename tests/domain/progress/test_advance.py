"""Baton's own moves, gates that hold a lead, and what happens when a hold times out."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.phrase import Phrase
from baton.domain.policy import Disqualifier, Hold, Policy, Test
from baton.domain.world.effects import CardState, ContactState, NoticeState, ReplyState
from baton.domain.world.events import ClockDue, DealMoved, SignalSeen
from baton.domain.world.world import Background, Needs, SeenStage, Touch, World
from tests.builders import (
    NOW,
    after,
    became,
    click,
    contact,
    decided,
    hint,
    kinds,
    minutes,
    owned,
    world,
)
from tests.scored import (
    DAY,
    SCORED,
    accepted,
    interested,
    person,
    review,
    scored_world,
    signal,
    stage_in_hubspot,
    told,
)
from tests.worded import all_words, answer, lines, reasons, title, words


def with_stage(stage_id: str, **fields: object) -> Policy:
    """The policy with one stage changed."""
    stages = tuple(
        replace(stage, **fields) if stage.id == stage_id else stage
        for stage in SCORED.lifecycle.stages
    )
    return replace(SCORED, lifecycle=replace(SCORED.lifecycle, stages=stages))


def notices(decision: Decision) -> list[NoticeState]:
    return [e for e in decision.effects if isinstance(e, NoticeState)]


def properties(decision: Decision) -> dict[str, str]:
    found = next(e for e in decision.effects if isinstance(e, ContactState))
    return {name: words(value.value) for name, value in found.properties.items()}


# --- moves


def test_a_lead_that_qualifies_is_moved_and_handed_off_in_one_decision() -> None:
    lead, decision = interested(scored_world())
    assert kinds(decision) == ["stage_moved", "assigned"]
    assert lead.state.stage == "mql"
    written = properties(decision)
    assert written["lifecyclestage"] == "marketingqualifiedlead"
    assert (written["baton_fit"], written["baton_behaviour"]) == ("40", "40")
    assert written["baton_qualified"] == "yes"
    assert "Looked at pricing" in written["baton_score_why"]


def test_a_lead_that_does_not_qualify_stays_and_says_why() -> None:
    lead, decision = interested(scored_world(), looks=2)
    assert (lead.state.stage, lead.assignment) == ("lead", None)
    assert "move qualify: not made yet, qualified is false, not true" in reasons(decision)


def test_the_same_signal_twice_counts_once() -> None:
    """Another system reports it under another name: same kind, same time, same subject."""
    its_world = scored_world()
    lead, _ = told(None, signal("pricing_page", identity="a"), its_world)
    for n in range(6):
        lead, _ = told(lead, signal("pricing_page", identity=f"b{n}"), its_world)
    assert len(lead.evidence) == 1
    assert lead.state.stage == "lead"


def test_a_hand_raised_is_handed_off_at_once() -> None:
    found = person(
        recent_conversion_event_name="Demo request",
        recent_conversion_date=(NOW - minutes(1)).isoformat(),
    )
    lead, decision = told(None, hint("fields"), scored_world(found))
    assert owned(lead).tier == "hot"
    assert Phrase("stage.moved", ("lead", "mql")) in decision.because


def test_the_score_alone_decides_who_is_handed_off() -> None:
    """HubSpot says MQL, but the score does not: the lead is in that stage, but not handed off."""
    found = person((SeenStage("marketingqualifiedlead", NOW - minutes(2), "AUTOMATION_PLATFORM"),))
    lead, decision = told(None, became(), scored_world(found))
    assert lead.state.stage == "mql"
    assert lead.assignment is None
    assert lead.held is not None
    assert all_words(lead.held.unmet) == ("qualified is false, not true",)
    assert kinds(decision) == ["stage_moved", "held"]
    later, after_it = interested_again(lead, scored_world(found))
    assert owned(later).number == 1
    assert "released" in kinds(after_it)


def interested_again(lead: Lead, its_world: World) -> tuple[Lead, Decision]:
    decision = None
    for n in range(4):
        lead, decision = told(lead, signal("pricing_page", NOW - minutes(n)), its_world)
    assert decision is not None
    return lead, decision


def test_an_unknown_signal_counts_for_nothing_and_is_named() -> None:
    lead, decision = told(None, signal("mystery"), scored_world())
    assert lead.evidence == ()
    assert Phrase("signal.unknown", ("mystery",)) in decision.because


def test_a_clock_notices_a_score_that_decays_below_the_threshold() -> None:
    """The lead is held for its industry; meanwhile its score decays below the threshold."""
    its_world = scored_world(person(industry=""))
    lead, _ = interested(its_world)
    assert lead.held is not None
    assert lead.review_at is not None
    assert NOW + 4 * DAY < lead.review_at < NOW + 5 * DAY
    waiting = replace(lead, held=replace(lead.held, clock=lead.held.clock))
    later, decision = told(waiting, review(waiting), its_world, lead.review_at)
    assert later.held is None
    assert Phrase("gate.not_asked", ("mql",)) in decision.because
    assert later.state.stage == "lead"


def test_a_disqualifying_condition_closes_the_lead_at_once() -> None:
    policy = with_stage(
        "lead", disqualified_by=(Disqualifier({"email": Test(matches=("*.edu",))}, "competitor"),)
    )
    its_world = replace(scored_world(person(email="a@uni.edu")), policy=policy)
    lead, decision = told(None, hint("created"), its_world)
    assert (lead.state.stage, lead.reason) == ("disqualified", "competitor")
    assert kinds(decision) == ["stage_moved", "stage_moved", "disqualified"]
    _, nothing = told(lead, hint("fields", NOW + minutes(1)), its_world, NOW + minutes(1))
    assert kinds(nothing) == []


# --- gates


def test_missing_fields_hold_the_lead_before_the_stage_and_say_so() -> None:
    its_world = scored_world(person(industry="", email="not an address"))
    lead, decision = interested(its_world)
    held = lead.held
    assert held is not None
    assert (held.stage, held.move) == ("mql", "qualify")
    assert held.missing == ("industry", "email/phone")
    assert lead.state.stage == "lead"
    assert lead.wake_at == NOW + 2 * DAY
    (notice,) = notices(decision)
    assert notice.to == "#revops"
    assert title(notice) == "Ada Example (Acme) is held before MQL"
    assert "Missing: Industry, E-mail or Phone" in lines(notice)[0]
    assert "After 2 days the lead continues without it." in lines(notice)
    assert properties(decision)["baton_held_for"] == "Industry; E-mail or Phone"


def test_a_hold_ends_when_the_field_is_filled_and_the_notice_says_so() -> None:
    lead, first = interested(scored_world(person(industry="")))
    filled, decision = told(
        lead, hint("fields", NOW + minutes(9)), scored_world(), NOW + minutes(9)
    )
    assert owned(filled).number == 1
    assert kinds(decision) == ["stage_moved", "assigned", "released"]
    assert {n.slot for n in notices(decision)} == {n.slot for n in notices(first)}
    assert properties(decision)["baton_held_for"] == ""


def test_a_missing_field_is_looked_up_in_the_company_and_in_past_values() -> None:
    background = Background(company={"industry": "Shipping"}, history={"company": "Acme Old"})
    found = person(industry="", company="")
    lead, decision = interested(scored_world(found, background=background))
    assert lead.fields["industry"] == "Shipping"
    assert lead.fields["company"] == "Acme Old"
    assert lead.found == {"company": "history", "industry": "company.industry"}
    assert "industry: missing in the contact, found in company industry" in reasons(decision)
    assert "company: missing in the contact, found in an earlier value" in reasons(decision)
    assert owned(lead).number == 1


def test_the_company_is_read_only_when_a_field_is_missing() -> None:
    complete = scored_world(background=None)
    lead, _ = interested(complete)
    assert lead.assignment is not None
    lacking = scored_world(person(industry=""), background=None)
    lead, _ = interested(scored_world(person(industry="")), looks=3)
    at = NOW + minutes(1)
    answer = decide(lead, signal("pricing_page", at), lacking, at)
    assert isinstance(answer, Needs)
    assert answer.background


def test_a_hold_that_expires_goes_on_flagged() -> None:
    its_world = scored_world(person(industry=""))
    lead, _ = interested(its_world)
    at = NOW + 2 * DAY
    wake = ClockDue(id="w", lead_id="101", at=at)
    flagged, decision = told(lead, wake, its_world, at)
    assert kinds(decision) == ["stage_moved", "assigned", "released"]
    assert flagged.flagged == ("industry",)
    (card,) = [e for e in decision.effects if isinstance(e, CardState)]
    assert all_words(card.missing) == ("Industry",)
    assert properties(decision)["baton_missing"] == "Industry"


def test_before_a_hold_expires_nothing_happens() -> None:
    its_world = scored_world(person(industry=""))
    lead, _ = interested(its_world)
    _, decision = told(lead, ClockDue(id="w", lead_id="101", at=NOW), its_world, NOW + DAY)
    assert not decision.changed


def test_an_expired_hold_reads_the_contact_first() -> None:
    """Somebody filled the field in, but the webhook never came."""
    lead, _ = interested(scored_world(person(industry="")))
    at = NOW + 2 * DAY
    wake = ClockDue(id="w", lead_id="101", at=at)
    unread = replace(scored_world(), contact=None)
    answer = decide(lead, wake, unread, at)
    assert isinstance(answer, Needs)
    assert answer.contact
    complete, _ = told(lead, wake, scored_world(), at)
    assert complete.flagged == ()
    assert owned(complete).number == 1


def test_an_expired_hold_can_close_the_lead() -> None:
    policy = with_stage("mql", hold=Hold(DAY, "close", "timing"))
    # Closing a lead needs a transition from its stage: from `lead` there is only one to
    # disqualified.
    its_world = replace(
        scored_world(person((SeenStage("marketingqualifiedlead", NOW - minutes(2), "FORM"),))),
        policy=policy,
    )
    lead, _ = told(None, became(), its_world)
    at = NOW + DAY
    closed, _ = told(lead, ClockDue(id="w", lead_id="101", at=at), its_world, at)
    assert (closed.state.stage, closed.reason, closed.held) == ("recycled", "timing", None)
    assert closed.admitted == ""


def test_an_expired_hold_can_ask_again() -> None:
    lead, its_world = qualified_by_hand()
    assert lead.held is not None
    at = lead.held.clock.due_at
    again, decision = told(lead, ClockDue(id="w", lead_id="101", at=at), its_world, at)
    assert again.held is not None
    assert again.held.told == 2
    assert again.wake_at is not None
    assert at < again.wake_at <= at + DAY
    (notice,) = [n for n in notices(decision) if "held" in n.slot]
    assert notice.slot.endswith(":2")


def test_a_stage_that_flags_does_not_hold() -> None:
    policy = with_stage("mql", if_missing="flag")
    its_world = replace(scored_world(person(industry="")), policy=policy)
    lead, _ = interested(its_world)
    assert (lead.held, lead.flagged) == (None, ("industry",))
    assert owned(lead).number == 1


# --- the owner's side: qualified, held with the owner, disposition


def qualified_by_hand() -> tuple[Lead, World]:
    """A lead that was accepted, and then set to SQL in HubSpot without a budget."""
    lead, its_world = accepted()
    found = stage_in_hubspot({"salesqualifiedlead": 60})
    its_world = replace(its_world, contact=found)
    event = became("salesqualifiedlead", NOW + minutes(60), source="CRM_UI")
    lead, _ = told(lead, event, its_world, NOW + minutes(60))
    return lead, its_world


def test_a_lead_qualified_without_what_it_takes_stays_with_its_owner() -> None:
    lead, its_world = qualified_by_hand()
    assert lead.state.stage == "sql"
    assert owned(lead).accepted_at is not None
    assert lead.held is not None
    assert lead.held.missing == ("budget",)
    filled = replace(
        its_world,
        contact=stage_in_hubspot({"salesqualifiedlead": 60}, baton_budget="50,000"),
    )
    at = NOW + minutes(90)
    done, decision = told(lead, hint("fields", at), filled, at)
    assert done.assignment is None
    assert kinds(decision) == ["qualified", "released"]


def test_the_owner_is_told_what_is_missing_when_they_press_qualified() -> None:
    lead, its_world = accepted()
    user = SCORED.person[owned(lead).person].slack_user
    at = NOW + minutes(5)
    refused, decision = told(lead, click("qualify", at, user), its_world, at)
    (reply,) = [e for e in decision.effects if isinstance(e, ReplyState)]
    assert "not ready for SQL yet" in answer(reply)
    assert "Budget" in answer(reply)
    assert refused.assignment is not None
    ready = replace(its_world, contact=person(baton_budget="1"))
    done, decision = told(refused, click("qualify", at + minutes(1), user), ready, at + minutes(1))
    assert (done.state.stage, done.assignment) == ("sql", None)
    assert "qualified" in kinds(decision)
    assert properties(decision)["lifecyclestage"] == "salesqualifiedlead"


def test_qualifying_comes_after_accepting() -> None:
    its_world = scored_world()
    lead, decision = interested(its_world)
    user = SCORED.person[owned(lead).person].slack_user
    _, decision = told(lead, click("qualify", NOW, user), after(its_world, decision))
    assert kinds(decision) == ["stale_click"]


def test_a_booked_meeting_is_a_status_within_sal() -> None:
    lead, its_world = accepted()
    owner = SCORED.person[owned(lead).person].hubspot_owner
    at = NOW + minutes(30)
    touches = (Touch(at, "meeting", owner),)
    met, decision = told(lead, hint("activity", at), replace(its_world, touches=touches), at)
    assert owned(met).met_at == at
    assert properties(decision)["hs_lead_status"] == "CONNECTED"
    assert met.evidence[-1].kind == "meeting"


# --- deals


def test_a_deal_moves_the_lead_forward_and_never_back() -> None:
    lead, its_world = accepted()
    ready = replace(its_world, contact=person(baton_budget="1"))
    at = NOW + minutes(9)
    event = DealMoved(id="d1", lead_id="101", at=at, deal="7", stage="qualified", created=True)
    lead, _ = told(lead, event, ready, at)
    assert lead.state.stage == "sql"
    assert ("deal_created", "7") in [(s.kind, s.what) for s in lead.evidence]
    won = DealMoved(id="d2", lead_id="101", at=at + DAY, deal="7", stage="closedwon", outcome="won")
    lead, _ = told(lead, won, ready, at + DAY)
    assert lead.state.stage == "customer"
    second = DealMoved(id="d3", lead_id="101", at=at + 2 * DAY, deal="8", stage="qualified")
    lead, _ = told(lead, second, ready, at + 2 * DAY)
    assert lead.state.stage == "customer"
    assert lead.state.refused == ()


def test_a_deal_stage_that_the_policy_does_not_know_moves_nobody() -> None:
    event = DealMoved(id="d1", lead_id="101", at=NOW, deal="7", stage="mystery")
    lead, decision = told(None, event, scored_world())
    assert lead.state.stage == "lead"
    assert not decision.unworkable


# --- what the owner reads


def test_the_card_says_why_now_from_the_evidence() -> None:
    _, decision = interested(scored_world())
    (card,) = [e for e in decision.effects if isinstance(e, CardState)]
    why_now = all_words(card.why_now, card.zone)
    assert why_now[0] == "Looked at pricing (4 times, last Tue 3 Mar, 09:00 CET)"
    assert "Fit 40 (needs 40), behaviour 40 (needs 30)" in why_now


def test_an_old_clock_of_a_lead_that_is_not_held_any_more_does_nothing() -> None:
    lead, its_world = accepted()
    event = ClockDue(id="w", lead_id="101", at=NOW + minutes(2))
    _, decision = told(lead, event, its_world, NOW + minutes(2))
    assert not decision.changed


def test_a_signal_under_a_policy_without_scores() -> None:
    event = SignalSeen(id="s", lead_id="101", at=NOW, signal="pricing_page")
    decision = decided(None, event, world(contact=contact()))
    assert decision.lead.evidence == ()


@pytest.mark.parametrize(
    ("field", "value", "usable"),
    [
        ("email", "a@b.example", True),
        ("email", "a@b", False),
        ("email", "a b@c.example", False),
        ("phone", "+49 (30) 901820", True),
        ("phone", "123", False),
        ("phone", "call me maybe 1234567", False),
        ("phone", "030/901820 ext. 12", True),
    ],
)
def test_an_address_or_number_must_be_one_that_can_be_used(
    field: str, value: str, usable: bool
) -> None:
    found = person(email=value if field == "email" else "", phone=value if field == "phone" else "")
    lead, _ = interested(scored_world(found))
    assert (lead.held is None) == usable


def test_an_expired_hold_does_not_waive_other_criteria() -> None:
    """`then: flag` is for missing fields; a score that is too low still holds the lead."""
    found = person((SeenStage("marketingqualifiedlead", NOW - minutes(2), "AUTOMATION_PLATFORM"),))
    lead, _ = told(None, became(), scored_world(found))
    at = NOW + 2 * DAY
    later, decision = told(lead, ClockDue(id="w", lead_id="101", at=at), scored_world(found), at)
    assert later.assignment is None
    assert later.held is not None
    assert later.held.told == 2
    assert "gate.still_held" in [why.id for why in decision.because]
