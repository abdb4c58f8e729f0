"""The few HubSpot endpoints Baton uses, through HubSpot's own client, answers as plain records.

All contact and engagement types go through the client's one *objects* package: a package per type
costs import time (about 10 ms each) and a connection pool. The API objects are kept, because
every use of the client's property chain opens a new pool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import msgspec
from hubspot.crm.associations.v4 import ApiClient as LinksClient
from hubspot.crm.associations.v4 import Configuration as LinksConfiguration
from hubspot.crm.associations.v4.api.basic_api import BasicApi as LinksApi
from hubspot.crm.objects import ApiClient, Configuration
from hubspot.crm.objects.api.basic_api import BasicApi
from hubspot.crm.objects.api.batch_api import BatchApi
from hubspot.crm.objects.api.search_api import SearchApi

from baton.adapters.hubspot.errors import translated
from baton.application.ports.token import Token
from baton.domain import hubspot_names
from baton.failures import Unauthorised

#: (connect, read) in seconds. Half of what the lease allows, with several calls in one delivery.
TIMEOUT = (3.0, 8.0)
#: Inputs of a batch read; with property history HubSpot takes only half as many.
BATCH = 100
BATCH_WITH_HISTORY = 50
#: Most associations on a page.
_PAGE = 500

T = TypeVar("T")


class Change(msgspec.Struct):
    value: str | None = None
    timestamp: str = ""
    sourceType: str | None = None  # noqa: N815 HubSpot's spelling


class Record(msgspec.Struct):
    id: str
    properties: dict[str, str | None] = {}
    propertiesWithHistory: dict[str, list[Change]] | None = None  # noqa: N815 HubSpot's spelling


class _Batch(msgspec.Struct):
    results: list[Record] = []


class _LinkType(msgspec.Struct):
    typeId: int = 0  # noqa: N815 HubSpot's spelling


class _Link(msgspec.Struct):
    toObjectId: int | str  # noqa: N815 HubSpot's spelling
    associationTypes: list[_LinkType] = []  # noqa: N815 HubSpot's spelling


class _Next(msgspec.Struct):
    after: str = ""


class _Paging(msgspec.Struct):
    next: _Next | None = None


class _Links(msgspec.Struct):
    results: list[_Link] = []
    paging: _Paging | None = None


class Link(msgspec.Struct, frozen=True):
    """An associated object, and HubSpot's association type ids."""

    id: str
    types: frozenset[int]


class Caller:
    """
    Calls HubSpot's client with the current token, and once more with a fresh one if HubSpot refused
    it.

    Args:
        configurations: Those of the client packages in use; each has its own copy of the token.

        raises: Exceptions of these packages that hubspot.errors does not import.
    """

    def __init__(
        self, token: Token, *configurations: Any, raises: tuple[type[Exception], ...] = ()
    ) -> None:
        self._token = token
        self._configurations = configurations
        self._raises = raises

    def __call__(self, shape: type[T], method: Callable[..., Any], *args: Any, **more: Any) -> T:
        self._use(self._token())
        try:
            return self._request_once(shape, method, *args, **more)
        except Unauthorised:
            fresh = self._token.renewed()
            if fresh is None:
                raise
        self._use(fresh)
        return self._request_once(shape, method, *args, **more)

    def _use(self, token: str) -> None:
        for configuration in self._configurations:
            configuration.access_token = token

    def _request_once(
        self, shape: type[T], method: Callable[..., Any], *args: Any, **more: Any
    ) -> T:
        with translated(*self._raises):
            answer = method(*args, **more, _preload_content=False, _request_timeout=TIMEOUT)
            # Decoded here: the client's models refuse answers that lack a field they think
            # HubSpot always sends, and take ten times as long.
            # The answer to a deletion has no body.
            return msgspec.json.decode(answer.data or b"null", type=shape)


class HubspotHttp:
    """
    Calls, one method each.

    Args:
        token: Asked at every call, so that a rotated one is used.

        host: Base URL of the API, e.g. https://api.hubapi.com.

    Every method raises Retryable and Rejected; see hubspot.errors.
    """

    def __init__(self, token: Token, host: str) -> None:
        objects, links = configured(Configuration(), host), configured(LinksConfiguration(), host)
        client = ApiClient(objects)
        self._basic = BasicApi(client)
        self._batch = BatchApi(client)
        self._search = SearchApi(client)
        self._links = LinksApi(LinksClient(links))
        self._call = Caller(token, objects, links)

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
            yield from self._call(_Batch, self._batch.read, kind, body).results

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
        return self._call(_Batch, self._search.do_search, kind, body).results

    def update(self, kind: str, object_id: str, properties: dict[str, str]) -> None:
        body = {"properties": properties}
        self._call(Record, self._basic.update, kind, object_id, body)

    def create(
        self, kind: str, properties: dict[str, str], associations: list[dict[str, Any]]
    ) -> str:
        body = {"properties": properties, "associations": associations}
        return self._call(Record, self._basic.create, kind, body).id

    def archive(self, kind: str, object_id: str) -> None:
        """HubSpot keeps it in its bin for 90 days."""
        self._call(type(None), self._basic.archive, kind, object_id)

    def linked(self, kind: str, object_id: str, to: str) -> list[str]:
        """Ids of the *to* objects associated with the object. One call per 500."""
        return [link.id for link in self.links(kind, object_id, to)]

    def links(self, kind: str, object_id: str, to: str) -> list[Link]:
        """The *to* objects associated with the object. One call per 500."""
        found: list[Link] = []
        after: dict[str, str] = {}
        while True:
            page = self._call(
                _Links, self._links.get_page, kind, object_id, to, limit=_PAGE, **after
            )
            for one in page.results:
                types = frozenset(of.typeId for of in one.associationTypes)
                found.append(Link(id=str(one.toObjectId), types=types))
            if not page.results or page.paging is None or page.paging.next is None:
                return found
            after = {"after": page.paging.next.after}


def configured(configuration: Any, host: str) -> Any:
    """A client package's *configuration* for *host*, without the package's own retries."""
    configuration.host = host.rstrip("/")
    # Its retries sleep inside the call; ours wait in the queue, which costs nothing.
    configuration.retries = False
    return configuration


def _chunks(items: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(dict.fromkeys(items))
    while some := list(islice(rest, size)):
        yield some
