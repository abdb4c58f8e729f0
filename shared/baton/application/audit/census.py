"""What an audit looks at: the few facts of an account's records that its rules need. No I/O."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from baton.domain.policy import Policy, Stage

STAGE, STATUS, OWNER = "lifecyclestage", "hs_lead_status", "hubspot_owner_id"
#: Prefix of the properties that Baton keeps.
OURS = "baton_"
#: Properties that find a person again, read for that and not kept.
IDENTITY = ("email", "phone", "mobilephone", "firstname", "lastname", "website")


class Change(Struct, frozen=True):
    """One value a property was given; empty: it was cleared."""

    value: str
    at: datetime
    source: str = ""
    source_id: str = ""


class Row(Struct, frozen=True):
    """A contact as the audit reads it; empty properties are left out."""

    id: str
    properties: dict[str, str]
    #: Oldest first, by property.
    history: dict[str, tuple[Change, ...]] = {}

    def value(self, name: str) -> str:
        return self.properties.get(name, "")


class Page(Struct, frozen=True):
    """Some contacts, and where the next ones start; empty: there are none."""

    rows: tuple[Row, ...]
    after: str


class Deal(Struct, frozen=True):
    """A deal: its id, how it stands, and the contacts it is associated with."""

    id: str
    state: Literal["open", "won", "lost"]
    contacts: tuple[str, ...] = ()


class Workflow(Struct, frozen=True):
    """A HubSpot workflow that writes contact properties that Baton keeps or decides by."""

    id: str
    name: str
    on: bool
    #: The properties, sorted.
    writes: tuple[str, ...]


class Workflows(Struct, frozen=True):
    """What the account's workflows do."""

    writing: tuple[Workflow, ...] = ()
    #: Workflows with own code, webhooks or other apps' actions: what those write cannot be seen.
    opaque: tuple[Workflow, ...] = ()
    read: int = 0


class Owners(Struct, frozen=True):
    """HubSpot's owners by id, with the names people know them by."""

    active: dict[str, str] = {}
    archived: dict[str, str] = {}

    def name(self, owner: str) -> str:
        return self.active.get(owner) or self.archived.get(owner) or owner


class Side(Struct, frozen=True):
    """
    What is read beside the contacts. None: it could not be checked; ``unchecked`` says why.
    """

    owners: Owners | None = None
    deals: tuple[Deal, ...] | None = None
    workflows: Workflows | None = None
    #: Date properties of others that seem to keep stage dates.
    dates: tuple[str, ...] | None = None
    unchecked: tuple[str, ...] = ()


def watched(policy: Policy, dates: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The properties whose history the audit reads."""
    entered = (f"baton_first_entered_{stage.id}" for stage in policy.lifecycle.stages)
    return (STAGE, STATUS, OWNER, *entered, *dates)


def is_ours(name: str) -> bool:
    """Whether a workflow that writes the property gets in Baton's way."""
    return name in {STAGE, STATUS, OWNER} or name.startswith(OURS)


def arrival(policy: Policy) -> Stage:
    """The stage a won lead arrives in: HubSpot's customer, or the last of the working stages."""
    working = [stage for stage in policy.lifecycle.stages if not stage.side]
    customer = (stage for stage in working if stage.lifecyclestage == "customer")
    return next(customer, max(working, key=lambda stage: stage.rank))


def with_sales(policy: Policy) -> frozenset[str]:
    """Ids of the stages from the handoff on, in which somebody must work the lead."""
    ranks = {stage.id: stage.rank for stage in policy.lifecycle.stages if not stage.side}
    first, last = ranks[policy.lifecycle.handoff], arrival(policy).rank
    return frozenset(stage for stage, rank in ranks.items() if first <= rank < last)


def known_statuses(policy: Policy) -> tuple[str, ...]:
    """Every ``hs_lead_status`` value the policy uses."""
    status = policy.lifecycle.status
    stages = (stage.lead_status for stage in policy.lifecycle.stages)
    return tuple(dict.fromkeys(filter(None, [status.new, status.working, status.meeting, *stages])))
