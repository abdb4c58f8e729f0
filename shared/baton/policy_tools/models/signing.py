"""Definitions that people sign: what was agreed on, by whom and when."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from baton.policy_tools.models.types import Entry, LocalDate, Text, wrap


class Confirmed(Entry):
    """A signature under a definition. Without one, or with too few names, it is ASSUMED."""

    by: Annotated[
        tuple[Text, ...],
        BeforeValidator(wrap(str), json_schema_input_type=tuple[Text, ...] | Text),
        Field(min_length=1, description="Who approved it: names from sign_off."),
    ]
    on: Annotated[LocalDate, Field(description="Day of the last approval.")]


class Signed(Entry):
    """A definition that marketing and sales agree on."""

    confirmed: Annotated[
        Confirmed | None,
        Field(
            description="Who approved it, and when. Renew it when the definition changes: a "
            "changed definition with an old approval cannot be published."
        ),
    ] = None
