"""Five writers at once: all in one pool, against the same five in five pools.

The real flow and store on ministack's DynamoDB, with the real pause between attempts. In one pool
every assignment changes the same turns, so writers that collide decide again. That is the price of
exact turns: no member may end with over one lead more than another. With five pools each writer has
its own, and only the machine is shared: that is the floor.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from msgspec.structs import replace

from baton.adapters.dynamodb.leads import LeadStore
from baton.application.work_event import ATTEMPTS, Contacts, EventWorker
from baton.domain.policy import Fallback, Member, Policy, Pool, Rule, Test
from baton.failures import Retryable
from functions.advance_lead.wiring import pause
from tests.bench import table
from tests.bench.figure import Aim, Figure, percentile, tell
from tests.bench.sweep import emulator_alone
from tests.builders import NOW, POLICY, PROPERTIES, became, manager, minutes, rep
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeOutbox, FakeWakes

WRITERS = 5
MEMBERS = 10
#: Aim: the average number of attempts per assignment.
AIM = Aim(5, of="measured")
#: An event that loses as often as this goes back to its queue.
STARVED = ATTEMPTS


@dataclass(frozen=True)
class Rush:
    """The result of handing out all leads at once."""

    seconds: float
    #: Attempts of each lead.
    attempts: tuple[int, ...]
    #: Largest difference within a pool between the member with the most leads and the one with the
    #: fewest.
    apart: int

    @property
    def rate(self) -> float:
        return len(self.attempts) / self.seconds


def run(leads: int = 200, writers: int = WRITERS) -> list[Figure]:
    with emulator_alone() as endpoint:
        config = Config(max_pool_connections=4 * writers, read_timeout=120)

        def client() -> Any:
            return table.client(endpoint_url=endpoint, config=config)

        table.create(client())
        try:
            return compare(client, leads, writers)
        finally:
            client().delete_table(TableName=table.NAME)


def compare(client: Callable[[], Any], leads: int, writers: int) -> list[Figure]:
    tell(f"  {leads} leads, {writers} writers, {writers} pools")
    apart = rush(client, leads, writers, writers, first=1)
    tell(f"  {leads} leads, {writers} writers, one pool")
    hot = rush(client, leads, writers, 1, first=1 + leads)
    name = f"{writers} writers in one pool against {writers} pools"
    assert hot.apart <= 1, "the turns of one pool are exact, whoever takes them"

    def figure(what: str, one: float, other: float, unit: str, aim: Aim | None = None) -> Figure:
        return Figure("hot_pool", f"{name}: {what}", one, unit, other, aim=aim)

    return [
        figure("time of an assignment", 1000 / hot.rate, 1000 / apart.rate, "ms"),
        figure("attempts, mean", _mean(hot), _mean(apart), "attempts", AIM),
        figure("attempts, p99", _p99(hot), _p99(apart), "attempts"),
        figure("attempts, most", max(hot.attempts), max(apart.attempts), "attempts"),
    ]


def _mean(one: Rush) -> float:
    return sum(one.attempts) / len(one.attempts)


def _p99(one: Rush) -> float:
    return percentile(one.attempts, 0.99)


def rush(client: Callable[[], Any], leads: int, writers: int, pools: int, first: int) -> Rush:
    """*leads*, numbered from *first*, handed out by *writers* threads as fast as they can."""
    policy = build_policy(pools, first)
    crm = FakeCrm()
    crm.now = NOW - minutes(2)
    ids = [str(first + n) for n in range(leads)]
    for n, lead_id in enumerate(ids):
        given = PROPERTIES | {"product_interest": f"Product {n % pools}"}
        crm.add(lead_id, None, **given)

    def work(number: int) -> list[int]:
        store = LeadStore(client(), table.NAME)
        work_event = EventWorker(store, FakeOutbox(), FakeWakes(), pause)
        return [assign(work_event, policy, crm, lead_id) for lead_id in ids[number::writers]]

    begun = time.perf_counter()
    with ThreadPoolExecutor(writers) as threads:
        attempts = [n for some in threads.map(work, range(writers)) for n in some]
    seconds = time.perf_counter() - begun
    _, loads = LeadStore(client(), table.NAME).world([], [p.id for p in policy.people])
    had = [
        Counter({member.rep: loads[member.rep].open for member in pool.members})
        for pool in policy.pools
    ]
    assert sum(sum(counts.values()) for counts in had) == leads
    return Rush(seconds, tuple(attempts), max(max(c.values()) - min(c.values()) for c in had))


def assign(work_event: EventWorker, policy: Policy, crm: FakeCrm, lead_id: str) -> int:
    """Assign a lead; return the number of attempts, including those after a return to the queue."""
    event = became(id=f"hot-{lead_id}", lead_id=lead_id)
    for returned in range(20):
        try:
            done = work_event(event, policy, Contacts(crm, [lead_id]), NOW)
        except Retryable:
            continue
        return returned * ATTEMPTS + done.attempts
    raise AssertionError(f"{lead_id} was starved")


def build_policy(pools: int, first: int) -> Policy:
    """A policy without limits, in which a lead's product names its pool; *first* makes its people
    distinct from those of another rush."""
    named = [f"hot{first}-{n}" for n in range(pools)]
    reps = {name: [f"{name}-{m}" for m in range(MEMBERS)] for name in named}
    return replace(
        POLICY,
        version=f"hot{pools}",
        pools=tuple(
            Pool(name, name, tuple(map(Member, reps[name])), (Fallback(person="mona"),))
            for name in named
        ),
        rules=(
            *(
                Rule(name, {"product": Test(any_of=(f"Product {n}",))}, name, name)
                for n, name in enumerate(named[1:], 1)
            ),
            Rule("rest", {}, named[0], "The rest"),
        ),
        people=(
            *(rep(one, max_open=100_000) for some in reps.values() for one in some),
            manager("mona"),
            manager("dora", manager=""),
        ),
    )
