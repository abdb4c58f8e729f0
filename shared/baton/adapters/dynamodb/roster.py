"""What is known of people besides the policy, with the trail of each change.

    pk             sk              what
    PERSON#<id>    LOAD            how many leads they carry, and whether they are away
    PERSON#<id>    EVENT#<event>   one change: the deduplication, the outbox and the trail

Both this module and ``leads`` write loads, each on the condition that nothing changed since the
read.
"""

from __future__ import annotations

from typing import Any

from baton.adapters.dynamodb.schema import stamped
from baton.adapters.dynamodb.table import (
    Cancelled,
    Item,
    Table,
    decode,
    encode,
    expires,
    load_key,
    next_version,
)
from baton.application.ports.people import Entry
from baton.domain.world.effects import person_subject
from baton.domain.world.world import Load
from baton.failures import AlreadyDone, Moved


class RosterStore:
    """Loads and trails of people."""

    def __init__(self, client: Any, table: str) -> None:
        self._rows = Table(client, table)

    def load(self, person: str, change: str) -> tuple[Load, Entry | None]:
        """The person's load, and the trail entry if this change was worked before. One request."""
        load, entry = Load(person), None
        for item in self._rows.get([load_key(person), _entry_key(person, change)]):
            if item["sk"]["S"] == "LOAD":
                load = decode(item, Load, "load")
            else:
                entry = decode(item, Entry, "person_record")
        return load, entry

    def loads(self, people: list[str]) -> dict[str, Load]:
        """One request per 100; those never stored are new."""
        found = {person: Load(person) for person in people}
        for item in self._rows.get([load_key(person) for person in found]):
            load: Load = decode(item, Load, "load")
            found[load.person] = load
        return found

    def keep(self, load: Load, entry: Entry) -> None:
        """Store *load* and *entry*, or nothing; see ports.people.People."""
        item = _entry_key(load.person, entry.change.id) | {"body": {"S": encode(entry)}}
        rows = self._rows
        writes = [
            # Wins against the same change worked a second time, in parallel or after a crash.
            rows.create(stamped(item | expires(entry.at), "person_record")),
            # Wins against a lead that is meanwhile given to, or taken from, the person.
            rows.overwrite(next_version(load_key(load.person), load), load.version),
        ]
        try:
            rows.write(writes)
        except Cancelled as error:
            if error.failed_at(0):
                raise AlreadyDone(entry.change.id) from error
            raise Moved(load.person) from error

    def trail(self, person: str) -> list[Entry]:
        """All changes about the person, in the order they were worked."""
        entries: list[Entry] = self._rows.history(person_subject(person), Entry, "person_record")
        return sorted(entries, key=lambda entry: entry.at)


def _entry_key(person: str, change: str) -> Item:
    return {"pk": {"S": person_subject(person)}, "sk": {"S": f"EVENT#{change}"}}
