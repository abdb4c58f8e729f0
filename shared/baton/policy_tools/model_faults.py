"""Explains pydantic's errors to the person who edits the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from baton.policy_tools.faults import Fault, Path, did_you_mean, quoted, readable
from baton.policy_tools.models.types import FITTING
from baton.policy_tools.models.when import Block, Test
from baton.policy_tools.yaml_tree import Keys, Tree, place_of

Say = Callable[[ErrorDetails, str], str]


def faults_of(error: ValidationError, model: type[BaseModel], tree: Keys) -> Iterator[Fault]:
    """Every error in *error*, at its line of *tree*, with the expected value."""
    for details in error.errors(include_url=False):
        loc = tuple(part for part in details["loc"] if part != "[key]")
        if details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]:
            continue  # long enough in the file; its faulty items are reported
        path = _as_written(tree, loc)
        place, _ = place_of(tree, path)
        field = _field_at(model, loc)
        if details["type"] == "extra_forbidden":
            inner = _model_at(model, loc[:-1])
            keys = list(_fields(inner)) if inner else []
            message = f"is not a key here{did_you_mean(str(loc[-1]), keys)}"
        elif details["type"] == "missing":
            path = loc
            message = f"is missing. {field.description if field else ''}".strip()
        else:
            meaning = (field.description if field else None) or ""
            message = _message(details, meaning, _model_at(model, loc))
        yield Fault(place, readable(path), message)


def _message(details: ErrorDetails, meaning: str, model: type[BaseModel] | None) -> str:
    kind, context, given = details["type"], details.get("ctx", {}), details["input"]
    hint = f" ({meaning.rstrip('.')})" if meaning else ""
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        expected = context["expected"].replace("True", "true")
        return f"{quoted(given)} is not {expected}{hint}"
    if kind in _TYPES:
        right = _in_quotes(kind, given) or _with_its_key(model, details)
        return f"must be {_TYPES[kind]}, not {quoted(given)}{right}{hint}"
    if kind == "string_pattern_mismatch":
        return f"{quoted(given)} does not fit: write {FITTING[context['pattern']]}{hint}"
    if kind == "string_too_short":
        return f"must not be empty{hint}"
    if kind == "string_too_long":
        return f"is longer than {context['max_length']} characters{hint}"
    if kind == "too_short":
        return f"needs at least {context['min_length']}{hint}"
    if kind == "too_long":
        return f"has more than {context['max_length']}{hint}"
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']}, not {quoted(given)}{hint}"
    if kind == "less_than_equal":
        return f"must be at most {context['le']}, not {quoted(given)}{hint}"
    return f"{details['msg']}{hint}"


#: Error type of pydantic -> what the value should have been.
_TYPES = {
    "string_type": "text",
    "string_unicode": "plain text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}

_OF_KEYS = {kind for kind, what in _TYPES.items() if what == "keys with values"}


def _in_quotes(kind: str, given: object) -> str:
    if kind == "string_type" and isinstance(given, int | float):
        return f': write it in quotes, "{quoted(given)}"'
    if kind == "string_type" and given is None:
        return "; a # begins a comment: put it in quotes"
    return ""


def _with_its_key(model: type[BaseModel] | None, details: ErrorDetails) -> str:
    """If a word is given instead of keys: how to write it with the one required key."""
    given = details["input"]
    if model is None or details["type"] not in _OF_KEYS or not isinstance(given, str):
        return ""
    needed = [name for name, field in _fields(model).items() if field.is_required()]
    return f": write {{{needed[0]}: {given}}}" if len(needed) == 1 else ""


def _as_written(tree: Tree, loc: Path) -> Path:
    """The part of *loc* that exists in the file: a short form has fewer levels than its model."""
    path: Path = ()
    for part in loc:
        if place_of(tree, (*path, part))[1] != path:
            path = (*path, part)
        elif part != "any_of" and not isinstance(part, int):
            break
    return path


def _field_at(model: Any, loc: Path) -> FieldInfo | None:
    """The innermost field on the path *loc*, whose description says what belongs there. Inside a
    condition it is the test's own field, never the condition's."""
    found: FieldInfo | None = None
    for part in loc:
        inner = _bare(model)
        if _is_model(inner):
            field = _fields(inner).get(str(part))
            if field is None and inner is not Block:
                return found
            found = field
        model = _inside(inner, part)
    return found


def _model_at(model: Any, loc: Path) -> type[BaseModel] | None:
    for part in loc:
        model = _inside(_bare(model), part)
    model = _bare(model)
    return model if _is_model(model) else None


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _bare(kind: Any) -> Any:
    """*kind* without Annotated and ``| None``."""
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind = get_args(kind)[0]
        elif origin in {Union, UnionType}:
            kinds = [part for part in get_args(kind) if part is not type(None)]
            kind = kinds[0]
        else:
            return kind


def _is_model(kind: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inside(kind: Any, part: object) -> Any:
    """What a model, tuple or dict holds at *part*; a condition holds tests by their fields."""
    if _is_model(kind):
        field = _fields(kind).get(str(part))
        return field.annotation if field else Test if kind is Block else None
    arguments = get_args(kind)
    if not arguments:
        return None
    return arguments[1] if get_origin(kind) is dict else arguments[0]
