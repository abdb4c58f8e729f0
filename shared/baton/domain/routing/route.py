"""Who gets the lead: the account's owner, then the first matching rule, its pool, and the
fallbacks.

The order is the same for every source, and each step says why it did not decide. The result for
every member of a pool is kept as one character each, see ``Obstacle``.
"""

from __future__ import annotations

from datetime import datetime

from baton.domain.draft.decision import Considered
from baton.domain.policy import Policy, Pool, Rule
from baton.domain.routing.fallbacks import fall_back, last_resort, queued
from baton.domain.routing.obstacles import Obstacle
from baton.domain.routing.ownership import by_ownership
from baton.domain.routing.pools import from_pool
from baton.domain.routing.routing_rules import explain_rules, first_rule
from baton.domain.routing.search import Choice, Queued, Search, Wanted
from baton.domain.world.world import Needs, NeedsData, World


def route(policy: Policy, wanted: Wanted, world: World, now: datetime) -> Choice | Queued:
    """Find an owner for the *wanted* lead.

    Raises:
        NeedsData: Loads or turns of possible owners are not in *world*.
    """
    search = Search(policy, wanted, world, now)
    choice = by_ownership(search) if wanted.by_ownership else None
    return choice or _by_rules(search)


def _by_rules(search: Search) -> Choice | Queued:
    rules, wanted = search.wanted.handoff.rules, search.wanted
    place = first_rule(search.policy, wanted.handoff, wanted.facts, search.now)
    search.because += explain_rules(search, len(rules) if place is None else place)
    if place is None:
        return last_resort(search, "last-resort", "", ())
    search.add_reason("rule.yes", rules[place].id)
    return _by_rule(search, rules[place])


def _by_rule(search: Search, rule: Rule) -> Choice | Queued:
    pool, label = search.policy.pool[rule.pool], rule.label or rule.id
    _need(search, pool)
    if _others_first(search, pool):
        search.considered.append(Considered(pool.id, Obstacle.OTHERS_WAIT))
        search.add_reason("pool.others_wait", pool.id)
        index = next(i for i, step in enumerate(pool.fallback) if step.wait is not None)
        return queued(search, pool, rule, index)
    over = not search.wanted.wait_timed_out
    choice = from_pool(search, pool, rule, label) if over else None
    if choice is not None:
        return choice
    for index, step in enumerate(pool.fallback):
        if step.wait is not None:
            if search.wanted.wait_timed_out:
                search.add_reason("pool.gave_up", pool.id)
                over = True
                continue
            if _all_had_it(search):
                search.add_reason("pool.had_it", pool.id)
                continue
            return queued(search, pool, rule, index)
        if not over:
            continue  # earlier fallbacks had their chance during the wait
        choice = fall_back(search, step, rule, label)
        if choice is not None:
            return choice
    return last_resort(search, rule.id, label, pool.fallback)


def _all_had_it(search: Search) -> bool:
    """Whether everybody whom the wait could be for had the lead in this round: no room helps."""
    if not search.wanted.excluded:
        return False
    codes = {code for considered in search.considered for code in considered.codes}
    return Obstacle.LET_GO in codes and codes <= {Obstacle.LET_GO, Obstacle.INACTIVE}


def _need(search: Search, pool: Pool) -> None:
    """Ask for the pool and its whole chain at once: one extra read instead of one per step."""
    chain = search.policy.chain[pool.id]
    turns, loads = search.world.turns, search.world.loads
    if not (chain.every_pool.difference(turns) or chain.everybody.difference(loads)):
        return
    raise NeedsData(
        Needs(
            pools=tuple(p for p in chain.pools if p not in turns),
            people=tuple(p for p in chain.people if p not in loads),
        )
    )


def _others_first(search: Search, pool: Pool) -> bool:
    """Whether other leads are ahead of this one in the pool's queue."""
    if search.wanted.wait_timed_out or not search.policy.chain[pool.id].waits:
        return False
    waits_here = search.wanted.waits_in == pool.id
    if search.world.turns[pool.id].waiting <= waits_here:
        return False
    if not waits_here:
        return True
    first = search.world.first.get(pool.id)
    if first is None:
        raise NeedsData(Needs(queues=(pool.id,)))
    return first != search.wanted.lead
