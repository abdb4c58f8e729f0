"""What an audit reads besides the contacts, and the HubSpot names that its rules use."""

from __future__ import annotations

from msgspec import Struct

from baton.application.ports.census import Deal, Owners, Workflows
from baton.domain import hubspot_names
from baton.domain.policy import Policy, Stage

STAGE, STATUS, OWNER = hubspot_names.STAGE, hubspot_names.LEAD_STATUS, hubspot_names.OWNER
#: Prefix of the properties that Baton keeps.
OURS = hubspot_names.OWN_PREFIX
#: Properties that identify a person, read to find duplicates and not kept.
IDENTITY = (
    hubspot_names.EMAIL,
    hubspot_names.PHONE,
    hubspot_names.MOBILE_PHONE,
    hubspot_names.FIRST_NAME,
    hubspot_names.LAST_NAME,
    hubspot_names.WEBSITE,
)


class AccountContext(Struct, frozen=True):
    """Data of the account besides its contacts. None: it could not be read; ``unchecked`` says
    why."""

    owners: Owners | None = None
    deals: tuple[Deal, ...] | None = None
    workflows: Workflows | None = None
    #: Date properties of other systems that seem to hold stage dates.
    dates: tuple[str, ...] | None = None
    unchecked: tuple[str, ...] = ()


def watched(policy: Policy, dates: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The properties whose history the audit reads."""
    entered = (hubspot_names.first_entered(stage.id) for stage in policy.lifecycle.stages)
    return (STAGE, STATUS, OWNER, *entered, *dates)


def is_ours(name: str) -> bool:
    """Whether a workflow that writes the property conflicts with Baton."""
    return name in {STAGE, STATUS, OWNER} or name.startswith(OURS)


def arrival(policy: Policy) -> Stage:
    """The stage of won leads: HubSpot's customer, or the last working stage."""
    working = [stage for stage in policy.lifecycle.stages if not stage.side]
    customer = (stage for stage in working if stage.lifecyclestage == "customer")
    return next(customer, max(working, key=lambda stage: stage.rank))


def with_sales(policy: Policy) -> frozenset[str]:
    """Ids of the stages from the handoff on, in which a rep must work the lead."""
    ranks = {stage.id: stage.rank for stage in policy.lifecycle.stages if not stage.side}
    first, last = ranks[policy.lifecycle.handoff], arrival(policy).rank
    return frozenset(stage for stage, rank in ranks.items() if first <= rank < last)


def known_statuses(policy: Policy) -> tuple[str, ...]:
    """Every ``hs_lead_status`` value the policy uses."""
    status = policy.lifecycle.status
    stages = (stage.lead_status for stage in policy.lifecycle.stages)
    return tuple(dict.fromkeys(filter(None, [status.new, status.working, status.meeting, *stages])))
