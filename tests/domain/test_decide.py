"""The decision, case by case, by the questions that reps and admins ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Assignment, Evidence, Lead
from baton.domain.phrase import Phrase
from baton.domain.policy import Disqualifier, Field, Member, Policy, Pool, Test
from baton.domain.world.effects import (
    CardState,
    ContactState,
    Effect,
    NoticeState,
    ReplyState,
    TaskState,
)
from baton.domain.world.events import (
    AnyEvent,
    Clicked,
    ClockDue,
    Deleted,
    Reassigned,
    SignalSeen,
    WentStale,
)
from baton.domain.world.world import Load, Needs, SeenStage, Touch
from tests.builders import (
    NOW,
    POLICY,
    after,
    became,
    click,
    contact,
    decided,
    due,
    handed_off,
    hint,
    kinds,
    minutes,
    owned,
    world,
)
from tests.routed import routed
from tests.worded import answer, reasons, subject, words

Kind = TypeVar("Kind", bound=Effect)


def effect(decision: Decision, kind: type[Kind], slot: str | None = None) -> Kind:
    found = [e for e in decision.effects if isinstance(e, kind) and slot in (None, e.slot)]
    assert len(found) == 1, [e.slot for e in decision.effects]
    return found[0]


def notices(decision: Decision) -> list[NoticeState]:
    return [e for e in decision.effects if isinstance(e, NoticeState)]


def shown(decision: Decision) -> dict[str, str]:
    """The properties that this decision writes to HubSpot."""
    state = effect(decision, ContactState)
    return {k: words(v.value) for k, v in state.properties.items() if v.since == state.version}


def test_an_mql_gets_an_owner_a_deadline_a_task_and_a_message() -> None:
    decision = decided(None, became(), world(contact=contact()))

    assert kinds(decision) == ["stage_moved", "assigned"]
    assert owned(decision.lead).person == "anna"
    assert [c.due_at for c in decision.lead.clocks] == [NOW + minutes(15), NOW + minutes(60)]
    card = effect(decision, CardState)
    assert (card.to, card.name, card.company, card.state) == (
        "UANNA",
        "Ada Example",
        "Acme",
        "open",
    )
    assert card.play == "Demo sequence A"
    assert card.reasons == (("timing", "Not now"), ("competitor", "Competitor"))
    tasks = [e for e in decision.effects if isinstance(e, TaskState)]
    assert [(subject(t), t.due_at, t.done) for t in tasks] == [
        ("Accept Ada Example", NOW + minutes(15), False),
        ("Call Ada Example", NOW + minutes(60), False),
    ]
    told = shown(decision)
    assert told["hubspot_owner_id"] == "owner-anna"
    assert told["hs_lead_status"] == "NEW"
    assert told["baton_accept_due"] == "2026-03-03T08:15:00Z"
    assert told["baton_first_entered_mql"] == "2026-03-03T07:58:00Z"
    assert "lifecyclestage" not in told, "HubSpot has the stage already"


def test_the_card_says_why_this_owner() -> None:
    decision = decided(None, became(), world(contact=contact()))
    assert "rule partners: no, source is PAID_SEARCH, not PARTNER" in reasons(decision)
    assert "rule emea-enterprise: yes" in reasons(decision)
    why_you = effect(decision, CardState).why_you
    assert words(why_you) == "EMEA enterprise: next in Enterprise EMEA"


def test_a_lead_outside_hours_is_due_in_the_owners_working_time() -> None:
    evening = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)
    decision = decided(None, became(), world(contact=contact()), evening)
    assert decision.lead.clocks[0].due_at == datetime(2026, 3, 4, 8, 15, tzinfo=UTC)


def test_the_existing_owner_comes_before_every_rule() -> None:
    decision = decided(None, became(), world(contact=contact(hubspot_owner_id="owner-dan")))
    assert owned(decision.lead).person == "dan"
    assert owned(decision.lead).rule == "existing-owner"
    assert decision.turns == (), "nobody's turn was used up"


@pytest.mark.parametrize(
    ("loads", "expected"),
    [
        pytest.param({}, "anna", id="everybody free"),
        pytest.param({"anna": 10}, "ben", id="the first is full"),
        pytest.param({"anna": 10, "ben": 10}, "dan", id="the pool is full: next pool"),
        pytest.param(
            {"anna": 10, "ben": 10, "cleo": 10, "dan": 10}, "mona", id="all full: the manager"
        ),
        pytest.param(
            {"anna": 10, "ben": 10, "cleo": 10, "dan": 10, "mona": 999},
            "mona",
            id="a manager is never full",
        ),
    ],
)
def test_fallbacks_end_in_a_person(loads: dict[str, int], expected: str) -> None:
    carried = {name: Load(name, open=n, version=3) for name, n in loads.items()}
    decision = decided(None, became(), world(contact=contact(), loads=carried))
    assert owned(decision.lead).person == expected
    # The commit also checks the loads that ruled people out.
    assert {load.person for load in decision.relied_on} == loads.keys() - {"mona"}


def test_leads_a_day_count_in_the_reps_own_day() -> None:
    policy = replace(
        POLICY,
        people=tuple(replace(p, max_per_day=2) if p.id == "anna" else p for p in POLICY.people),
    )
    yesterday = Load("anna", open=0, day="2026-03-02", today=2)
    today = Load("anna", open=0, day="2026-03-03", today=2)
    free = decided(None, became(), world(policy, contact(), loads={"anna": yesterday}))
    full = decided(None, became(), world(policy, contact(), loads={"anna": today}))
    assert owned(free.lead).person == "anna"
    assert owned(full.lead).person == "ben"
    assert any("Anna is full for today (2 of 2)" in line for line in reasons(full))


def test_accepting_stops_only_the_accept_clock() -> None:
    lead, its_world = handed_off()
    decision = decided(lead, click("accept", NOW + minutes(3)), its_world, NOW + minutes(3))

    accept, touch = decision.lead.clocks
    assert accept.stopped_at == NOW + minutes(3)
    assert touch.running
    assert decision.lead.state.stage == "sal"
    assert shown(decision)["lifecyclestage"] == "salesacceptedlead"
    assert effect(decision, TaskState, "task:1:accept").done
    assert not effect(decision, TaskState, "task:1:first_touch").done
    card = effect(decision, CardState)
    assert (card.state, words(card.note)) == ("accepted", "Anna accepted")


def test_a_reported_touch_is_distinguished_from_a_seen_one() -> None:
    lead, its_world = handed_off()
    reported = decided(lead, click("touch", NOW + minutes(5)), its_world, NOW + minutes(5))
    assert shown(reported)["baton_first_touch_seen_in"] == "slack"
    assert shown(reported)["hs_lead_status"] == "IN_PROGRESS"

    seen = (Touch(NOW + minutes(4), "call", "owner-anna"),)
    decision = decided(
        lead, hint("activity", NOW + minutes(4)), replace(its_world, touches=seen), NOW + minutes(5)
    )
    assert owned(decision.lead).touched_in == "hubspot"
    assert decision.lead.clocks[1].stopped_at == NOW + minutes(4)
    assert decision.lead.clocks[0].running, "a touch is not an acceptance"


@pytest.mark.parametrize(
    "touch",
    [
        pytest.param(Touch(NOW + minutes(4), "call", "owner-ben"), id="somebody else's call"),
        pytest.param(Touch(NOW - minutes(30), "call", "owner-anna"), id="before the handoff"),
    ],
)
def test_activities_that_are_no_first_touch(touch: Touch) -> None:
    lead, its_world = handed_off()
    its_world = replace(its_world, touches=(touch,))
    decision = decided(lead, hint("activity", touch.at), its_world, NOW + minutes(5))
    assert decision.lead.clocks[1].running


def test_rejecting_recycles_by_reason() -> None:
    lead, its_world = handed_off()
    rejected = click("reject", NOW + minutes(2), reason="timing")
    decision = decided(lead, rejected, its_world, NOW + minutes(2))

    assert kinds(decision) == ["stage_moved", "recycled"]
    assert not decision.lead.open
    assert decision.lead.state.stage == "recycled"
    told = shown(decision)
    assert told["lifecyclestage"] == "recycled"
    assert told["hs_lead_status"] == "BAD_TIMING"
    assert (told["baton_nurture_track"], told["baton_reason"]) == ("timing", "TIMING")
    assert told["hubspot_owner_id"] == ""
    assert effect(decision, ContactState).properties["lifecyclestage"].clear_first
    assert all(e.done for e in decision.effects if isinstance(e, TaskState))
    assert words(effect(decision, CardState).note) == "Anna rejected: Not now"
    assert [(load.person, load.open) for load in decision.loads] == [("anna", 0)]


def test_a_reason_without_a_track_disqualifies() -> None:
    lead, its_world = handed_off()
    rejected = click("reject", NOW + minutes(2), reason="competitor")
    decision = decided(lead, rejected, its_world, NOW + minutes(2))
    assert kinds(decision) == ["stage_moved", "disqualified"]
    assert shown(decision)["hs_lead_status"] == "UNQUALIFIED"


def test_a_reason_that_left_the_catalogue_is_answered() -> None:
    """The card shows the reasons of the policy it was made under."""
    lead, its_world = handed_off()
    decision = decided(lead, click("reject", NOW, reason="mood"), its_world)
    assert effect(decision, ReplyState).lines == (Phrase("click.no_such_reason"),)
    assert replace(decision.lead, version=lead.version) == lead


@pytest.mark.parametrize(
    ("event", "said"),
    [
        pytest.param(click("accept", NOW, user="UBEN"), "only they can act", id="not the owner"),
        pytest.param(click("accept", NOW, assignment=7), "is with Anna now", id="an old card"),
    ],
)
def test_a_stale_button_says_so_and_changes_nothing(event: Clicked, said: str) -> None:
    lead, its_world = handed_off()
    decision = decided(lead, event, its_world)
    assert said in answer(effect(decision, ReplyState))
    assert replace(decision.lead, version=lead.version) == lead


def test_accepting_twice_says_so() -> None:
    lead, its_world = handed_off()
    first = decided(lead, click("accept", NOW + minutes(1)), its_world, NOW + minutes(1))
    second = decided(first.lead, click("accept", NOW + minutes(2)), its_world, NOW + minutes(2))
    assert answer(effect(second, ReplyState)) == "You already accepted Ada Example."


def test_a_click_on_explain_is_answered_and_changes_nothing() -> None:
    lead, state = handed_off()
    decision = decided(lead, click("explain", NOW + minutes(1)), state, NOW + minutes(1))
    reply = answer(effect(decision, ReplyState))
    assert reply.startswith("Accept:\nFrom Tue 3 Mar, 09:00 CET to Tue 3 Mar, 09:15 CET\n")
    assert "counted Tue 3 Mar, 09:00 – 09:15: 15 min" in reply
    assert "Sum: 15 min of Anna's working time (Europe/Berlin)." in reply
    assert reply.count("\n\n") == len(lead.clocks) - 1, "a blank line between two clocks"
    assert decision.lead.clocks == lead.clocks
    assert decision.outcomes == ()


def test_the_ladder_warns_breaches_escalates_and_pulls_back() -> None:
    lead, its_world = handed_off()
    story = []
    for _ in range(5):
        wake = due(lead)
        now = wake.at
        decision = decided(lead, wake, its_world, now)
        story.append(
            ((now - NOW) // minutes(1), kinds(decision), [n.to for n in notices(decision)])
        )
        lead, its_world = decision.lead, after(its_world, decision)
        if "pulled_back" in kinds(decision):
            break
    assert story == [
        (7, ["warned"], ["UANNA"]),
        (15, ["breached"], ["UANNA"]),
        (25, ["escalated"], ["UMONA"]),
        (30, ["warned"], ["UANNA"]),
        (35, ["pulled_back", "assigned"], ["UANNA"]),
    ]
    assert owned(lead).person == "ben"
    assert owned(lead).number == 2
    cards = {e.slot: e for e in decision.effects if isinstance(e, CardState)}
    assert (cards["card:1"].state, cards["card:1"].to) == ("taken_back", "UANNA")
    assert (cards["card:2"].state, cards["card:2"].to) == ("open", "UBEN")
    assert {load.person: load.open for load in decision.loads} == {"anna": 0, "ben": 1}
    assert shown(decision)["hubspot_owner_id"] == "owner-ben"


def test_a_pull_back_looks_at_hubspot_first() -> None:
    lead, its_world = handed_off()
    late = NOW + minutes(35)
    answer = decide(lead, due(lead), replace(its_world, touches=None), late)
    assert answer == Needs(touches=True)
    called = replace(its_world, touches=(Touch(NOW + minutes(30), "call", "owner-anna"),))
    decision = decided(lead, due(lead), called, late)
    assert owned(decision.lead).person == "anna"
    assert owned(decision.lead).touched_in == "hubspot"
    assert "pulled_back" not in kinds(decision)


def test_an_outage_of_hubspot_delays_the_pull_back_and_nothing_else() -> None:
    lead, its_world = handed_off()
    late = NOW + minutes(35)
    dark = replace(its_world, touches=None, crm_down=True)
    decision = decided(lead, due(lead), dark, late)
    assert kinds(decision) == ["breached", "escalated", "warned"]
    assert decision.lead.wake_at == late + minutes(1)
    later = decided(decision.lead, due(decision.lead), its_world, late + minutes(1))
    assert kinds(later) == ["pulled_back", "assigned"]


def test_a_manager_as_last_resort_keeps_the_lead() -> None:
    full = {name: Load(name, open=10) for name in ("anna", "ben", "cleo", "dan")}
    start = world(contact=contact(), loads=full)
    lead = decided(None, became(), start).lead
    decision = decided(lead, due(lead), start, NOW + minutes(40))
    assert owned(decision.lead).person == "mona"
    assert Phrase("pull_back.last_resort", ("accept", "Mona")) in decision.because


@pytest.mark.parametrize(
    ("load", "next_step"),
    [(Load("anna"), "next.pull_back"), (Load("anna", open=10), "next.stays")],
)
def test_a_notice_says_what_a_pull_back_will_do(load: Load, next_step: str) -> None:
    """Told to a manager of last resort, that the lead goes to the next rep was not true."""
    full = {name: Load(name, open=10) for name in ("ben", "cleo", "dan")}
    start = world(contact=contact(), loads={**full, "anna": load})
    lead = decided(None, became(), start).lead
    breached = decided(lead, due(lead), start, NOW + minutes(26))
    told = [one for one in breached.effects if isinstance(one, NoticeState)]
    escalated = next(one for one in told if ":escalated:" in one.slot)
    assert [one.id for one in escalated.lines if isinstance(one, Phrase)][-1] == next_step


def test_a_late_sweep_skips_the_warning_and_tells_the_breach() -> None:
    lead, its_world = handed_off()
    decision = decided(lead, due(lead), its_world, NOW + minutes(20))
    assert kinds(decision) == ["breached"]


def test_a_wake_that_comes_early_changes_nothing() -> None:
    lead, its_world = handed_off()
    decision = decided(lead, due(lead), its_world, NOW + minutes(1))
    assert not decision.changed
    assert decision.lead == lead


def test_a_running_clock_keeps_the_ladder_it_started_with() -> None:
    lead, its_world = handed_off()
    other = replace(POLICY, tiers=())
    decision = decided(lead, due(lead), replace(its_world, policy=other), NOW + minutes(16))
    assert kinds(decision) == ["breached"]


def test_inactivity_warns_then_recycles() -> None:
    lead, its_world = handed_off()
    lead = decided(lead, click("accept", NOW), its_world).lead
    lead = decided(lead, click("touch", NOW), its_world).lead
    assert lead.wake_at is None
    warned_at = lead.stale_at
    assert warned_at is not None
    assert warned_at == NOW + timedelta(days=85)
    stale = WentStale(id="stale:1", lead_id="101", at=warned_at)
    warned = decided(lead, stale, its_world, warned_at)
    assert kinds(warned) == ["warned"]
    closed_at = warned.lead.stale_at
    assert closed_at is not None
    closed = decided(warned.lead, replace(stale, id="stale:2"), its_world, closed_at)
    assert kinds(closed) == ["stage_moved", "recycled"]
    assert closed.lead.track == "wake-up"


def test_activity_restarts_the_inactivity_clock() -> None:
    lead, its_world = handed_off()
    day_10 = NOW + timedelta(days=10)
    decision = decided(lead, click("touch", day_10), its_world, day_10)
    assert decision.lead.stale_at == day_10 + timedelta(days=85)


def test_a_backward_change_is_refused_and_an_imports_is_restored() -> None:
    lead, its_world = handed_off()
    lead = decided(lead, click("accept", NOW), its_world).lead
    moved = contact(
        stages=(
            SeenStage("marketingqualifiedlead", NOW - minutes(2)),
            SeenStage("lead", NOW + minutes(9), "IMPORT"),
        ),
        lifecyclestage="lead",
    )
    event = became("lead", NOW + minutes(9), source="IMPORT")
    decision = decided(lead, event, replace(its_world, contact=moved), NOW + minutes(10))
    assert decision.lead.state.stage == "sal"
    assert "backward_refused" in kinds(decision)
    value = effect(decision, ContactState).properties["lifecyclestage"]
    assert (value.value, value.clear_first) == ("salesacceptedlead", True)


def test_a_persons_backward_change_is_asked_about() -> None:
    lead, its_world = handed_off()
    event = became("lead", NOW + minutes(9), source="CRM_UI")
    decision = decided(lead, event, replace(its_world, contact=contact()), NOW + minutes(10))
    assert decision.lead.state.stage == "mql"
    (notice,) = notices(decision)
    assert (notice.to, notice.level) == ("#revops", "warning")


def test_an_echo_of_our_own_stage_write_is_no_news() -> None:
    lead, its_world = handed_off()
    lead = decided(lead, click("accept", NOW), its_world).lead
    rejected = click("reject", NOW + minutes(1), reason="timing")
    decision = decided(lead, rejected, its_world, NOW + minutes(1))
    echo = became("salesacceptedlead", NOW + minutes(2), source="INTEGRATION")
    later = decided(decision.lead, echo, replace(its_world, contact=contact()), NOW + minutes(2))
    assert later.lead.state.stage == "recycled"
    assert "backward_refused" not in kinds(later)


def test_coming_back_after_recycling_keeps_first_and_last_right() -> None:
    lead, its_world = handed_off()
    lead = decided(
        lead, click("reject", NOW + minutes(5), reason="timing"), its_world, NOW + minutes(5)
    ).lead
    back = NOW + timedelta(days=70)
    again = contact(
        stages=(
            SeenStage("marketingqualifiedlead", NOW - minutes(2)),
            SeenStage("marketingqualifiedlead", back),
        )
    )
    decision = decided(lead, became(at=back), replace(its_world, contact=again), back)
    times = decision.lead.state.times["mql"]
    assert (times.first, times.last, times.count) == (NOW - minutes(2), back, 2)
    assert times.spent == minutes(7)
    assert owned(decision.lead).number == 2
    assert decision.lead.reason == ""
    assert owned(decision.lead).person in {"anna", "ben"}, "a new round excludes nobody"


def test_moving_on_in_hubspot_ends_the_handoff() -> None:
    lead, its_world = handed_off()
    event = became("salesqualifiedlead", NOW + minutes(9), source="CRM_UI")
    decision = decided(lead, event, replace(its_world, contact=contact()), NOW + minutes(9))
    assert kinds(decision) == ["stage_moved", "accepted", "qualified"]
    assert not decision.lead.open
    assert effect(decision, CardState).state == "closed"
    assert "hubspot_owner_id" not in shown(decision), "the rep keeps the deal"


def test_acceptance_in_hubspot_counts() -> None:
    lead, its_world = handed_off()
    event = became("salesacceptedlead", NOW + minutes(6), source="CRM_UI")
    decision = decided(lead, event, replace(its_world, contact=contact()), NOW + minutes(7))
    assert owned(decision.lead).accepted_at == NOW + minutes(6)
    assert decision.lead.clocks[0].stopped_at == NOW + minutes(6)


def test_a_new_contact_without_a_stage_gets_the_first_one() -> None:
    blank = contact(stages=(), lifecyclestage="")
    decision = decided(None, hint("created"), world(contact=blank))
    told = shown(decision)
    assert told["lifecyclestage"] == "lead"
    assert told["baton_first_source"] == "PAID_SEARCH"
    assert not decision.lead.open


def test_the_first_source_is_frozen() -> None:
    lead = decided(None, hint("created"), world(contact=contact(stages=(), lifecyclestage=""))).lead
    later = contact(hs_analytics_source="REFERRALS")
    decision = decided(lead, became(), world(contact=later))
    assert decision.lead.first_source == "PAID_SEARCH"


def test_a_partner_ahead_of_hubspot_moves_hubspot_forward() -> None:
    behind = contact(stages=(SeenStage("lead", NOW - timedelta(days=1)),), lifecyclestage="lead")
    decision = decided(None, became(source="partner"), world(contact=behind))
    value = effect(decision, ContactState).properties["lifecyclestage"]
    assert (value.value, value.clear_first) == ("marketingqualifiedlead", False)


def test_a_deleted_contact_is_unworkable() -> None:
    decision = decided(None, became(), world(contact_gone=True))
    assert words(decision.unworkable) == "HubSpot has no such contact"


def test_an_owner_who_left_the_roster_does_not_stop_the_clocks() -> None:
    lead, its_world = handed_off()
    left = replace(
        POLICY,
        people=tuple(p for p in POLICY.people if p.id != "anna"),
        pools=tuple(
            replace(pool, members=tuple(m for m in pool.members if m.rep != "anna"))
            for pool in POLICY.pools
        ),
    )
    decision = decided(lead, due(lead), replace(its_world, policy=left), NOW + minutes(35))
    assert owned(decision.lead).person == "ben"
    assert notices(decision)[0].to == "#lead-sla"


def test_a_decision_asks_for_missing_data() -> None:
    bare = replace(world(), loads={}, turns={}, touches=None)
    assert decide(None, became(), bare, NOW) == Needs(contact=True)
    informed = replace(bare, contact=contact())
    assert decide(None, became(), informed, NOW) == Needs(
        pools=("enterprise", "everyone"), people=("anna", "ben", "cleo", "dan", "mona")
    )


def test_an_open_lead_without_a_wake_up_cannot_be_constructed() -> None:
    assignment = Assignment(1, "anna", "r", "p", "hot", NOW, "because")
    with pytest.raises(ValueError, match="no clock would ever wake it"):
        Lead(id="101", assignment=assignment)


def test_a_clock_of_a_lead_nobody_knows_does_nothing() -> None:
    decision = decided(None, ClockDue(id="wake:x", lead_id="9", at=NOW), world())
    assert not decision.changed


def test_a_backward_move_not_yet_shown_still_clears_the_stage() -> None:
    """HubSpot ignores a stage it thinks is lower unless it was cleared first. A restore that was
    overtaken by the next decision must not take its clearing with it."""
    lead, its_world = handed_off()
    imported = became("lead", NOW + minutes(1), source="IMPORT")
    back = replace(its_world, contact=contact(lifecyclestage="lead"))
    lead = decided(lead, imported, back, NOW + minutes(1)).lead
    assert lead.written["lifecyclestage"].clear_first
    decision = decided(lead, click("accept", NOW + minutes(2)), its_world, NOW + minutes(2))
    value = effect(decision, ContactState).properties["lifecyclestage"]
    assert (value.value, value.clear_first) == ("salesacceptedlead", True)


def test_a_rep_who_calls_before_accepting_can_still_accept() -> None:
    """The accept clock runs until the lead is accepted, so the card must still offer this."""
    lead, its_world = handed_off()
    called = replace(its_world, touches=(Touch(NOW + minutes(2), "call", "owner-anna"),))
    seen = decided(lead, hint("activity", NOW + minutes(2)), called, NOW + minutes(3))
    card = effect(seen, CardState)
    assert card.state == "open"
    assert [deadline.done_at for deadline in card.deadlines] == [None, NOW + minutes(2)]
    accepted = decided(seen.lead, click("accept", NOW + minutes(4)), called, NOW + minutes(4))
    assert effect(accepted, CardState).state == "touched", "nothing is left to do"


# --- what is looked at, and what is stored

SIGNAL = SignalSeen(id="s", lead_id="101", at=NOW + minutes(1), signal="page")
NOBODYS = replace(handed_off()[0], assignment=None, clocks=(), idle=None, last_activity=None)
AT = NOW + minutes(2)


def test_what_cannot_be_worked_asks_for_nothing_and_says_why() -> None:
    """The lead is in the stage of its handoff, but this event does not hand it off."""
    bare = replace(world(contact=contact()), loads={}, turns={})
    refused = Reassigned(id="r", lead_id="101", at=NOW, to="ben")
    decision = decided(NOBODYS, refused, bare)
    assert decision.unworkable == Phrase("reassign.nobody_has_it")
    assert (decision.because, decision.lead) == ((decision.unworkable,), NOBODYS)


def test_a_signal_is_activity() -> None:
    lead, its_world = handed_off()
    known = replace(lead, last_activity=None)
    its_world = replace(its_world, contact=contact())
    assert decided(known, SIGNAL, its_world, AT).lead.last_activity == NOW + minutes(1)


def test_an_answer_is_stored_though_the_lead_stays_as_it_is() -> None:
    lead, its_world = handed_off()
    decision = decided(lead, click("explain", AT), its_world, AT)
    assert (decision.changed, decision.outcomes, decision.loads) == (True, (), ())
    assert decision.lead == replace(lead, version=lead.version + 1)


def test_a_decision_that_changes_nothing_says_no_more_than_it_must() -> None:
    lead, its_world = handed_off()
    same = replace(its_world, contact=contact())
    known = decided(lead, hint("fields", AT), same, AT).lead
    again = decided(known, hint("fields", AT), same, AT)
    assert (again.changed, again.because) == (False, ())


def test_a_load_that_changes_anyway_is_not_relied_on_besides() -> None:
    """Anna is too full to become the closer, but the same decision ends her own assignment of the
    lead."""
    base = routed()
    closing = Pool("closers", "Closers", (Member("anna"), Member("carl")), base.pools[1].fallback)
    people = tuple(replace(one, max_open=1) if one.id == "anna" else one for one in base.people)
    policy = replace(base, pools=(base.pools[0], closing), people=people)
    loads = {"anna": Load("anna", open=3), "carl": Load("carl")}
    lead = replace(handed_off()[0], clocks=())
    seen = contact(lifecyclestage="salesqualifiedlead")
    event = became("salesqualifiedlead", NOW)
    decision = decided(lead, event, world(policy, seen, loads=loads))
    assert owned(decision.lead).person == "carl"
    assert [load.person for load in decision.loads] == ["anna", "carl"]
    assert decision.relied_on == ()


def test_no_personal_data_of_a_deleted_contact_is_kept() -> None:
    lead, its_world = handed_off()
    known = replace(lead, found={"company": "history"}, evidence=(Evidence(NOW, "form", "x"),))
    gone = decided(known, Deleted(id="d", lead_id="101", at=AT), its_world, AT).lead
    assert (gone.fields, gone.found, gone.evidence) == ({}, {}, ())


@pytest.mark.parametrize(
    ("event", "lead"),
    [
        pytest.param(click("accept", AT), {}, id="a stale click"),
        pytest.param(ClockDue(id="w", lead_id="101", at=AT), {}, id="a wake"),
        pytest.param(ClockDue(id="w", lead_id="101", at=AT), {"review_at": AT + minutes(1)},
                     id="a review that is not due"),
    ],
)  # fmt: skip
def test_where_nothing_is_news_the_lead_is_not_moved_on(event: AnyEvent, lead: Any) -> None:
    """The lead is in the stage of its handoff: moving it on would ask HubSpot for the contact's
    owner."""
    decision = decided(replace(NOBODYS, **lead), event, world(contact=None), AT)
    assert decision.lead.assignment is None


def test_what_the_owner_does_is_news_though_the_contact_was_not_read() -> None:
    more = replace(POLICY.tiers[0].targets[1], id="more", starts_on="accept")
    tiers = (replace(POLICY.tiers[0], targets=(*POLICY.tiers[0].targets, more)),)
    lead, its_world = handed_off()
    lead = replace(lead, assignment=replace(owned(lead), to_start=("more",)))
    its_world = replace(its_world, policy=replace(POLICY, tiers=tiers), contact=None)
    decision = decided(lead, click("accept", AT), its_world, AT)
    assert [clock.target for clock in decision.lead.clocks][-1] == "more"


# --- when conditions are looked at again

DAY = timedelta(days=1)


def timed(within: timedelta = 2 * DAY) -> Policy:
    """A lead is closed while *seen* lies within that time."""
    by = (Disqualifier({"not": Test(blocks=({"seen": Test(within=within)},))}, "competitor"),)
    stages = tuple(
        replace(one, disqualified_by=by) if one.id in {"mql", "sal"} else one
        for one in POLICY.lifecycle.stages
    )
    fields = (*POLICY.lifecycle.fields, Field("seen", "Seen", "seen", kind="date"))
    return replace(POLICY, lifecycle=replace(POLICY.lifecycle, stages=stages, fields=fields))


def looked_at(
    review_at: datetime | None, now: datetime = AT, changes: bool = True, **known: Any
) -> Decision:
    """Anna's lead, seen at NOW, after she accepts it; unless it *changes*, after a wake instead."""
    lead, its_world = handed_off()
    lead = replace(lead, fields=lead.fields | {"seen": NOW.isoformat()}, review_at=review_at)
    its_world = replace(its_world, policy=timed(), **known)
    event = click("accept", now) if changes else WentStale(id="w", lead_id="101", at=now)
    return decided(lead, event, its_world, now)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, NOW + 2 * DAY, id="for the first time"),
        pytest.param(NOW + 2 * DAY - minutes(5), NOW + 2 * DAY - minutes(5), id="nearly as before"),
        pytest.param(NOW + 2 * DAY + minutes(5), NOW + 2 * DAY + minutes(5), id="nearly, later"),
        pytest.param(NOW + 2 * DAY - minutes(6), NOW + 2 * DAY, id="another time"),
        pytest.param(AT, NOW + 2 * DAY, id="it is due"),
    ],
)
def test_a_review_keeps_its_time_where_it_hardly_differs(
    before: datetime | None, after: datetime
) -> None:
    assert looked_at(before).lead.review_at == after


def test_an_earlier_review_is_kept_if_it_is_in_the_future() -> None:
    """A review in the past would be due again at once."""
    now = NOW + 2 * DAY - minutes(2)
    assert looked_at(now - minutes(1), now).lead.review_at == NOW + 2 * DAY


def test_where_nothing_changes_no_review_is_worked_out() -> None:
    assert not looked_at(None, changes=False).changed


@pytest.mark.parametrize(
    ("review_at", "after"),
    [
        pytest.param(AT, AT + minutes(1), id="it is due: in a minute"),
        pytest.param(NOW + 3 * DAY, NOW + 2 * DAY, id="it is not due"),
    ],
)
def test_a_review_is_tried_again_while_hubspot_is_down(
    review_at: datetime, after: datetime
) -> None:
    assert looked_at(review_at, crm_down=True).lead.review_at == after


def test_a_review_that_is_due_moves_the_lead_though_the_contact_was_not_read() -> None:
    due_at = NOW + 2 * DAY
    decision = looked_at(due_at, due_at, changes=False, contact=None)
    assert (decision.lead.reason, decision.lead.assignment) == ("competitor", None)
