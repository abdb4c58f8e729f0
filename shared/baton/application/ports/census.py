"""A whole HubSpot account, page by page, with the few facts of its records that audits and
migrations need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Change(Struct, frozen=True):
    """One value a property was given; empty: it was cleared."""

    value: str
    at: datetime
    source: str = ""
    source_id: str = ""


class Row(Struct, frozen=True):
    """A contact as the audit reads it; empty properties are left out."""

    id: str
    properties: dict[str, str]
    #: Oldest first, by property.
    history: dict[str, tuple[Change, ...]] = {}

    def value(self, name: str) -> str:
        return self.properties.get(name, "")


class Page(Struct, frozen=True):
    """Some contacts, and the cursor of the next page; empty: the last page."""

    rows: tuple[Row, ...]
    after: str
    #: Why some that HubSpot has cannot be read.
    odd: tuple[str, ...] = ()


class Deal(Struct, frozen=True):
    """A deal: its id, how it stands, and the contacts it is associated with."""

    id: str
    state: Literal["open", "won", "lost"]
    contacts: tuple[str, ...] = ()


class Workflow(Struct, frozen=True):
    """A HubSpot workflow that writes contact properties that Baton writes or decides by."""

    id: str
    name: str
    on: bool
    #: The properties, sorted.
    writes: tuple[str, ...]


class Workflows(Struct, frozen=True):
    """What the account's workflows do."""

    writing: tuple[Workflow, ...] = ()
    #: Workflows with custom code, webhooks or other apps' actions, whose writes cannot be seen.
    opaque: tuple[Workflow, ...] = ()
    read: int = 0


class Owners(Struct, frozen=True):
    """HubSpot's owners by id, with the names people know them by."""

    active: dict[str, str] = {}
    archived: dict[str, str] = {}

    def name(self, owner: str) -> str:
        return self.active.get(owner) or self.archived.get(owner) or owner


class StatusCrm(Protocol):
    """What the migration needs of HubSpot. All methods raise Retryable and Rejected."""

    def contacts(
        self, properties: Sequence[str], history: Sequence[str], after: str = ""
    ) -> Iterator[Page]:
        """Every contact that is not archived, in order of id, from *after* on."""
        ...

    def statuses(self, ids: Sequence[str]) -> dict[str, str]:
        """The lead status of those contacts that exist, empty ones included."""
        ...

    def set_statuses(self, wanted: dict[str, str]) -> set[str]:
        """Write the lead statuses by contact id; returns the ids written. One contact that HubSpot
        rejects makes it reject all of them.
        """
        ...

    def with_retries(self, work: Callable[[], T]) -> T:
        """The result of *work*, retried while it raises Retryable."""
        ...
