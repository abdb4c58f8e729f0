"""A pool with limits and a queue under many writers, on the DynamoDB of the deployed stack."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace

from baton.adapters.dynamodb.leads import LeadStore
from baton.application.drain_queue import drain
from baton.application.work_event import Contacts, EventWorker
from baton.domain.policy import Fallback, Limits, Member, Wait
from baton.domain.world.events import AnyEvent
from baton.failures import Retryable
from baton.wire.details import PoolHint
from infra.local.stack import Stack
from tests.builders import NOW, PROPERTIES, became, click, manager, minutes, rep
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeOutbox, FakeWakes
from tests.routed import routed, waiting_pool

#: The sample company on the same stack has its own people and pools; these are others.
ANNA, BEN, MONA, DESK = "queue-anna", "queue-ben", "queue-mona", "queue-desk"
#: Each rep could carry six; the pool carries ten.
POOL = waiting_pool(
    id=DESK,
    members=(Member(ANNA), Member(BEN)),
    limits=Limits(open=10),
    fallback=(Fallback(wait=Wait(minutes(240))), Fallback(person=MONA)),
)
OURS = routed(
    POOL,
    people=(rep(ANNA, max_open=6), rep(BEN, max_open=6), manager(MONA, manager="")),
    pools=(POOL,),
    handoffs=(),
)
LEADS = [str(9_100_000_000 + n) for n in range(32)]


class Workers:
    """Threads that work events, and then the queues with room, as the functions do."""

    def __init__(self, store: LeadStore) -> None:
        self.store, self.crm, self.chance = store, FakeCrm(), random.Random(1)
        self.crm.now = NOW - minutes(2)
        for lead_id in LEADS:
            self.crm.add(lead_id, None, **PROPERTIES)

    def all(self, events: list[AnyEvent]) -> None:
        with ThreadPoolExecutor(12) as threads:
            for _ in threads.map(self.work, events):
                pass  # raises what the thread raised

    def work(self, event: AnyEvent) -> None:
        wakes = FakeWakes()
        work_event = EventWorker(self.store, FakeOutbox(), wakes, self._pause)
        self._until_done(work_event, event)
        while wakes.offered:
            hint = wakes.offered.pop()
            assert isinstance(hint, PoolHint)
            self._drain(work_event, hint)

    def _drain(self, work_event: EventWorker, hint: PoolHint) -> None:
        for _ in range(20):
            try:
                drain(hint, self.store, NOW, lambda room: self._until_done(work_event, room))
            except Retryable:
                continue
            return
        raise AssertionError("the queue was starved")

    def _until_done(self, work_event: EventWorker, event: AnyEvent) -> None:
        for _ in range(20):
            try:
                work_event(event, OURS, Contacts(self.crm, [event.lead_id]), NOW)
            except Retryable:
                continue  # retries like the queue, without its delay
            return
        raise AssertionError(f"{event.lead_id} was starved")

    def _pause(self, attempt: int) -> None:
        time.sleep(self.chance.uniform(0, min(0.02 * 2**attempt, 0.5)))


def assert_exact(store: LeadStore, waiting: int) -> Counter[str]:
    """Assert that all loads match the leads, and that nobody is over a limit."""
    leads = store.leads(LEADS)
    owners = Counter(lead.assignment.person for lead in leads.values() if lead.assignment)
    turns, loads = store.world([DESK], [ANNA, BEN])
    assert {person: load.open for person, load in loads.items()} == dict(owners)
    assert max(owners.values()) <= 6
    assert turns[DESK].load.open == sum(owners.values()) == 10
    queue = [place.lead for place in store.queue(DESK)]
    assert turns[DESK].waiting == len(queue) == waiting
    assert sorted(queue) == sorted(lead.id for lead in leads.values() if lead.waiting)
    return owners


def test_a_full_pool_queues_and_drains_exactly(stack: Stack) -> None:
    """32 leads, and room for ten; then seven are closed at the same time, and seven leave the
    queue."""
    store = LeadStore(stack.client("dynamodb"), stack.outputs["TableName"])
    workers = Workers(store)
    workers.all([became(id=f"queue-{lead}", lead_id=lead) for lead in LEADS])
    owners = assert_exact(store, waiting=22)
    assert abs(owners[ANNA] - owners[BEN]) <= 1

    before = [place.lead for place in store.queue(DESK)]
    owned = [lead for lead in store.leads(LEADS).values() if lead.assignment][:7]
    released = [
        replace(
            click("reject", NOW, OURS.person[lead.assignment.person].slack_user, 1, "competitor"),
            lead_id=lead.id,
            id=f"out-{lead.id}",
        )
        for lead in owned
        if lead.assignment
    ]
    workers.all(list(released))
    assert_exact(store, waiting=15)
    assert [place.lead for place in store.queue(DESK)] == before[7:], "nobody overtook"
