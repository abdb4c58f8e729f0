"""The table in memory, with the same conditions as the real one (see test_store for the exam)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from baton.adapters.store import (
    AlreadyDone,
    Moved,
    Place,
    Record,
    Reported,
    place_key,
    shard_of,
)
from baton.adapters.table import stamp
from baton.core.decision import Decision
from baton.core.effects import AnyEffect
from baton.core.events import AnyEvent, ClockDue, WentStale
from baton.core.lead import Lead
from baton.core.world import Load, Turns
from baton.failures import Retryable
from baton.wire.details import PoolHint


class FakeStore:
    """Also counts its requests, and fails as told: *trouble* is raised by the next commits."""

    def __init__(self) -> None:
        self.lead: dict[str, Lead] = {}
        self.records: dict[tuple[str, str], Record] = {}
        self.loads: dict[str, Load] = {}
        self.turns: dict[str, Turns] = {}
        self.checkpoints: dict[str, dict[str, str]] = {}
        self.trouble: list[Exception] = []
        self.requests = 0

    def load(self, lead_id: str, event_id: str) -> tuple[Lead | None, Record | None]:
        self.requests += 1
        return self.lead.get(lead_id), self.records.get((lead_id, event_id))

    def leads(self, ids: Iterable[str]) -> dict[str, Lead]:
        return {lead_id: self.lead[lead_id] for lead_id in ids if lead_id in self.lead}

    def world(
        self, pools: Iterable[str], people: Iterable[str]
    ) -> tuple[dict[str, Turns], dict[str, Load]]:
        self.requests += 1
        return (
            {pool: self.turns.get(pool, Turns(pool)) for pool in pools},
            {person: self.loads.get(person, Load(person)) for person in people},
        )

    def first_waiting(self, pools: Iterable[str]) -> dict[str, str]:
        self.requests += 1
        return {pool: next((place.lead for place in self.queue(pool)), "") for pool in pools}

    def queue(self, pool: str) -> list[Place]:
        found = [
            (place_key(lead.id, waiting)["sk"]["S"], lead.id, waiting)
            for lead in self.lead.values()
            if (waiting := lead.waiting) is not None and waiting.pool == pool
        ]
        return [
            Place(lead, pool, waiting.since, waiting.heat, waiting.clock.due_at)
            for _, lead, waiting in sorted(found, key=lambda row: row[0])
        ]

    def owned_by(self, person: str) -> list[str]:
        owned = [(a.at, lead.id) for lead in self.lead.values() if (a := lead.assignment)]
        return [lead for _, lead in sorted(owned) if self._owner(lead) == person]

    def _owner(self, lead_id: str) -> str:
        assignment = self.lead[lead_id].assignment
        return assignment.person if assignment else ""

    def commit(self, decision: Decision, event: AnyEvent, policy: str, now: datetime) -> Record:
        self.requests += 1
        if self.trouble:
            raise self.trouble.pop(0)
        key = (event.lead_id, event.id)
        if key in self.records:
            raise AlreadyDone(event.id)
        held = self.lead.get(event.lead_id)
        unmoved = (
            (held.version if held else 0) == decision.before
            and all(self._version(self.loads, x.person) == x.version for x in decision.loads)
            and all(self._version(self.loads, x.person) == x.version for x in decision.relied)
            and all(self._version(self.turns, x.pool) == x.version for x in decision.turns)
        )
        if not unmoved:
            raise Moved(event.lead_id)
        record = Record(
            event=event,
            at=now,
            policy=policy,
            version=decision.lead.version,
            because=decision.because,
            outcomes=decision.outcomes,
            effects=decision.effects,
            changes=decision.changes,
            considered=decision.considered,
            offers=decision.offers,
        )
        # Through JSON, as the real one: what does not survive it must fail here, too.
        self.records[key] = msgspec.json.decode(msgspec.json.encode(record), type=Record)
        self.lead[event.lead_id] = msgspec.json.decode(
            msgspec.json.encode(decision.lead), type=Lead
        )
        for load in decision.loads:
            self.loads[load.person] = replace(load, version=load.version + 1)
        for turns in decision.turns:
            self.turns[turns.pool] = replace(turns, version=turns.version + 1)
        return record

    def history(self, lead_id: str) -> list[Record]:
        found = [record for (lead, _), record in self.records.items() if lead == lead_id]
        return sorted(found, key=lambda record: record.version)

    def due(
        self, index: str, shard: int, after: datetime, until: datetime
    ) -> list[tuple[str, str]]:
        found = []
        for lead in self.lead.values():
            at = lead.wake_at if index == "wakes" else lead.stale_at
            if at is not None and after < at <= until and shard_of(lead.id) == shard:
                found.append((lead.id, stamp(at)))
        return sorted(found, key=lambda pair: pair[1])

    def reported(self, day: str) -> list[Reported]:
        records = [
            (stamp(record.at), lead, record)
            for (lead, _), record in self.records.items()
            if record.outcomes and record.at.astimezone(UTC).date().isoformat() == day
        ]
        records.sort(key=lambda row: (row[0], row[1], row[2].version))
        return [Reported(lead, record.outcomes) for _, lead, record in records]

    def checkpoint(self, name: str) -> dict[str, str]:
        return dict(self.checkpoints.get(name, {}))

    def save_checkpoint(self, name: str, values: dict[str, str], order: str) -> bool:
        before = self.checkpoints.get(name)
        if before is not None and not before.get(order, "") < values[order]:
            return False
        self.checkpoints[name] = (before or {}) | values
        return True

    def _version(self, items: dict[str, Load] | dict[str, Turns], name: str) -> int:
        item = items.get(name)
        return item.version if item else 0


class FakeOutbox:
    """Keeps what was sent; dies before sending when told to."""

    def __init__(self) -> None:
        self.sent: list[AnyEffect] = []
        self.down = False

    def send(self, effects: Sequence[AnyEffect]) -> None:
        if self.down:
            raise Retryable("outbox")
        self.sent.extend(effects)


class FakeWakes:
    def __init__(self) -> None:
        self.sent: list[ClockDue | WentStale] = []
        self.offered: list[PoolHint] = []
        self.down = False

    def send(self, events: Sequence[ClockDue | WentStale], within: timedelta | None = None) -> None:
        if self.down:
            raise Retryable("wakes")
        self.sent.extend(events)

    def offer(self, hints: Sequence[PoolHint]) -> None:
        if self.down:
            raise Retryable("wakes")
        self.offered.extend(hints)
