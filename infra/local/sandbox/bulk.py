"""Bulk loading: objects with years of history, and no webhooks."""

from __future__ import annotations

import msgspec

from .crm import FIRST_ID, Crm, updated_property
from .properties import is_known
from .world import Change, Record, World, iso


class Grown(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """
    An object with a long history.

    *created* is epoch milliseconds; *history* holds each property's values, newest first, as in
    HubSpot. Values are not checked: old accounts hold options and owners that no longer exist.
    *links* are ids of the objects it is associated with, by kind.
    """

    created: int
    history: dict[str, list[Change]]
    links: dict[str, list[str]] = {}


class Bulk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Objects of one kind."""

    kind: str
    objects: list[Grown]


def add(world: World, crm: Crm, bulk: Bulk) -> list[str]:
    """
    Add all objects or none; return their ids, in order. The page sees one change.

    Raises:
        ValueError: The kind is unknown, or the account lacks a property; the message names it.
    """
    if bulk.kind not in FIRST_ID:
        raise ValueError(f"kind must be one of {', '.join(sorted(FIRST_ID))}")
    config = world.config()
    names = {name for one in bulk.objects for name in one.history}
    unknown = sorted(name for name in names if not is_known(config, bulk.kind, name))
    if unknown:
        raise ValueError(f"{bulk.kind} have no property {', '.join(unknown)}")
    with world.lock:
        records = [_record(world, bulk.kind, one) for one in bulk.objects]
        world.state.records.setdefault(bulk.kind, {}).update({one.id: one for one in records})
        for grown, record in zip(bulk.objects, records, strict=True):
            for kind, ids in grown.links.items():
                for other in ids:
                    crm.link(bulk.kind, record.id, kind, other)
        rev = world.changed()
        for record in records:
            record.rev = rev
        return [record.id for record in records]


def _record(world: World, kind: str, grown: Grown) -> Record:
    object_id = str(world.count(kind, FIRST_ID[kind]))
    newest = max((changes[0].at for changes in grown.history.values() if changes), default=0)
    updated = max(grown.created, newest)
    made = {
        "hs_object_id": (object_id, grown.created),
        "createdate": (iso(grown.created), grown.created),
        updated_property(kind): (iso(updated), updated),
    }
    own = {name: [Change(value, at, "CRM_UI", "")] for name, (value, at) in made.items()}
    return Record(
        type=kind, id=object_id, created=grown.created, updated=updated, history=grown.history | own
    )
