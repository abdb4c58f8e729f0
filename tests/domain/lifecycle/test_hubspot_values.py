"""What HubSpot is told of a lead's way: when it entered each stage, how often, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.domain.time import iso
from baton.domain.world.effects import ContactState
from baton.domain.world.world import SeenStage, World
from tests.builders import (
    BECAME_MQL,
    NOW,
    POLICY,
    after,
    became,
    click,
    contact,
    decided,
    handed_off,
    hint,
    minutes,
    world,
)
from tests.worded import words

DAY = timedelta(days=1)
MQL, SQL = "marketingqualifiedlead", "salesqualifiedlead"
ACCEPTED, REJECTED = NOW + minutes(3), NOW + minutes(10)
BACK, QUALIFIED = NOW + 70 * DAY, NOW + 70 * DAY + minutes(30)


def shown(decision: Decision) -> dict[str, str]:
    """All that HubSpot shows once this decision is delivered."""
    states = [e for e in decision.effects if isinstance(e, ContactState)]
    assert states, "HubSpot is told nothing"
    return {name: words(value.value) for name, value in states[-1].properties.items()}


def of_stage(properties: dict[str, str], stage: str) -> tuple[str | None, ...]:
    """First entry, last entry, how often, and for how many seconds."""
    names = ("first_entered", "last_entered", "times_entered", "seconds_in")
    return tuple(properties.get(f"baton_{name}_{stage}") for name in names)


def recycled() -> tuple[Decision, World]:
    """MQL for five minutes, SAL for seven, then given back."""
    lead, its_world = handed_off()
    accepted = decided(lead, click("accept", ACCEPTED), its_world, ACCEPTED)
    its_world = after(its_world, accepted)
    rejected = click("reject", REJECTED, reason="timing")
    decision = decided(accepted.lead, rejected, its_world, REJECTED)
    return decision, after(its_world, decision)


def entered_again(lead: Lead, its_world: World, value: str, at: datetime) -> tuple[Decision, World]:
    its_world = replace(its_world, contact=contact(stages=()))
    decision = decided(lead, became(value, at), its_world, at)
    return decision, after(its_world, decision)


def test_the_first_time_through_first_and_last_are_the_same() -> None:
    decision, _ = recycled()
    told = shown(decision)
    assert of_stage(told, "mql") == (iso(BECAME_MQL), iso(BECAME_MQL), "1", "300")
    assert of_stage(told, "sal") == (iso(ACCEPTED), iso(ACCEPTED), "1", "420")
    assert of_stage(told, "recycled") == (iso(REJECTED), iso(REJECTED), "1", None), "still there"
    assert of_stage(told, "sql") == (None, None, None, None), "never there"


def test_recycled_and_back_the_first_stays_the_last_moves_and_the_time_adds_up() -> None:
    decision, its_world = recycled()
    decision, its_world = entered_again(decision.lead, its_world, MQL, BACK)
    told = shown(decision)
    assert of_stage(told, "mql") == (iso(BECAME_MQL), iso(BACK), "2", "300"), "not the time off"
    off = str(int((BACK - REJECTED).total_seconds()))
    assert of_stage(told, "recycled") == (iso(REJECTED), iso(REJECTED), "1", off)
    assert of_stage(told, "sal") == (iso(ACCEPTED), iso(ACCEPTED), "1", "420")

    decision, _ = entered_again(decision.lead, its_world, SQL, QUALIFIED)
    told = shown(decision)
    assert of_stage(told, "mql") == (iso(BECAME_MQL), iso(BACK), "2", str(300 + 30 * 60))
    assert of_stage(told, "sql") == (iso(QUALIFIED), iso(QUALIFIED), "1", None)


def test_news_of_an_earlier_entry_moves_the_first_and_leaves_the_last() -> None:
    """HubSpot tells late that it was an MQL a day before: that is when it was entered."""
    lead, its_world = handed_off()
    earlier = BECAME_MQL - DAY
    stages = (SeenStage(MQL, earlier), SeenStage(MQL, BECAME_MQL))
    its_world = replace(its_world, contact=contact(stages=stages))
    decision = decided(lead, hint("stage", NOW + minutes(1)), its_world, NOW + minutes(1))
    assert of_stage(shown(decision), "mql") == (iso(earlier), iso(earlier), "1", None)


def test_parts_of_a_second_are_left_out() -> None:
    lead, its_world = handed_off()
    at = BECAME_MQL + timedelta(seconds=200, milliseconds=999)
    decision = decided(lead, click("accept", at), its_world, NOW + minutes(5))
    assert of_stage(shown(decision), "mql")[-1] == "200"
    assert of_stage(shown(decision), "sal")[0] == iso(at.replace(microsecond=0))


# --- the lead status


def with_status(stage_id: str, status: str) -> Policy:
    stages = tuple(
        replace(stage, lead_status=status) if stage.id == stage_id else stage
        for stage in POLICY.lifecycle.stages
    )
    return replace(POLICY, lifecycle=replace(POLICY.lifecycle, stages=stages))


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        pytest.param(with_status("lead", "NEW"), "NEW", id="that of the first stage"),
        pytest.param(POLICY, None, id="none, where the policy gives it none"),
    ],
)
def test_the_lead_status_of_a_contact_that_is_new(policy: Policy, status: str | None) -> None:
    its_world = world(policy, contact(stages=(), lifecyclestage=""))
    decision = decided(None, hint("created"), its_world)
    assert (decision.lead.standing.stage, decision.lead.assignment) == ("lead", None)
    assert shown(decision).get("hs_lead_status") == status


def test_who_gets_the_lead_later_sets_the_status_of_the_handoff() -> None:
    """And while they have it, that is what is shown, whatever the stage would say."""
    its_world = world(with_status("mql", "OPEN"), contact())
    assert shown(decided(None, became(), its_world))["hs_lead_status"] == "NEW"
