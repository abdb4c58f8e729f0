"""HubSpot's HTTP API: objects, batches, search. Paths are those below /hubspot."""

from __future__ import annotations

import re
from collections.abc import Callable
from heapq import nsmallest
from typing import Any

from .account_rules import missing
from .associations import kinds_of, plural
from .crm import KINDS, Crm
from .hubspot_associations import Associations
from .hubspot_automation import Automation
from .hubspot_deals import SCOPE as DEALS_SCOPE
from .hubspot_deals import Deals, check_stage
from .hubspot_errors import (
    DAILY_LIMIT,
    bad_input,
    invalid,
    missing_scopes,
    not_found,
    not_set,
    rate_headers,
    refusal,
    required,
    too_many,
    unauthorized,
)
from .hubspot_owners import Owners
from .hubspot_paths import batch_status, enforces, versioned
from .hubspot_properties import Properties
from .hubspot_search import search
from .hubspot_shapes import associations_of, batch_body, paged, shape
from .limits import Window
from .properties import TIMED, normalise
from .wire import Refused, Request, Response, answer
from .world import Record, World, iso, now_ms

MAX_BATCH = 100
#: Most objects per page or batch read if property history is requested.
MAX_WITH_HISTORY = 50
Handler = Callable[..., Response]


class HubSpotApi:
    """Answers requests; *limits* are this account's, shared by all callers."""

    def __init__(self, world: World, crm: Crm) -> None:
        self._world = world
        self._crm = crm
        self._tens = Window(10.0)
        self._seconds = Window(1.0)
        self._days = Window(86_400.0)
        self.automation = Automation(world)
        linked = Associations(world, crm)
        objects = versioned("crm/objects")
        routes: list[tuple[str, str, Handler]] = [
            ("GET", rf"{versioned('account-info')}/details", self._account),
            ("POST", rf"{objects}/([^/]+)/search", self._search),
            ("POST", rf"{objects}/([^/]+)/batch/(read|create|update|archive)", self._batch),
            ("GET", rf"{objects}/([^/]+)", self._list),
            ("POST", rf"{objects}/([^/]+)", self._create),
            ("GET", rf"{objects}/([^/]+)/([^/]+)", self._get),
            ("PATCH", rf"{objects}/([^/]+)/([^/]+)", self._update),
            ("DELETE", rf"{objects}/([^/]+)/([^/]+)", self._archive),
            *linked.routes(),
            *Properties(world).routes(),
            *Owners(world).routes(),
            *Deals(world).routes(),
            *self.automation.routes(),
        ]
        self._routes = [(method, re.compile(path), handler) for method, path, handler in routes]

    def __call__(self, request: Request, path: str) -> Response:
        """Answer one request; *path* is without the /hubspot prefix."""
        config = self._world.config()
        try:
            if request.bearer() != config.hubspot_access_token:
                raise unauthorized()
            headers = self._within_limits(path)
            with self._world.lock:
                response = self._route(request, path.rstrip("/"))
        except Refused as refused:
            return refused.response
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # A body of the wrong shape: HubSpot's parser says so in its own way, also with 400.
            return bad_input(str(error)).response
        return Response(response.status, response.body, {**response.headers, **headers})

    def _route(self, request: Request, path: str) -> Response:
        allowed = False
        for method, pattern, handler in self._routes:
            if match := pattern.fullmatch(path):
                allowed = True
                if method == request.method:
                    return handler(request, *match.groups())
        if allowed:
            raise refusal(405, "METHOD_NOT_ALLOWED", "method not allowed")
        raise not_found(f"no such endpoint: {path}")

    def _within_limits(self, path: str) -> dict[str, str]:
        config = self._world.config()
        _, daily_left, _ = self._days.take(DAILY_LIMIT)
        if path.rstrip("/").endswith("/search"):
            passed, _, _ = self._seconds.take(config.search_limit)
            if not passed:
                raise too_many("SECONDLY", config.search_limit, daily_left)
            return {}
        passed, left, _ = self._tens.take(config.hubspot_limit)
        if not passed:
            raise too_many("TEN_SECONDLY_ROLLING", config.hubspot_limit, daily_left)
        return rate_headers(config.hubspot_limit, left, daily_left)

    def _account(self, _request: Request) -> Response:
        portal = self._world.config().portal_id
        details = {
            "portalId": portal,
            "accountType": "DEVELOPER_TEST",
            "timeZone": "UTC",
            "companyCurrency": "EUR",
            "additionalCurrencies": [],
            "utcOffset": "+00:00",
            "utcOffsetMilliseconds": 0,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "eu1",
        }
        return answer(200, details)

    def _search(self, request: Request, kind: str) -> Response:
        body = request.json()
        total, records, after = search(self._crm, _kind(kind), body)
        names = [str(name) for name in body.get("properties") or []]
        found = [shape(self._world.config(), record, names) for record in records]
        return answer(200, {"total": total, **paged(found, after)})

    def _list(self, request: Request, kind: str) -> Response:
        kind = self._readable(kind)
        names, histories = request.many("properties"), request.many("propertiesWithHistory")
        most = MAX_WITH_HISTORY if histories else MAX_BATCH
        limit, after = int(request.one("limit") or 10), int(request.one("after") or 0)
        if not 1 <= limit <= most:
            raise bad_input(f"limit must be between 1 and {most}")
        records = self._crm.all(kind)
        rest = nsmallest(
            limit + 1, (one for one in records if int(one.id) > after), key=lambda one: int(one.id)
        )
        linked = [_kind(name) for name in request.many("associations")]
        found = [self._shape(record, names, histories, linked) for record in rest[:limit]]
        return answer(200, paged(found, rest[limit - 1].id if len(rest) > limit else None))

    def _get(self, request: Request, kind: str, object_id: str) -> Response:
        record = self._find(_kind(kind), object_id, request.one("idProperty"))
        names, histories = request.many("properties"), request.many("propertiesWithHistory")
        linked = [_kind(name) for name in request.many("associations")]
        return answer(200, self._shape(record, names, histories, linked))

    def _create(self, request: Request, kind: str) -> Response:
        record = self._make(_kind(kind), request.json(), request)
        return answer(201, self._shape(record, list(record.history)))

    def _update(self, request: Request, kind: str, object_id: str) -> Response:
        record = self._find(_kind(kind), object_id, request.one("idProperty"))
        written = self._write(record, request.json(), request)
        return answer(200, self._shape(record, written))

    def _archive(self, _request: Request, kind: str, object_id: str) -> Response:
        # Deleting twice is one deletion: HubSpot answers 204 both times.
        if record := self._crm.find(_kind(kind), object_id):
            self._crm.archive(record, "INTEGRATION", self._app_id())
        return answer(204)

    def _batch(self, request: Request, kind: str, verb: str) -> Response:
        kind, body, started = self._readable(kind), request.json(), iso(now_ms())
        inputs = body["inputs"]
        most = MAX_WITH_HISTORY if body.get("propertiesWithHistory") else MAX_BATCH
        if len(inputs) > most:
            raise bad_input(f"a batch holds at most {most} inputs, this one has {len(inputs)}")
        results: list[dict[str, Any]] = []
        missing: list[str] = []
        id_property = str(body.get("idProperty") or "")
        if verb == "create":
            made = self._make_all(kind, inputs, request)
            results = [self._shape(one, list(one.history)) for one in made]
        else:
            found = [
                (one, self._crm.find(kind, str(one["id"]), one.get("idProperty") or id_property))
                for one in inputs
            ]
            if verb == "update":
                # One wrong value refuses the whole batch, as HubSpot's 400 does.
                for one, record in found:
                    self._checked(kind, one["properties"], request, record)
            for one, record in found:
                if record is None:
                    missing.append(str(one["id"]))
                elif verb == "read":
                    names, histories = body.get("properties"), body.get("propertiesWithHistory")
                    results.append(self._shape(record, names or [], histories or []))
                elif verb == "update":
                    results.append(self._shape(record, self._write(record, one, request)))
                else:
                    self._crm.archive(record, "INTEGRATION", self._app_id())
            if verb == "archive":
                return answer(204)
        body = batch_body(results, missing, kind, started)
        complete = 201 if verb == "create" else 200
        return answer(batch_status(request, complete, bool(missing)), body)

    def _make_all(self, kind: str, inputs: list[dict[str, Any]], request: Request) -> list[Record]:
        for one in inputs:
            self._checked(kind, one["properties"], request, new=True)
        return [self._make(kind, one, request) for one in inputs]

    def _make(self, kind: str, body: dict[str, Any], request: Request) -> Record:
        clean = self._checked(kind, body["properties"], request, new=True)
        links = [_link(kind, one) for one in body.get("associations") or []]
        for to_kind, to_id, _ in links:
            if self._crm.find(to_kind, to_id) is None:
                raise refusal(400, "VALIDATION_ERROR", f"{to_kind} {to_id} does not exist")
        record = self._crm.create(kind, clean, "INTEGRATION", self._app_id())
        for to_kind, to_id, type_id in links:
            self._crm.link(kind, record.id, to_kind, to_id, type_id)
        return record

    def _write(self, record: Record, body: dict[str, Any], request: Request) -> list[str]:
        clean = self._checked(record.type, body["properties"], request, record)
        self._crm.update(record, clean, "INTEGRATION", self._app_id())
        return list(clean)

    def _checked(
        self,
        kind: str,
        properties: dict[str, Any],
        request: Request,
        record: Record | None = None,
        *,
        new: bool = False,
    ) -> dict[str, str]:
        config = self._world.config()
        clean, wrong = normalise(config, kind, properties, api=True, new=new)
        if wrong:
            raise invalid(wrong, config.refusals)
        if new and kind in TIMED and not clean.get("hs_timestamp"):
            raise not_set(kind, "hs_timestamp")
        if enforces(request) and (lacking := missing(config, kind, clean, record, new=new)):
            raise required(lacking)
        if kind == "deals":
            clean = check_stage(clean, new=new)
        email = clean.get("email") if kind == "contacts" else None
        taken = self._crm.find("contacts", email, "email") if email else None
        if taken and taken is not record and (new or record):
            raise refusal(409, "CONFLICT", f"Contact already exists. Existing ID: {taken.id}")
        return clean

    def _find(self, kind: str, object_id: str, id_property: str = "") -> Record:
        record = self._crm.find(kind, object_id, id_property)
        if record is None:
            raise not_found()
        return record

    def _shape(
        self,
        record: Record,
        names: list[str],
        histories: list[str] | None = None,
        linked: list[str] | None = None,
    ) -> dict[str, Any]:
        found = shape(self._world.config(), record, names, histories or [])
        if linked:
            found["associations"] = associations_of(self._crm, record, linked)
        return found

    def _readable(self, name: str) -> str:
        kind = _kind(name)
        scope = {"deals": DEALS_SCOPE, "emails": EMAILS_SCOPE}.get(kind)
        if scope and scope in self._world.config().missing_scopes:
            raise missing_scopes(scope)
        return kind

    def _app_id(self) -> str:
        return str(self._world.config().app_id)


#: What the content of e-mails asks for, beside the scope of contacts.
EMAILS_SCOPE = "sales-email-read"


def _kind(name: str) -> str:
    kind = plural(name)
    if kind not in KINDS:
        raise refusal(400, "VALIDATION_ERROR", f"Unable to infer object type from: {name}")
    return kind


def _link(kind: str, one: dict[str, Any]) -> tuple[str, str, int]:
    type_id = int(one["types"][0]["associationTypeId"])
    pair = kinds_of(type_id)
    if pair is None or pair[0] != kind:
        raise refusal(
            400, "VALIDATION_ERROR", f"association type {type_id} is not valid for {kind}"
        )
    return pair[1], str(one["to"]["id"]), type_id
