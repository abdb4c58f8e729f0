"""The contact properties that Baton keeps in HubSpot: their names, labels and kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from baton.domain import hubspot_names
from baton.domain.policy import Policy

_Kind = Literal["datetime", "number", "string"]


class Property(Struct, frozen=True):
    """A custom contact property, as it should be created in HubSpot."""

    name: str
    label: str
    kind: _Kind


def properties(policy: Policy) -> tuple[Property, ...]:
    """Every custom contact property that Baton may write."""
    targets = {target.id: target.label for tier in policy.tiers for target in tier.targets}
    return (
        *(
            Property(name, f"Baton: {label}", kind)
            for name, label, kind in (*_PLAIN, *(_SCORE if policy.scoring else ()))
        ),
        *(
            Property(hubspot_names.due(target), f"Baton: {label} due", "datetime")
            for target, label in sorted(targets.items())
        ),
        *(
            Property(name(stage.id), f"Baton: {label} {stage.label}", kind)
            for stage in policy.lifecycle.stages
            for name, label, kind in _PER_STAGE
        ),
    )


def property_names(policy: Policy) -> tuple[str, ...]:
    return tuple(one.name for one in properties(policy))


_Spec = tuple[str, str, _Kind]
_PLAIN: tuple[_Spec, ...] = (
    (hubspot_names.TERRITORY, "Territory", "string"),
    (hubspot_names.SEGMENT, "Segment", "string"),
    (hubspot_names.TIER, "Tier", "string"),
    (hubspot_names.RULE, "Routing rule", "string"),
    (hubspot_names.ASSIGNED_AT, "Assigned at", "datetime"),
    (hubspot_names.ACCEPTED_AT, "Accepted at", "datetime"),
    (hubspot_names.FIRST_TOUCH_AT, "First touch at", "datetime"),
    (hubspot_names.FIRST_TOUCH_SEEN_IN, "First touch seen in", "string"),
    (hubspot_names.SLA_STATUS, "SLA status", "string"),
    (hubspot_names.NURTURE_TRACK, "Nurture track", "string"),
    (hubspot_names.REASON, "Reason", "string"),
    (hubspot_names.COOL_OFF_UNTIL, "Cool-off until", "datetime"),
    (hubspot_names.FIRST_SOURCE, "First source", "string"),
    (hubspot_names.HELD_FOR, "Held for", "string"),
    (hubspot_names.WAITING_FOR, "Waits for", "string"),
    (hubspot_names.MISSING, "Missing at handoff", "string"),
)
_SCORE: tuple[_Spec, ...] = (
    (hubspot_names.FIT, "Fit", "number"),
    (hubspot_names.BEHAVIOUR, "Behaviour", "number"),
    (hubspot_names.QUALIFIED, "Qualified", "string"),
    (hubspot_names.SCORE_WHY, "Score, and why", "string"),
)
_PER_STAGE: tuple[tuple[Callable[[str], str], str, _Kind], ...] = (
    (hubspot_names.first_entered, "First entered", "datetime"),
    (hubspot_names.last_entered, "Last entered", "datetime"),
    (hubspot_names.times_entered, "Times entered", "number"),
    (hubspot_names.seconds_in, "Seconds in", "number"),
)
