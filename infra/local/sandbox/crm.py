"""The CRM's rules: objects with history, forward-only stages, associations, activities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import webhook_events
from .associations import TYPE_IDS, plural
from .hubspot_deals import LOST, WON
from .properties import is_datetime, moves_forward, parse_time
from .webhooks import Webhooks
from .world import Change, Record, World, iso, now_ms

#: Object ids start far apart, so that a mixed-up id is noticed.
FIRST_ID = {
    "contacts": 90210010,
    "companies": 5550000,
    "deals": 77001120,
    "tasks": 61000000,
    "calls": 62000000,
    "emails": 63000000,
    "meetings": 64000000,
    "notes": 65000000,
    "communications": 66000000,
}
KINDS = tuple(FIRST_ID)
#: What counts as a touch; an incoming e-mail does not.
_TOUCHES = frozenset({"calls", "emails", "meetings", "communications"})
#: Kinds of objects whose changes HubSpot sends as webhooks.
_TOLD = frozenset({"contacts", "companies", "deals"})
#: The ids that were merged into an object, with ; between them.
MERGED = "hs_merged_object_ids"
_UPDATED = {"contacts": "lastmodifieddate"}


def updated_property(kind: str) -> str:
    return _UPDATED.get(kind, "hs_lastmodifieddate")


class Crm:
    """All objects of the account. Every method expects the world's lock to be held."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks

    def find(self, kind: str, object_id: str, id_property: str = "") -> Record | None:
        """A live object by id, or by the unique property *id_property*."""
        objects = self._world.state.records.get(kind, {})
        if id_property and id_property != "hs_object_id":
            wanted = object_id.lower()
            return next(
                (
                    record
                    for record in objects.values()
                    if not record.archived and (record.value(id_property) or "").lower() == wanted
                ),
                None,
            )
        # Asked for by an id from before a merge, HubSpot gives the merged object, under its new id.
        merged = self._world.state.merged.get(kind, {})
        while object_id in merged:
            object_id = merged[object_id]
        record = objects.get(object_id)
        return record if record and not record.archived else None

    def all(self, kind: str) -> list[Record]:
        records = self._world.state.records.get(kind, {}).values()
        return [record for record in records if not record.archived]

    def create(
        self, kind: str, properties: Mapping[str, str], source: str, source_id: str = ""
    ) -> Record:
        """Add an object; *properties* are already normalised."""
        at = now_ms()
        object_id = str(self._world.count(kind, FIRST_ID[kind]))
        record = Record(type=kind, id=object_id, created=at, updated=at)
        self._world.state.records.setdefault(kind, {})[object_id] = record
        if kind in _TOLD:
            # The creation event is queued first, although HubSpot never guarantees the order.
            self._webhooks.tell(webhook_events.created(record, source, source_id, at))
        self._put(record, "hs_object_id", object_id, at, source, source_id)
        self._put(record, "createdate", iso(at), at, source, source_id)
        if kind == "contacts":
            properties = {"lifecyclestage": "lead", **properties}
        self._write(record, properties, at, source, source_id)
        return record

    def update(
        self,
        record: Record,
        properties: Mapping[str, str],
        source: str,
        source_id: str = "",
    ) -> None:
        """Write normalised *properties*; an API write of an earlier stage is dropped silently."""
        properties = dict(properties)
        wanted = properties.get("lifecyclestage")
        forward = wanted is None or moves_forward(
            self._world.config(), record.value("lifecyclestage"), wanted
        )
        if source == "INTEGRATION" and record.type == "contacts" and not forward:
            del properties["lifecyclestage"]
        self._write(record, properties, now_ms(), source, source_id)

    def archive(
        self, record: Record, source: str, source_id: str = "", *, for_privacy: bool = False
    ) -> None:
        """
        Delete an object.

        Args:
            for_privacy: For good, as privacy laws ask: its values are erased, and there are two
                webhooks, in any order ("Webhooks" guide, "Privacy deletions").
        """
        record.archived = True
        record.updated = at = now_ms()
        if record.type in _TOLD:
            self._webhooks.tell(webhook_events.deleted(record, source, source_id, at))
        if for_privacy:
            record.history = {}
            self._webhooks.tell(webhook_events.erased(record, source, source_id, at))
        self._touch(record)

    def merge(self, primary: Record, other: Record, told: bool = True) -> Record:
        """
        Merge two contacts into a new one, as HubSpot has done since 2025: both ids lead to it, and
        the values of *primary* win.

        Args:
            told: Send the webhook. HubSpot does only if the app has subscribed to merges.
        """
        kind, at = primary.type, now_ms()
        record = Record(
            type=kind,
            id=str(self._world.count(kind, FIRST_ID[kind])),
            created=primary.created,
            updated=at,
        )
        self._world.state.records[kind][record.id] = record
        record.history = {**other.history, **primary.history}
        gone = (primary.id, other.id)
        for old in (primary, other):
            old.archived = True
            self._world.state.merged.setdefault(kind, {})[old.id] = record.id
            self._move_links(old, record)
        before = [primary.value(MERGED) or "", other.value(MERGED) or ""]
        ids = [*gone, *(one for text in before for one in text.split(";") if one)]
        self._put(record, "hs_object_id", record.id, at, "MERGE_OBJECTS", "")
        self._put(record, MERGED, ";".join(ids), at, "MERGE_OBJECTS", "")
        self._touch(record)
        if told:
            moved = len(other.history.keys() - primary.history.keys())
            self._webhooks.tell(webhook_events.merged(record, gone, moved, at))
        return record

    def _move_links(self, old: Record, record: Record) -> None:
        """What was associated with *old* is so with *record*."""
        links = self._world.state.links
        here, there = f"{old.type}:{old.id}", f"{record.type}:{record.id}"
        for key, numbers in links.pop(here, {}).items():
            links.setdefault(there, {})[key] = numbers
            if (back := links.get(key, {}).pop(here, None)) is not None:
                links[key][there] = back

    def restore(self, record: Record) -> None:
        """Take a deleted contact out of the bin."""
        record.archived = False
        record.updated = now_ms()
        self._touch(record)
        happening = webhook_events.restored(record, "CRM_UI", "userId:1", record.updated)
        self._webhooks.tell(happening)

    def link(self, kind: str, object_id: str, to_kind: str, to_id: str, type_id: int = 0) -> int:
        """Associate two objects in both directions; returns the type id of this direction."""
        here, there = f"{kind}:{object_id}", f"{to_kind}:{to_id}"
        forward = type_id or TYPE_IDS.get((kind, to_kind), 0)
        backward = TYPE_IDS.get((to_kind, kind), 0)
        new = there not in self._world.state.links.get(here, {})
        first = not self.linked(kind, object_id, to_kind)
        for one, two, number in ((here, there, forward), (there, here, backward)):
            numbers = self._world.state.links.setdefault(one, {}).setdefault(two, [])
            if number not in numbers:
                numbers.append(number)
        for side_kind, side_id in ((kind, object_id), (to_kind, to_id)):
            record = self._world.state.records.get(side_kind, {}).get(side_id)
            if record:
                self._world.touch(record)
        activity, contact = self._pair(kind, object_id, to_kind, to_id)
        if activity and contact:
            self._touched(contact, activity)
        if new:
            self._tell_of_link((kind, object_id), (to_kind, to_id), removed=False, first=first)
        return forward

    def unlink(self, kind: str, object_id: str, to_kind: str, to_id: str) -> None:
        here, there = f"{kind}:{object_id}", f"{to_kind}:{to_id}"
        known = self._world.state.links.get(here, {}).pop(there, None)
        self._world.state.links.get(there, {}).pop(here, None)
        if known is not None:
            self._tell_of_link((kind, object_id), (to_kind, to_id), removed=True, first=False)

    def _tell_of_link(
        self, one: tuple[str, str], other: tuple[str, str], *, removed: bool, first: bool
    ) -> None:
        """One event for each of the two objects. A first company is the primary one."""
        if not {one[0], other[0]} <= _TOLD:
            return
        for here, there in ((one, other), (other, one)):
            primary = first and there[0] == "companies"
            self._webhooks.tell(
                webhook_events.associated(*here, *there, now_ms(), removed=removed, primary=primary)
            )

    def linked(self, kind: str, object_id: str, to_kind: str) -> list[tuple[str, list[int]]]:
        """Live objects of *to_kind* linked to this one, as (id, association type ids)."""
        prefix = plural(to_kind) + ":"
        links = self._world.state.links.get(f"{kind}:{object_id}", {})
        return [
            (key.removeprefix(prefix), numbers)
            for key, numbers in links.items()
            if key.startswith(prefix) and self.find(to_kind, key.removeprefix(prefix))
        ]

    def _pair(
        self, kind: str, object_id: str, to_kind: str, to_id: str
    ) -> tuple[Record | None, Record | None]:
        if to_kind == "contacts":
            return self.find(kind, object_id), self.find("contacts", to_id)
        if kind == "contacts":
            return self.find(to_kind, to_id), self.find("contacts", object_id)
        return None, None

    def _touched(self, contact: Record, activity: Record) -> None:
        """Carry a logged call, sent e-mail, meeting or message over to the contact, whatever became
        of it, as HubSpot does."""
        if activity.type not in _TOUCHES:
            return
        if activity.value("hs_email_direction") == "INCOMING_EMAIL":
            return
        when = activity.value("hs_timestamp") or iso(activity.created)
        values = {
            name: when
            for name in ("notes_last_contacted", "hs_last_sales_activity_timestamp")
            if when > (contact.value(name) or "")  # ISO with fixed width: text order is time order
        }
        for name in ("hs_first_outreach_date", "hs_sa_first_engagement_date"):
            if contact.value(name) is None:
                values[name] = when
        values["num_contacted_notes"] = str(int(contact.value("num_contacted_notes") or 0) + 1)
        self._write(contact, values, now_ms(), "CALCULATED", f"engagement:{activity.id}")

    def _write(
        self, record: Record, properties: Mapping[str, str], at: int, source: str, source_id: str
    ) -> None:
        for name, value in _ordered(properties):
            if not self._put(record, name, value, at, source, source_id):
                continue
            if record.type in _TOLD:
                sent = str(parse_time(value)) if value and is_datetime(name) else value
                self._webhooks.tell(
                    webhook_events.changed(record, name, sent, source, source_id, at)
                )
            for calculated, result in _follows(record.type, name, value, at).items():
                self._put(record, calculated, result, at, "CALCULATED", "")
        record.updated = at
        self._put(record, updated_property(record.type), iso(at), at, source, source_id)
        self._touch(record)

    def _touch(self, record: Record) -> None:
        """Mark the object, and the contacts linked to it, as changed."""
        self._world.touch(record)
        if record.type != "contacts":
            for contact_id, _ in self.linked(record.type, record.id, "contacts"):
                self._world.touch(self._world.state.records["contacts"][contact_id])

    def _put(
        self, record: Record, name: str, value: str, at: int, source: str, source_id: str
    ) -> bool:
        changes = record.history.setdefault(name, [])
        if (changes[0].value if changes else "") == value:
            return False
        change = Change(value=value, at=at, source=source, source_id=source_id)
        if name == updated_property(record.type):
            changes[:] = [change]  # it changes with every write, and HubSpot keeps no history of it
        else:
            changes.insert(0, change)
        return True


def _follows(kind: str, name: str, value: str, at: int) -> dict[str, str]:
    """Properties that HubSpot calculates from a written value."""
    if (kind, name) == ("deals", "dealstage"):
        won, closed = value == WON, value in {WON, LOST}
        return {"hs_is_closed": str(closed).lower(), "hs_is_closed_won": str(won).lower()}
    if (kind, name) == ("contacts", "lifecyclestage") and value:
        stamps = (f"hs_v2_date_entered_{value}", f"hs_lifecyclestage_{value}_date")
        return dict.fromkeys(stamps, iso(at))
    return {}


def _ordered(properties: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The properties with the stage last: a reader that reacts to the stage then finds the other
    values written."""
    return sorted(properties.items(), key=lambda item: item[0] == "lifecyclestage")
