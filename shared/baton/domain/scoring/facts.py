"""What is known of a lead in the policy's words: its fields, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from baton.domain.conditions import Facts, first_match
from baton.domain.lead import Lead
from baton.domain.policy import Lifecycle, Policy
from baton.domain.recycling.cool_off import evidence_of_raised_hands, evidence_that_counts
from baton.domain.scoring.score import Score, score
from baton.domain.world.world import Contact

#: Characters kept of a value. HubSpot's texts hold 65,536, and a form is open to anybody: a few of
#: those would make a lead too large to store. Slack shows less than this anyway.
LONGEST = 2_000


def fields_of(contact: Contact, lifecycle: Lifecycle) -> dict[str, str]:
    """The contact's properties under the policy's field names; empty ones are left out."""
    values = (
        (f.id, contact.properties.get(f.property, "").strip()[:LONGEST]) for f in lifecycle.fields
    )
    return {name: value for name, value in values if value}


def describe(policy: Policy, lead: Lead, now: datetime) -> tuple[Facts, Score | None]:
    """Everything conditions may ask for, in the order in which one follows from the other."""
    state = lead.state
    values = {**lead.fields, "stage": state.stage}
    facts = Facts(values, evidence_that_counts(policy, lead), now)
    if state.since is not None:
        facts.exact["days_in_stage"] = (now - state.since) / timedelta(days=1)
        values["days_in_stage"] = f"{facts.exact['days_in_stage']:.1f}"
    if state.rounds:
        values["rounds"] = str(state.rounds)
    if (territory := first_match(policy.territories, facts)) is not None:
        values["territory"] = territory.id
    if (segment := first_match(policy.segments, facts)) is not None:
        values["segment"] = segment.id
    found = None
    if policy.scoring is not None:
        found = score(policy.scoring, facts, evidence_of_raised_hands(policy, lead))
        values |= _scored(found)
        facts.exact |= {"fit": found.fit, "behaviour": found.behaviour}
    if (tier := first_match(policy.tiers, facts)) is not None:
        values["tier"] = tier.id
    return facts, found


def _scored(found: Score) -> Mapping[str, str]:
    return {
        "fit": f"{found.fit:g}",
        "behaviour": f"{found.behaviour:.1f}",
        "hand_raise": "true" if found.hand_raise else "false",
        "qualified": "true" if found.qualified else "false",
    }
