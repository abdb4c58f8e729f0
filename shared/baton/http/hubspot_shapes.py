"""The fields of HubSpot's webhook events that Baton reads, and the identities made from them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct, field

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
#: Milliseconds since 1970, up to the end of the year 9999.
Millis = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
Short = Annotated[str, Meta(max_length=255)]

#: Property names that can be part of an identity: short, and valid in a key.
_FIT = re.compile(r"[!-~]{1,60}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Subject(Struct, frozen=True, rename="camel"):
    """The fields of any event that tell whether it is for us."""

    subscription_type: Short | None = None
    #: Another name of the field in some of HubSpot's documents.
    event_type: Short | None = None
    object_type_id: Short | None = None
    #: An association names the types of both objects instead, in the ``object.*`` spelling.
    from_object_type_id: Short | None = None
    property_name: Short | None = None
    portal_id: Id | None = None


class Happening(Struct, frozen=True, rename="camel"):
    """What every event that is for us must have."""

    portal_id: Id
    event_id: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    occurred_at: Millis

    @property
    def at(self) -> datetime:
        return instant(self.occurred_at)

    def identity(self, kind: str, object_id: int, name: str = "") -> str:
        # HubSpot does not promise that eventId is unique, and attemptNumber changes on a repeat.
        parts = ["hs", self.portal_id, kind, object_id, self.event_id, self.occurred_at]
        if name and not _FIT.fullmatch(name):
            name = sha256(name.encode()).hexdigest()[:32]
        return ":".join([*map(str, parts), *([name] if name else [])])


class Change(Happening, frozen=True, rename="camel"):
    """Something happened to one object."""

    object_id: Id


class StageChange(Change, frozen=True, rename="camel"):
    #: Null or empty: the stage was cleared.
    value: Short | None = field(name="propertyValue")
    change_source: Short | None = None
    #: Documented as text; nothing is refused for it.
    source_id: object = None


class Association(Happening, frozen=True, rename="camel"):
    """An object was associated with another, or no longer is."""

    from_object_id: Id
    to_object_id: Id
    #: DEAL_TO_CONTACT, DEAL_TO_COMPANY, …; the ``object.*`` spelling has the types' ids, too.
    association_type: Short | None = None
    to_object_type_id: Short | None = None
    association_removed: bool = False


class Merge(Happening, frozen=True, rename="camel"):
    """Contacts were merged. ``objectId`` is not read: HubSpot does not say which of them it
    names."""

    primary_object_id: Id
    merged_object_ids: list[Id]
    #: The new id, if HubSpot gave the merged contact one; else the primary id remains.
    new_object_id: Id | None = None

    @property
    def survivor(self) -> int:
        return self.new_object_id or self.primary_object_id

    @property
    def gone(self) -> list[int]:
        """Each contact that was merged away, once."""
        all_of_them = dict.fromkeys([*self.merged_object_ids, self.primary_object_id])
        return [one for one in all_of_them if one != self.survivor]


def instant(millis: int) -> datetime:
    """*millis* since 1970 as UTC, exactly: no float on the way."""
    return _EPOCH + timedelta(milliseconds=millis)
