"""The table in memory, with the same conditions as the real one (contract tests: test_leads)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from baton.adapters.memory import MemoryStore
from baton.application.ports.leads import Index, Odd, Record, Reported
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.time import stamp
from baton.domain.world.effects import AnyEffect
from baton.domain.world.events import AnyEvent, ClockDue, Hinted, OwnerAbsent, WentStale
from baton.domain.world.world import Load, Turns
from baton.failures import Retryable
from baton.wire.details import PoolHint


class FakeStore(MemoryStore):
    """Also counts its requests; the next commits raise the exceptions in *trouble*."""

    def __init__(self) -> None:
        super().__init__()
        self.checkpoints: dict[str, dict[str, str]] = {}
        self.trouble: list[Exception] = []
        self.requests = 0

    def load(self, lead_id: str, event_id: str) -> tuple[Lead | None, Record | None]:
        self.requests += 1
        return super().load(lead_id, event_id)

    def leads(self, ids: Iterable[str], odd: Odd | None = None) -> dict[str, Lead]:
        return {lead_id: self.lead[lead_id] for lead_id in ids if lead_id in self.lead}

    def world(
        self, pools: Iterable[str], people: Iterable[str]
    ) -> tuple[dict[str, Turns], dict[str, Load]]:
        self.requests += 1
        return super().world(pools, people)

    def first_waiting(self, pools: Iterable[str]) -> dict[str, str]:
        self.requests += 1
        return super().first_waiting(pools)

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
        return super().commit(decision, event, policy, now)

    def keep(self, key: tuple[str, str], record: Record, lead: Lead) -> None:
        # Through JSON, like the real store, so that values which do not survive it fail here, too.
        record = msgspec.json.decode(msgspec.json.encode(record), type=Record)
        super().keep(key, record, msgspec.json.decode(msgspec.json.encode(lead), type=Lead))

    def history(self, lead_id: str) -> list[Record]:
        found = [record for (lead, _), record in self.records.items() if lead == lead_id]
        return sorted(found, key=lambda record: record.version)

    def due(self, index: Index, after: datetime, until: datetime) -> list[tuple[str, datetime]]:
        found = []
        for lead in self.lead.values():
            at = lead.wake_at if index == "wakes" else lead.stale_at
            if at is not None and after < at <= until:
                found.append((at.astimezone(UTC), lead.id))
        return [(lead_id, at) for at, lead_id in sorted(found)]

    def reported(self, day: str, odd: Odd | None = None) -> list[Reported]:
        records = [
            (stamp(record.at), lead, record)
            for (lead, _), record in self.records.items()
            if record.outcomes and record.at.astimezone(UTC).date().isoformat() == day
        ]
        records.sort(key=lambda row: (row[0], row[1], row[2].version))
        return [
            Reported(lead, record.outcomes, record.policy, record.considered)
            for _, lead, record in records
        ]

    def checkpoint(self, name: str) -> dict[str, str]:
        return dict(self.checkpoints.get(name, {}))

    def save_checkpoint(self, name: str, values: dict[str, str], order: str) -> bool:
        before = self.checkpoints.get(name)
        if before is not None and not before.get(order, "") < values[order]:
            return False
        self.checkpoints[name] = (before or {}) | values
        return True


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
        self.offered: list[PoolHint | Hinted | OwnerAbsent] = []
        self.down = False

    def send(self, events: Sequence[ClockDue | WentStale], within: timedelta | None = None) -> None:
        if self.down:
            raise Retryable("wakes")
        self.sent.extend(events)

    def offer(
        self, hints: Sequence[PoolHint | Hinted | OwnerAbsent], after: timedelta = timedelta(0)
    ) -> None:
        if self.down:
            raise Retryable("wakes")
        self.offered.extend(hints)
