"""Account ownership: the account's owner comes before every rule, if they can take the lead."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.phrase import Phrase
from baton.domain.policy import Person
from baton.domain.routing.obstacles import UNAVAILABLE
from baton.domain.routing.routing_rules import needs_of_rules
from baton.domain.routing.search import Choice, Search
from baton.domain.world.world import Account, Load, Needs, NeedsData


def by_ownership(search: Search) -> Choice | None:
    """The account's owner, if they can take the lead; None: the rules decide."""
    sources = search.wanted.handoff.ownership
    account = search.world.account or Account(looked=())
    if account.denied:
        search.add_reason("account.denied", account.denied)
    for place, source in enumerate(sources):
        if source == "contact":
            owner, what, rule = search.wanted.existing_owner, "", "existing-owner"
        elif source not in account.looked:
            # Ask only now: most leads are decided by earlier steps, without a request.
            rest = tuple(one for one in sources[place:] if one != "contact")
            raise NeedsData(Needs(account=rest))
        else:
            owner, what = account.owners.get(source, ("", ""))
            rule = f"{source.replace('_', '-')}-owner"
        where = Phrase(f"account.{source}", (what,) if what else ())
        if not owner:
            search.add_reason("owner.none", where)
            continue
        person = _able(search, owner, where)
        if person is not None:
            return search.choice(person, rule, "", Phrase("why.owns", (source,)))
    return None


def _able(search: Search, owner: str, where: Phrase) -> Person | None:
    """The *owner* (a HubSpot id), or their backup if they are away; None: neither can take it."""
    person = search.policy.owner_by_hubspot.get(owner)
    if person is None:
        search.add_reason("owner.unknown", where, owner)
        return None
    asked: set[str] = set()
    while person.id not in asked:
        asked.add(person.id)
        code = search.obstacle(_owner_load(search, person), person)
        if code is None:
            search.add_reason("owner.able", where, person.name)
            return person
        search.add_reason("owner.member", where, search.obstacle_phrase(person, code))
        backup = search.policy.person.get(person.backup)
        if code not in UNAVAILABLE or backup is None:
            return None
        person = backup
    return None


def _owner_load(search: Search, person: Person) -> Load:
    load = search.world.loads.get(person.id)
    if load is None:
        # If they are full the rules come next, so read what those need in the same request.
        chain = needs_of_rules(
            search.policy, search.wanted.handoff, search.wanted.facts, search.now
        )
        backup = (person.backup,) if person.backup else ()
        raise NeedsData(replace(chain, people=(person.id, *backup, *chain.people)))
    return load
