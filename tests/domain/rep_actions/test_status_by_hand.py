"""A lead status that a person sets in HubSpot counts where it means something."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import Policy, Sync
from baton.domain.world.effects import CardState, ContactState, NoticeState, TaskState
from baton.domain.world.world import SeenValue
from tests.builders import (
    NOW,
    POLICY,
    after,
    click,
    contact,
    decided,
    handed_off,
    hint,
    kinds,
    minutes,
    owned,
)
from tests.worded import title, words

STATUS = "hs_lead_status"
KIM = "userId:77"
AT = NOW + minutes(10)


def policy(by_hand: Any = "follow", reasons: bool = True, **changes: Any) -> Policy:
    lifecycle = POLICY.lifecycle
    named = {"recycled": "timing", "disqualified": "competitor"} if reasons else {}
    moves = tuple(replace(one, reason=named.get(one.to, "")) for one in lifecycle.transitions)
    status = replace(lifecycle.status, meeting="MEETING", by_hand=by_hand)
    given = {"transitions": moves, "status": status}
    return replace(POLICY, lifecycle=replace(lifecycle, **(given | changes)))


def seen(
    value: str,
    rules: Policy | None = None,
    source: str = "CRM_UI",
    at: datetime = AT,
    lead: Lead | None = None,
    **fields: str,
) -> Decision:
    """HubSpot shows this status, ten minutes after Anna got the lead."""
    first, its_world = handed_off()
    rules = rules or policy()
    found = contact("101", None, hs_lead_status=value, **fields)
    found = replace(found, changes={STATUS: SeenValue(value, at, source, KIM)})
    its_world = replace(its_world, policy=rules, contact=found)
    return decided(lead or first, hint("status", AT), its_world, AT)


def test_working_is_a_reported_first_touch() -> None:
    decision = seen("IN_PROGRESS")
    acts = owned(decision.lead)
    assert (acts.touched_at, acts.touched_in) == (AT, "status")
    assert [(o.kind, o.person, o.what, o.by) for o in decision.outcomes] == [
        ("touched", "anna", "status", KIM)
    ]
    (card,) = (e for e in decision.effects if isinstance(e, CardState))
    assert words(card.note) == "HubSpot user 77 set IN_PROGRESS in HubSpot"
    assert card.undo, "as what is reported on the card"
    assert card.state == "open", "accepting is an act of its own"
    clocks = {clock.target: clock.stopped_by for clock in decision.lead.clocks}
    assert clocks == {"accept": "", "first_touch": "touch"}


def test_a_meeting_is_a_meeting_too() -> None:
    acts = owned(seen("MEETING").lead)
    assert (acts.touched_at, acts.met_at) == (AT, AT)


@pytest.mark.parametrize(
    ("value", "stage", "reason"),
    [("BAD_TIMING", "recycled", "timing"), ("UNQUALIFIED", "disqualified", "competitor")],
)
def test_the_status_of_a_side_stage_closes_the_lead(value: str, stage: str, reason: str) -> None:
    decision = seen(value)
    lead = decision.lead
    assert (lead.assignment, lead.state.stage, lead.reason) == (None, stage, reason)
    assert next((o.kind, o.by) for o in decision.outcomes) == ("rejected", KIM)
    (card,) = (e for e in decision.effects if isinstance(e, CardState))
    assert card.state == "closed"
    (shown,) = (e for e in decision.effects if isinstance(e, ContactState))
    assert shown.properties["lifecyclestage"].value == stage
    assert shown.properties["baton_reason"].value == reason.upper()


def test_the_reason_that_the_contact_names_comes_first() -> None:
    decision = seen("BAD_TIMING", baton_reason="NO_RESPONSE")
    assert (decision.lead.reason, decision.lead.track) == ("no_response", "wake-up")


def test_a_reason_that_leads_elsewhere_is_not_taken() -> None:
    assert seen("BAD_TIMING", baton_reason="COMPETITOR").lead.reason == "timing"


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("IN_PROGRESS", policy("ask")),
        ("MEETING", policy("ask")),
        ("UNQUALIFIED", policy("ask")),
        ("UNQUALIFIED", policy(reasons=False)),
    ],
)
def test_it_is_asked_about_once(value: str, rules: Policy) -> None:
    decision = seen(value, rules)
    assert owned(decision.lead).touched_at is None
    (told,) = (e for e in decision.effects if isinstance(e, NoticeState))
    assert (told.to, title(told)) == (
        "#revops",
        f"The lead status of Ada Example was set to {value} in HubSpot",
    )
    again = seen(value, rules, lead=decision.lead)
    assert not [e for e in again.effects if isinstance(e, NoticeState)]


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param(seen("IN_PROGRESS", policy("leave")), id="the policy leaves it"),
        pytest.param(seen("IN_PROGRESS", source="AUTOMATION_PLATFORM"), id="not a person"),
        pytest.param(seen("IN_PROGRESS", source="INTEGRATION"), id="Baton's own echo"),
        pytest.param(seen("IN_PROGRESS", at=NOW - minutes(1)), id="before Anna had it"),
        pytest.param(seen("OPEN"), id="it means nothing"),
        pytest.param(seen("NEW"), id="as Baton says"),
        pytest.param(
            seen("IN_PROGRESS", policy(sync=(Sync(STATUS, "baton"),))), id="Baton's value wins"
        ),
        pytest.param(
            seen("IN_PROGRESS", policy(stages=tuple(
                replace(one, lead_status="IN_PROGRESS") if one.id == "sal" else one
                for one in POLICY.lifecycle.stages
            ))), id="a stage has it, too",
        ),
    ],
)  # fmt: skip
def test_other_values_are_values_like_any_other(decision: Decision) -> None:
    assert owned(decision.lead).touched_at is None
    assert not {"touched", "recycled", "disqualified"} & {*kinds(decision)}


def test_a_touch_by_status_that_is_undone_is_not_counted_again() -> None:
    """Baton writes its status once more, and what HubSpot still shows is older than that."""
    lead, its_world = handed_off()
    rules = policy(sync=(Sync(STATUS, "crm"),))
    found = contact("101", None, hs_lead_status="IN_PROGRESS")
    found = replace(found, changes={STATUS: SeenValue("IN_PROGRESS", AT, "CRM_UI", KIM)})
    its_world = replace(its_world, policy=rules, contact=found)
    lead = decided(lead, hint("status", AT), its_world, AT).lead
    assert lead.yielded == {}
    later = AT + minutes(1)
    undone = decided(lead, click("untouch", later), its_world, later)
    assert owned(undone.lead).touched_at is None
    again = decided(undone.lead, hint("fields", later), after(its_world, undone), later)
    assert owned(again.lead).touched_at is None


def test_a_completed_task_is_no_act() -> None:
    """Baton does not read its tasks, and leaves the status of one that it has not closed."""
    lead, its_world = handed_off()
    decision = decided(lead, hint("activity", AT), its_world, AT)
    assert kinds(decision) == []
    assert not [e for e in decision.effects if isinstance(e, TaskState) and e.done]
