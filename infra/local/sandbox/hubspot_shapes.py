"""The JSON shapes of HubSpot's objects, owners and lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .associations import singular
from .config import Owner, SandboxConfig
from .crm import Crm, updated_property
from .properties import is_known
from .world import Change, Record, iso, now_ms

_DEFAULTS = {
    "contacts": ("firstname", "lastname", "email"),
    "companies": ("name", "domain"),
}


def shape(
    config: SandboxConfig, record: Record, names: Sequence[str], histories: Sequence[str] = ()
) -> dict[str, Any]:
    """An object with the properties asked for; HubSpot leaves unknown names out of reads."""
    wanted = [*(names or _DEFAULTS.get(record.type, ())), *histories]
    always = ["hs_object_id", "createdate", updated_property(record.type)]
    if record.type not in {"contacts", "companies", "deals"}:
        always[1] = "hs_createdate"
    properties: dict[str, str | None] = {}
    for name in dict.fromkeys([*wanted, *always]):
        if name == "hs_createdate":
            properties[name] = iso(record.created)
        elif name in record.history or is_known(config, record.type, name):
            properties[name] = record.value(name)
    found: dict[str, Any] = {
        "id": record.id,
        "properties": properties,
        "createdAt": iso(record.created),
        "updatedAt": iso(record.updated),
        "archived": record.archived,
    }
    if histories:
        found["propertiesWithHistory"] = {
            name: [_change(change) for change in record.history.get(name, [])]
            for name in histories
            if name in record.history or is_known(config, record.type, name)
        }
    return found


def _change(change: Change) -> dict[str, Any]:
    found = {"value": change.value, "timestamp": iso(change.at), "sourceType": change.source}
    return {**found, "sourceId": change.source_id} if change.source_id else found


def associations_of(crm: Crm, record: Record, kinds: Iterable[str]) -> dict[str, Any]:
    """The ``associations`` part of a read, by type, in the v3 form."""
    found = {}
    for kind in kinds:
        linked = crm.linked(record.type, record.id, kind)
        if linked:
            name = f"{singular(record.type)}_to_{singular(kind)}"
            found[kind] = {"results": [{"id": other, "type": name} for other, _ in linked]}
    return found


def owner_shape(owner: Owner) -> dict[str, Any]:
    digits = owner.id.isdigit()
    user_id = owner.user_id or (int(owner.id) % 10_000_000 if digits else None)
    found: dict[str, Any] = {
        "id": owner.id,
        "email": owner.email,
        "type": "PERSON",
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "userId": None if owner.archived else user_id,
        "userIdIncludingInactive": user_id,
        "createdAt": "2025-01-09T20:28:50.080Z",
        "updatedAt": "2026-01-09T20:28:50.080Z",
        "archived": owner.archived,
    }
    if owner.teams:
        found["teams"] = [
            {"id": str(368389 + n), "name": name, "primary": n == 0}
            for n, name in enumerate(owner.teams)
        ]
    return found


def paged(results: Sequence[Any], after: str | None, path: str = "") -> dict[str, Any]:
    body: dict[str, Any] = {"results": list(results)}
    if after is not None:
        body["paging"] = {"next": {"after": after, "link": f"{path}?after={after}"}}
    return body


def batch_body(
    results: list[dict[str, Any]], missing: list[str], kind: str, started: str
) -> dict[str, Any]:
    """The answer to a batch; *missing*: requested ids that do not exist."""
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": started,
        "completedAt": iso(now_ms()),
    }
    if not missing:
        return body
    body["numErrors"] = 1
    body["errors"] = [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": f"Could not get some {singular(kind).upper()} objects, they may be deleted "
            "or not exist. Check that ids are valid.",
            "context": {"ids": missing},
            "errors": [],
            "links": {},
        }
    ]
    return body
