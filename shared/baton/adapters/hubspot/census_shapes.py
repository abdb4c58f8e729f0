"""HubSpot's answers, as far as a census reads them. Every field may be missing but an id."""

from __future__ import annotations

from typing import Any

import msgspec


class Change(msgspec.Struct):
    value: str | None = None
    timestamp: str | None = ""
    sourceType: str | None = None  # noqa: N815 HubSpot's spelling
    sourceId: str | None = None  # noqa: N815 HubSpot's spelling


class Linked(msgspec.Struct):
    id: str = ""


class Links(msgspec.Struct):
    results: list[Linked] = []


class Object(msgspec.Struct):
    id: str
    properties: dict[str, str | None]
    #: HubSpot's spelling.
    propertiesWithHistory: dict[str, list[Change] | None] | None = None  # noqa: N815
    associations: dict[str, Links] | None = None


class Next(msgspec.Struct):
    after: str = ""


class Paging(msgspec.Struct):
    next: Next | None = None


class Page(msgspec.Struct):
    results: list[msgspec.Raw] = []
    paging: Paging | None = None


class Written(msgspec.Struct):
    id: str


class Batch(msgspec.Struct):
    results: list[msgspec.Raw] = []
    #: What could not be read or written; a member that does not exist, among others.
    errors: list[Any] = []


class Owner(msgspec.Struct):
    id: str
    firstName: str | None = None  # noqa: N815 HubSpot's spelling
    lastName: str | None = None  # noqa: N815 HubSpot's spelling


class OwnerPage(msgspec.Struct):
    results: list[Owner] = []
    paging: Paging | None = None


class Stage(msgspec.Struct):
    id: str
    metadata: dict[str, Any] = {}


class Pipeline(msgspec.Struct):
    id: str
    stages: list[Stage] = []


class Pipelines(msgspec.Struct):
    results: list[Pipeline] = []


class FlowPage(msgspec.Struct):
    results: list[dict[str, Any]] = []
    paging: Paging | None = None


class Portal(msgspec.Struct):
    portalId: int | str = ""  # noqa: N815 HubSpot's spelling
