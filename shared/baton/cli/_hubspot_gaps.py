"""Compares what a policy needs in a HubSpot account with what the account has. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from baton.adapters.hubspot.schema import GROUP, GROUP_LABEL, Known, Option
from baton.cli._hubspot_kinds import advice as advice_on
from baton.domain import hubspot_names
from baton.domain.lifecycle.hubspot_properties import Property, properties
from baton.domain.policy import Policy
from baton.presentation.words import quoted

State = Literal["exists", "missing", "different type", "read differently"]

_ADD_STAGE = (
    "add it in Settings > Objects > Contacts > Lifecycle Stage, and put the internal value that"
    " it gets there (</>) into lifecycle.yaml"
)
_ADD_STATUS = "add it, with this internal value, in Settings > Properties > Lead status"


class Finding(Struct, frozen=True):
    """One thing that the policy needs."""

    what: Literal["group", "property", "lifecyclestage", "hs_lead_status"]
    name: str
    label: str
    state: State
    #: What a person must do; empty if nothing, or if Baton can do it.
    advice: str = ""
    #: What Baton can create.
    make: Property | None = None

    @property
    def can_be_made(self) -> bool:
        """`--apply` creates it."""
        return self.state == "missing" and (self.make is not None or self.what == "group")


def findings(policy: Policy, known: Mapping[str, Known], groups: Collection[str]) -> list[Finding]:
    """Everything the policy needs, in the order of creation."""
    wanted = [*_written(policy, known), *_read(policy, known)]
    group: list[Finding] = []
    if GROUP in groups:
        group = [Finding("group", GROUP, GROUP_LABEL, "exists")]
    elif any(one.make for one in wanted):  # those that exist may be in any group
        group = [Finding("group", GROUP, GROUP_LABEL, "missing")]
    return [*group, *wanted, *_stages(policy, known), *_statuses(policy, known)]


def _written(policy: Policy, known: Mapping[str, Known]) -> Iterator[Finding]:
    for wanted in properties(policy):
        found = known.get(wanted.name)
        if found is None:
            yield _property(wanted, "missing", make=wanted)
        elif found.type != wanted.kind:
            advice = f"is {found.type or 'of no type'}, must be {wanted.kind}: rename or delete it"
            yield _property(wanted, "different type", advice)
        else:
            yield _property(wanted, "exists")


def _read(policy: Policy, known: Mapping[str, Known]) -> Iterator[Finding]:
    """The properties behind the policy's fields. They may have any type, because Baton only reads
    them, but it must read them as HubSpot writes them."""
    written = {one.name for one in properties(policy)}
    for field in policy.lifecycle.fields:
        name = field.property
        if name in written:
            continue
        wanted = Property(name, field.label, "string")
        if name in known:
            odd = advice_on(policy, field, known[name])
            yield _property(wanted, "read differently" if odd else "exists", odd)
        elif name.startswith(hubspot_names.OWN_PREFIX):
            # A field with this prefix is made for the policy; others are the account's own.
            yield _property(wanted, "missing", make=wanted)
        else:
            advice = "lifecycle.yaml reads it: correct the name there, or create it in HubSpot"
            yield _property(wanted, "missing", advice)


def _stages(policy: Policy, known: Mapping[str, Known]) -> Iterator[Finding]:
    options = _options(known, hubspot_names.STAGE)
    for stage in policy.lifecycle.stages:
        value = stage.lifecyclestage
        if any(option.value == value for option in options):
            yield Finding(hubspot_names.STAGE, value, stage.label, "exists")
            continue
        # A stage created in the settings has a number as its value and our name as its label.
        names = {stage.label.casefold(), stage.id.casefold(), value.casefold()}
        twin = next((o for o in options if (o.label or "").casefold() in names), None)
        advice = _ADD_STAGE
        if twin is not None:
            advice = (
                f"the account's {quoted(twin.label or '')} has the internal value {twin.value}:"
                f" write lifecyclestage: {twin.value} in lifecycle.yaml"
            )
        yield Finding(hubspot_names.STAGE, value, stage.label, "missing", advice)


def _statuses(policy: Policy, known: Mapping[str, Known]) -> Iterator[Finding]:
    status = policy.lifecycle.status
    stages = (stage.lead_status for stage in policy.lifecycle.stages)
    wanted = [status.new, status.working, status.meeting, *stages]
    values = {option.value for option in _options(known, hubspot_names.LEAD_STATUS)}
    for value in dict.fromkeys(filter(None, wanted)):
        if value in values:
            yield Finding(hubspot_names.LEAD_STATUS, value, "", "exists")
        else:
            yield Finding(hubspot_names.LEAD_STATUS, value, "", "missing", _ADD_STATUS)


def _options(known: Mapping[str, Known], name: str) -> list[Option]:
    return known[name].options if name in known else []


def _property(
    wanted: Property, state: State, advice: str = "", *, make: Property | None = None
) -> Finding:
    return Finding("property", wanted.name, wanted.label, state, advice, make)
