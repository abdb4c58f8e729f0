"""The HubSpot properties that a policy needs."""

from __future__ import annotations

from baton.domain import addresses, hubspot_names
from baton.domain.policy import Policy
from baton.domain.world.world import Contact

#: Contact properties that every policy needs: the stage, the owner, the forms filled in,
#: and the reason that somebody names when they close a lead there.
_ALWAYS = (
    hubspot_names.STAGE,
    hubspot_names.OWNER,
    hubspot_names.CREATED,
    hubspot_names.RECENT_FORM,
    hubspot_names.RECENT_FORM_AT,
    hubspot_names.FIRST_FORM,
    hubspot_names.FIRST_FORM_AT,
    hubspot_names.REASON,
)


def properties(policy: Policy) -> list[str]:
    """Contact properties that decisions read."""
    by_domain = any("domain" in handoff.ownership for handoff in policy.handoff.values())
    email = (hubspot_names.EMAIL,) if by_domain else ()
    return [*_ALWAYS, *email, *(field.property for field in policy.lifecycle.fields)]


def company_domain(policy: Policy, contact: Contact | None) -> str:
    """The domain of the contact's e-mail address, in ASCII; empty if it is a free-mail domain or
    missing."""
    email = contact.properties.get(hubspot_names.EMAIL, "") if contact is not None else ""
    return "" if policy.is_free_mail(email) else addresses.domain(email)


def looked_up(policy: Policy) -> tuple[list[str], list[str], list[str]]:
    """Where the policy looks for missing fields: contact properties whose earlier values count,
    other contact properties, and company properties.
    """
    found: dict[str, list[str]] = {"history": [], "contact": [], "company": []}
    for field in policy.lifecycle.fields:
        for place in field.look_up:
            where, _, name = place.partition(".")
            found[where].append(name or field.property)
    return found["history"], found["contact"], found["company"]
