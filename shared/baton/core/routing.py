"""Who gets the lead: existing owner, then the first rule that matches, its pool, its fallbacks.

One ownership model for every source, in a stated order, and each step says why it did not end
there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import inf
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from baton.core.conditions import Facts, why_not
from baton.core.policy import Member, Person, Policy, Pool
from baton.core.world import Lacks, Load, Seat, Turns, World

#: Deadlines closer than this are a tie.
_EQUAL = 1e-9
_NEW = Seat()


class Choice(Struct, frozen=True):
    """An owner, how they were found, and what the finding relied on."""

    person: Person
    rule: str
    pool: str
    why: str
    because: tuple[str, ...]
    #: The chosen person's load and the loads that ruled others out.
    load: Load
    relied: tuple[Load, ...]
    turns: tuple[Turns, ...]


class Missing(Exception):
    """The world does not hold what the answer depends on."""

    def __init__(self, lacks: Lacks) -> None:
        super().__init__(lacks)
        self.lacks = lacks


def route(
    policy: Policy,
    facts: Facts,
    existing_owner: str,
    excluded: frozenset[str],
    world: World,
    now: datetime,
) -> Choice:
    """Choose the owner of a lead described by *facts*.

    Args:
        existing_owner: HubSpot owner id of who has the contact or its account; may be empty.
        excluded: People who already let the lead go in this round.

    Raises:
        Missing: loads or turns of people who come into question are not in *world*.
    """
    search = _Search(policy, excluded, world, now)
    owner = policy.owner_by_hubspot.get(existing_owner)
    if owner is not None and owner.id not in world.loads:
        # Should they be full, the rules come next: asked for in the same breath.
        chain = reach(policy, facts)
        raise Missing(replace(chain, people=(owner.id, *chain.people)))
    return search.existing(existing_owner) or search.by_rules(facts)


def reach(policy: Policy, facts: Facts) -> Lacks:
    """Every pool and person that the rules may come to for a lead of these *facts*."""
    for rule in policy.rules:
        if not why_not(rule.when, facts):
            return Lacks(pools=policy.chain[rule.pool].pools, people=policy.chain[rule.pool].people)
    return Lacks()


def load_of(world: World, person: str) -> Load:
    """Raises Missing when the world does not hold it."""
    found = world.loads.get(person)
    if found is None:
        raise Missing(Lacks(people=(person,)))
    return found


def take(load: Load, day: str) -> Load:
    """*load* with one lead more, assigned on local date *day*."""
    return replace(load, open=load.open + 1, day=day, today=load.on(day) + 1)


def release(load: Load) -> Load:
    """*load* with one open lead less; what was assigned today stays assigned today."""
    return replace(load, open=max(0, load.open - 1))


def local_day(policy: Policy, person: Person, now: datetime) -> str:
    return now.astimezone(ZoneInfo(policy.calendars[person.calendar]["tz"])).date().isoformat()


class _Search:
    def __init__(
        self, policy: Policy, excluded: frozenset[str], world: World, now: datetime
    ) -> None:
        self.policy = policy
        self.excluded = excluded
        self.world = world
        self.now = now
        self.because: list[str] = []
        self.relied: dict[str, Load] = {}

    def existing(self, owner: str) -> Choice | None:
        """The account's owner comes before every rule, as long as they can take it."""
        if not owner:
            self.because.append("existing owner: the contact has none")
            return None
        person = self.policy.owner_by_hubspot.get(owner)
        if person is None:
            self.because.append(f"existing owner: {owner} is not in the roster")
            return None
        obstacle = self._obstacle(person)
        if obstacle:
            self.because.append(f"existing owner: {person.name} {obstacle}")
            return None
        self.because.append(f"existing owner: {person.name} already has the contact")
        return self._choice(person, "existing-owner", "", "already owns this contact", ())

    def by_rules(self, facts: Facts) -> Choice:
        for rule in self.policy.rules:
            fault = why_not(rule.when, facts)
            if fault:
                self.because.append(f"rule {rule.id}: no, {fault}")
                continue
            self.because.append(f"rule {rule.id}: yes")
            pool = self.policy.pool[rule.pool]
            self._need(pool)
            label = rule.label or rule.id
            return self._from_pool(pool, rule.id, label) or self._fall_back(pool, rule.id, label)
        return self._last_resort()

    def _need(self, pool: Pool) -> None:
        """Ask for the pool and its whole chain at once: one read more, not one a step."""
        chain = self.policy.chain[pool.id]
        pools, people = chain.pools, chain.people
        turns, loads = self.world.turns, self.world.loads
        if all(p in turns for p in pools) and all(p in loads for p in people):
            return
        raise Missing(
            Lacks(
                pools=tuple(p for p in pools if p not in turns),
                people=tuple(p for p in people if p not in loads),
            )
        )

    def _from_pool(self, pool: Pool, rule: str, label: str) -> Choice | None:
        free: list[Member] = []
        for member in pool.members:
            person = self.policy.person[member.rep]
            obstacle = self._obstacle(person)
            if obstacle:
                self.because.append(f"pool {pool.id}: {person.name} {obstacle}")
            else:
                free.append(member)
        if not free:
            self.because.append(f"pool {pool.id}: nobody can take it")
            return None
        turns = self.world.turns[pool.id]
        chosen, after = next_turn(turns, free)
        person = self.policy.person[chosen]
        self.because.append(f"pool {pool.id}: it is {person.name}'s turn among {len(free)}")
        return self._choice(person, rule, pool.id, f"{label}: next in {pool.label}", (after,))

    def _fall_back(self, pool: Pool, rule: str, label: str) -> Choice:
        for step in pool.fallback:
            if step.pool:
                self.because.append(f"fallback: pool {step.pool}")
                choice = self._from_pool(self.policy.pool[step.pool], rule, label)
                if choice is not None:
                    return choice
                continue
            person = self.policy.person[step.person]
            if not person.active:
                self.because.append(f"fallback: {person.name} is not active")
                continue
            return self._person(person, rule, label)
        return self._last_resort()

    def _last_resort(self) -> Choice:
        """A manager, whatever their state: a lead is never nowhere. Policies end every chain in
        an active person, so this is for the day a roster has gone wrong."""
        managers = [p for p in self.policy.people if p.role == "manager"]
        active = [p for p in managers if p.active] or managers or list(self.policy.people)
        return self._person(active[0], "last-resort", "Nobody else")

    def _person(self, person: Person, rule: str, label: str) -> Choice:
        self.because.append(f"fallback: {person.name} takes it; nobody else can")
        return self._choice(person, rule, "", f"{label}: nobody in the pools was free", ())

    def _obstacle(self, person: Person) -> str:
        """The first thing that rules *person* out; empty when nothing does."""
        if not person.active:
            return "is not active"
        if person.id in self.excluded:
            return "already let this lead go"
        if person.time_off and any(o.start <= self.now < o.end for o in person.time_off):
            return "is away"
        if person.max_open is None and person.max_per_day is None:
            return ""
        load = load_of(self.world, person.id)
        if person.max_open is not None and load.open >= person.max_open:
            self.relied[person.id] = load
            return f"is full ({load.open} of {person.max_open} open leads)"
        # Asking the calendar what day it is costs more than all the rest: only if it matters.
        if person.max_per_day is not None and load.today >= person.max_per_day:
            today = load.on(local_day(self.policy, person, self.now))
            if today >= person.max_per_day:
                self.relied[person.id] = load
                return f"is full for today ({today} of {person.max_per_day})"
        return ""

    def _choice(
        self, person: Person, rule: str, pool: str, why: str, turns: tuple[Turns, ...]
    ) -> Choice:
        load = load_of(self.world, person.id)
        self.relied.pop(person.id, None)
        return Choice(
            person=person,
            rule=rule,
            pool=pool,
            why=why,
            because=tuple(self.because),
            load=load,
            relied=tuple(self.relied.values()),
            turns=turns,
        )


def next_turn(turns: Turns, free: Iterable[Member]) -> tuple[str, Turns]:
    """Whose turn it is among *free*, and the turns after it.

    Tijdeman's rule for the chairman assignment problem: each turn owes every free member their
    share; of those who are owed enough, the one whose next turn falls due first is served. Every
    member's count stays within one of what they are owed, for any weights, which the usual smooth
    weighted round robin does not achieve. Members who cannot take the turn are owed nothing by it.
    Ties go to the order in the pool.
    """
    members = tuple(free)
    total = sum(member.weight for member in members)
    # With one member there is nothing to spread; the rule's constant needs two.
    slack = 1 / (2 * max(2, len(members)) - 2)
    seats = dict(turns.seats)
    # One pass over the pool: this runs for every lead, with up to 80 members.
    ready = late = ""
    ready_due = late_due = inf
    for member in members:
        rep, share = member.rep, member.weight / total
        seat = seats.get(rep, _NEW)
        owed, had = seat.owed + share, seat.had
        credit = owed - had
        deadline = (1 - slack - credit) / share
        if credit >= slack - _EQUAL:
            if deadline < ready_due - _EQUAL:
                ready_due, ready = deadline, rep
        elif deadline < late_due - _EQUAL:
            late_due, late = deadline, rep
        seats[rep] = _settled(owed, had)
    chosen = ready or late
    seats[chosen] = _settled(seats[chosen].owed, seats[chosen].had + 1)
    return chosen, replace(turns, seats=seats)


def _settled(owed: float, had: int) -> Seat:
    """Only the difference matters; keeping both small keeps the sums exact for ever."""
    if had and owed >= 1:
        whole = min(had, int(owed))
        return Seat(round(owed - whole, 12), had - whole)
    return Seat(owed, had)
