"""Conditions: ``when: {country: [Germany, DE], employees: {at_least: 1000}}``.

A block holds fields with what they must be, all of which must hold, and besides them ``all``,
``any`` and ``not`` with further blocks and ``events`` with evidence to count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from baton.domain import policy as compiled
from baton.policy_tools.models.types import Entry, Span, Text, wrap


def _as_text(value: object) -> object:
    """HubSpot's values are text; ``true`` and ``5`` may be written without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


Value = Annotated[Text, BeforeValidator(_as_text, json_schema_input_type=Text | bool | int)]


class Test(Entry):
    """A test on one field; everything given must hold. A field without a value fails every test
    but `known: false`, also under `not`."""

    __test__ = False  # not a pytest class, whatever its name says

    any_of: Annotated[
        tuple[Value, ...],
        Field(min_length=1, description="Values, one of which it must be; case does not matter."),
    ] = ()
    at_least: Annotated[float | None, Field(description="The number must be this or more.")] = None
    below: Annotated[float | None, Field(description="The number must be less than this.")] = None
    known: Annotated[bool | None, Field(description="true: has a value; false: has none.")] = None
    matches: Annotated[
        Annotated[tuple[Text, ...], Field(min_length=1)],
        BeforeValidator(wrap(str), json_schema_input_type=tuple[Text, ...] | Text),
        Field(
            description='Patterns, one of which must match the whole text: "*@gmail.com". A star '
            "stands for any text; case is ignored."
        ),
    ] = ()
    within: Annotated[
        Span | None,
        Field(description="The date must be at most this far back, such as 14d."),
    ] = None

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        tests = (self.at_least, self.below, self.within)
        other = bool(self.any_of or self.matches) or any(test is not None for test in tests)
        if not other and self.known is None:
            raise ValueError(
                "tests nothing; write a value, a list of values, or at_least, below, known,"
                " matches, within"
            )
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError(
                f"never holds: nothing is at least {self.at_least:g} and below {self.below:g}"
            )
        if self.known is False and other:
            raise ValueError("never holds: a field without a value passes no other test")
        return self

    def compile(self) -> compiled.Test:
        return compiled.Test(
            any_of=self.any_of,
            at_least=self.at_least,
            below=self.below,
            known=self.known,
            matches=self.matches,
            within=self.within,
        )


class Count(Entry):
    """Evidence counted: what the person did, how often, how recently."""

    of: Annotated[
        tuple[Text, ...],
        BeforeValidator(wrap(str), json_schema_input_type=tuple[Text, ...] | Text),
        Field(
            description="Kinds: a signal of scoring.yaml, or form, call, email, meeting, "
            "deal_created, deal_won, deal_lost. Left out: whatever the person did, so no call, "
            "email, message or deal."
        ),
    ] = ()
    what: Annotated[
        tuple[Value, ...],
        BeforeValidator(wrap((str, int)), json_schema_input_type=tuple[Text, ...] | Text | int),
        Field(description="What it was about: names of forms or pages. Left out: anything."),
    ] = ()
    within: Annotated[
        Span | None,
        Field(description="Counted back from now, such as 14d. Left out: all evidence."),
    ] = None
    at_least: Annotated[
        int, Field(ge=1, le=compiled.MOST_ASKED, description="Least number of times.")
    ] = 1

    def compile(self) -> compiled.Count:
        return compiled.Count(self.of, self.what, self.within, self.at_least)


Counts = Annotated[
    Annotated[tuple[Count, ...], Field(min_length=1)],
    BeforeValidator(wrap((dict, Count)), json_schema_input_type=tuple[Count, ...] | Count),
]


def _spelled_out(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return {"any_of": tuple(value)}
    return {"any_of": (value,)} if isinstance(value, str | bool | int) else value


Spelled = Annotated[
    Test,
    BeforeValidator(
        _spelled_out,
        json_schema_input_type=Test | list[Text | bool | int] | Text | bool | int,
    ),
]


class Block(Entry):
    """Conditions, all of which must hold: fields with what they must be, and these operators."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)
    __pydantic_extra__: dict[str, Spelled] = Field(init=False)

    every: Annotated[
        Blocks, Field(alias="all", description="Blocks of conditions, each of which must hold.")
    ] = ()
    some: Annotated[
        Blocks, Field(alias="any", description="Blocks of conditions, one of which must hold.")
    ] = ()
    none: Annotated[
        Blocks,
        Field(
            alias="not",
            description="Blocks of conditions, all of which must fail; a condition on an "
            "unknown value neither holds nor fails.",
        ),
    ] = ()
    events: Annotated[
        Counts, Field(description="Counts of evidence, all of which must be reached.")
    ] = ()

    @property
    def tests(self) -> dict[str, Test]:
        """Field -> what it must be."""
        return self.__pydantic_extra__

    def __bool__(self) -> bool:
        return bool(self.tests or self.every or self.some or self.none or self.events)

    def compile(self) -> compiled.When:
        when: compiled.When = {name: test.compile() for name, test in self.tests.items()}
        for name, blocks in (("all", self.every), ("any", self.some), ("not", self.none)):
            if blocks:
                when[name] = compiled.Test(blocks=tuple(block.compile() for block in blocks))
        if self.events:
            when["events"] = compiled.Test(counts=tuple(count.compile() for count in self.events))
        return when

    def counts(self) -> Iterator[Count]:
        """Every count of evidence in the block, at any depth."""
        yield from self.events
        for block in (*self.every, *self.some, *self.none):
            yield from block.counts()


Blocks = Annotated[
    Annotated[tuple[Block, ...], Field(min_length=1)],
    BeforeValidator(wrap((dict, Block)), json_schema_input_type=tuple[Block, ...] | Block),
]
Block.model_rebuild()

When = Annotated[
    Block,
    Field(
        description="Conditions by field, all of which must hold: a value, a list of values, or "
        "tests such as {at_least: 100, below: 1000}, {known: true}, "
        "{matches: '*@gmail.com'} or {within: 14d}; beside fields, `all`, `any` and `not` with "
        "further conditions, and `events` with evidence to count. Left out: always holds."
    ),
]
#: No condition: always holds.
ALWAYS = Block()
