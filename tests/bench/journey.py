"""One lead's journey through the real flow, store and slots, step by step, with the requests of
each step."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from baton.adapters.aws.outbox import Outbox
from baton.adapters.aws.wakes import Wakes
from baton.adapters.dynamodb.boards import Boards
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.slots import DynamoSlots
from baton.application.deliver import deliver, in_hubspot, in_slack
from baton.application.work_event import Contacts, EventResult, EventWorker
from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.domain.world.effects import AnyEffect, ContactState, system_of
from baton.domain.world.events import AnyEvent, Clicked, ClockDue, Hinted, StageChanged, WentStale
from baton.domain.world.wakes import fast_wake
from tests.bench import table
from tests.bench.meter import Cost, Meter
from tests.bench.units import Item, indexes_of, read_units, size_of, write_units
from tests.builders import NOW
from tests.fakes.crm import FakeCrm
from tests.fakes.messenger import FakeMessenger
from tests.fakes.sqs import FakeSqs
from tests.template.reading import properties

LEAD = "101"
CONTACT = {
    "firstname": "Ada",
    "lastname": "Lindqvist",
    "email": "ada.lindqvist@nordhafen.example",
    "company": "Nordhafen Logistics",
    "country": "Germany",
    "numemployees": "5200",
    "jobtitle": "VP Operations",
    "hs_analytics_source": "PAID_SEARCH",
    "recent_conversion_event_name": "Demo request",
    "createdate": "2026-03-03T07:50:00.000Z",
}
#: The properties whose changes HubSpot sends.
_HINTS = {"hubspot_owner_id": "owner", "hs_lead_status": "status"}

#: How long a journey continues after its last act, so that wakes already sent arrive.
AFTERMATH = timedelta(minutes=15)


@dataclass
class Step:
    """One worked event, or the deliveries after it."""

    what: str
    cost: Cost
    floor: Cost


class Journey:
    """One lead, the time, and everything that happens to it in order of time."""

    def __init__(
        self, policy: Policy, client: Any, meter: Meter, acts: Sequence[tuple[float, str]]
    ) -> None:
        self.policy, self.meter = policy, meter
        self.steps: list[Step] = []
        self.crm, self.messenger = FakeCrm(), FakeMessenger()
        self._client = table.client()
        self._indexes = indexes_of(properties("Leads"))
        self._store = _Asked(LeadStore(client, table.NAME))
        self._slots = DynamoSlots(client, table.NAME)
        self._boards = Boards(client, table.NAME)
        self._sqs = _Counted()
        self._effects: list[AnyEffect] = []
        self._now = NOW
        self._wakes = _Wakes(self._sqs, lambda: self._now)
        self._acts = sorted((NOW + timedelta(minutes=at), what) for at, what in acts)
        self._due: list[tuple[datetime, int, AnyEvent]] = []
        self._numbers = count()
        self._work_event = EventWorker(
            store=self._store,
            outbox=_Outbox(self._sqs, self._effects),
            wakes=self._wakes,
            pause=lambda attempt: None,
        )

    @property
    def sent(self) -> int:
        """Requests to SQS."""
        return self._sqs.requests

    def play(self) -> None:
        at = NOW - timedelta(seconds=5)
        self.crm.add(LEAD, at, **CONTACT, lifecyclestage="marketingqualifiedlead")
        first = StageChanged(
            id="hs:first", lead_id=LEAD, at=at, stage="marketingqualifiedlead", source="FORM"
        )
        self._push(NOW, first)
        until = self._acts[-1][0] + AFTERMATH
        while self._due or self._acts:
            if self._acts and (not self._due or self._acts[0][0] <= self._due[0][0]):
                now, what = self._acts.pop(0)
                self._work(self._click(what, now), now)
                continue
            now, _, event = heapq.heappop(self._due)
            if now > until:
                break
            self._work(event, now)
        self._work(first, until)

    def sizes(self) -> tuple[int, int]:
        """Bytes of the lead's item, and of the largest of its history."""
        items = self._snapshot()
        records = [item for (_, sk), item in items.items() if sk.startswith("EVENT#")]
        return size_of(items[f"LEAD#{LEAD}", "LEAD"]), max(map(size_of, records))

    def _work(self, event: AnyEvent, now: datetime) -> None:
        self._now = now
        before = self._snapshot()
        self._store.asked.clear()
        self._effects.clear()
        self.meter.take()
        contacts = Contacts(self.crm, [LEAD])
        result = self._work_event(event, self.policy, contacts, now)
        cost, after = self.meter.take(), self._snapshot()
        self.steps.append(Step(_label(event, result), cost, self._floor(before, after)))
        self._deliver(list(self._effects), now)
        for wake in self._wakes.taken():
            self._push(wake.at, wake)
        lead = self._lead()
        if lead is not None and lead.wake_at and not self._is_awaited(lead.wake_at):
            self._push(lead.wake_at, fast_wake(lead.id, lead.wake_at))  # as the sweep would

    def _deliver(self, effects: list[AnyEffect], now: datetime) -> None:
        """Show *effects*; the resulting changes in HubSpot come back as events."""
        if not effects:
            return
        self.crm.now = self.messenger.now = now
        seen = dict(self.crm.properties[LEAD])
        for number, effect in enumerate(effects):
            hubspot = system_of(effect) == "hubspot"
            show = (
                in_hubspot(self.crm, _no_refusal)
                if hubspot
                else in_slack(self.messenger, self._boards, self._slots, now)
            )
            deliver(effect, now, f"{now}-{number}", self._slots, show)
        writes = 2.0 * len(effects)
        self.steps.append(
            Step(
                f"delivering {len(effects)} effect{'s' if len(effects) > 1 else ''}",
                self.meter.take(),
                Cost(requests=writes, writes=writes),
            )
        )
        soon = now + timedelta(seconds=2)
        for name, value in self.crm.properties[LEAD].items():
            if seen.get(name) != value:
                self._echo(name, value, soon)

    def _echo(self, name: str, value: str, at: datetime) -> None:
        number = next(self._numbers)
        if name == "lifecyclestage":
            self._push(
                at,
                StageChanged(
                    id=f"hs:{number}", lead_id=LEAD, at=at, stage=value, source="INTEGRATION"
                ),
            )
        elif name in _HINTS:
            about: Any = _HINTS[name]
            self._push(at, Hinted(id=f"hs:{number}", lead_id=LEAD, at=at, about=about))

    def _floor(self, before: dict[Any, Item], after: dict[Any, Item]) -> Cost:
        changed = [key for key in after if after[key] != before.get(key)]
        looked = [before.get(key) for key in ((f"LEAD#{LEAD}", "LEAD"), *self._store.asked)]
        return Cost(
            requests=1 + bool(changed) + bool(self._store.asked),
            reads=read_units(looked),
            writes=sum(
                write_units(before.get(key), after[key], self._indexes, transaction=True)
                for key in changed
            ),
        )

    def _click(self, what: str, now: datetime) -> Clicked:
        lead = self._lead()
        assert lead is not None
        assert lead.assignment is not None, f"nobody can {what}"
        action: Any = what
        return Clicked(
            id=f"sl:{what}",
            lead_id=LEAD,
            at=now,
            assignment=lead.assignment.number,
            action=action,
            user=self.policy.person[lead.assignment.person].slack_user,
            channel="D1",
            reason="timing" if what == "reject" else "",
        )

    def _lead(self) -> Lead | None:
        return LeadStore(self._client, table.NAME).leads([LEAD]).get(LEAD)

    def _snapshot(self) -> dict[Any, Item]:
        items = self._client.scan(TableName=table.NAME, ConsistentRead=True)["Items"]
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}

    def _push(self, at: datetime, event: AnyEvent) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), event))

    def _is_awaited(self, at: datetime) -> bool:
        return any(isinstance(event, ClockDue) and event.at == at for _, _, event in self._due)


class _Asked:
    """The store; it also records what routing reads."""

    def __init__(self, store: LeadStore) -> None:
        self._store = store
        self.asked: list[tuple[str, str]] = []

    def world(self, pools: Any, people: Any) -> Any:
        self.asked += [(f"POOL#{pool}", "TURNS") for pool in pools]
        self.asked += [(f"PERSON#{person}", "LOAD") for person in people]
        return self._store.world(pools, people)

    def load(self, lead_id: str, event_id: str) -> Any:
        return self._store.load(lead_id, event_id)

    def leads(self, ids: Any) -> Any:
        return self._store.leads(ids)

    def first_waiting(self, pools: Any) -> Any:
        return self._store.first_waiting(pools)

    def commit(self, decision: Any, event: AnyEvent, policy: str, now: datetime) -> Any:
        return self._store.commit(decision, event, policy, now)


def _no_refusal(effect: ContactState, owner: str) -> None:
    raise AssertionError(f"{owner} is an owner")


class _Counted(FakeSqs):
    requests = 0

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> Any:  # noqa: N803
        self.requests += 1
        return super().send_message_batch(QueueUrl=QueueUrl, Entries=Entries)


class _Outbox(Outbox):
    """Sends, and keeps what it sent."""

    def __init__(self, sqs: FakeSqs, kept: list[AnyEffect]) -> None:
        super().__init__(sqs, {"hubspot": "hubspot", "slack": "slack"})
        self._kept = kept

    def send(self, effects: Sequence[AnyEffect]) -> None:
        super().send(effects)
        self._kept.extend(effects)


class _Wakes(Wakes):
    """Sends, and keeps what it sent."""

    def __init__(self, sqs: FakeSqs, clock: Callable[[], datetime]) -> None:
        super().__init__(sqs, "wakes", clock)
        self._kept: list[ClockDue | WentStale] = []

    def _send(self, events: Sequence[ClockDue | WentStale]) -> None:
        super()._send(events)
        self._kept += events

    def taken(self) -> list[ClockDue | WentStale]:
        kept, self._kept = self._kept, []
        return kept


def _label(event: AnyEvent, result: EventResult) -> str:
    """A label for a step: its outcomes, or the kind of the event if it had none."""
    if result.name == "repeated":
        return "an event that was worked before"
    kinds = [outcome.kind for outcome in result.outcomes if outcome.kind != "stage_moved"]
    if kinds:
        return ", ".join(dict.fromkeys(kinds)).replace("_", " ")
    if isinstance(event, ClockDue):
        return "a wake with nothing due"
    changed = "that says something new" if result.name == "decided" else "(no change)"
    return f"HubSpot's echo of our write {changed}"
