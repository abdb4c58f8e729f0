"""routing.yaml: territories, segments, rules, pools."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from baton.policy.models.types import Entry, Id, Text
from baton.policy.models.when import ALWAYS, When


class Territory(Entry):
    """A part of the market by place. The first whose `when` holds is the lead's."""

    id: Annotated[Id, Field(description="Name used in `when: {territory: …}`.")]
    label: Annotated[Text, Field(description="Name people see.")]
    when: When = ALWAYS


class Segment(Entry):
    """A part of the market by size or kind. The first whose `when` holds is the lead's."""

    id: Annotated[Id, Field(description="Name used in `when: {segment: …}`.")]
    label: Annotated[Text, Field(description="Name people see.")]
    when: When = ALWAYS


class Rule(Entry):
    """Sends leads to a pool. Rules are tried in order and the first whose `when` holds decides;
    the last one has no `when`, so that every lead goes somewhere."""

    id: Annotated[Id, Field(description="Name of the rule, shown in every explanation.")]
    label: Annotated[str, Field(description="Said to the rep as the reason why it is theirs.")] = ""
    when: When = ALWAYS
    pool: Annotated[Id, Field(description="Pool whose members take turns.")]


class Member(Entry):
    """A rep in a pool."""

    rep: Annotated[Id, Field(description="Id of a rep in roster.yaml.")]
    weight: Annotated[
        int,
        Field(ge=1, le=1000, description="Share of the turns: weight 2 gets twice what 1 gets."),
    ] = 1


class Fallback(Entry):
    """Where a lead goes when nobody in the pool can take it."""

    pool: Annotated[Id | None, Field(description="Another pool, its members only.")] = None
    person: Annotated[Id | None, Field(description="A person of roster.yaml.")] = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.pool is None) == (self.person is None):
            raise ValueError("needs exactly one of pool and person")
        return self


class Pool(Entry):
    """Reps who take turns, and who comes after them."""

    id: Annotated[Id, Field(description="Name used by rules and fallbacks.")]
    label: Annotated[Text, Field(description="Name people see.")]
    members: Annotated[
        tuple[Member, ...], Field(min_length=1, description="The reps, in the order of ties.")
    ]
    fallback: Annotated[
        tuple[Fallback, ...],
        Field(
            min_length=1,
            description="Tried in order when nobody in the pool can take the lead; the last is a "
            "manager, who always can.",
        ),
    ]


class RoutingFile(Entry):
    """Who gets which lead. An existing owner comes before every rule."""

    territories: Annotated[
        tuple[Territory, ...], Field(description="Places, the first match wins.")
    ] = ()
    segments: Annotated[tuple[Segment, ...], Field(description="Sizes, the first match wins.")] = ()
    rules: Annotated[
        tuple[Rule, ...], Field(min_length=1, description="Rules, the first match wins.")
    ]
    pools: Annotated[tuple[Pool, ...], Field(min_length=1, description="The pools.")]
