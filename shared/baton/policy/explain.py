"""What pydantic found, in words for the person who edits the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from baton.policy.faults import Fault, Path, did_you_mean, quoted, readable
from baton.policy.yaml_tree import Keys, Tree, place_of

Say = Callable[[ErrorDetails, str], str]


def faults_of(error: ValidationError, model: type[BaseModel], tree: Keys) -> Iterator[Fault]:
    """Every error of *error* at its line of *tree*, with what would be right."""
    for details in error.errors(include_url=False):
        loc = tuple(part for part in details["loc"] if part != "[key]")
        if details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]:
            continue  # long enough as written; its items are at fault, and said so
        path = _as_written(tree, loc)
        place, _ = place_of(tree, path)
        field = _field_at(model, loc)
        if details["type"] == "extra_forbidden":
            keys = _keys_at(model, loc[:-1])
            message = f"is not a key here{did_you_mean(str(loc[-1]), keys)}"
        elif details["type"] == "missing":
            path = loc
            message = f"is missing. {field.description if field else ''}".strip()
        else:
            message = _message(details, (field.description if field else None) or "")
        yield Fault(place, readable(path), message)


def _message(details: ErrorDetails, meaning: str) -> str:
    kind, context, given = details["type"], details.get("ctx", {}), details["input"]
    hint = f" ({meaning.rstrip('.')})" if meaning else ""
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        expected = context["expected"].replace("True", "true")
        return f"{quoted(given)} is not {expected}{hint}"
    if kind in _TYPES:
        return f"must be {_TYPES[kind]}, not {quoted(given)}{_in_quotes(kind, given)}{hint}"
    if kind == "string_pattern_mismatch":
        return f"{quoted(given)} does not fit {context['pattern']}{hint}"
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


def _in_quotes(kind: str, given: object) -> str:
    if kind == "string_type" and isinstance(given, int | float):
        return f': write it in quotes, "{quoted(given)}"'
    return ""


def _as_written(tree: Tree, loc: Path) -> Path:
    """*loc* as far as the file has it: a short form has less than the model it stands for."""
    path: Path = ()
    for part in loc:
        if part == "any_of" and place_of(tree, (*path, part))[1] == path:
            continue
        if place_of(tree, (*path, part))[1] == path:
            break
        path = (*path, part)
    return path


def _field_at(model: Any, loc: Path) -> FieldInfo | None:
    """The nearest field on the way to *loc* that says what belongs there."""
    found: FieldInfo | None = None
    for part in loc:
        model = _bare(model)
        if isinstance(model, type) and issubclass(model, BaseModel):
            field = _fields(model).get(str(part))
            if field is None:
                return found
            found, model = field, field.annotation
        else:
            model = _inside(model)
    return found


def _keys_at(model: Any, loc: Path) -> list[str]:
    for part in loc:
        model = _bare(model)
        if isinstance(model, type) and issubclass(model, BaseModel):
            field = _fields(model).get(str(part))
            model = field.annotation if field else None
        else:
            model = _inside(model)
    model = _bare(model)
    is_model = isinstance(model, type) and issubclass(model, BaseModel)
    return list(_fields(model)) if is_model else []


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


def _inside(kind: Any) -> Any:
    """What a tuple or dict holds."""
    arguments = get_args(kind)
    if not arguments:
        return None
    return arguments[1] if get_origin(kind) is dict else arguments[0]
