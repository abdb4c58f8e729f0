"""The few requests about objects and associations that Baton makes, answers as plain records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from baton.adapters.hubspot import paths
from baton.adapters.hubspot.api import HubspotApi
from baton.adapters.hubspot.errors import refuse_errors
from baton.application.ports.token import Token
from baton.domain import hubspot_names

#: Inputs of a batch read; with property history HubSpot takes only half as many.
BATCH = 100
BATCH_WITH_HISTORY = 50
#: Objects whose associations one request reads.
_FROM = 1000


class Change(msgspec.Struct):
    value: str | None = None
    timestamp: str = ""
    sourceType: str | None = None  # noqa: N815 HubSpot's spelling
    sourceId: str | None = None  # noqa: N815 HubSpot's spelling


class Record(msgspec.Struct):
    id: str
    properties: dict[str, str | None] = {}
    propertiesWithHistory: dict[str, list[Change]] | None = None  # noqa: N815 HubSpot's spelling


class _Batch(msgspec.Struct):
    results: list[Record] = []
    errors: list[dict[str, Any]] = []


class _LinkType(msgspec.Struct):
    typeId: int = 0  # noqa: N815 HubSpot's spelling


class _To(msgspec.Struct):
    toObjectId: int | str  # noqa: N815 HubSpot's spelling
    associationTypes: list[_LinkType] = []  # noqa: N815 HubSpot's spelling


class _From(msgspec.Struct):
    id: int | str


class _Next(msgspec.Struct):
    after: str = ""


class _Paging(msgspec.Struct):
    next: _Next | None = None


class _Links(msgspec.Struct):
    from_: _From = msgspec.field(name="from")
    to: list[_To] = []
    paging: _Paging | None = None


class _LinksBatch(msgspec.Struct):
    results: list[_Links] = []
    errors: list[dict[str, Any]] = []


class Link(msgspec.Struct, frozen=True):
    """An associated object, and HubSpot's association type ids."""

    id: str
    types: frozenset[int]


class HubspotHttp:
    """
    Calls, one method each.

    Args:
        token: Asked at every call, so that a rotated one is used.

        host: Base URL of the API, e.g. https://api.hubapi.com.

    Every method raises Retryable and Rejected; see hubspot.errors.
    """

    def __init__(self, token: Token, host: str) -> None:
        self._api = HubspotApi(token, host)

    def read(
        self, kind: str, ids: Sequence[str], properties: Sequence[str], history: Sequence[str] = ()
    ) -> Iterator[Record]:
        """The objects that exist among *ids*. One call per 100, or per 50 with *history*."""
        for some in _chunks(ids, BATCH_WITH_HISTORY if history else BATCH):
            body = {
                "inputs": [{"id": one} for one in some],
                "properties": list(properties),
                "propertiesWithHistory": list(history),
            }
            found = self._api(_Batch, "POST", paths.read_objects(kind), body=body)
            refuse_errors(found.errors)
            yield from found.results

    def search(
        self, kind: str, filters: list[dict[str, Any]], properties: Sequence[str], limit: int
    ) -> list[Record]:
        """At most *limit* objects, 200 at most, that pass all *filters*, the oldest first. HubSpot
        allows about five searches a second, and finds new and changed objects seconds late."""
        body = {
            "filterGroups": [{"filters": filters}],
            "properties": list(properties),
            "sorts": [{"propertyName": hubspot_names.CREATED, "direction": "ASCENDING"}],
            "limit": limit,
        }
        return self._api(_Batch, "POST", paths.search_objects(kind), body=body).results

    def update(self, kind: str, object_id: str, properties: dict[str, str]) -> None:
        body = {"properties": properties}
        self._api(Record, "PATCH", paths.one_object(kind, object_id), body=body)

    def create(
        self, kind: str, properties: dict[str, str], associations: list[dict[str, Any]]
    ) -> str:
        body = {"properties": properties, "associations": associations}
        return self._api(Record, "POST", paths.objects(kind), body=body).id

    def archive(self, kind: str, object_id: str) -> None:
        """HubSpot keeps it in its bin for 90 days."""
        self._api(type(None), "DELETE", paths.one_object(kind, object_id))

    def linked(self, kind: str, object_id: str, to: str) -> list[str]:
        """Ids of the *to* objects associated with one object."""
        return [link.id for link in self.links(kind, [object_id], to)[object_id]]

    def links(self, kind: str, ids: Sequence[str], to: str) -> dict[str, list[Link]]:
        """
        The *to* objects associated with each of *ids*; none for an object that does not exist.

        One call per 1,000 objects, and one more for each further page: HubSpot gives the
        associations of an object in pages, and one call asks for the next page of several.
        """
        found: dict[str, list[Link]] = {one: [] for one in ids}
        inputs = [{"id": one} for one in found]
        while inputs:
            now, inputs = inputs[:_FROM], inputs[_FROM:]
            path = paths.read_associations(kind, to)
            answer = self._api(_LinksBatch, "POST", path, body={"inputs": now})
            refuse_errors(answer.errors)
            for one in answer.results:
                # Asked for an id from before a merge, HubSpot may answer for the merged object.
                object_id = next(iter(found)) if len(found) == 1 else str(one.from_.id)
                found.setdefault(object_id, []).extend(map(_link, one.to))
                if one.to and one.paging is not None and one.paging.next is not None:
                    inputs.append({"id": object_id, "after": one.paging.next.after})
        return found


def _link(to: _To) -> Link:
    return Link(id=str(to.toObjectId), types=frozenset(of.typeId for of in to.associationTypes))


def _chunks(items: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(dict.fromkeys(items))
    while some := list(islice(rest, size)):
        yield some
