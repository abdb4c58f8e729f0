"""The cost of a run of escalate_breaches with 1,000 due clocks, among few and among many open
leads.

The real sweep and store on ministack's DynamoDB (or another *client* that is handed in); wakes go
to a queue in memory, whose requests are counted. The smaller is the floor: the cost must depend on
what is due, not on what is open. Wall time is shown without an aim, because an emulator sorts a
partition for each query.
"""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.config import Config

from baton.adapters.aws.wakes import Wakes
from baton.adapters.dynamodb.leads import LeadStore, lead_key, shard_of
from baton.application.sweep import HORIZON, sweep_fast
from baton.domain.time import stamp
from infra.local.stack import Settings, emulator
from tests.bench import table
from tests.bench.figure import Aim, Figure, tell
from tests.bench.meter import Cost, Meter
from tests.builders import NOW
from tests.fakes.sqs import FakeSqs

SAME = Aim(1.0)
#: How many of the due clocks are overdue because their wakes did not arrive; the others are due
#: soon.
OVERDUE_SHARE = 0.2
_THREADS = 8
_PUT_AT_ONCE = 25


@dataclass
class Seen:
    cost: Cost
    sqs: int
    sent: int
    seconds: float


def run(leads: int = 200_000, few: int = 10_000, due: int = 1_000) -> list[Figure]:
    with emulator_alone() as endpoint:
        config = Config(max_pool_connections=2 * _THREADS, read_timeout=120)
        client = table.client(endpoint_url=endpoint, config=config)
        plain = table.client(endpoint_url=endpoint, config=config)
        table.create(plain)
        try:
            return compare(client, plain, due, few, leads)
        finally:
            plain.delete_table(TableName=table.NAME)  # else the emulator saves it as it stops


def compare(client: Any, plain: Any, due: int, few: int, many: int) -> list[Figure]:
    """The same sweep with *few* and with *many* open leads, *due* of them due."""
    meter = table.metered(client, plain)
    _load(plain, 0, few, due)
    small = sweep(client, meter)
    assert small.sent == due, f"{small.sent} wakes were sent, not {due}"
    _load(plain, few, many, 0)
    plain.delete_item(TableName=table.NAME, Key={"pk": {"S": "SWEEP"}, "sk": {"S": "WAKES"}})
    large = sweep(client, meter)
    assert large.sent == due, f"{large.sent} wakes were sent, not {due}"
    name = f"{due:,} due of {many:,} against {few:,}"
    return [
        Figure("sweep", name, large.cost.requests, "requests", small.cost.requests, aim=SAME),
        Figure("sweep", name, large.cost.reads, "read units", small.cost.reads, aim=SAME),
        Figure("sweep", name, large.cost.writes, "write units", small.cost.writes, aim=SAME),
        Figure("sweep", name, large.sqs, "SQS requests", small.sqs, aim=SAME),
        Figure("sweep", f"{name}, here", large.seconds, "s", small.seconds),
    ]


def sweep(client: Any, meter: Meter) -> Seen:
    sqs = FakeSqs()
    meter.take()
    begun = time.perf_counter()
    swept = sweep_fast(LeadStore(client, table.NAME), Wakes(sqs, "wakes", lambda: NOW), NOW)
    took = time.perf_counter() - begun
    return Seen(meter.take(), len(sqs.batches), swept.sent, took)


def _load(client: Any, first: int, last: int, due: int) -> None:
    """Put leads number *first* to *last*; the first *due* of them have a clock that is due."""
    begun = time.perf_counter()
    starts = range(first, last, _PUT_AT_ONCE)

    def put(start: int) -> None:
        items = [_item(n, due) for n in range(start, min(start + _PUT_AT_ONCE, last))]
        asked = {table.NAME: [{"PutRequest": {"Item": item}} for item in items]}
        while asked:
            asked = client.batch_write_item(RequestItems=asked).get("UnprocessedItems") or {}

    with ThreadPoolExecutor(_THREADS) as pool:
        for done, _ in enumerate(pool.map(put, starts), 1):
            if done % 2000 == 0:
                tell(f"  {first + done * _PUT_AT_ONCE:,} leads loaded")
    tell(f"  {last - first:,} leads loaded in {time.perf_counter() - begun:.0f} s")


def _item(number: int, due: int) -> dict[str, Any]:
    """An open lead with its index attributes. Its body is in neither index, so it is short."""
    lead_id, at = str(100_000_000 + number), stamp(_wake_at(number, due))
    return lead_key(lead_id) | {
        "version": {"N": "3"},
        "body": {"S": "{}"},
        "wakeShard": {"S": f"wake#{shard_of(lead_id)}"},
        "wakeAt": {"S": at},
        "staleShard": {"S": f"stale#{shard_of(lead_id)}"},
        "staleAt": {"S": stamp(NOW + timedelta(days=30, seconds=number))},
    }


def _wake_at(number: int, due: int) -> datetime:
    overdue = round(due * OVERDUE_SHARE)
    if number < overdue:
        return NOW - timedelta(minutes=2, seconds=number)
    if number < due:
        # Nobody armed them: before the first sweep, the horizon begins now.
        return NOW + HORIZON * ((number - overdue + 1) / (due - overdue))
    return NOW + HORIZON + timedelta(seconds=1 + number)


@contextmanager
def emulator_alone() -> Iterator[str]:
    """ministack alone, on its own port, with a state that is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="baton-sweep-") as folder:
        settings = Settings(state_dir=Path(folder), port=free_port())
        emulator.install(settings)
        service = emulator.start(settings)
        try:
            yield settings.endpoint
        finally:
            service.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
