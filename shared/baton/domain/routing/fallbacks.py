"""Fallbacks if nobody in a lead's pool can take it: further pools, people, a queue, a manager."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from baton.domain.calendar.calendar_rules import LATEST
from baton.domain.phrase import Phrase
from baton.domain.policy import Fallback, Person, Policy, Pool, Rule
from baton.domain.presence import absence, backups_of, present, there_from
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
    """The first who is not absent of: the people whom the chain names, the last first; who backs
    them up; the other managers, those at the top last. If all are absent, the one who is there
    again first, so that every lead has an owner.

    Raises NeedsData when their loads, which say who is away, are not known.
    """
    policy, loads = search.policy, search.world.loads
    candidates = _last_resorts(policy, chain)
    able = [p for p in candidates if p.active and p.id not in search.wanted.excluded]
    if unknown := tuple(person.id for person in able if person.id not in loads):
        raise NeedsData(Needs(people=unknown))
    for person in able:
        absent = absence(person, loads[person.id], search.now)
        if absent is None:
            return _person(search, person, rule, label)
        why = Phrase(f"obstacle.{absent}", (person.name,))
        search.add_reason("fallback.member", why)
    active = able or [p for p in candidates if p.active] or candidates
    return _person(search, min(active, key=partial(_back, search)), rule, label)


def _last_resorts(policy: Policy, chain: tuple[Fallback, ...]) -> list[Person]:
    named = [policy.person[step.person] for step in reversed(chain) if step.person]
    backups = [one for person in named for one in backups_of(policy, person)]
    managers = [person for person in policy.people if person.role == "manager"]
    at_the_top = sorted(managers, key=lambda person: policy.person.get(person.manager) is None)
    unique = {person.id: person for person in (*named, *backups, *at_the_top)}
    return list(unique.values()) or list(policy.people)


def _back(search: Search, person: Person) -> datetime:
    """When *person* is there again; if that is not known, after everybody else."""
    load = search.world.loads.get(person.id)
    return there_from(search.policy, person, load, search.now) or LATEST


def queued(search: Search, pool: Pool, rule: Rule, index: int) -> Queued:
    wait = pool.fallback[index].wait
    assert wait is not None
    responsible = _responsible(search, pool, index)
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


def _responsible(search: Search, pool: Pool, index: int) -> Person | None:
    """Who is warned about a wait in *pool*'s queue and gets the lead when it ends: the person named
    after it or, if they are absent, who stands in for them. Raises NeedsData.
    """
    named = next((step.person for step in pool.fallback[index + 1 :] if step.person), "")
    return present(search.policy, search.policy.person.get(named), search.world.loads, search.now)


def _person(search: Search, person: Person, rule: str, label: str) -> Choice:
    search.add_reason("fallback.last_resort", person.name)
    return search.choice(person, rule, "", Phrase("why.last_resort", (label,)))
