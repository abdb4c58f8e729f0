"""Holds end when their reason ends: stories in which a held lead could be forgotten, reported
repeatedly, or withheld from its owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import Hold, Policy, Staleness, Test, Transition
from baton.domain.world.effects import CardState, ContactState, NoticeState, ReplyState
from baton.domain.world.events import AnyEvent, ClockDue, DealMoved, WentStale
from baton.domain.world.world import Contact, Needs, SeenStage
from tests.builders import NOW, after, became, click, hint, kinds, minutes
from tests.scored import DAY, SCORED, person, scored_world, signal
from tests.worded import all_words, answer, title, words

MQL = "marketingqualifiedlead"


def with_stage(stage_id: str, policy: Policy = SCORED, **fields: object) -> Policy:
    stages = tuple(
        replace(stage, **fields) if stage.id == stage_id else stage
        for stage in policy.lifecycle.stages
    )
    return replace(policy, lifecycle=replace(policy.lifecycle, stages=stages))


@dataclass
class Story:
    """One lead and its contact in HubSpot; values that Baton writes there do not come back."""

    policy: Policy = SCORED
    lead: Lead | None = None
    contact: Contact = field(default_factory=person)
    count: int = 0

    def __post_init__(self) -> None:
        self.world = replace(scored_world(self.contact), policy=self.policy)

    def hear(self, event: AnyEvent, at: datetime, **known: object) -> Decision:
        self.count += 1
        world = replace(self.world, **({"contact": self.contact} | known))
        answer = decide(self.lead, replace(event, id=f"e{self.count}"), world, at)
        assert not isinstance(answer, Needs), f"the world lacks {answer}"
        self.lead, self.world = answer.lead, after(self.world, answer)
        return answer

    def qualify(self) -> None:
        for n in range(4):
            self.hear(signal("pricing_page", NOW - minutes(3 - n)), NOW)
        self.stage(MQL, 0.2, "INTEGRATION", heard=False)

    def press(self, action: str, minute: float, reason: str = "") -> Decision:
        lead = self.known
        assert lead.assignment is not None
        user = self.policy.person[lead.assignment.person].slack_user
        at = NOW + minutes(minute)
        return self.hear(click(action, at, user, lead.assignment.number, reason), at)

    def stage(
        self, value: str, minute: float, source: str = "CRM_UI", *, heard: bool = True
    ) -> Decision | None:
        at = NOW + minutes(minute)
        stages = (*self.contact.stages, SeenStage(value, at, source))
        properties = self.contact.properties | {"lifecyclestage": value}
        self.contact = replace(self.contact, properties=properties, stages=stages)
        return self.hear(became(value, at, source=source), at) if heard else None

    def fill(self, minute: float, **fields: str) -> Decision:
        both = self.contact.properties | fields
        self.contact = replace(self.contact, properties={k: v for k, v in both.items() if v})
        at = NOW + minutes(minute)
        return self.hear(hint("fields", at), at)

    def clock(self, at: datetime, **known: object) -> Decision:
        return self.hear(ClockDue(id="w", lead_id="101", at=at), at, **known)

    def sweep(self, at: datetime, **known: object) -> Decision:
        return self.hear(WentStale(id="s", lead_id="101", at=at), at, **known)

    @property
    def known(self) -> Lead:
        assert self.lead is not None
        return self.lead


def accepted(policy: Policy = SCORED) -> Story:
    story = Story(policy)
    story.qualify()
    story.press("accept", 1)
    story.stage("salesacceptedlead", 1.2, "INTEGRATION", heard=False)
    return story


def notices(decision: Decision) -> list[str]:
    return [title(e) for e in decision.effects if isinstance(e, NoticeState)]


def replies(decision: Decision) -> list[str]:
    return [answer(e) for e in decision.effects if isinstance(e, ReplyState)]


# --- a hold before a stage that no longer applies


def test_a_hold_before_sql_ends_when_the_lead_is_set_back_to_sal() -> None:
    story = accepted()
    story.stage("salesqualifiedlead", 60)
    assert story.known.held is not None
    decision = story.stage("salesacceptedlead", 120)
    assert decision is not None
    assert story.known.state.stage == "sal"
    assert story.known.held is None
    assert notices(decision) == ["Ada Example (Acme) was held before SQL"]
    assert story.known.assignment is not None


def test_new_evidence_does_not_restart_a_hold() -> None:
    """The lead was recycled, asked for a demo, and lacks a company: page views must not start its
    hold again."""
    story = accepted()
    story.press("reject", 30, "timing")
    story.stage("recycled", 30.2, "INTEGRATION", heard=False)
    asked = NOW + DAY
    form = {
        "company": "",
        "recent_conversion_event_name": "Demo request",
        "recent_conversion_date": asked.isoformat(),
    }
    story.fill(1440, **form)
    held = story.known.held
    assert held is not None
    assert held.stage == "mql"
    for hour in (1, 2, 3):
        decision = story.hear(signal("pricing_page", asked + minutes(60 * hour)),
                              asked + minutes(60 * hour))  # fmt: skip
        assert "held" not in kinds(decision)
        assert notices(decision) == []
    assert story.known.held is not None
    assert story.known.held.clock == held.clock


def test_recycled_by_a_person_just_before_the_hold_expires() -> None:
    story = accepted()
    story.stage("salesqualifiedlead", 60)
    held = story.known.held
    assert held is not None
    due = held.clock.due_at
    minute = (due - NOW).total_seconds() / 60
    story.stage("recycled", minute - 0.1, heard=False)
    decision = story.clock(due)
    assert (story.known.state.stage, story.known.assignment) == ("recycled", None)
    assert "recycled" in kinds(decision)
    assert story.known.held is None


def test_a_second_disqualification_counts_like_the_first() -> None:
    reopen = Transition("reopen", ("disqualified",), "lead", ("rep",))
    moves = (*SCORED.lifecycle.transitions, reopen)
    policy = replace(SCORED, lifecycle=replace(SCORED.lifecycle, transitions=moves))
    story = accepted(policy)
    story.stage("disqualified", 60)
    assert story.known.reason == "competitor"
    story.stage("lead", 120)
    assert story.known.reason == ""
    assert story.known.written["baton_reason"].value == ""
    decision = story.stage("disqualified", 180)
    assert decision is not None
    assert story.known.state.stage == "disqualified"
    assert story.known.reason == "competitor"
    assert "disqualified" in kinds(decision)


def test_a_lead_set_back_from_sql_need_not_be_an_mql_again() -> None:
    """Forty days later the score has decayed; its owner gets the lead anyway."""
    story = accepted()
    story.fill(10, baton_budget="1")
    story.stage("salesqualifiedlead", 60)
    assert story.known.assignment is None
    story.stage("salesacceptedlead", 40 * 1440)
    assert story.known.held is None
    assert story.known.assignment is not None
    assert story.known.assignment.number == 2


def test_a_hold_without_a_budget_ends_by_closing_the_lead() -> None:
    story = accepted()
    story.stage("salesqualifiedlead", 60)
    decision = story.press("reject", 90, "timing")
    assert story.known.held is None
    assert "Ada Example (Acme) was held before SQL" in notices(decision)


# --- who qualifies


def test_an_owner_who_qualifies_without_accepting_keeps_the_lead() -> None:
    story = Story()
    story.qualify()
    decision = story.stage("salesqualifiedlead", 5)
    assert decision is not None
    assert kinds(decision)[:2] == ["stage_moved", "accepted"]
    lead = story.known
    assert lead.assignment is not None
    assert lead.held is not None
    assert not any(clock.running and clock.stops_on == "accept" for clock in lead.clocks)


def test_the_gate_of_the_accepted_stage_is_asked_in_slack_too() -> None:
    policy = with_stage("sal", requires=(("product",),), exit={"role": Test(any_of=("CEO",))})
    story = Story(policy)
    story.qualify()
    story.press("accept", 1)
    held = story.known.held
    assert held is not None
    assert held.missing == ("product",)
    assert story.known.assignment is not None
    story.fill(5, product_interest="Archive", baton_budget="1")
    assert story.known.admitted == "sal"
    decision = story.press("qualify", 9)
    assert "role is Head of Operations, not CEO" in replies(decision)[0]


def test_qualified_is_held_where_the_stage_holds() -> None:
    story = accepted()
    decision = story.press("qualify", 9)
    assert "Budget" in replies(decision)[0]
    held = story.known.held
    assert held is not None
    assert (held.stage, held.move, held.asked) == ("sql", "confirm", True)
    done = story.fill(15, baton_budget="1")
    assert kinds(done) == ["stage_moved", "qualified", "released"]
    (effect,) = [e for e in done.effects if isinstance(e, ContactState)]
    assert effect.properties["lifecyclestage"].value == "salesqualifiedlead"


def test_qualified_is_flagged_where_the_stage_flags() -> None:
    story = accepted(with_stage("sql", if_missing="flag"))
    decision = story.press("qualify", 9)
    assert replies(decision) == []
    assert story.known.state.stage == "sql"
    assert story.known.flagged == ("budget",)
    (card,) = [e for e in decision.effects if isinstance(e, CardState)]
    assert "qualified: SQL" in words(card.note)


def test_qualified_is_flagged_when_its_hold_expires() -> None:
    story = accepted(with_stage("sql", hold=Hold(DAY, "flag")))
    story.press("qualify", 9)
    held = story.known.held
    assert held is not None
    story.clock(held.clock.due_at)
    assert (story.known.state.stage, story.known.assignment) == ("sql", None)


def test_a_reps_request_is_not_carried_out_for_the_next_owner() -> None:
    story = accepted()
    story.press("qualify", 9)
    pulled_back = story.clock(NOW + DAY + minutes(30))
    assert "pulled_back" in kinds(pulled_back)
    story.press("accept", 1500)
    story.fill(1510, baton_budget="1")
    assert story.known.state.stage == "sal"
    assert story.known.held is None


# --- HubSpot unavailable, or the contact gone


def test_while_hubspot_is_down_only_the_hold_is_delayed() -> None:
    story = Story(contact=person(industry=""))
    story.qualify()
    held = story.known.held
    assert held is not None
    due = held.clock.due_at
    decision = story.clock(due, contact=None, crm_down=True)
    assert kinds(decision) == []
    assert story.known.wake_at == due + minutes(1)
    story.contact = person()
    story.clock(due + minutes(1))
    assert story.known.held is None


def test_a_contact_deleted_before_its_hold_expires() -> None:
    policy = replace(
        SCORED,
        lifecycle=replace(
            SCORED.lifecycle,
            transitions=(
                Transition("age", ("lead",), "mql", ("automatic",),
                           when={"days_in_stage": Test(at_least=40)}),
                *SCORED.lifecycle.transitions,
            ),
        ),
    )  # fmt: skip
    story = Story(with_stage("mql", policy, entry={}))
    story.fill(0, baton_budget="")
    at = story.known.review_at
    assert at is not None
    story.sweep(at, contact=None, contact_gone=True)
    assert story.known.assignment is None
    assert story.known.stale_at is None or story.known.stale_at > at


def test_a_policy_that_forgot_where_the_lead_came_from() -> None:
    story = accepted()
    story.stage("disqualified", 60)
    stages = tuple(s for s in SCORED.lifecycle.stages if s.id != "sal")
    lifecycle = replace(SCORED.lifecycle, stages=stages, accepted="sql", backward={"*": "ask"})
    story.world = replace(story.world, policy=replace(SCORED, lifecycle=lifecycle))
    decision = story.fill(90, baton_budget="")
    assert not decision.unworkable


# --- time


def test_a_clock_that_is_ahead_of_ours_loses_no_evidence() -> None:
    story = Story()
    for n in range(4):
        story.hear(signal("pricing_page", NOW + minutes(n / 10)), NOW)
    assert story.known.state.stage == "mql"


def test_a_click_carries_out_a_review_that_is_due() -> None:
    """A condition on the time in SAL began to hold ten minutes ago; the sweep runs hourly, and a
    click comes before it."""
    quiet = Transition(
        "age_out", ("sal",), "recycled", ("automatic",), reverse=True,
        when={"days_in_stage": Test(at_least=5)}, reason="timing",
    )  # fmt: skip
    moves = (*SCORED.lifecycle.transitions, quiet)
    story = accepted(replace(SCORED, lifecycle=replace(SCORED.lifecycle, transitions=moves)))
    due = story.known.review_at
    while due is not None and due < NOW + 5 * DAY:  # the score decays before that
        story.sweep(due)
        due = story.known.review_at
    assert due is not None
    story.press("touch", (due - NOW).total_seconds() / 60 + 10)
    assert (story.known.state.stage, story.known.reason) == ("recycled", "timing")


def test_a_hint_without_news_stores_nothing() -> None:
    story = Story()
    for n in range(2):
        story.hear(signal("pricing_page", NOW - minutes(60 - n)), NOW)
    for minute in (1, 7, 33, 61):
        decision = story.fill(minute)
        assert not decision.changed, decision.because


def test_a_score_that_decays_is_told_once() -> None:
    """A lead set to MQL by hand is held for its score: further signals that are not enough cause no
    new notice to RevOps."""
    policy = with_stage("mql", entry={"behaviour": Test(at_least=30)})
    story = Story(policy)
    story.stage(MQL, 0, "AUTOMATION_PLATFORM")
    first = story.hear(signal("pricing_page", NOW + minutes(5)), NOW + minutes(5))
    assert notices(first) == []
    assert story.known.held is not None
    assert all_words(story.known.held.unmet) == ("behaviour is 10.0, below 30",)


@pytest.mark.parametrize("operator", ["all", "any"])
def test_a_score_that_decays_is_told_once_among_several_conditions(operator: str) -> None:
    wanted = ({"behaviour": Test(at_least=30)}, {"fit": Test(at_least=99)})
    story = Story(with_stage("mql", entry={operator: Test(blocks=wanted)}))
    story.stage(MQL, 0, "AUTOMATION_PLATFORM")
    story.hear(signal("pricing_page", NOW + minutes(5)), NOW + minutes(5))
    held = story.known.held
    assert held is not None
    for hour in (10, 20, 40):
        later = story.fill(60 * hour)
        assert notices(later) == []
    assert story.known.held is not None
    assert all_words(story.known.held.unmet) != all_words(held.unmet), "it has decayed meanwhile"


# --- after the handoff


def test_an_idle_lead_past_the_handoff_is_closed() -> None:
    policy = replace(SCORED, staleness=(Staleness(("sql",), {}, 90 * DAY, 5 * DAY, "no_response"),))
    story = accepted(policy)
    story.fill(10, baton_budget="1")
    story.stage("salesqualifiedlead", 60)
    assert story.known.assignment is None
    warned_at = story.known.stale_at
    assert warned_at == NOW + minutes(60) + 85 * DAY
    warned = story.sweep(warned_at)
    assert notices(warned) == ["Ada Example has had no activity for a while"]
    closed = story.sweep(NOW + minutes(60) + 90 * DAY)
    assert (story.known.state.stage, story.known.reason) == ("recycled", "no_response")
    assert "recycled" in kinds(closed)


# --- acts of others


@pytest.mark.parametrize(("answer", "followed"), [("ask", True), ("report", False)])
def test_a_person_who_chooses_disqualified_is_not_asked_again(answer: str, followed: bool) -> None:
    backward = {"crm_ui": answer, "*": "report"}
    policy = replace(SCORED, lifecycle=replace(SCORED.lifecycle, backward=backward))
    story = accepted(policy)
    story.stage("disqualified", 60)
    assert (story.known.state.stage == "disqualified") == followed


def test_a_report_is_told_to_revops() -> None:
    story = accepted()
    decision = story.stage("lead", 60, "AUTOMATION_PLATFORM")
    assert decision is not None
    assert notices(decision) == ["Ada Example was moved back in HubSpot"]


def test_an_old_deal_does_not_rewrite_the_past() -> None:
    """See application.follow_deal: for a contact that joins a deal today, its stage begins
    today."""
    story = accepted()
    event = DealMoved(id="d", lead_id="101", at=NOW + minutes(60), deal="7", stage="qualified")
    story.fill(10, baton_budget="1")
    story.hear(event, NOW + minutes(60))
    assert story.known.state.refused == ()
    assert story.known.state.times["mql"].first < NOW + minutes(60)
