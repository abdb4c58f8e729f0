"""Many writers at once, on the DynamoDB of the deployed stack."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from baton.adapters.failures import Retryable
from baton.adapters.store import LeadStore
from baton.flows.advance import Advance, Contacts
from infra.local.stack import Stack
from tests.builders import NOW, POLICY, PROPERTIES, became, minutes
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeOutbox, FakeWakes

LEADS = 64


def test_64_leads_at_the_same_moment_never_exceed_a_capacity(stack: Stack) -> None:
    """Four reps with room for ten each; the other 24 go to the manager. Nobody is nowhere."""
    store = LeadStore(stack.client("dynamodb"), stack.outputs["TableName"])
    crm = FakeCrm()
    crm.now = NOW - minutes(2)
    ids = [str(9_000_000_000 + n) for n in range(LEADS)]
    for lead_id in ids:
        crm.add(lead_id, None, **PROPERTIES)
    chance = random.Random(1)

    def pause(attempt: int) -> None:
        time.sleep(chance.uniform(0, min(0.02 * 2**attempt, 0.5)))

    advance = Advance(store, FakeOutbox(), FakeWakes(), pause)

    def route(lead_id: str) -> int:
        event = became(id=f"parallel-{lead_id}", lead_id=lead_id)
        for round_ in range(1, 20):
            try:
                contacts = Contacts(crm, [lead_id])
                return round_ * advance(event, POLICY, contacts, NOW).attempts
            except Retryable:
                continue  # what the queue does, without its delay
        raise AssertionError(f"{lead_id} was starved")

    with ThreadPoolExecutor(16) as workers:
        attempts = list(workers.map(route, ids))

    leads = store.leads(ids)
    owners = Counter(lead.assignment.person for lead in leads.values() if lead.assignment)
    assert owners == {"anna": 10, "ben": 10, "cleo": 10, "dan": 10, "mona": 24}
    _, loads = store.world([], owners)
    assert {person: load.open for person, load in loads.items()} == owners
    assert max(attempts) > 1, "they did meet"
