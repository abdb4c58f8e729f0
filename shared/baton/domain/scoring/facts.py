"""A lead's facts under the policy's names: its fields, and values derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from baton.domain.conditions import Facts, first_match
from baton.domain.lead import Lead
from baton.domain.numbers import places_beside
from baton.domain.policy import DAYS_IN_STAGE, Lifecycle, Policy, Profile
from baton.domain.recycling.cool_off import evidence_of_raised_hands, evidence_that_counts
from baton.domain.scoring.asked_for import lasting_fields
from baton.domain.scoring.score import Score, fit_of, score
from baton.domain.world.world import Contact

#: Characters kept of a value. HubSpot's texts hold up to 65,536, and anybody can submit a form: a
#: few such values would make a lead too large to store. Slack shows less than this anyway.
LONGEST = 2_000
#: Around the ticked boxes of a list.
_NOTHING = "; \t\r\n\f\v\u00a0"
#: Profiles that are remembered.
PROFILES_KEPT = 5_000


def fields_of(contact: Contact, lifecycle: Lifecycle) -> dict[str, str]:
    """The contact's properties under the policy's field names; empty ones are left out."""
    shown = contact.properties
    return {
        field.id: value[:LONGEST]
        for field in lifecycle.fields
        if (raw := shown.get(field.property))
        # A list of nothing but semicolons is no value.
        and (value := raw.strip(_NOTHING) if field.kind == "list" else raw.strip())
    }


def describe(policy: Policy, lead: Lead, now: datetime) -> tuple[Facts, Score | None]:
    """All facts that conditions may test, each computed after those it depends on."""
    state = lead.state
    fields = lasting_fields(policy, lead, now)
    values = {**fields, "stage": state.stage}
    facts = Facts(
        values, evidence_that_counts(policy, lead), now, policy.readings(fields), policy.zone
    )
    free = policy.is_free_mail(lead.fields.get(policy.email_field, ""))
    if free is not None:
        values["free_mail"] = "true" if free else "false"
    if state.since is not None:
        days = facts.exact[DAYS_IN_STAGE] = (now - state.since) / timedelta(days=1)
        values[DAYS_IN_STAGE] = f"{days:.1f}"
    if state.rounds:
        values["rounds"] = str(state.rounds)
    profile = _profile(policy, facts)
    if profile.territory:
        values["territory"] = profile.territory
    if profile.segment:
        values["segment"] = profile.segment
    found = None
    if policy.scoring is not None:
        raising = evidence_of_raised_hands(policy, lead)
        found = score(policy.scoring, facts, raising, profile)
        values |= _scored(found, policy.behaviour_marks)
        facts.exact |= {"fit": found.fit, "behaviour": found.behaviour}
    if (tier := first_match(policy.tiers, facts)) is not None:
        values["tier"] = tier.id
    return facts, found


def _profile(policy: Policy, facts: Facts) -> Profile:
    """Who the lead is. Cached by the field values that it depends on, because most events of a lead
    change none of them.
    """
    asked = policy.profile_fields
    if asked is None:
        return _work_out_profile(policy, facts)
    key = tuple([facts.values.get(name, "") for name in asked])
    known = policy.profiles.get(key)
    if known is None:
        if len(policy.profiles) >= PROFILES_KEPT:
            policy.profiles.clear()
        known = policy.profiles[key] = _work_out_profile(policy, facts)
    return known


def _work_out_profile(policy: Policy, facts: Facts) -> Profile:
    """Territory first, then segment, then fit: each may ask for those before it."""
    values = dict(facts.values)
    here = Facts(values, facts.evidence, facts.now, facts.readings, facts.zone)
    here.exact = facts.exact
    if (territory := first_match(policy.territories, here)) is not None:
        values["territory"] = territory.id
    if (segment := first_match(policy.segments, here)) is not None:
        values["segment"] = segment.id
    profile = Profile(territory.id if territory else "", segment.id if segment else "")
    if policy.scoring is None:
        return profile
    fit, never = fit_of(policy.scoring, here)
    return profile._replace(fit=fit, never=never)


def _scored(found: Score, marks: tuple[float, ...]) -> Mapping[str, str]:
    """The score as values; behaviour is rounded, but to no other side of one of *marks*."""
    places = max([places_beside(found.behaviour, mark, 1) for mark in marks], default=1)
    return {
        "fit": f"{found.fit:g}",
        "behaviour": f"{found.behaviour:.{places}f}",
        "hand_raise": "true" if found.hand_raise else "false",
        "qualified": "true" if found.qualified else "false",
    }
