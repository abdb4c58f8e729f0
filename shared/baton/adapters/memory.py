"""The table in memory, with the table's conditions, for previews and simulations.

On top of a real store it makes previews: it reads from that store what it lacks, and keeps all
commits in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from baton.application.ports.leads import Place, Record, place_of, record_of
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.world.events import AnyEvent
from baton.domain.world.world import Load, Turns
from baton.failures import AlreadyDone, Moved


class BaseStore(Protocol):
    """A store that a preview reads and never writes."""

    def load(self, lead_id: str, event_id: str) -> tuple[Lead | None, Record | None]: ...

    def world(
        self, pools: Iterable[str], people: Iterable[str]
    ) -> tuple[dict[str, Turns], dict[str, Load]]: ...

    def queue(self, pool: str) -> list[Place]: ...


class MemoryStore:
    """Leads, loads, turns, queues and histories."""

    def __init__(self, base: BaseStore | None = None) -> None:
        self._beneath = base
        self.lead: dict[str, Lead] = {}
        self.records: dict[tuple[str, str], Record] = {}
        self.loads: dict[str, Load] = {}
        self.turns: dict[str, Turns] = {}
        #: Pool -> its queue, by place; a pool is missing until it is first read.
        self.queues: dict[str, dict[str, Place]] = {}

    def load(self, lead_id: str, event_id: str) -> tuple[Lead | None, Record | None]:
        lead, record = self.lead.get(lead_id), self.records.get((lead_id, event_id))
        if lead is None and self._beneath is not None:
            return self._beneath.load(lead_id, event_id)
        return lead, record

    def leads(self, ids: Iterable[str]) -> dict[str, Lead]:
        found = {one: self.load(one, "-")[0] for one in ids}
        return {one: lead for one, lead in found.items() if lead is not None}

    def world(
        self, pools: Iterable[str], people: Iterable[str]
    ) -> tuple[dict[str, Turns], dict[str, Load]]:
        pools, people = list(pools), list(people)
        if self._beneath is not None:
            turns, loads = self._beneath.world(
                [pool for pool in pools if pool not in self.turns],
                [person for person in people if person not in self.loads],
            )
            self.turns |= turns
            self.loads |= loads
        return (
            {pool: self.turns.get(pool) or Turns(pool) for pool in pools},
            {person: self.loads.get(person) or Load(person) for person in people},
        )

    def first_waiting(self, pools: Iterable[str]) -> dict[str, str]:
        return {
            pool: places[min(places)].lead if (places := self._places(pool)) else ""
            for pool in pools
        }

    def queue(self, pool: str) -> list[Place]:
        places = self._places(pool)
        return [places[place] for place in sorted(places)]

    def commit(self, decision: Decision, event: AnyEvent, policy: str, now: datetime) -> Record:
        """Store all of *decision*, or nothing; raises what the table's store raises."""
        key = (event.lead_id, event.id)
        if key in self.records:
            raise AlreadyDone(event.id)
        if not self._is_unchanged(event.lead_id, decision):
            raise Moved(event.lead_id)
        record = record_of(decision, event, policy, now)
        self.keep(key, record, decision.lead)
        self.lead |= {one.id: one for one in decision.ended}
        for load in decision.loads:
            self.loads[load.person] = replace(load, version=load.version + 1)
        for turns in decision.turns:
            self.turns[turns.pool] = replace(turns, version=turns.version + 1)
        self._move(decision)
        return record

    def keep(self, key: tuple[str, str], record: Record, lead: Lead) -> None:
        self.records[key] = record
        self.lead[lead.id] = lead

    def _is_unchanged(self, lead_id: str, decision: Decision) -> bool:
        return (
            self._version_of(lead_id) == decision.before
            and all(self._version_of(one.id) == one.version - 1 for one in decision.ended)
            and all(_version(self.loads, x.person) == x.version for x in decision.loads)
            and all(_version(self.loads, x.person) == x.version for x in decision.relied_on)
            and all(_version(self.turns, x.pool) == x.version for x in decision.turns)
        )

    def _version_of(self, lead_id: str) -> int:
        held = self.lead.get(lead_id)
        if held is None and self._beneath is not None:
            held, _ = self._beneath.load(lead_id, "-")
        return held.version if held else 0

    def _move(self, decision: Decision) -> None:
        """The lead gives up its place in a queue, or takes one."""
        for merged, left in decision.places_left:
            self._places(left.pool).pop(place_of(left.heat, left.since, merged), None)
        lead, before = decision.lead, decision.waited
        if before is not None:
            self._places(before.pool).pop(place_of(before.heat, before.since, lead.id), None)
        self.set_up(lead)

    def set_up(self, lead: Lead) -> None:
        """Put *lead* into its queue, if it waits."""
        waiting = lead.waiting
        if waiting is not None:
            place = Place(lead.id, waiting.pool, waiting.since, waiting.heat, waiting.clock.due_at)
            self._places(waiting.pool)[place_of(waiting.heat, waiting.since, lead.id)] = place

    def _places(self, pool: str) -> dict[str, Place]:
        places = self.queues.get(pool)
        if places is None:
            found = self._beneath.queue(pool) if self._beneath is not None else []
            # The table returns the places in order; a new one is inserted where it belongs.
            places = self.queues[pool] = {
                place_of(one.heat, one.since, one.lead): one for one in found
            }
        return places


def _version(items: dict[str, Load] | dict[str, Turns], name: str) -> int:
    item = items.get(name)
    return item.version if item else 0
