"""The contact properties that Baton keeps in HubSpot: their names, labels and kinds."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from baton.domain.policy import Policy


class Property(Struct, frozen=True):
    """A custom contact property, as it should be created in HubSpot."""

    name: str
    label: str
    kind: Literal["datetime", "number", "string"]


def properties(policy: Policy) -> tuple[Property, ...]:
    """Every custom contact property that Baton may write."""
    targets = {target.id: target.label for tier in policy.tiers for target in tier.targets}
    return (
        *(
            Property(f"baton_{name}", f"Baton: {label}", kind)
            for name, label, kind in (*_PLAIN, *(_SCORE if policy.scoring else ()))
        ),
        *(
            Property(f"baton_{target}_due", f"Baton: {label} due", "datetime")
            for target, label in sorted(targets.items())
        ),
        *(
            Property(f"baton_{name}_{stage.id}", f"Baton: {label} {stage.label}", kind)
            for stage in policy.lifecycle.stages
            for name, label, kind in _PER_STAGE
        ),
    )


def property_names(policy: Policy) -> tuple[str, ...]:
    return tuple(one.name for one in properties(policy))


_Spec = tuple[str, str, Literal["datetime", "number", "string"]]
_PLAIN: tuple[_Spec, ...] = (
    ("territory", "Territory", "string"),
    ("segment", "Segment", "string"),
    ("tier", "Tier", "string"),
    ("rule", "Routing rule", "string"),
    ("assigned_at", "Assigned at", "datetime"),
    ("accepted_at", "Accepted at", "datetime"),
    ("first_touch_at", "First touch at", "datetime"),
    ("first_touch_seen_in", "First touch seen in", "string"),
    ("sla_status", "SLA status", "string"),
    ("nurture_track", "Nurture track", "string"),
    ("reason", "Reason", "string"),
    ("cool_off_until", "Cool-off until", "datetime"),
    ("first_source", "First source", "string"),
    ("held_for", "Held for", "string"),
    ("waiting_for", "Waits for", "string"),
    ("missing", "Missing at handoff", "string"),
)
_SCORE: tuple[_Spec, ...] = (
    ("fit", "Fit", "number"),
    ("behaviour", "Behaviour", "number"),
    ("qualified", "Qualified", "string"),
    ("score_why", "Score, and why", "string"),
)
_PER_STAGE: tuple[_Spec, ...] = (
    ("first_entered", "First entered", "datetime"),
    ("last_entered", "Last entered", "datetime"),
    ("times_entered", "Times entered", "number"),
    ("seconds_in", "Seconds in", "number"),
)
