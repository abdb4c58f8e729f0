"""The part of HubSpot's search that matters: filters, sorting, pages of at most 200."""

from __future__ import annotations

from typing import Any

from .crm import Crm
from .hubspot_errors import bad_input, refusal
from .properties import is_datetime, parse_time
from .world import Record

MAX_PAGE = 200
MAX_RESULTS = 10_000
#: Source: HubSpot's guide "Search the CRM", limits.
MAX_GROUPS, MAX_IN_GROUP, MAX_FILTERS = 5, 6, 18


def search(crm: Crm, kind: str, body: dict[str, Any]) -> tuple[int, list[Record], str | None]:
    """
    Run a search: how many match, the page's records, and where the next page starts.

    Raises:
        Refused: 400 for an unknown operator, a page above 200 or results beyond 10,000.
    """
    limit = int(body.get("limit") or 10)
    after = int(body.get("after") or 0)
    if limit > MAX_PAGE:
        raise bad_input(f"limit must not be more than {MAX_PAGE}")
    if after + limit > MAX_RESULTS:
        raise refusal(400, "VALIDATION_ERROR", "paging past 10000 results is not supported")

    groups = body.get("filterGroups") or []
    sizes = [len(group.get("filters", [])) for group in groups]
    if len(groups) > MAX_GROUPS or max(sizes, default=0) > MAX_IN_GROUP or sum(sizes) > MAX_FILTERS:
        raise refusal(
            400,
            "VALIDATION_ERROR",
            f"at most {MAX_GROUPS} filterGroups of {MAX_IN_GROUP} filters, {MAX_FILTERS} in all",
        )
    text = str(body.get("query") or "").lower()
    found = [
        record
        for record in crm.all(kind)
        if (not groups or any(_fits(crm, record, group.get("filters", [])) for group in groups))
        and (not text or any(text in (record.value(name) or "").lower() for name in record.history))
    ]
    _sort(found, body.get("sorts") or [])
    page = found[after : after + limit]
    more = after + limit < len(found)
    return len(found), page, str(after + limit) if more else None


def _fits(crm: Crm, record: Record, filters: list[dict[str, Any]]) -> bool:
    return all(_matches(crm, record, one) for one in filters)


def _matches(crm: Crm, record: Record, one: dict[str, Any]) -> bool:
    name, operator = str(one.get("propertyName", "")), str(one.get("operator", ""))
    if name.startswith("associations."):
        wanted = {str(value) for value in one.get("values") or [one.get("value")]}
        linked = crm.linked(record.type, record.id, name.removeprefix("associations."))
        return any(object_id in wanted for object_id, _ in linked)
    value = record.value(name)
    match operator:
        case "HAS_PROPERTY":
            return value is not None
        case "NOT_HAS_PROPERTY":
            return value is None
        case "IN":
            return value is not None and value.lower() in _lowered(one.get("values"))
        case "NOT_IN":
            return value is None or value.lower() not in _lowered(one.get("values"))
        case "EQ":
            return value is not None and _order(name, value) == _order(name, one.get("value"))
        case "NEQ":
            return value is None or _order(name, value) != _order(name, one.get("value"))
        case "GT" | "GTE" | "LT" | "LTE" | "BETWEEN":
            return value is not None and _compares(name, operator, value, one)
        case "CONTAINS_TOKEN":
            wanted_token = str(one.get("value", "")).strip("*").lower()
            return value is not None and wanted_token in value.lower()
    raise bad_input(f"unknown filter operator {operator!r}")


def _compares(name: str, operator: str, value: str, one: dict[str, Any]) -> bool:
    here, there = _order(name, value), _order(name, one.get("value"))
    match operator:
        case "GT":
            return here > there
        case "GTE":
            return here >= there
        case "LT":
            return here < there
        case "LTE":
            return here <= there
    return there <= here <= _order(name, one.get("highValue"))


def _order(name: str, value: object) -> tuple[int, float, str]:
    """A key that compares times as times, numbers as numbers, the rest as lower-case text."""
    text = str(value or "")
    if is_datetime(name) and (ms := parse_time(text)) is not None:
        return (0, float(ms), "")
    try:
        return (0, float(text), "")
    except ValueError:
        return (1, 0.0, text.lower())


def _lowered(values: object) -> set[str]:
    return {str(value).lower() for value in values} if isinstance(values, list) else set()


def _sort(records: list[Record], sorts: list[Any]) -> None:
    records.sort(key=lambda record: int(record.id))
    for one in reversed(sorts):
        name = str(one.get("propertyName", "")) if isinstance(one, dict) else str(one)
        down = isinstance(one, dict) and one.get("direction") == "DESCENDING"
        records.sort(key=lambda record: _order(name, record.value(name)), reverse=down)
