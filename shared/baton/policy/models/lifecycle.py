"""lifecycle.yaml: stages, the moves between them, the reasons for leaving, the fields."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from baton.policy.models.types import Entry, Id, PropertyId, Text, wrap

Backward = Literal["restore", "ask", "report"]
Trigger = Literal["automatic", "rep", "time"]
Stages = Annotated[
    tuple[PropertyId, ...],
    BeforeValidator(wrap(str), json_schema_input_type=tuple[PropertyId, ...] | PropertyId),
    Field(min_length=1),
]
PropertyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")]


class LeadField(Entry):
    """A fact about a lead in your words, and the HubSpot contact property that holds it."""

    id: Annotated[
        PropertyId,
        Field(
            description="Name used in `when` and in cases. Baton itself reads firstname, lastname, "
            "company (how a lead is called), offer, score and source (why now)."
        ),
    ]
    label: Annotated[Text, Field(description="Name shown in the handoff packet.")]
    property: Annotated[PropertyName, Field(description="HubSpot contact property.")]
    packet: Annotated[bool, Field(description="Shown in the handoff packet.")] = True


class Stage(Entry):
    """A lifecycle stage. The working stages are listed in the order a lead goes through them."""

    id: Annotated[PropertyId, Field(description="Short name used in this policy.")]
    label: Annotated[Text, Field(description="Name people see.")]
    lifecyclestage: Annotated[
        Text, Field(description="Internal value of HubSpot's lifecyclestage property.")
    ]
    lead_status: Annotated[
        str, Field(description="hs_lead_status written with the stage; left out: not touched.")
    ] = ""
    side: Annotated[
        bool,
        Field(description="Off the way (recycled, disqualified): entered and left by name only."),
    ] = False
    purpose: Annotated[str, Field(description="What the stage means, in a sentence.")] = ""


class Transition(Entry):
    """A named move from one stage to another."""

    id: Annotated[Id, Field(description="Name of the move.")]
    source: Annotated[Stages, Field(alias="from", description="Stages it may start from.")]
    to: Annotated[PropertyId, Field(description="Stage it leads to.")]
    by: Annotated[
        tuple[Trigger, ...],
        Field(
            min_length=1,
            description="Who or what may trigger it: automatic (HubSpot, a signal), rep (a click), "
            "time (a clock).",
        ),
    ]
    reverse: Annotated[
        bool, Field(description="A deliberate way back or off; only these lead backward.")
    ] = False


class Reason(Entry):
    """Why a lead is given back or closed. Each has exactly one consequence."""

    id: Annotated[Id, Field(description="Reason code.")]
    label: Annotated[Text, Field(max_length=75, description="What the rep picks in Slack.")]
    value: Annotated[Text, Field(description="Value written to HubSpot's baton_reason.")]
    recycle_to: Annotated[
        Id | None, Field(description="Nurture track of recycling.yaml the lead goes to.")
    ] = None
    disqualify: Annotated[
        Literal[True] | None, Field(description="true: the lead is disqualified.")
    ] = None
    offered: Annotated[
        bool, Field(description="Reps may pick it; false: only clocks and automations use it.")
    ] = True

    @model_validator(mode="after")
    def _one_consequence(self) -> Self:
        if (self.recycle_to is None) == (self.disqualify is None):
            raise ValueError(
                "needs exactly one consequence: recycle_to with a track, or disqualify: true"
            )
        return self


class Status(Entry):
    """hs_lead_status values Baton writes as a handed-off lead is worked."""

    new: Annotated[str, Field(description="Written when a lead is assigned.")] = ""
    working: Annotated[str, Field(description="Written at the first touch.")] = ""


class LifecycleFile(Entry):
    """Stages and transitions, one catalogue of reasons, and the fields of a lead."""

    stages: Annotated[
        tuple[Stage, ...],
        Field(min_length=2, description="Working stages in order, then the side stages."),
    ]
    handoff: Annotated[
        PropertyId, Field(description="Stage at which a lead is handed to sales (MQL).")
    ]
    accepted: Annotated[PropertyId, Field(description="Stage that accepting it reaches (SAL).")]
    initial: Annotated[PropertyId, Field(description="Stage of a contact created without any.")]
    recycled: Annotated[PropertyId, Field(description="Side stage of recycled leads.")] = "recycled"
    disqualified: Annotated[PropertyId, Field(description="Side stage of disqualified leads.")] = (
        "disqualified"
    )
    status: Annotated[Status, Field(description="Lead status values.")] = Status()
    transitions: Annotated[
        tuple[Transition, ...], Field(min_length=1, description="Every move a lead can make.")
    ]
    backward: Annotated[
        dict[str, Backward],
        Field(
            description="What to do when a system moves a lead backward, by HubSpot's change "
            'source (IMPORT, INTEGRATION, CRM_UI, …) and "*" for all others: restore the stage, '
            "ask the owner, or only report it."
        ),
    ]
    reasons: Annotated[
        tuple[Reason, ...],
        Field(
            min_length=1,
            max_length=100,
            description="Every reason for rejecting or closing a lead.",
        ),
    ]
    fields: Annotated[
        tuple[LeadField, ...],
        Field(min_length=1, description="What is known of a lead, in the order it is shown."),
    ]
    old_statuses: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            description="hs_lead_status values from before this policy -> the value of this policy "
            "that takes their place, for `baton status migrate`.",
        ),
    ]
