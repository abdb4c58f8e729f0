"""A whole HubSpot account, read page by page. For commands; no handler imports this."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from baton.adapters.hubspot import census_shapes as shapes
from baton.adapters.hubspot import paths
from baton.adapters.hubspot.api import HubspotApi, Query
from baton.adapters.hubspot.crm import ENGAGEMENTS
from baton.adapters.hubspot.errors import NotThere, refuse_errors
from baton.adapters.hubspot.http import BATCH, BATCH_WITH_HISTORY
from baton.adapters.hubspot.members import OnOdd, members, refuse
from baton.adapters.hubspot.pace import Pace
from baton.adapters.hubspot.workflows import is_opaque, workflow
from baton.application.audit.census import STATUS
from baton.application.ports.census import Change, Deal, Owners, Page, Row, Workflow, Workflows
from baton.application.ports.token import Token
from baton.domain import hubspot_names
from baton.domain.time import read_instant
from baton.failures import NotAllowed

#: Most owners on a page.
_OWNERS = 500

T = TypeVar("T")


class HubspotCensus:
    """
    Reads everything, a page at a time, and writes lead statuses.

    Args:
        token: Asked at every call.

        host: Base URL of the API, e.g. https://api.hubapi.com.

        pace: Keeps the calls within their share of the rate limit.

    Every method raises Retryable, NotAllowed among them, and Rejected; see hubspot.errors.
    """

    def __init__(self, token: Token, host: str, pace: Pace) -> None:
        self._api = HubspotApi(token, host, pace.turn)
        self._pace = pace

    def portal(self) -> str:
        """The account's id."""
        return str(self._request(shapes.Portal, "GET", paths.account()).portalId)

    def contacts(
        self, properties: Sequence[str], history: Sequence[str], after: str = ""
    ) -> Iterator[Page]:
        """Every contact that is not archived, in order of id. One call per 100; with *history*
        two more, because HubSpot gives property history for 50 at a time."""
        while True:
            page = self._listed("contacts", after, properties=properties)
            odd: list[str] = []
            found = list(members(page.results, shapes.Object, odd.append))
            past = self._history([one.id for one in found], history, odd.append) if history else {}
            after = _next(page.paging)
            rows = tuple(_row(one, past.get(one.id, {})) for one in found)
            yield Page(rows, after, tuple(odd))
            if not after:
                return

    def deals(self) -> Iterator[Deal]:
        """Every deal that is not archived, with its contacts. One call per 100."""
        states = self._deal_stages()
        after = ""
        while True:
            names = [hubspot_names.DEAL_STAGE, hubspot_names.DEAL_PIPELINE]
            page = self._listed("deals", after, properties=names, associations=["contacts"])
            for one in members(page.results, shapes.Object, refuse):
                at = (
                    one.properties.get(hubspot_names.DEAL_PIPELINE) or "",
                    one.properties.get(hubspot_names.DEAL_STAGE) or "",
                )
                links = (one.associations or {}).get("contacts", shapes.Links()).results
                # HubSpot lists a contact once for each label of the association.
                contacts = tuple(dict.fromkeys(link.id for link in links))
                yield Deal(one.id, states.get(at, "open"), contacts)
            after = _next(page.paging)
            if not after:
                return

    def owners(self) -> Owners:
        found: list[dict[str, str]] = []
        for archived in (False, True):
            names: dict[str, str] = {}
            after = ""
            while True:
                query = [*_page(_OWNERS, after), ("archived", str(archived).lower())]
                page = self._request(shapes.OwnerPage, "GET", paths.owners(), query)
                for one in page.results:
                    name = f"{one.firstName or ''} {one.lastName or ''}".strip()
                    names[one.id] = name or one.id
                after = _next(page.paging)
                if not after:
                    break
            found.append(names)
        return Owners(active=found[0], archived=found[1])

    def unseen_touches(self) -> list[str]:
        """The kinds of records of touches that the token may not read, and why. One call each."""
        denied: list[str] = []
        for kind in ENGAGEMENTS:
            body = {"inputs": [{"id": "1"}], "properties": [hubspot_names.TIMESTAMP]}
            body |= {"propertiesWithHistory": []}
            try:
                self._request(shapes.Batch, "POST", paths.read_objects(kind), body=body)
            except NotAllowed as error:
                denied.append(f"{kind}: {error}")
        return denied

    def workflows(self) -> Workflows:
        """What every workflow does. One call per 100, and one for each workflow."""
        writing: list[Workflow] = []
        opaque: list[Workflow] = []
        read, after = 0, ""
        while True:
            page = self._request(shapes.FlowPage, "GET", paths.flows(), _page(BATCH, after))
            for listed in page.results:
                read += 1
                try:
                    flow = self._request(dict[str, Any], "GET", paths.flow(str(listed.get("id"))))
                except NotThere:
                    continue  # deleted in the meantime
                except NotAllowed:
                    flow = {}  # a workflow on sensitive data needs more scopes
                # Only the list says reliably whether the workflow is on.
                found = workflow({**flow, **listed})
                if found.writes:
                    writing.append(found)
                elif not flow or is_opaque(flow):
                    opaque.append(found)
            after = _next(page.paging)
            if not after:
                return Workflows(tuple(writing), tuple(opaque), read)

    def statuses(self, ids: Sequence[str]) -> dict[str, str]:
        """
        The lead status of those contacts that exist and can be read, empty ones included. One call,
        100 ids.

        Not repeated when HubSpot says "not now": see `with_retries`.
        """
        body = {"inputs": [{"id": one} for one in ids], "properties": [STATUS]}
        body |= {"propertiesWithHistory": []}
        found = self._api(shapes.Batch, "POST", paths.read_objects("contacts"), body=body)
        refuse_errors(found.errors)
        records = members(found.results, shapes.Object, lambda _why: None)
        return {one.id: one.properties.get(STATUS) or "" for one in records}

    def set_statuses(self, wanted: dict[str, str]) -> set[str]:
        """
        Write the lead statuses by contact id; the ids that were written. One call, 100 ids.

        Not repeated when HubSpot says "not now": the caller must read again first.
        """
        inputs = [{"id": one, "properties": {STATUS: value}} for one, value in wanted.items()]
        path = paths.update_objects("contacts")
        found = self._api(shapes.Batch, "POST", path, body={"inputs": inputs})
        return {one.id for one in members(found.results, shapes.Written, lambda _why: None)}

    def with_retries(self, work: Callable[[], T]) -> T:
        """Return what *work* returns; repeat it while HubSpot says "not now". See
        Pace.with_retries."""
        return self._pace.with_retries(work)

    def _listed(self, kind: str, after: str, **wanted: Sequence[str]) -> shapes.Page:
        query = _page(BATCH, after)
        query += [(name, one) for name, values in wanted.items() for one in values]
        return self._request(shapes.Page, "GET", paths.objects(kind), query)

    def _history(
        self, ids: Sequence[str], names: Sequence[str], odd: OnOdd
    ) -> dict[str, dict[str, tuple[Change, ...]]]:
        found: dict[str, dict[str, tuple[Change, ...]]] = {}
        for start in range(0, len(ids), BATCH_WITH_HISTORY):
            some = ids[start : start + BATCH_WITH_HISTORY]
            body = {"inputs": [{"id": one} for one in some], "properties": [STATUS]}
            body["propertiesWithHistory"] = list(names)
            path = paths.read_objects("contacts")
            batch = self._request(shapes.Batch, "POST", path, body=body)
            refuse_errors(batch.errors)
            for one in members(batch.results, shapes.Object, odd):
                past = one.propertiesWithHistory or {}
                found[one.id] = {name: _changes(seen) for name, seen in past.items() if seen}
        return found

    def _deal_stages(self) -> dict[tuple[str, str], Any]:
        """(pipeline, stage) -> won or lost. A closed stage of probability 1 is won."""
        found: dict[tuple[str, str], str] = {}
        for pipeline in self._request(shapes.Pipelines, "GET", paths.pipelines("deals")).results:
            for stage in pipeline.stages:
                if str(stage.metadata.get("isClosed")).lower() == "true":
                    won = _number(stage.metadata.get("probability")) == 1.0
                    found[pipeline.id, stage.id] = "won" if won else "lost"
        return found

    def _request(
        self, shape: type[T], method: str, path: paths.Path, query: Query = (), body: Any = None
    ) -> T:
        return self._pace.with_retries(lambda: self._api(shape, method, path, query, body))


def _page(size: int, after: str) -> list[tuple[str, str | int]]:
    return [("limit", size), *([("after", after)] if after else [])]


def _next(paging: shapes.Paging | None) -> str:
    return paging.next.after if paging and paging.next else ""


def _row(one: shapes.Object, history: dict[str, tuple[Change, ...]]) -> Row:
    return Row(one.id, {name: value for name, value in one.properties.items() if value}, history)


def _changes(seen: Sequence[shapes.Change]) -> tuple[Change, ...]:
    found = [
        Change(one.value or "", at, (one.sourceType or "").upper(), one.sourceId or "")
        for one in reversed(seen)  # newest first; two may share a millisecond
        if (at := read_instant(one.timestamp or "")) is not None
    ]
    return tuple(sorted(found, key=lambda change: change.at))


def _number(text: object) -> float | None:
    try:
        return float(str(text))
    except ValueError:
        return None
