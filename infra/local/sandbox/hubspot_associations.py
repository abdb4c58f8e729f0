"""HubSpot's v4 associations API; `HubSpotApi` passes it the requests for its paths."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .associations import OBJECT_TYPE_IDS, TYPE_IDS, plural, singular
from .crm import Crm
from .hubspot_errors import bad_input, not_found, refusal
from .hubspot_paths import batch_status, version_of, versioned
from .hubspot_shapes import paged
from .wire import Request, Response, answer
from .world import World, iso, now_ms

MAX_PAGE = 500
MAX_READ = 1000
_PAIR = rf"{versioned('crm/objects', legacy='v4')}/([^/]+)/([^/]+)/associations"
# 2026-09 reads associations by batch only.
_LISTS = rf"{versioned('crm/objects', legacy='v4', dated='2026-03')}/([^/]+)/([^/]+)/associations"


class Associations:
    """Reads, makes and removes associations."""

    def __init__(self, world: World, crm: Crm) -> None:
        self._world = world
        self._crm = crm

    def routes(self) -> list[tuple[str, str, Callable[..., Response]]]:
        batch = rf"{versioned('crm/associations', legacy='v4')}/([^/]+)/([^/]+)/batch"
        return [
            ("GET", rf"{_LISTS}/([^/]+)", self._list),
            ("PUT", rf"{_PAIR}/default/([^/]+)/([^/]+)", self._put_default),
            ("PUT", rf"{_PAIR}/([^/]+)/([^/]+)", self._put),
            ("DELETE", rf"{_PAIR}/([^/]+)/([^/]+)", self._delete),
            ("POST", rf"{batch}/read", self._read),
            ("POST", rf"{batch}/associate/default", self._associate),
        ]

    def _list(self, request: Request, kind: str, object_id: str, to_kind: str) -> Response:
        kind = plural(kind)
        if self._crm.find(kind, object_id) is None:
            raise not_found()
        limit, after = int(request.one("limit") or MAX_PAGE), request.one("after")
        if not 1 <= limit <= MAX_PAGE:
            raise bad_input(f"limit must be between 1 and {MAX_PAGE}")
        linked = self._linked(kind, object_id, to_kind)
        start = int(after) if after.isdigit() else 0
        more = start + limit < len(linked)
        return answer(
            200, paged(linked[start : start + limit], str(start + limit) if more else None)
        )

    def _read(self, request: Request, kind: str, to_kind: str) -> Response:
        kind, started = plural(kind), iso(now_ms())
        inputs = request.json()["inputs"]
        if len(inputs) > MAX_READ:
            raise bad_input(f"a batch holds at most {MAX_READ} inputs")
        results: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for one in inputs:
            object_id, after = str(one["id"]), str(one.get("after") or "")
            linked = self._linked(kind, object_id, to_kind)
            start = int(after) if after.isdigit() else 0
            page = linked[start : start + MAX_PAGE]
            if not page:
                errors.append(_none_found(kind, object_id, plural(to_kind), version_of(request)))
                continue
            found: dict[str, Any] = {"from": {"id": object_id}, "to": page}
            if start + MAX_PAGE < len(linked):
                found["paging"] = {"next": {"after": str(start + MAX_PAGE)}}
            results.append(found)
        body: dict[str, Any] = {"status": "COMPLETE", "results": results}
        body |= {"startedAt": started, "completedAt": iso(now_ms())}
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return answer(batch_status(request, 200, bool(errors)), body)

    def _put_default(
        self, _request: Request, kind: str, object_id: str, to_kind: str, to_id: str
    ) -> Response:
        started = iso(now_ms())
        results = self._join(plural(kind), object_id, plural(to_kind), to_id)
        return _complete(results, started)

    def _associate(self, request: Request, kind: str, to_kind: str) -> Response:
        started = iso(now_ms())
        results: list[dict[str, Any]] = []
        for one in request.json()["inputs"]:
            here, there = str(one["from"]["id"]), str(one["to"]["id"])
            results += self._join(plural(kind), here, plural(to_kind), there)
        return _complete(results, started)

    def _put(
        self, request: Request, kind: str, object_id: str, to_kind: str, to_id: str
    ) -> Response:
        kind, to_kind = plural(kind), plural(to_kind)
        # The v4 body is a list, not an object, so it is read here and not by Request.json.
        types = [TYPE_IDS.get((kind, to_kind), 0)]
        if request.body:
            types = _type_ids(request.body)
        for type_id in types:
            self._check(kind, object_id, to_kind, to_id)
            self._crm.link(kind, object_id, to_kind, to_id, type_id)
        body = {
            "fromObjectTypeId": OBJECT_TYPE_IDS.get(kind, kind),
            "fromObjectId": object_id,
            "toObjectTypeId": OBJECT_TYPE_IDS.get(to_kind, to_kind),
            "toObjectId": to_id,
            "labels": [],
        }
        return answer(201, body)

    def _delete(
        self, _request: Request, kind: str, object_id: str, to_kind: str, to_id: str
    ) -> Response:
        self._crm.unlink(plural(kind), object_id, plural(to_kind), to_id)
        return answer(204)

    def _join(self, kind: str, object_id: str, to_kind: str, to_id: str) -> list[dict[str, Any]]:
        self._check(kind, object_id, to_kind, to_id)
        forward = self._crm.link(kind, object_id, to_kind, to_id)
        backward = TYPE_IDS.get((to_kind, kind), 0)
        return [_joined(object_id, to_id, forward), _joined(to_id, object_id, backward)]

    def _check(self, kind: str, object_id: str, to_kind: str, to_id: str) -> None:
        for one_kind, one_id in ((kind, object_id), (to_kind, to_id)):
            if self._crm.find(one_kind, one_id) is None:
                raise refusal(400, "VALIDATION_ERROR", f"{one_kind} {one_id} does not exist")

    def _linked(self, kind: str, object_id: str, to_kind: str) -> list[dict[str, Any]]:
        return [
            {
                "toObjectId": other,
                "associationTypes": [
                    {"category": "HUBSPOT_DEFINED", "typeId": number, "label": None}
                    for number in numbers
                ],
            }
            for other, numbers in self._crm.linked(kind, object_id, to_kind)
        ]


def _type_ids(body: bytes) -> list[int]:
    return [int(one["associationTypeId"]) for one in json.loads(body)]


def _joined(from_id: str, to_id: str, type_id: int) -> dict[str, Any]:
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return {"from": {"id": from_id}, "to": {"id": to_id}, "associationSpec": spec}


def _complete(results: list[dict[str, Any]], started: str) -> Response:
    body = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": started,
        "completedAt": iso(now_ms()),
    }
    return answer(200, body)


def _none_found(kind: str, object_id: str, to_kind: str, version: str) -> dict[str, Any]:
    # The files of the dated versions call the subcategory an object, and do not say which.
    named = {"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND"} if version == "v4" else {}
    return {
        **named,
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "errors": [],
        "links": {},
        "message": f"No {singular(to_kind)} is associated with {singular(kind)} {object_id}.",
        "context": {
            "fromObjectId": [object_id],
            "fromObjectType": [kind],
            "toObjectType": [to_kind],
        },
    }
