"""scoring.yaml (optional): who fits, what counts as interest, and when a lead qualifies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from baton.domain.policy import MOST_COUNTED
from baton.policy_tools.models.signing import Signed
from baton.policy_tools.models.types import Entry, Id, PropertyId, Span, Text, wrap
from baton.policy_tools.models.when import Count, Value, When

Points = Annotated[float, Field(ge=-1000, le=1000)]
Cap = Annotated[float | None, Field(ge=0, le=1000, description="Most points that the group gives.")]


class Signal(Entry):
    """Something other systems may report of a person, as a `LeadSignal` event."""

    id: Annotated[PropertyId, Field(description="Its name in the event and in conditions.")]
    label: Annotated[Text, Field(description="What the person did, as a rep reads it.")]


class FitRule(Entry):
    """Points for who the lead is. Negative points count against it."""

    id: Annotated[Id, Field(description="Name of the rule, shown in every explanation.")]
    label: Annotated[
        Text, Field(description="What the rule says about the lead, as shown to people.")
    ]
    points: Annotated[Points, Field(description="Points it gives.")]
    when: Annotated[When, Field(description="Conditions, all of which must hold.")]


class FitGroup(Signed):
    """Fit rules on one topic, such as role or size."""

    id: Annotated[Id, Field(description="Name of the group.")]
    label: Annotated[Text, Field(description="Name people see.")]
    cap: Cap = None
    rules: Annotated[tuple[FitRule, ...], Field(min_length=1, description="All that hold count.")]


class BehaviourRule(Entry):
    """Points for each piece of evidence, worth less as it ages."""

    id: Annotated[Id, Field(description="Name of the rule, shown in every explanation.")]
    label: Annotated[Text, Field(description="What the person did, as shown to people.")]
    points: Annotated[Points, Field(description="Points of a fresh piece of evidence.")]
    of: Annotated[
        tuple[Text, ...],
        BeforeValidator(wrap(str), json_schema_input_type=tuple[Text, ...] | Text),
        Field(
            min_length=1,
            description="Kinds: signals of this file, or form, call, email, meeting, deal_created, "
            "deal_won, deal_lost.",
        ),
    ]
    what: Annotated[
        tuple[Value, ...],
        BeforeValidator(wrap((str, int)), json_schema_input_type=tuple[Text, ...] | Text | int),
        Field(description="What it was about: names of forms or pages. Left out: anything."),
    ] = ()
    half_life: Annotated[
        Span | None, Field(description="After this time it is worth half its points.")
    ] = None
    window: Annotated[Span | None, Field(description="After this time it is worth nothing.")] = None
    at_most: Annotated[
        int | None,
        Field(
            ge=1,
            le=100,
            description=f"How many pieces count, newest first. Left out: {MOST_COUNTED}.",
        ),
    ] = None

    @property
    def most(self) -> int:
        """How many pieces count."""
        return self.at_most or MOST_COUNTED


class BehaviourGroup(Signed):
    """Behaviour rules on one topic, such as intent or content."""

    id: Annotated[Id, Field(description="Name of the group.")]
    label: Annotated[Text, Field(description="Name people see.")]
    cap: Cap = None
    rules: Annotated[
        tuple[BehaviourRule, ...], Field(min_length=1, description="All that hold count.")
    ]


class Never(Entry):
    """Who never qualifies, whatever they do, and whatever form they fill in."""

    id: Annotated[Id, Field(description="Name, shown in every explanation.")]
    label: Annotated[Text, Field(description="Who they are: a competitor, a student.")]
    when: Annotated[When, Field(description="Conditions, all of which must hold.")]


class Qualified(Signed):
    """When a lead qualifies: all three, or a hand raised."""

    fit: Annotated[float, Field(ge=0, le=10_000, description="Fit points that are needed.")]
    behaviour: Annotated[
        float, Field(ge=0, le=10_000, description="Behaviour points that are needed.")
    ]
    recency: Annotated[
        Span,
        Field(
            description="The newest sign of life is at most this old, such as 30d. A sign of life "
            "is what the person did: a form, a meeting, a signal; no call, email, message or "
            "deal, and nothing that a behaviour rule gives negative points."
        ),
    ]


class ScoringFile(Entry):
    """Points for fit and behaviour, and the thresholds of a marketing qualified lead."""

    authority: Annotated[
        Literal["baton", "hubspot"],
        Field(
            description="The one authority for MQL. baton: this score moves leads there, and "
            "no other system; hubspot: HubSpot's stage decides, and the score is "
            "shown beside it."
        ),
    ]
    qualified: Annotated[Qualified, Field(description="What it takes.")]
    hand_raises: Annotated[
        tuple[Count, ...],
        Field(
            description="Forms and signals that ask for a call: they pass the score, but not "
            "`never`."
        ),
    ] = ()
    never: Annotated[tuple[Never, ...], Field(description="Who never qualifies.")] = ()
    never_then: Annotated[
        Literal["hold", "follow"],
        Field(
            description="What becomes of a lead that never qualifies when a person or another "
            "system makes it an MQL. hold: it is held before the handoff, and RevOps is told; "
            "follow: it is handed off like any other, and `never` binds only Baton's score."
        ),
    ] = "hold"
    signals: Annotated[tuple[Signal, ...], Field(description="What other systems may report.")] = ()
    fit: Annotated[tuple[FitGroup, ...], Field(description="Points for who the lead is.")] = ()
    behaviour: Annotated[
        tuple[BehaviourGroup, ...], Field(description="Points for what the person did.")
    ] = ()
