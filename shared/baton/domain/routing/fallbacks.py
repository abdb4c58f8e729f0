"""Fallbacks if nobody in a lead's pool can take it: further pools, people, a queue, a manager."""

from __future__ import annotations

from baton.domain.phrase import Phrase
from baton.domain.policy import Fallback, Person, Pool, Rule
from baton.domain.routing.pools import from_pool
from baton.domain.routing.search import MOST_RELIED_ON, Choice, Queued, Search
from baton.domain.world.world import Needs, NeedsData


def fall_back(search: Search, step: Fallback, rule: Rule, label: str) -> Choice | None:
    if step.pool:
        search.add_reason("fallback.pool", step.pool)
        return from_pool(search, search.policy.pool[step.pool], rule, label)
    person: Person | None = search.policy.person[step.person]
    asked: set[str] = set()
    # Managers have no limits, but they can be away.
    while person is not None and person.id not in asked:
        asked.add(person.id)
        load = search.world.loads.get(person.id)
        if load is None:
            raise NeedsData(Needs(people=(person.id,)))
        code = search.obstacle(load, person)
        if code is None:
            return _person(search, person, rule.id, label)
        search.add_reason("fallback.member", search.obstacle_phrase(person, code))
        person = search.policy.person.get(person.backup)
    return None


def last_resort(search: Search, rule: str, label: str, chain: tuple[Fallback, ...]) -> Choice:
    """A manager, even if away or inactive, so that every lead has an owner: the last manager that
    the chain names.
    """
    policy = search.policy
    named = [policy.person[step.person] for step in reversed(chain) if step.person]
    managers = [person for person in policy.people if person.role == "manager"]
    candidates = [*named, *managers] or list(policy.people)
    able = [p for p in candidates if p.active and p.id not in search.wanted.excluded]
    active = able or [p for p in candidates if p.active] or candidates
    return _person(search, active[0], rule, label)


def queued(search: Search, pool: Pool, rule: Rule, index: int) -> Queued:
    wait = pool.fallback[index].wait
    assert wait is not None
    named = (step.person for step in pool.fallback[index + 1 :] if step.person)
    responsible = next((search.policy.person[person] for person in named), None)
    search.add_reason("pool.waits", pool.id)
    return Queued(
        pool=pool,
        rule=rule.id,
        wait=wait,
        responsible=responsible,
        because=tuple(search.because),
        considered=tuple(search.considered),
        relied_on=tuple(search.relied_on.values())[:MOST_RELIED_ON],
    )


def _person(search: Search, person: Person, rule: str, label: str) -> Choice:
    search.add_reason("fallback.last_resort", person.name)
    return search.choice(person, rule, "", Phrase("why.last_resort", (label,)))
