"""The DynamoDB requests of an event and of a whole journey: requests, read units, write units.

The real flow, store, slots and queues' senders, under the sample policy, on a table in memory
whose client is metered. HubSpot and Slack are fakes; what Baton writes to HubSpot comes back as
events, as in reality, and is counted. The floor:

- requests: one read; with a change, one transaction; with routing, one batch read more; two
  writes for each effect that is delivered;
- units: the lead, and what routing reads, read once; every change written once in a transaction,
with its index entries; one unit for each write to a slot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from baton.policy_tools.compiling import compile_policy
from baton.policy_tools.loading import load
from infra.build import ROOT
from tests.bench import table
from tests.bench.figure import Aim, Figure
from tests.bench.journey import Journey, Step
from tests.bench.meter import Cost

#: A journey: (minutes after the assignment, the act of the current owner). The sample policy pulls
#: a hot lead back after 30 minutes.
JOURNEYS: dict[str, tuple[tuple[float, str], ...]] = {
    "assigned, accepted, touched": ((2, "accept"), (9, "touch")),
    "pulled back, accepted, touched": ((32, "accept"), (40, "touch")),
    "rejected": ((3, "reject"),),
}


def run(journeys: Sequence[str] = tuple(JOURNEYS)) -> list[Figure]:
    policy = compile_policy(load(ROOT / "infra" / "policy"), date(2026, 3, 3))
    per_event: dict[str, Step] = {}
    whole: list[Figure] = []
    for name in journeys:
        with table.in_memory() as (client, meter):
            journey = Journey(policy, client, meter, JOURNEYS[name])
            journey.play()
            lead, record = journey.sizes()
        for step in journey.steps:
            per_event.setdefault(step.what, step)
        total = Cost(), Cost()
        for step in journey.steps:
            total = total[0] + step.cost, total[1] + step.floor
        whole += _figures(f"whole journey: {name}", *total)
        calls = len(journey.crm.calls) + len(journey.messenger.calls)
        whole += [
            _plain(name, "SQS", journey.sent, "requests"),
            _plain(name, "HubSpot and Slack", calls, "requests"),
            _plain(name, "the lead's item", lead, "bytes"),
            _plain(name, "largest history item", record, "bytes"),
        ]
    events = [f for step in per_event.values() for f in _figures(step.what, step.cost, step.floor)]
    return events + whole


def _figures(name: str, cost: Cost, floor: Cost) -> Iterator[Figure]:
    for what in ("requests", "reads", "writes"):
        measured, least = getattr(cost, what), getattr(floor, what)
        if measured or least:
            unit = what if what == "requests" else f"{what.removesuffix('s')} units"
            aim = Aim(1.0) if what == "requests" else None
            yield Figure("requests", name, measured, unit, least or None, aim=aim)


def _plain(journey: str, what: str, number: int, unit: str) -> Figure:
    return Figure("requests", f"whole journey: {journey}: {what}", number, unit)
