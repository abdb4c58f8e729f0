"""How long the decision itself takes, with 200 reps and 50 rules of which the last one matches.

Pools hold 80 members, and everybody has capacity limits. The floor is the unavoidable part:
decoding and encoding the lead's stored JSON once.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import Fallback, Member, Policy, Pool, Rule, Test
from baton.domain.routing.capacity import local_day
from baton.domain.routing.turns import next_turn
from baton.domain.world.events import AnyEvent
from baton.domain.world.world import Load, Turns, World
from tests.bench.figure import Aim, Figure, percentile
from tests.builders import (
    NOW,
    POLICY,
    after,
    became,
    click,
    contact,
    decided,
    due,
    hint,
    manager,
    minutes,
    rep,
)

REPS = 200
RULES = 50
#: More members than any pool of the sample; ``routing`` shows the growth with more.
POOL = 80

AIM = Aim(200, of="measured")


class Case(NamedTuple):
    """One decision, in a world that has everything it needs."""

    lead: Lead | None
    event: AnyEvent
    world: World
    now: datetime


def run(rounds: int = 3000) -> list[Figure]:
    cases = build_cases()
    for name, case in cases.items():  # calendars build their tables on the first call
        answer = decide(*case)
        assert isinstance(answer, Decision), f"{name}: the world lacks {answer}"
    stored = msgspec.json.encode(cases["accept"].lead)
    took: dict[str, list[float]] = {name: [] for name in (*cases, "floor")}
    for _ in range(rounds):
        begun = time.perf_counter_ns()
        msgspec.json.encode(msgspec.json.decode(stored, type=Lead))
        took["floor"].append((time.perf_counter_ns() - begun) / 1000)
        for name, case in cases.items():
            begun = time.perf_counter_ns()
            decide(*case)
            took[name].append((time.perf_counter_ns() - begun) / 1000)
    return [
        Figure(
            bench="decide",
            name=f"{name}, {label}",
            measured=percentile(took[name], share),
            unit="µs",
            floor=percentile(took["floor"], share),
            aim=AIM if share == 0.5 else None,
        )
        for name in cases
        for label, share in (("median", 0.5), ("p99", 0.99))
    ]


def build_policy(rules_: int = RULES, reps_: int = REPS, pool: int = POOL) -> Policy:
    """Names sort in the order of the pools: r0000-r0079 in the first, r0080-r0159 in the second."""
    reps = [f"r{n:04}" for n in range(reps_)]
    groups = [reps[start : start + pool] for start in range(0, reps_, pool)]
    pools = tuple(
        Pool(
            f"pool{n}",
            f"Pool {n}",
            tuple(Member(name, weight=1 + i % 3) for i, name in enumerate(group)),
            (Fallback(pool=f"pool{(n + 1) % len(groups)}"), Fallback(person="mona")),
        )
        for n, group in enumerate(groups)
    )
    # One third of the rules fails at the first test, one at the second, one at the third.
    rules = tuple(
        Rule(
            f"rule{n}",
            {
                "territory": Test(any_of=("emea" if n % 3 else "world",)),
                "segment": Test(any_of=("enterprise" if n % 3 == 2 else "smb",)),
                "product": Test(any_of=(f"Product {n}", f"Suite {n}")),
            },
            f"pool{n % len(pools)}",
            f"Rule {n}",
        )
        for n in range(rules_ - 1)
    )
    return replace(
        POLICY,
        version="bench",
        rules=(*rules, Rule("the-rest", {}, "pool0", "The rest")),
        pools=pools,
        people=(
            *(rep(name, max_open=40, max_per_day=12) for name in reps),
            manager("mona"),
            manager("dora", manager=""),
        ),
    )


def build_cases() -> dict[str, Case]:
    policy = build_policy()
    free = world_of(policy)
    lead_contact = contact(product_interest="Something else")
    start = replace(free, contact=lead_contact)
    assigned = decided(None, became(), start)
    lead, assignment = assigned.lead, assigned.lead.assignment
    assert assignment is not None
    owner = policy.person[assignment.person]
    later = after(start, assigned)
    # As after news from HubSpot; clocks and clicks do not read the contact.
    dry = replace(later, contact=None, touches=None)
    wake = due(lead)
    accept = click("accept", NOW + minutes(1), user=owner.slack_user)
    pulled, waited = _until_pull_back(lead, later)
    return {
        "assign": Case(None, became(), start, NOW),
        "assign, half the pool full": Case(None, became(), _full(start, 40), NOW),
        "assign, pool full, falls back": Case(None, became(), _full(start, POOL), NOW),
        "accept": Case(lead, accept, dry, NOW + minutes(1)),
        "warning": Case(lead, wake, later, wake.at),
        "pull-back": Case(pulled, due(pulled), waited, due(pulled).at),
        "our own echo": Case(lead, hint("owner", NOW + minutes(1)), later, NOW + minutes(1)),
    }


def _until_pull_back(lead: Lead, world: World) -> tuple[Lead, World]:
    """The lead and the world just before its next clock pulls it back."""
    while True:
        wake = due(lead)
        decision = decided(lead, wake, world, wake.at)
        if any(outcome.kind == "pulled_back" for outcome in decision.outcomes):
            return lead, world
        lead, world = decision.lead, after(world, decision)


def world_of(policy: Policy) -> World:
    """A world in which everybody carries leads, and the pools have given turns for a while."""
    day = local_day(policy.zone_of(policy.people[0]), NOW)
    loads = {
        person.id: Load(person.id, open=n % 9, day=day, today=n % 4, version=7)
        for n, person in enumerate(policy.people)
    }
    turns = {}
    for pool in policy.pools:
        seats = Turns(pool.id, version=300)
        for _ in range(300):
            seats = next_turn(seats, pool.members).after
        turns[pool.id] = seats
    return World(policy=policy, loads=loads, turns=turns, touches=())


def _full(world: World, count: int) -> World:
    """*world* with the first *count* reps at their limit of open leads."""
    loads = dict(world.loads)
    for name in sorted(loads)[2 : 2 + count]:  # dora and mona sort before the reps
        loads[name] = replace(loads[name], open=40)
    return replace(world, loads=loads)
