"""Of which kind a field is: as the policy says, or by a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from baton.domain import hubspot_names
from baton.domain.policy import Policy, Test
from baton.domain.text import folded
from baton.domain.values import FieldKind, asked
from baton.policy_tools import countries
from baton.policy_tools.models import Files
from baton.policy_tools.models.lifecycle import Countries
from baton.policy_tools.models.types import Entry
from baton.policy_tools.models.when import Block

#: HubSpot's property -> the kind of its field, unless the policy says another.
BY_PROPERTY: dict[str, FieldKind] = dict.fromkeys(hubspot_names.COUNTRIES, "country")
BY_PROPERTY |= dict.fromkeys(hubspot_names.TICKED, "list")
#: Read as names of forms, in which a semicolon means nothing: see ``Policy``.
BY_PROPERTY |= dict.fromkeys(hubspot_names.FORMS, "text")
BY_PROPERTY[hubspot_names.EMAIL] = "email"


def kinds(files: Files) -> dict[str, FieldKind]:
    """
    Field id -> its kind. A field without one is a country or a list where its HubSpot property is,
    and otherwise a list where a condition compares it with listed values: a value with a semicolon
    is then taken for several ticked boxes, as HubSpot writes them. All others are text, as are
    names of forms.
    """
    listed = frozenset(_compared_with_values(files))
    found: dict[str, FieldKind] = {}
    for field in files.lifecycle.fields:
        if "kind" in field.model_fields_set:
            found[field.id] = field.kind
        else:
            by_rule: FieldKind = "list" if field.id in listed else "text"
            found[field.id] = by_name(field.id, field.property) or by_rule
    return found


def by_name(field: str, hubspot_property: str) -> FieldKind | None:
    """The kind that a field has by its names, unless the policy says another; None: by none."""
    if field == "country":
        return "country"
    return BY_PROPERTY.get(hubspot_property)


def spellings(file: Countries) -> dict[str, str]:
    """ISO's code of a country -> its spellings, as the policy knows them."""
    return countries.table(file.languages, tuple(sorted(file.spellings.items())))


def with_meanings(policy: Policy) -> Policy:
    """*policy*, each of whose conditions asks for what its values mean: for the code of a country
    where it names the country.
    """
    known = {field.id: field.kind for field in policy.lifecycle.fields}
    found: Policy = _with_meanings(policy, known, policy.country_codes)
    return found


def without_meanings(policy: Policy) -> Policy:
    """*policy* with its conditions as they are written."""
    found: Policy = _with_meanings(policy, {}, {})
    return found


def meant(name: str, test: Test, kinds: Mapping[str, FieldKind], codes: Mapping[str, str]) -> Test:
    """*test* on the field *name*, and all tests in it, with the words that their values mean."""
    if test.blocks:
        blocks = tuple(
            {inner: meant(inner, one, kinds, codes) for inner, one in block.items()}
            for block in test.blocks
        )
        return replace(test, blocks=blocks)
    words = tuple(asked(kinds.get(name, "text"), value, codes) for value in test.any_of)
    if words == tuple(map(folded, test.any_of)):
        words = ()  # they mean what they say
    return test if words == test.means else replace(test, means=words)


def _with_meanings(value: Any, kinds: Mapping[str, FieldKind], codes: Mapping[str, str]) -> Any:
    """A copy of any part of a policy; the same object where nothing changes."""
    if isinstance(value, dict):
        changed = {
            name: meant(name, one, kinds, codes)
            if isinstance(one, Test)
            else _with_meanings(one, kinds, codes)
            for name, one in value.items()
        }
        same = all(changed[name] is one for name, one in value.items())
        return value if same else changed
    if isinstance(value, tuple):
        items = tuple(_with_meanings(one, kinds, codes) for one in value)
        return value if all(map(_is, items, value)) else items
    if isinstance(value, Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: _with_meanings(one, kinds, codes) for name, one in fields.items()}
        new = {name: one for name, one in new.items() if one is not fields[name]}
        return replace(value, **new) if new else value
    return value


def _is(one: object, other: object) -> bool:
    return one is other


def _compared_with_values(value: object) -> Iterator[str]:
    """The fields that conditions anywhere in *value* compare with listed values."""
    if isinstance(value, Block):
        yield from (name for name, test in value.tests.items() if test.any_of)
        for blocks in (value.every, value.some, value.none):
            yield from _compared_with_values(blocks)
    elif isinstance(value, Entry):
        for name in type(value).model_fields:
            yield from _compared_with_values(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _compared_with_values(one)
    elif isinstance(value, Files):
        for part in value.parts():
            yield from _compared_with_values(part)
