"""Who never qualifies reaches no rep, whoever says that the lead is an MQL."""

from __future__ import annotations

from typing import Literal

import pytest
from msgspec.structs import replace

from baton.domain.policy import Policy, Test
from baton.domain.policy.scoring import Never
from baton.domain.world.world import SeenStage
from tests.builders import BECAME_MQL, NOW, POLICY, became, contact, decided, hint, minutes, world
from tests.scored import SCORING

RIVAL = Never("competitor", "Works for a competitor", {"company": Test(any_of=("Rival",))})


def policy(authority: Literal["baton", "hubspot"], then: Literal["hold", "follow"]) -> Policy:
    scoring = replace(SCORING, authority=authority, never=(RIVAL,), never_then=then)
    return replace(POLICY, scoring=scoring)


@pytest.mark.parametrize("authority", ["baton", "hubspot"])
@pytest.mark.parametrize("source", ["AUTOMATION_PLATFORM", "CRM_UI", "IMPORT"])
@pytest.mark.parametrize("stage", ["marketingqualifiedlead", "salesacceptedlead"])
def test_a_competitor_reaches_no_rep_whoever_says_mql(
    authority: Literal["baton", "hubspot"], source: str, stage: str
) -> None:
    seen = contact(
        stages=(SeenStage(stage, BECAME_MQL, source),), company="Rival", lifecyclestage=stage
    )
    made = decided(None, became(stage, source=source), world(policy(authority, "hold"), seen))
    assert made.lead.assignment is None
    assert made.lead.held is not None
    (why,) = made.lead.held.unmet
    assert not isinstance(why, str)
    assert (why.id, why.args) == ("wanting.never", ("Works for a competitor",))


def test_it_is_handed_off_where_the_policy_follows() -> None:
    made = decided(None, became(), world(policy("hubspot", "follow"), contact(company="Rival")))
    assert made.lead.assignment is not None


def test_a_held_lead_goes_on_when_it_is_no_competitor_after_all() -> None:
    rules = policy("hubspot", "hold")
    held = decided(None, became(), world(rules, contact(company="Rival"))).lead
    at = NOW + minutes(5)
    made = decided(held, hint("fields", at), world(rules, contact(company="Acme")), at)
    assert made.lead.held is None
    assert made.lead.assignment is not None


def test_who_is_no_competitor_is_handed_off() -> None:
    made = decided(None, became(), world(policy("hubspot", "hold"), contact()))
    assert made.lead.assignment is not None
