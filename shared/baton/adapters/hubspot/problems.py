"""HubSpot's error bodies: what is wrong, in every shape that it is said in.

Seen in published contracts and in bodies that users of the API have reported:

- ``errors[]`` with ``code`` and ``context``; ``context.propertyName`` as a list or as one text;
  ``in`` beside the code instead (HubSpot's files, ErrorDetail);
- no ``errors``, but ``context.properties`` of the whole, where some that are required are missing;
- no ``errors``, but the results of a validation as JSON inside ``message``:
  ``Property values were not valid: [{"error": "INVALID_OWNER_ID", "name": "hubspot_owner_id"}]``,
  alone or within one of the ``errors``; with text after it, or cut off in the middle;
- ``Property "hs_lead_status" does not exist`` as the whole message;
- ``validationResults[]`` of the same kind, in answers of older paths;
- rules of the account, which 2026-09 enforces: ``MISSING_CONDITIONAL_REQUIRED_PROPERTY`` in
  ``errors[]``, whose text ends with ``based on [the properties that the rule is about]``, and
  ``Missing 'Edit Associations' permission.`` as the whole message, with status 400;
- missing scopes as ``requiredGranularScopes``, ``requiredScopes`` or ``missingScopes``, in the
  context of an error or of the whole, or beside it; as a list or as one text with spaces.

Texts carry values, which may be a person's: only names and codes are kept. Whatever is not as
expected is left out, and the rest is read all the same: a body holds what people typed, so it may
hold half a surrogate pair or a control character, which strict JSON forbids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from baton.adapters.hubspot.lenient import objects_in, read_json

#: Codes and categories: ``INVALID_OWNER_ID``.
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
#: Names of properties, and of scopes: ``crm.objects.contacts.read``.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
#: At the end of an error's text: the properties whose values made another one required.
_BASED_ON = re.compile(r"based on \[([A-Za-z0-9_., -]{1,300})\]")
#: The text of a 429, for bodies without ``policyName``.
_LIMIT = re.compile(r"reached your ([A-Za-z_]{1,60}) limit")
_UNKNOWN = re.compile(r"Property \"([A-Za-z0-9_]{1,100})\" does not exist")
_NOT_SET = "required properties were not set"
_PERMISSION = re.compile(r"Missing '([A-Za-z ]{1,60})' permission")
#: Where a context names properties, in each spelling that was seen.
_PROPERTIES = (
    "propertyName",
    "propertyNames",
    "properties",
    "property",
    "name",
    "missingRequiredProperties",
)
#: In the last result of a list that was cut off. A quote within a text has a backslash before it.
_CUT = re.compile(r'(?<!\\)"(error|name)"\s*:\s*"([A-Za-z0-9_.-]{1,100})"')
#: The last member of a list, if it does not end.
_CUT_OFF = re.compile(r"[\[,]\s*\{[^{}]*\Z")
_SCOPES = ("requiredGranularScopes", "requiredScopes", "missingScopes")


class Flaw(NamedTuple):
    """One thing that is wrong: a code, and the properties that it is about."""

    code: str = ""
    properties: tuple[str, ...] = ()
    #: The properties whose values make these required.
    because: tuple[str, ...] = ()


class Problem(NamedTuple):
    """What a body says; empty where it says nothing that can be read."""

    category: str = ""
    #: Of a 429: which limit was reached.
    policy: str = ""
    flaws: tuple[Flaw, ...] = ()
    scopes: tuple[str, ...] = ()
    sub_category: str = ""
    #: A permission that the app's user lacks.
    permission: str = ""
    #: Whether the body is a JSON object; a gateway's page is not.
    readable: bool = False


def read_problem(body: str | bytes | None) -> Problem:
    """The problem that *body* describes."""
    found = _json(body or b"")
    whole = _mapping(found)
    errors = [_mapping(one) for one in _sequence(whole.get("errors"))]
    flaws = [*map(_flaw_of_error, errors)]
    for text in (whole.get("message"), *(one.get("message") for one in errors)):
        flaws += _flaws_of_results(_results_in(text))
    flaws += _flaws_of_results(_sequence(whole.get("validationResults")))
    flaws += _flaws_of_the_whole(whole)
    contexts = [whole, *(_mapping(one.get("context")) for one in (whole, *errors))]
    scopes = (name for one in contexts for key in _SCOPES for name in _scopes(one.get(key)))
    return Problem(
        category=_code(whole.get("category")),
        policy=_code(whole.get("policyName")) or _first(_LIMIT, whole.get("message")).upper(),
        flaws=tuple(dict.fromkeys(flaw for flaw in flaws if any(flaw))),
        scopes=tuple(dict.fromkeys(scopes)),
        sub_category=_sub_category(whole.get("subCategory")),
        permission=_first(_PERMISSION, whole.get("message")),
        readable=isinstance(found, dict),
    )


def _flaw_of_error(error: Mapping[str, object]) -> Flaw:
    because = _first(_BASED_ON, error.get("message")).split(",")
    codes = (_code(error.get(key)) for key in ("code", "errorCode", "category"))
    return Flaw(
        next(filter(None, codes), ""),
        _properties_of(error),
        _names([name.strip() for name in because]),
    )


def _properties_of(error: Mapping[str, object]) -> tuple[str, ...]:
    context = _mapping(error.get("context"))
    named = [name for key in _PROPERTIES for name in _names(context.get(key))]
    named += _names(error.get("propertyName"))
    named += [name.removeprefix("properties.") for name in _names(error.get("in"))]
    return tuple(dict.fromkeys(named))


def _flaws_of_the_whole(whole: Mapping[str, object]) -> Iterator[Flaw]:
    """What a body says without ``errors``."""
    text = whole.get("message")
    if named := _properties_of(whole):
        not_set = isinstance(text, str) and _NOT_SET in text
        yield Flaw("REQUIRED_FIELD" if not_set else "", named)
    if unknown := _first(_UNKNOWN, text):
        yield Flaw("PROPERTY_DOESNT_EXIST", (unknown,))


def _flaws_of_results(results: Iterable[object]) -> Iterator[Flaw]:
    for result in map(_mapping, results):
        if result.get("isValid") is not True:
            yield Flaw(_code(result.get("error")), _names(result.get("name")))


def _results_in(text: object) -> Iterator[object]:
    """The results that stand as JSON within a message. Of one that was cut off, the end of the text
    says which property it is about."""
    if not isinstance(text, str):
        return
    yield from objects_in(text)
    if cut := _CUT_OFF.search(text):
        yield dict(_CUT.findall(cut[0]))


def _json(body: str | bytes) -> object:
    try:
        return read_json(body)
    except ValueError:
        return None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _code(value: object) -> str:
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def _sub_category(value: object) -> str:
    """HubSpot's files call it an object in one place and a text in others."""
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""


def _first(pattern: re.Pattern[str], text: object) -> str:
    found = pattern.search(text) if isinstance(text, str) else None
    return found[1] if found else ""


def _names(value: object) -> tuple[str, ...]:
    """One name or several."""
    found = value if isinstance(value, list) else [value]
    return tuple(one for one in found if isinstance(one, str) and _NAME.fullmatch(one))


def _scopes(value: object) -> tuple[str, ...]:
    return _names(value.split() if isinstance(value, str) else value)
