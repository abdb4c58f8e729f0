"""Rest and rounds bind moves that somebody makes in HubSpot, too, as the policy says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import NO_WAY_BACK, Lead
from baton.domain.policy import Count, Policy
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import DealMoved, WentStale
from baton.domain.world.world import Contact, SeenStage
from baton.presentation.wording import plain
from tests.builders import (
    BECAME_MQL,
    LIFECYCLE,
    NOW,
    POLICY,
    became,
    click,
    contact,
    decided,
    hint,
    minutes,
    world,
)
from tests.scored import SCORING

Early = Literal["", "hold", "ask", "follow"]
MQL = "marketingqualifiedlead"
DAY = timedelta(days=1)
CLOSED = NOW + minutes(5)
BACK = CLOSED + 10 * DAY
OVER = CLOSED + 60 * DAY


def policy(early: Early, rounds: int = 3) -> Policy:
    tracks = (replace(POLICY.tracks[0], max_rounds=rounds), *POLICY.tracks[1:])
    return replace(POLICY, early=early, tracks=tracks)


def rested(rules: Policy) -> Lead:
    """A lead rejected for timing: its track rests for 60 days."""
    lead = decided(None, became(), world(rules, contact())).lead
    return decided(lead, click("reject", CLOSED, reason="timing"), world(rules), CLOSED).lead


def shows(at: datetime, source: str = "AUTOMATION_PLATFORM", **fields: str) -> Contact:
    seen = (
        SeenStage(MQL, BECAME_MQL, "AUTOMATION_PLATFORM"),
        SeenStage("recycled", CLOSED, "INTEGRATION"),
        SeenStage(MQL, at, source),
    )
    return contact(stages=seen, **fields)


def brought_back(
    lead: Lead, rules: Policy, at: datetime = BACK, source: str = "AUTOMATION_PLATFORM"
) -> Decision:
    return decided(lead, became(at=at, source=source), world(rules, shows(at, source)), at)


def told(decision: Decision) -> list[str]:
    found = (one for one in decision.effects if isinstance(one, NoticeState))
    return [plain(line) for one in found for line in (one.title, *one.lines)]


@pytest.mark.parametrize(
    ("early", "source", "stage", "kept"),
    [
        pytest.param("", "AUTOMATION_PLATFORM", "mql", [], id="a policy of before"),
        pytest.param("hold", "AUTOMATION_PLATFORM", "recycled", ["rest"], id="held"),
        pytest.param("hold", "CRM_UI", "recycled", ["forward"], id="a person is asked"),
        pytest.param("ask", "AUTOMATION_PLATFORM", "recycled", ["forward"], id="asked"),
        pytest.param("follow", "AUTOMATION_PLATFORM", "mql", [], id="followed"),
    ],
)
def test_a_move_during_the_rest_is_answered(
    early: Early, source: str, stage: str, kept: list[str]
) -> None:
    rules = policy(early)
    made = brought_back(rested(rules), rules, source=source)
    assert made.lead.state.stage == stage
    assert [one.kind for one in made.lead.questions] == kept
    assert (made.lead.assignment is not None) is (stage == "mql")
    assert (len(told(made)) > 0) is (early != "")


def test_the_notice_of_a_followed_move_says_so() -> None:
    rules = policy("follow")
    lines = told(brought_back(rested(rules), rules))
    assert "an unnamed source" not in lines
    assert lines[-1] == "AUTOMATION_PLATFORM set MQL; Baton follows, as the policy says."


def test_a_held_move_is_made_when_the_rest_is_over() -> None:
    rules = policy("hold")
    lead = brought_back(rested(rules), rules).lead
    assert lead.review_at is not None
    assert OVER <= lead.review_at <= OVER + minutes(5)
    early = OVER - minutes(1)
    waits = decided(lead, hint("fields", early), world(rules, shows(BACK)), early).lead
    assert waits.state.stage == "recycled"
    at = waits.review_at
    assert at is not None
    event = WentStale(id="stale:1", lead_id="101", at=at)
    made = decided(waits, event, world(rules, shows(BACK)), at)
    assert made.lead.state.stage == "mql"
    assert made.lead.assignment is not None
    assert made.lead.questions == ()


def test_a_held_move_that_is_taken_back_is_not_made() -> None:
    rules = policy("hold")
    lead = brought_back(rested(rules), rules).lead
    seen = (*shows(BACK).stages, SeenStage("recycled", BACK + DAY, "CRM_UI"))
    shown = contact(stages=seen, lifecyclestage="recycled")
    at = BACK + DAY
    back = decided(lead, hint("stage", at), world(rules, shown), at).lead
    assert back.questions == ()
    made = decided(back, hint("fields", OVER), world(rules, shown), OVER)
    assert made.lead.state.stage == "recycled"


def test_a_move_after_the_rest_is_followed_and_nobody_is_asked() -> None:
    rules = policy("hold")
    made = brought_back(rested(rules), rules, at=OVER)
    assert (made.lead.state.stage, made.lead.questions) == ("mql", ())
    notices = (one for one in made.effects if isinstance(one, NoticeState))
    assert rules.notifications.ops_channel not in {one.to for one in notices}


def test_who_asked_for_a_call_need_not_rest() -> None:
    raised = replace(SCORING, authority="hubspot", hand_raises=(Count(of=("form",)),), never=())
    rules = replace(policy("hold"), scoring=raised)
    lead = rested(rules)
    form = (BACK - minutes(1)).isoformat()
    shown = shows(BACK, recent_conversion_date=form, recent_conversion_event_name="Demo request")
    made = decided(lead, became(at=BACK), world(rules, shown), BACK)
    assert made.lead.state.stage == "mql"
    again = decided(
        made.lead, hint("fields", BACK + minutes(9)), world(rules, shown), BACK + minutes(9)
    )
    assert again.lead.state == made.lead.state


def test_a_deal_need_not_wait() -> None:
    stages = tuple(
        replace(one, deal_stages=("negotiation",)) if one.id == "sql" else one
        for one in LIFECYCLE.stages
    )
    rules = replace(policy("hold"), lifecycle=replace(LIFECYCLE, stages=stages))
    event = DealMoved(id="d", lead_id="101", at=BACK, deal="7", stage="negotiation", created=True)
    shown = contact(stages=shows(BACK).stages[:2], lifecyclestage="recycled")
    made = decided(rested(rules), event, world(rules, shown), BACK)
    assert made.lead.state.stage == "sql"


@pytest.mark.parametrize("early", ["hold", "ask"])
def test_no_more_rounds_than_the_track_allows_also_by_a_workflow(early: Early) -> None:
    rules = policy(early, rounds=1)
    lead = rested(rules)
    assert lead.state.rests_until == NO_WAY_BACK
    made = brought_back(lead, rules, at=OVER + DAY)
    assert made.lead.state.stage == "recycled"
    assert made.lead.state.rounds == 1
    assert [one.kind for one in made.lead.questions] == ["forward"]


@pytest.mark.parametrize(
    ("early", "said"),
    [
        pytest.param("", "A stage that somebody sets in HubSpot is followed.", id="before"),
        pytest.param("hold", "A stage that somebody sets in HubSpot is asked about.", id="hold"),
        pytest.param("ask", "A stage that somebody sets in HubSpot is asked about.", id="ask"),
        pytest.param("follow", "A stage that somebody sets in HubSpot is followed.", id="follow"),
    ],
)
def test_the_notice_of_the_last_round_is_true(early: Early, said: str) -> None:
    rules = policy(early, rounds=1)
    lead = decided(None, became(), world(rules, contact())).lead
    made = decided(lead, click("reject", CLOSED, reason="timing"), world(rules), CLOSED)
    assert said in told(made)


def test_a_lead_that_a_person_recycles_in_hubspot_rests_too() -> None:
    moves = tuple(
        replace(one, reason="timing") if one.id == "recycle" else one
        for one in LIFECYCLE.transitions
    )
    rules = replace(policy("hold"), lifecycle=replace(LIFECYCLE, transitions=moves))
    lead = decided(None, became(), world(rules, contact())).lead
    seen = (*contact().stages, SeenStage("recycled", CLOSED, "CRM_UI"))
    shown = contact(stages=seen, lifecyclestage="recycled")
    event = became("recycled", CLOSED, source="CRM_UI")
    gone = decided(lead, event, world(rules, shown), CLOSED).lead
    assert gone.state.rests_until == OVER
    later = (*seen, SeenStage(MQL, BACK, "AUTOMATION_PLATFORM"))
    made = decided(gone, became(at=BACK), world(rules, contact(stages=later)), BACK)
    assert made.lead.state.stage == "recycled"
