"""cases.yaml: example leads with the expected results."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from baton.policy_tools.models.types import Duration, Entry, Id, Moment, PropertyId, Text, wrap
from baton.policy_tools.models.when import Value

Do = Literal["accept", "touch", "qualify", "reject", "stage", "signal", "set", "wait"]


class Step(Entry):
    """One event of a case."""

    do: Annotated[
        Do,
        Field(
            description="accept, touch, qualify, reject: what the owner does in Slack; stage: "
            "HubSpot reports a new stage; signal: the person did something; set: "
            "somebody fills in fields in HubSpot; wait: nothing happens, clocks "
            "run."
        ),
    ]
    after: Annotated[
        Duration,
        Field(
            description="Time since the step before, such as 10m; clocks due in between are worked."
        ),
    ] = timedelta()
    reason: Annotated[Id | None, Field(description="Reason code; for do: reject.")] = None
    to: Annotated[PropertyId | None, Field(description="New stage; for do: stage.")] = None
    source: Annotated[Text, Field(description="HubSpot's change source; for do: stage.")] = (
        "AUTOMATION_PLATFORM"
    )
    signal: Annotated[Id | None, Field(description="Kind of evidence; for do: signal.")] = None
    what: Annotated[
        str, Field(max_length=255, description="What it was about, such as a form's name.")
    ] = ""
    fields: Annotated[dict[str, Value], Field(description="Field -> value; for do: set.")] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.do == "reject") != (self.reason is not None):
            raise ValueError("do: reject needs a reason, and only do: reject may have one")
        if (self.do == "stage") != (self.to is not None):
            raise ValueError("do: stage needs to, and only do: stage may have it")
        if (self.do == "signal") != (self.signal is not None):
            raise ValueError("do: signal needs signal, and only do: signal may have it")
        if (self.do == "set") != bool(self.fields):
            raise ValueError("do: set needs fields, and only do: set may have them")
        return self


class Expect(Entry):
    """The expected result. What is left out is not checked."""

    stage: Annotated[PropertyId | None, Field(description="Lifecycle stage.")] = None
    tier: Annotated[Id | None, Field(description="Tier at the last assignment.")] = None
    rule: Annotated[
        Id | None,
        Field(description="Rule that chose the owner; existing-owner: the account's owner got it."),
    ] = None
    pool: Annotated[Id | None, Field(description="Pool the owner was chosen from.")] = None
    owner: Annotated[
        Annotated[tuple[Id, ...], Field(min_length=1)] | None,
        BeforeValidator(wrap(str), json_schema_input_type=tuple[Id, ...] | Id | None),
        Field(description="The last owner of the lead: one of these people."),
    ] = None
    owned: Annotated[bool | None, Field(description="Whether anybody has the lead now.")] = None
    waits_for: Annotated[
        Id | None, Field(description="Pool in whose queue the lead waits now.")
    ] = None
    deadlines: Annotated[dict[PropertyId, Moment], Field(description="Target -> its deadline.")] = (
        Field(default_factory=dict)
    )
    reason: Annotated[Id | None, Field(description="Reason it was closed for.")] = None
    track: Annotated[Id | None, Field(description="Nurture track.")] = None
    fit: Annotated[float | None, Field(description="Fit points.")] = None
    behaviour: Annotated[float | None, Field(description="Behaviour points, rounded.")] = None
    qualified: Annotated[bool | None, Field(description="Whether the score qualifies it.")] = None
    held: Annotated[bool | None, Field(description="Whether the lead is held.")] = None
    missing: Annotated[
        tuple[PropertyId, ...] | None,
        BeforeValidator(wrap(str), json_schema_input_type=tuple[PropertyId, ...] | PropertyId),
        Field(description="Required fields it is held for, or flagged with; all of them."),
    ] = None


class Case(Entry):
    """One example lead, what happens to it, and the expected result."""

    id: Annotated[Id, Field(description="Name of the case.")]
    shows: Annotated[
        tuple[Id, ...],
        BeforeValidator(wrap(str), json_schema_input_type=tuple[Id, ...] | Id),
        Field(description="Transitions that must happen in it. Each transition needs a case."),
    ] = ()
    lead: Annotated[dict[str, Value], Field(description="Field -> value.")]
    company: Annotated[
        dict[str, Value],
        Field(description="HubSpot company property -> value, of the contact's company."),
    ] = Field(default_factory=dict)
    owner: Annotated[
        Id | None, Field(description="Person who owns the contact in HubSpot beforehand.")
    ] = None
    account: Annotated[
        dict[Literal["open_deal", "company", "parent_company", "domain"], Id],
        Field(
            description="Source in routing.yaml's ownership -> the person whom it names as owner."
        ),
    ] = Field(default_factory=dict)
    away: Annotated[
        tuple[Id, ...],
        BeforeValidator(wrap(str), json_schema_input_type=tuple[Id, ...] | Id),
        Field(description="People who have said in Slack that they are away."),
    ] = ()
    before: Annotated[
        PropertyId | None, Field(description="Stage that the lead had before; left out: none.")
    ] = None
    stage: Annotated[
        PropertyId | None,
        Field(description="Stage the lead enters at `at`; left out: the handoff stage."),
    ] = None
    at: Annotated[Moment, Field(description="When, with a zone: 2026-11-24 09:00 Europe/Berlin.")]
    busy: Annotated[
        tuple[Id, ...],
        BeforeValidator(wrap(str), json_schema_input_type=tuple[Id, ...] | Id),
        Field(description="Reps whose capacity is used up."),
    ] = ()
    then: Annotated[tuple[Step, ...], Field(description="What happens next, in order.")] = ()
    expect: Annotated[Expect, Field(description="The expected result.")]


class CasesFile(Entry):
    """Examples that the policy must get right before it may be published."""

    cases: Annotated[tuple[Case, ...], Field(description="The cases.")] = ()
