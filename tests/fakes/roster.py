"""People's loads and trails in memory, on the loads of a FakeStore."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from baton.application.ports.people import Entry
from baton.domain.world.world import Load
from baton.failures import AlreadyDone, Moved
from tests.fakes.store import FakeStore


class FakeRoster:
    def __init__(self, store: FakeStore | None = None) -> None:
        self._loads = (store or FakeStore()).loads
        self.entries: dict[tuple[str, str], Entry] = {}
        #: Exceptions that the next writes raise.
        self.trouble: list[Exception] = []

    def load(self, person: str, word: str) -> tuple[Load, Entry | None]:
        return self._loads.get(person, Load(person)), self.entries.get((person, word))

    def loads(self, people: list[str]) -> dict[str, Load]:
        return {person: self._loads.get(person, Load(person)) for person in people}

    def keep(self, load: Load, entry: Entry) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        key = (load.person, entry.change.id)
        if key in self.entries:
            raise AlreadyDone(entry.change.id)
        held = self._loads.get(load.person)
        if (held.version if held else 0) != load.version:
            raise Moved(load.person)
        # Through JSON, like the real store, so that values which do not survive it fail here, too.
        self.entries[key] = msgspec.json.decode(msgspec.json.encode(entry), type=Entry)
        self._loads[load.person] = replace(load, version=load.version + 1)

    def trail(self, person: str) -> list[Entry]:
        found = [entry for (whose, _), entry in self.entries.items() if whose == person]
        return sorted(found, key=lambda entry: entry.at)
