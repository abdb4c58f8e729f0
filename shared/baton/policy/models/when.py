"""Conditions: ``when: {country: [Germany, DE], employees: {at_least: 1000}}``."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from baton.core import policy as core
from baton.policy.models.types import Entry, Text


def _as_text(value: object) -> object:
    """HubSpot's values are text; ``true`` and ``5`` may be written as they look."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


Value = Annotated[Text, BeforeValidator(_as_text, json_schema_input_type=Text | bool | int)]


class Test(Entry):
    """A test on one field; everything given must hold. A field without a value fails every test
    except `known: false`."""

    __test__ = False  # not a pytest class, whatever its name says

    any_of: Annotated[
        tuple[Value, ...],
        Field(min_length=1, description="Values, one of which it must be; case does not matter."),
    ] = ()
    at_least: Annotated[float | None, Field(description="The number must be this or more.")] = None
    below: Annotated[float | None, Field(description="The number must be less than this.")] = None
    known: Annotated[bool | None, Field(description="true: has a value; false: has none.")] = None

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        if not self.model_fields_set or (
            not self.any_of and self.at_least is self.below is self.known is None
        ):
            raise ValueError(
                "tests nothing; write a value, a list of values, or at_least, below, known"
            )
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError(
                f"never holds: nothing is at least {self.at_least:g} and below {self.below:g}"
            )
        if self.known is False and (
            self.any_of or self.at_least is not None or self.below is not None
        ):
            raise ValueError("never holds: a field without a value passes no other test")
        return self

    def compile(self) -> core.Test:
        return core.Test(
            any_of=self.any_of,
            at_least=self.at_least,
            below=self.below,
            known=self.known,
        )


def _spelled_out(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return {"any_of": tuple(value)}
    return {"any_of": (value,)} if isinstance(value, str | bool | int) else value


When = Annotated[
    dict[
        str,
        Annotated[
            Test,
            BeforeValidator(
                _spelled_out,
                json_schema_input_type=Test | list[Text | bool | int] | Text | bool | int,
            ),
        ],
    ],
    Field(
        description="Conditions by field, all of which must hold: a value, a list of values, or "
        "tests such as {at_least: 100, below: 1000} or {known: true}. Left out: always holds."
    ),
]


def compile_when(when: dict[str, Test]) -> core.When:
    return {name: test.compile() for name, test in when.items()}
