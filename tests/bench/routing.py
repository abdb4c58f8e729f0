"""How long it takes to choose an owner, by the number of rules and of reps.

``route()`` alone: it tries the rules, examines the pool, takes the turn, and notes every member's
reason. The world has everything it needs. The last rule matches, so all are tried. Reps are in
pools of 20; one pool has 500. The floor is the lead's stored JSON decoded once and encoded once, as
in ``decide``.
"""

from __future__ import annotations

import time

import msgspec

from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.domain.routing.route import route
from baton.domain.routing.search import Choice, Wanted
from baton.domain.scoring.facts import describe
from baton.domain.world.world import World
from tests.bench import decide
from tests.bench.figure import Aim, Figure, percentile
from tests.builders import NOW, became, contact, decided

RULES = (10, 100, 1_000)
REPS = (10, 200, 2_000)
POOL = 20
#: The most members that a pool may have.
LARGEST = 500

#: (rules, reps, members of a pool) that the aim is for.
AIMED = (50, 200, POOL)
AIM = Aim(50, of="measured")


def run(rounds: int = 2000) -> list[Figure]:
    sizes = [AIMED]
    sizes += [(rules, 200, POOL) for rules in RULES]
    sizes += [(50, reps, min(reps, POOL)) for reps in REPS if reps != 200]
    sizes += [(50, LARGEST, LARGEST)]
    cases = {size: case(*size) for size in sizes}
    stored = msgspec.json.encode(cases[AIMED][2])
    took: dict[tuple[int, int, int], list[float]] = {size: [] for size in sizes}
    floor: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter_ns()
        msgspec.json.encode(msgspec.json.decode(stored, type=Lead))
        floor.append((time.perf_counter_ns() - begun) / 1000)
        for size, (world, wanted, _) in cases.items():
            begun = time.perf_counter_ns()
            route(world.policy, wanted, world, NOW)
            took[size].append((time.perf_counter_ns() - begun) / 1000)
    return [
        Figure(
            bench="routing",
            name=f"{rules} rules, {reps} reps in pools of {pool}, {label}",
            measured=percentile(took[rules, reps, pool], share),
            unit="µs",
            floor=percentile(floor, share),
            aim=AIM if share == 0.5 and (rules, reps, pool) == AIMED else None,
        )
        for rules, reps, pool in sizes
        for share, label in ((0.5, "median"), (0.99, "p99"))
    ]


def case(rules: int, reps: int, pool: int) -> tuple[World, Wanted, Lead]:
    """A lead that only the last rule matches, in a world of that size."""
    policy: Policy = decide.build_policy(rules, reps, pool)
    world = decide.world_of(policy)
    known = msgspec.structs.replace(world, contact=contact(product_interest="Something else"))
    lead = decided(None, became(), known).lead
    facts, _ = describe(policy, lead, NOW)
    wanted = Wanted("1", policy.handoff[policy.lifecycle.handoff], facts)
    answer = route(policy, wanted, world, NOW)
    assert isinstance(answer, Choice)
    assert answer.rule == "the-rest"
    return world, wanted, lead
