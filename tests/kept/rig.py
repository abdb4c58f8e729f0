"""Baton with its real adapters: moto's table, recording queues and bus, and two fake outside
systems.

Only journeys move its clock, and nothing is random: the same journeys write the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from baton.adapters.aws.bus import Bus, entry
from baton.adapters.aws.outbox import Outbox, decode_effect
from baton.adapters.aws.queues import Lane, consume
from baton.adapters.aws.wakes import Wakes
from baton.adapters.dynamodb.boards import Boards
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.adapters.dynamodb.slots import DynamoSlots
from baton.application.deliver import deliver, in_hubspot, in_slack, owner_news, undelivered
from baton.application.drain_queue import drain
from baton.application.follow_deal import follow_deal
from baton.application.follow_person import follow_person
from baton.application.work_event import Contacts, EventWorker
from baton.domain.lead import Lead
from baton.domain.world.effects import ContactState, System, system_of
from baton.domain.world.events import AnyEvent, ClockDue, WentStale
from baton.domain.world.wakes import fast_wake, slow_wake
from baton.failures import Rejected
from baton.wire.details import DealHint, OddWebhook, PersonHint, PoolHint
from baton.wire.vocabulary import News, decode_message
from tests.adapters.dynamodb.test_leads import TABLE
from tests.builders import NOW, minutes
from tests.fakes.aws import FakeEvents
from tests.fakes.crm import FakeCrm
from tests.fakes.messenger import FakeMessenger
from tests.fakes.sqs import FakeSqs

BASE = "https://sqs.eu-central-1.amazonaws.com/123456789012"
EVENTS, WAKES = f"{BASE}/baton-events", f"{BASE}/baton-wakes"
HUBSPOT, SLACK = f"{BASE}/baton-hubspot", f"{BASE}/baton-slack"
UNWORKED, UNDELIVERED = f"{BASE}/baton-unworked-events", f"{BASE}/baton-undelivered-slack"
OUT: Mapping[System, str] = {"hubspot": HUBSPOT, "slack": SLACK}


class Queues(FakeSqs):
    """A fake SQS that records every message: (queue, body, attributes)."""

    def __init__(self) -> None:
        super().__init__(now=NOW)
        self.sent: list[tuple[str, str, dict[str, Any]]] = []

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803 boto3's names
        MessageBody: str,  # noqa: N803
        MessageAttributes: Any = None,  # noqa: N803
    ) -> None:
        self.sent.append((QueueUrl, MessageBody, dict(MessageAttributes or {})))
        super().send_message(
            QueueUrl=QueueUrl, MessageBody=MessageBody, MessageAttributes=MessageAttributes
        )

    def sent_to(self, *urls: str) -> list[str]:
        return [body for url, body, _ in self.sent if url in urls]


class Rig:
    """
    One installation of Baton.

    Args:
        client: A boto3 ``dynamodb`` client that has the table.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.leads, self.people = LeadStore(client, TABLE), RosterStore(client, TABLE)
        self.policies, self.slots = PolicyStore(client, TABLE), DynamoSlots(client, TABLE)
        self.boards = Boards(client, TABLE)
        self.sqs, self.events = Queues(), FakeEvents()
        self.crm, self.slack = FakeCrm(), FakeMessenger()
        self.outbox = Outbox(self.sqs, OUT)
        self.wakes = Wakes(self.sqs, WAKES, lambda: self.now)
        self.bus = Bus(self.events, "baton", sleep=lambda seconds: None)
        #: The messages that EventBridge made from the entries.
        self.envelopes: list[dict[str, Any]] = []
        self._tokens, self._names = count(1), count(1)

    # Time.

    @property
    def now(self) -> datetime:
        return self.sqs.now

    @now.setter
    def now(self, at: datetime) -> None:
        self.sqs.now = self.crm.now = self.slack.now = at

    def later(self, by: float) -> datetime:
        """Move the clock by *by* minutes."""
        self.now += minutes(by)
        return self.now

    def name(self, kind: str) -> str:
        return f"{kind}:{next(self._names)}"

    # Input.

    def put(self, *news: News, source: str = "baton.hubspot") -> None:
        """Put news on the bus, and work until nothing is left."""
        self._onto_the_bus(*news, source=source)
        self.run()

    def wake(self, lead_id: str) -> datetime:
        """Work the lead's next clock, fast or slow, at its instant."""
        lead = self.lead(lead_id)
        found: list[tuple[datetime, ClockDue | WentStale]] = []
        if lead.wake_at is not None:
            found.append((lead.wake_at, fast_wake(lead_id, lead.wake_at)))
        if lead.stale_at is not None:
            found.append((lead.stale_at, slow_wake(lead_id, lead.stale_at)))
        at, event = min(found, key=lambda pair: pair[0])
        self.now = max(self.now, at)
        self.wakes.send([event])
        self.run()
        return at

    def lead(self, lead_id: str) -> Lead:
        return self.leads.leads([lead_id])[lead_id]

    # Baton's work.

    def run(self) -> None:
        """Work until no queue has a message that can be worked now."""
        works = {EVENTS: self._work_event, WAKES: self._work_event}
        works |= {HUBSPOT: self._deliver, SLACK: self._deliver}
        busy = True
        while busy:
            busy = False
            for url, work in works.items():
                lane = Lane(self.sqs, UNDELIVERED if url in (HUBSPOT, SLACK) else UNWORKED)
                event = self.sqs.poll(url, 1)
                if event is not None:
                    answer = consume(event, work, lane, report=lambda worked: None)
                    self.sqs.settle(url, event, answer)
                    busy = True

    def _work_event(self, body: str) -> None:
        news, policy = decode_message(body), self.policies.active(self.now)
        if isinstance(news, ClockDue | WentStale) and news.at > self.now:
            return  # the queue would delay it; journeys say when a clock is due
        work_event = EventWorker(self.leads, self.outbox, self.wakes, lambda attempt: None)

        def work(event: AnyEvent, contacts: Contacts) -> None:
            work_event(event, policy, contacts, self.now)

        match news:
            case DealHint():
                follow_deal(news, self.crm, self.now, work)
            case PersonHint():
                follow_person(news, policy, self.people, self.outbox, self.wakes, self.now)
            case PoolHint():
                nobody = Contacts(self.crm, [])
                drain(news, self.leads, self.now, lambda room: work(room, nobody))
            case OddWebhook():
                raise Rejected(news.why)
            case _:
                work(news, Contacts(self.crm, [news.lead_id]))

    def _deliver(self, body: str) -> None:
        effect = decode_effect(body)
        if system_of(effect) == "hubspot":
            show = in_hubspot(self.crm, self._refused)
        else:
            show = in_slack(self.slack, self.boards, self.slots, self.now)
        try:
            deliver(effect, self.now, f"attempt-{next(self._tokens)}", self.slots, show)
        except Rejected as error:
            if (news := undelivered(effect, error, self.now)) is not None:
                self._onto_the_bus(news, source="baton.slack")
            raise

    def _refused(self, effect: ContactState, owner: str) -> None:
        self._onto_the_bus(*owner_news(effect, owner, self.now), source="baton.hubspot")

    def _onto_the_bus(self, *news: News, source: str) -> None:
        known = len(self.events.stored)
        self.bus.put([entry(one, source) for one in news])
        for put in self.events.stored[known:]:
            envelope = self._envelope(put)
            self.envelopes.append(envelope)
            self.sqs.send_message(QueueUrl=EVENTS, MessageBody=json.dumps(envelope))

    def _envelope(self, put: Mapping[str, Any]) -> dict[str, Any]:
        """What EventBridge sends for an entry, as in events/bus.*.json."""
        number = len(self.envelopes) + 1
        return {
            "version": "0",
            "id": f"00000000-0000-4000-8000-{number:012d}",
            "detail-type": put["DetailType"],
            "source": put["Source"],
            "account": "123456789012",
            "time": f"{self.now:%Y-%m-%dT%H:%M:%SZ}",
            "region": "eu-central-1",
            "resources": [],
            "detail": json.loads(put["Detail"]),
        }
