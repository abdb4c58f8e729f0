"""Pools that nobody is sent to."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy.linting.findings import Found, Rule
from baton.policy.linting.subject import Subject

UNREACHED_POOL = Rule(
    "unreached-pool", "warning", "Its members look as if they took part, and get no lead by it."
)


def check(subject: Subject) -> Iterator[Found]:
    routing = subject.files.routing
    named = {rule.pool for rule in routing.rules}
    # A pool's fallback counts where a rule names the pool; fallbacks have none of their own.
    reached = named | {
        step.pool
        for pool in routing.pools
        if pool.id in named
        for step in pool.fallback
        if step.pool
    }
    for index, pool in enumerate(routing.pools):
        if pool.id not in reached:
            yield UNREACHED_POOL.found(
                "routing",
                ("pools", index),
                f'no rule sends leads to "{pool.id}", and no pool that one names falls back on it',
                f"name {pool.id} in a rule or in a fallback, or remove it",
            )
