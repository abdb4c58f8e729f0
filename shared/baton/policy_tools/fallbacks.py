"""Fallbacks of a pool, with those of the fallback pools that it follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from baton.policy_tools.models.routing import Fallback, Pool


def steps_of(pool: Pool, pools: Mapping[str, Pool]) -> tuple[Fallback, ...]:
    """*pool*'s fallbacks in order. After a pool that it follows (``follow: true``) come that pool's
    own fallback pools, each once, so that pools may name each other; not its waits and people.
    """
    seen = {pool.id, *(step.pool for step in pool.fallback if step.pool)}
    found: list[Fallback] = []
    for step in pool.fallback:
        found.append(step)
        if step.pool and step.follow:
            found += [Fallback(pool=name) for name in _followed(step.pool, pools, seen)]
    return tuple(found)


def not_followed(pool: Pool, pools: Mapping[str, Pool]) -> Iterator[tuple[int, list[str]]]:
    """The fallback pools of which it is not said whether they are followed, by their index, with
    the pools that leads of *pool* would reach only so.
    """
    tried = {pool.id, *(step.pool for step in steps_of(pool, pools) if step.pool)}
    for index, step in enumerate(pool.fallback):
        if step.pool and step.follow is None and step.pool in pools:
            further = [s.pool for s in pools[step.pool].fallback if s.pool and s.pool not in tried]
            if further:
                yield index, further


def _followed(name: str, pools: Mapping[str, Pool], seen: set[str]) -> Iterator[str]:
    for step in pools[name].fallback if name in pools else ():
        if step.pool and step.pool not in seen:
            seen.add(step.pool)
            yield step.pool
            if step.follow:
                yield from _followed(step.pool, pools, seen)
