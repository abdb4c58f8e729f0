"""Accepting by setting the stage in HubSpot: which assignment that accepts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baton.domain.draft.draft import CardNote, Draft
from baton.domain.lead import LifecycleState, StageFact
from baton.domain.lifecycle.stage_history import state_of
from baton.domain.phrase import Phrase
from baton.domain.rep_actions.accept import accept
from tests.builders import (
    NOW,
    POLICY,
    became,
    contact,
    decided,
    handed_off,
    hint,
    kinds,
    minutes,
    owned,
)


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


SAL = StageFact(NOW + minutes(1), "sal", source="baton")


@pytest.mark.parametrize(
    ("where", "handoff", "stage", "fact", "written"),
    [
        pytest.param("slack", "", "mql", SAL, "forward", id="in Slack: the lead is accepted"),
        pytest.param("hubspot", "", "mql", None, "", id="in HubSpot: it has the stage"),
        pytest.param("slack", "sql", "sql", None, "", id="a later handoff has no such stage"),
        pytest.param("slack", "", "sql", SAL, "", id="it is further already"),
    ],
)
def test_what_accepting_does_to_the_stage(
    where: str, handoff: str, stage: str, fact: StageFact | None, written: str
) -> None:
    lead, its_world = handed_off()
    facts = (StageFact(NOW, stage, source="crm_ui"),)
    changed = {"facts": facts, "base": LifecycleState(), "state": state_of(POLICY, facts)}
    lead = replace(lead, assignment=replace(owned(lead), handoff=handoff), **changed)
    made = Draft(lead, hint("fields", NOW + minutes(2)), its_world, NOW + minutes(2))
    accept(made, NOW + minutes(1), where)
    assert owned(made.lead).accepted_at == NOW + minutes(1)
    assert made.lead.facts[1:] == ((fact,) if fact else ())
    assert made.write_stage == written
    assert (made.outcomes[0].kind, made.outcomes[0].what) == ("accepted", where)
    assert made.because[0] == Phrase("accepted.seen", ("Anna", where))
    assert made.card == CardNote(Phrase("accepted", ("Anna",)), NOW + minutes(1))
    assert made.tasks
