"""Compares how the policy reads a field with how the account defines its property. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from baton.adapters.hubspot.schema import Known
from baton.domain import hubspot_names
from baton.domain.policy import Field, Policy, Test
from baton.domain.values import FieldKind, asked
from baton.presentation.words import listed, quoted

#: HubSpot's field type of several ticked values, and the types of its properties.
_TICKED, _DAY, _INSTANT, _FLAG = "checkbox", "date", "datetime", "bool"
#: Most values of a field that are named.
_MOST = 5


def advice(policy: Policy, field: Field, known: Known) -> str:
    """What to write in lifecycle.yaml, so that the property's values are read as HubSpot writes
    them; empty: nothing.
    """
    return "; ".join((*_dead(field), *_kind(field, known), *_labels(policy, field, known)))


def _dead(field: Field) -> Iterator[str]:
    if field.property == hubspot_names.LEGACY_SCORE:
        yield (
            "HubSpot no longer works it out: read the property of a score of your own "
            "(Marketing > Lead Scoring)"
        )


def _kind(field: Field, known: Known) -> Iterator[str]:
    right: FieldKind | None = None
    if known.fieldType == _TICKED:
        right, what = "list", "holds several ticked values"
    elif known.type == _DAY and field.kind == "datetime":
        right, what = "date", "holds a day"
    elif known.type == _INSTANT and field.kind == "date":
        right, what = "datetime", "holds an instant"
    elif known.type == _FLAG and field.kind in {"choice", "list"}:
        right, what = "flag", "holds true or false"
    if right is not None and right != field.kind:
        yield f"{what}, and lifecycle.yaml reads {field.kind}: write kind: {right}"


def _labels(policy: Policy, field: Field, known: Known) -> Iterator[str]:
    """Values of the policy that are labels of options: leads have the internal values."""
    if not known.options or field.kind == "country":
        return
    internal = {asked("choice", one.value, {}) for one in known.options}
    by_label = {asked("choice", one.label or "", {}): one.value for one in known.options}
    named = dict.fromkeys((*field.values, *_compared(policy, field.id)))
    wrong = [
        f"{by_label[word]} instead of {quoted(value)}"
        for value in named
        if (word := asked("choice", value, {})) not in internal and word in by_label
    ]
    if wrong:
        yield f"leads have the internal values: write {listed(wrong, most=_MOST)}"


def _compared(value: Any, name: str) -> Iterator[str]:
    """The values with which conditions anywhere in *value* compare the field."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == name and isinstance(one, Test):
                yield from one.any_of
            yield from _compared(one, name)
    elif isinstance(value, tuple):
        for one in value:
            yield from _compared(one, name)
    elif isinstance(value, Struct):
        for part in value.__struct_fields__:
            yield from _compared(getattr(value, part), name)
