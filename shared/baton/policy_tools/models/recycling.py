"""recycling.yaml: nurture tracks, and when an idle lead is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from baton.policy_tools.models.types import Duration, Entry, Id, PropertyId, Span, Text, wrap
from baton.policy_tools.models.when import ALWAYS, When


class Track(Entry):
    """A nurture track. HubSpot's workflows enrol leads by its value."""

    id: Annotated[Id, Field(description="Name used by reasons.")]
    label: Annotated[Text, Field(description="Name people see.")]
    value: Annotated[Text, Field(description="Value written to HubSpot's baton_nurture_track.")]
    cool_off: Annotated[
        Duration, Field(description="No new handoff before this has passed, such as 90d.")
    ]
    max_rounds: Annotated[
        int, Field(ge=1, le=20, description="How often a lead may go round before it stops.")
    ]
    keep_owner: Annotated[
        bool, Field(description="The owner stays while the lead is nurtured.")
    ] = False


class Staleness(Entry):
    """Leads without activity are closed for a reason, after a warning to the owner."""

    id: Annotated[Id, Field(description="Name of the rule. The first match applies.")]
    stages: Annotated[
        tuple[PropertyId, ...],
        BeforeValidator(wrap(str), json_schema_input_type=tuple[PropertyId, ...] | PropertyId),
        Field(min_length=1, description="Stages the rule applies to."),
    ]
    when: When = ALWAYS
    after: Annotated[Span, Field(description="Time without activity, in calendar days: 90d.")]
    warn_before: Annotated[
        Duration,
        Field(
            description="The owner is warned this long before, in their hours; a warning that waits"
            " for those hours delays the closing too. 0s: no warning."
        ),
    ]
    reason: Annotated[Id, Field(description="Reason the lead is closed for.")]

    @model_validator(mode="after")
    def _warning_fits(self) -> Self:
        if self.warn_before >= self.after:
            raise ValueError("warn_before must be shorter than after")
        return self


class Idle(Entry):
    """Leads with a rep to which no staleness rule applies."""

    after: Annotated[
        Span,
        Field(
            description="Time without activity, in calendar days, after which they are closed "
            "without a warning: 90d."
        ),
    ] = timedelta(days=90)
    reason: Annotated[
        Id | None,
        Field(
            description="Reason they are closed for. Left out: no_response, or the first reason of "
            "lifecycle.yaml if there is none of that id."
        ),
    ] = None


class RecyclingFile(Entry):
    """Where leads go if they are not ready."""

    tracks: Annotated[tuple[Track, ...], Field(min_length=1, description="Nurture tracks.")]
    staleness: Annotated[
        tuple[Staleness, ...],
        Field(
            description="Rules for leads without activity; idle closes leads without a "
            "matching rule."
        ),
    ] = ()
    idle: Annotated[
        Idle, Field(description="When to close a lead to which no staleness rule applies.")
    ] = Idle()
    early: Annotated[
        Literal["hold", "ask", "follow"],
        Field(
            description="What becomes of a lead that is moved out of its side stage in HubSpot "
            "during the cool-off, or after as many rounds as the track allows. hold: it goes on "
            "when the cool-off is over; a person's move, and one after the last round, is asked "
            "about; ask: RevOps is asked; follow: it is followed, and RevOps is told. Who asked "
            "for a call, and a deal, need not wait."
        ),
    ] = "hold"
