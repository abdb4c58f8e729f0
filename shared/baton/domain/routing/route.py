"""Who gets the lead: whose account it is, then the first rule that matches, its pool, fallbacks.

One order for every source, and each step says why it did not end there. What comes of every member
of a pool that was looked at is kept as one character each, see ``CODES``.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from baton.domain.conditions import Facts, holds, why_not
from baton.domain.draft.decision import Considered
from baton.domain.policy import Fallback, Handoff, Member, Person, Policy, Pool, Rule, Wait
from baton.domain.routing.capacity import fullness, local_day, take
from baton.domain.routing.turns import next_turn
from baton.domain.routing.windows import out_of_window
from baton.domain.world.world import Account, Lacks, Load, Missing, Turns, World

#: What ruled a member of a pool out, by its character in ``Considered``. Who could have taken the
#: lead is there with their place in the turn order instead: 1 has it, 9 is the last that is
#: counted, + comes later.
CODES = {
    "i": "is not active",
    "h": "already let this lead go",
    "l": "is away",
    "a": "has said to be away",
    "r": "is not taken as owner by HubSpot",
    "s": "is not on shift",
    "o": "is full",
    "d": "is full for today",
    "w": "is full for this week",
    "p": "was not asked: the pool is full",
    "q": "was not asked: others wait for the pool",
}
_ON_LEAVE = frozenset("la")
_UNAVAILABLE = frozenset("ilar")
_LATER = "+"
#: Pools of up to this many members are told of person by person, others in numbers.
_NAMED = 10
#: Rules that did not match are told of up to this many.
_RULES_TOLD = 25
#: A transaction holds 100 items: so many loads that ruled somebody out are held to their version.
#: Room made meanwhile at one beyond them is missed; that nobody is given too much never is.
_RELIED = 60


class Wanted(NamedTuple):
    """A lead that wants an owner."""

    lead: str
    handoff: Handoff
    facts: Facts
    #: HubSpot owner id of who has the contact; may be empty.
    existing_owner: str = ""
    #: Whose account it is comes first; where it was taken from somebody, that is no question.
    by_ownership: bool = True
    #: People who already let the lead go in this round.
    excluded: frozenset[str] = frozenset()
    #: The pool in whose queue it waits.
    waits_in: str = ""
    #: It has waited for as long as it may.
    gave_up: bool = False


class Choice(Struct, frozen=True):
    """An owner, how they were found, and what the finding relied on."""

    person: Person
    rule: str
    pool: str
    why: str
    because: tuple[str, ...]
    considered: tuple[Considered, ...] = ()
    #: Loads that ruled others out.
    relied: tuple[Load, ...] = ()
    turns: tuple[Turns, ...] = ()
    #: It counts among the open leads of its pool.
    counts_in_pool: bool = False


class Queued(Struct, frozen=True):
    """Nobody can take it now, and the policy says that it waits for *pool*."""

    pool: Pool
    rule: str
    wait: Wait
    #: Who is warned of the wait, and gets the lead when it is over.
    responsible: Person | None
    because: tuple[str, ...]
    considered: tuple[Considered, ...] = ()
    relied: tuple[Load, ...] = ()


def route(policy: Policy, wanted: Wanted, world: World, now: datetime) -> Choice | Queued:
    """Find an owner for the *wanted* lead.

    Raises:
        Missing: loads or turns of people who come into question are not in *world*.
    """
    return _Search(policy, wanted, world, now).answer()


def reach(policy: Policy, handoff: Handoff, facts: Facts, now: datetime) -> Lacks:
    """Every pool and person that the rules may come to for a lead of these *facts*."""
    place = first_rule(policy, handoff, facts, now)
    if place is None:
        return Lacks()
    chain = policy.chain[handoff.rules[place].pool]
    return Lacks(pools=chain.pools, people=chain.people)


def first_rule(policy: Policy, handoff: Handoff, facts: Facts, now: datetime) -> int | None:
    """The place of the first rule that counts now and matches; None: none does."""
    index = policy.rule_index.get(handoff.stage)
    places = index.candidates(facts.values) if index else range(len(handoff.rules))
    for place in places:
        rule = handoff.rules[place]
        closed = rule.window is not None and out_of_window(policy, rule, now)
        if not closed and holds(rule.when, facts):
            return place
    return None


def obstacle(policy: Policy, person: Person, load: Load, now: datetime) -> str:
    """The code of what keeps *person* from taking any lead now; empty: nothing does."""
    if not person.active:
        return "i"
    if person.time_off and any(off.start <= now < off.end for off in person.time_off):
        return "l"
    if load.refused is not None and load.refused.holds(now):
        return "r"
    if load.away is not None and load.away.holds(now):
        return "a"
    most, per_day, per_week = person.max_open, person.max_per_day, person.max_per_week
    if (
        (most is None or load.open < most)
        and (per_day is None or load.today < per_day)
        and (per_week is None or load.this_week < per_week)
    ):
        return ""  # whatever day it is for them
    full = fullness(load, most, per_day, per_week, policy.zone_of(person), now)
    return full[:1]


def said_obstacle(person: Person, load: Load | None, code: str) -> str:
    """Why *person* could not take it, as others should read it."""
    if code == "o" and load is not None:
        return f"is full ({load.open} of {person.max_open} open leads)"
    if code == "d" and load is not None:
        return f"is full for today ({load.today} of {person.max_per_day})"
    if code == "w" and load is not None:
        return f"is full for this week ({load.this_week} of {person.max_per_week})"
    return CODES[code]


class _Search:
    def __init__(self, policy: Policy, wanted: Wanted, world: World, now: datetime) -> None:
        self.policy = policy
        self.wanted = wanted
        self.world = world
        self.now = now
        self.because: list[str] = []
        self.considered: list[Considered] = []
        self.relied: dict[str, Load] = {}

    def answer(self) -> Choice | Queued:
        if self.wanted.by_ownership:
            choice = self._by_ownership()
            if choice is not None:
                return choice
        return self._by_rules()

    # --- whose account it is

    def _by_ownership(self) -> Choice | None:
        """The account's owner comes before every rule, as long as they can take it."""
        sources = self.wanted.handoff.ownership
        account = self.world.account or Account(looked=())
        if account.denied:
            self.because.append(f"account: could not be looked at, {account.denied}")
        for place, source in enumerate(sources):
            if source == "contact":
                owner, where = self.wanted.existing_owner, "the contact"
                rule, why = "existing-owner", "already owns this contact"
            elif source not in account.looked:
                # Only now: most leads are decided by what comes before, at no request at all.
                rest = tuple(one for one in sources[place:] if one != "contact")
                raise Missing(Lacks(account=rest))
            else:
                owner, what = account.owners.get(source, ("", ""))
                where = f"{_SAID[source]} {what}".strip()
                rule, why = f"{source.replace('_', '-')}-owner", f"owns {_SAID[source]}"
            if not owner:
                self.because.append(f"owner of {where}: there is none")
                continue
            person = self._able(owner, where)
            if person is not None:
                return self._choice(person, rule, "", why)
        return None

    def _able(self, owner: str, where: str) -> Person | None:
        """The *owner* (HubSpot's id), or their backup where they are away; None: neither can."""
        person = self.policy.owner_by_hubspot.get(owner)
        if person is None:
            self.because.append(f"owner of {where}: {owner} is not in the roster")
            return None
        asked: set[str] = set()
        while person.id not in asked:
            asked.add(person.id)
            code = self._code(self._owner_load(person), person)
            if not code:
                self.because.append(f"owner of {where}: {person.name} can take it")
                return person
            self.because.append(f"owner of {where}: {self._said(person, code)}")
            backup = self.policy.person.get(person.backup)
            if code not in _UNAVAILABLE or backup is None:
                return None
            person = backup
        return None

    def _owner_load(self, person: Person) -> Load:
        load = self.world.loads.get(person.id)
        if load is None:
            # Should they be full, the rules come next: asked for in the same breath.
            chain = reach(self.policy, self.wanted.handoff, self.wanted.facts, self.now)
            backup = (person.backup,) if person.backup else ()
            raise Missing(replace(chain, people=(person.id, *backup, *chain.people)))
        return load

    # --- rules, pools, fallbacks

    def _by_rules(self) -> Choice | Queued:
        rules, wanted = self.wanted.handoff.rules, self.wanted
        place = first_rule(self.policy, wanted.handoff, wanted.facts, self.now)
        tried = len(rules) if place is None else place
        self.because += [
            f"rule {rule.id}: no, {self._rule_fault(rule)}"
            for rule in rules[: min(tried, _RULES_TOLD)]
        ]
        if tried > _RULES_TOLD:
            self.because.append(f"rules: {tried - _RULES_TOLD} more did not match")
        if place is None:
            return self._last_resort("last-resort", "Nobody else", ())
        self.because.append(f"rule {rules[place].id}: yes")
        return self._by_rule(rules[place])

    def _rule_fault(self, rule: Rule) -> str:
        closed = out_of_window(self.policy, rule, self.now) if rule.window else ""
        return closed or why_not(rule.when, self.wanted.facts)

    def _by_rule(self, rule: Rule) -> Choice | Queued:
        pool, label = self.policy.pool[rule.pool], rule.label or rule.id
        self._need(pool)
        if self._others_first(pool):
            self.considered.append(Considered(pool.id, "q"))
            self.because.append(f"pool {pool.id}: others wait for it already")
            index = next(i for i, step in enumerate(pool.fallback) if step.wait is not None)
            return self._queued(pool, rule, index)
        over = not self.wanted.gave_up
        choice = self._from_pool(pool, rule, label) if over else None
        if choice is not None:
            return choice
        for index, step in enumerate(pool.fallback):
            if step.wait is not None:
                if self.wanted.gave_up:
                    self.because.append(f"pool {pool.id}: it has waited for long enough")
                    over = True
                    continue
                return self._queued(pool, rule, index)
            if not over:
                continue  # those before the wait had all the time of the wait
            choice = self._fall_back(step, rule, label)
            if choice is not None:
                return choice
        return self._last_resort(rule.id, label, pool.fallback)

    def _need(self, pool: Pool) -> None:
        """Ask for the pool and its whole chain at once: one read more, not one a step."""
        chain = self.policy.chain[pool.id]
        turns, loads = self.world.turns, self.world.loads
        if turns.keys() >= set(chain.pools) and loads.keys() >= set(chain.people):
            return
        raise Missing(
            Lacks(
                pools=tuple(p for p in chain.pools if p not in turns),
                people=tuple(p for p in chain.people if p not in loads),
            )
        )

    def _others_first(self, pool: Pool) -> bool:
        """Whether leads wait in the pool's queue whose turn comes before this one's."""
        if self.wanted.gave_up or not self.policy.chain[pool.id].waits:
            return False
        queued = self.wanted.waits_in == pool.id
        if self.world.turns[pool.id].waiting <= queued:
            return False
        if not queued:
            return True
        first = self.world.first.get(pool.id)
        if first is None:
            raise Missing(Lacks(queues=(pool.id,)))
        return first != self.wanted.lead

    def _from_pool(self, pool: Pool, rule: Rule, label: str) -> Choice | None:
        turns = self.world.turns[pool.id]
        if pool.limits.any and self._pool_is_full(pool, turns.load):
            self.considered.append(Considered(pool.id, "p"))
            return None
        free: list[Member] = []
        absent: list[Member] = []
        codes: list[str] = []
        people, loads = self.policy.person, self.world.loads
        for member in pool.members:
            person = people[member.rep]
            code = self._code(loads[member.rep], person, pool)
            codes.append(code)
            if not code:
                free.append(member)
            elif code in _ON_LEAVE:
                absent.append(member)
        self._tell(pool, codes)
        if not free:
            self.considered.append(Considered(pool.id, "".join(codes)))
            self.because.append(f"pool {pool.id}: nobody can take it")
            return None
        turn = next_turn(
            turns,
            self._least_loaded(free) if pool.choose == "least_loaded" else free,
            absent,
            pool.catch_up,
            self._day_of,
            equal=pool.choose != "weighted",
        )
        self.considered.append(Considered(pool.id, _marked(pool, codes, turn.order)))
        person = people[turn.rep]
        how = "the least loaded" if pool.choose == "least_loaded" else "next"
        self.because.append(f"pool {pool.id}: it is {person.name}'s turn among {len(free)}")
        after = turn.after
        if pool.limits.any:
            after = replace(after, load=take(after.load, self._pool_zone(pool), self.now))
        return self._choice(
            person, rule.id, pool.id, f"{label}: {how} in {pool.label}", (after,), pool.limits.any
        )

    def _pool_is_full(self, pool: Pool, load: Load) -> bool:
        limits = pool.limits
        zone = self._pool_zone(pool)
        full = fullness(load, limits.open, limits.per_day, limits.per_week, zone, self.now)
        if full == "open":
            self.because.append(f"pool {pool.id}: is full ({load.open} of {limits.open} open)")
        elif full:
            self.because.append(f"pool {pool.id}: is full for this {full}")
        return bool(full)

    def _pool_zone(self, pool: Pool) -> str:
        calendar = self.policy.calendars.get(pool.calendar)
        return str(calendar["tz"]) if calendar else "UTC"

    def _least_loaded(self, free: list[Member]) -> list[Member]:
        """Those of *free* who carry the least, measured by what they can carry. Among equals it is
        a matter of turns."""
        carried = [self._share_carried(member) for member in free]
        least = min(carried)
        return [one for one, share in zip(free, carried, strict=True) if share <= least]

    def _share_carried(self, member: Member) -> float:
        most = self.policy.person[member.rep].max_open
        return self.world.loads[member.rep].open / most if most else 0.0

    def _day_of(self, rep: str) -> str:
        return local_day(self.policy.zone_of(self.policy.person[rep]), self.now)

    def _fall_back(self, step: Fallback, rule: Rule, label: str) -> Choice | None:
        if step.pool:
            self.because.append(f"fallback: pool {step.pool}")
            return self._from_pool(self.policy.pool[step.pool], rule, label)
        person: Person | None = self.policy.person[step.person]
        asked: set[str] = set()
        # Managers have no limits, but they go on holiday.
        while person is not None and person.id not in asked:
            asked.add(person.id)
            load = self.world.loads.get(person.id)
            if load is None:
                raise Missing(Lacks(people=(person.id,)))
            code = self._code(load, person)
            if not code:
                return self._person(person, rule.id, label)
            self.because.append(f"fallback: {self._said(person, code)}")
            person = self.policy.person.get(person.backup)
        return None

    def _last_resort(self, rule: str, label: str, chain: tuple[Fallback, ...]) -> Choice:
        """A manager, whatever their state: a lead is never nowhere. Of those whom the chain names
        the last, who was to have it in the end."""
        policy = self.policy
        named = [policy.person[step.person] for step in reversed(chain) if step.person]
        managers = [person for person in policy.people if person.role == "manager"]
        candidates = [*named, *managers] or list(policy.people)
        able = [p for p in candidates if p.active and p.id not in self.wanted.excluded]
        active = able or [p for p in candidates if p.active] or candidates
        return self._person(active[0], rule, label)

    def _queued(self, pool: Pool, rule: Rule, index: int) -> Queued:
        wait = pool.fallback[index].wait
        assert wait is not None
        named = (step.person for step in pool.fallback[index + 1 :] if step.person)
        responsible = next((self.policy.person[person] for person in named), None)
        self.because.append(f"pool {pool.id}: it waits for room there")
        return Queued(
            pool=pool,
            rule=rule.id,
            wait=wait,
            responsible=responsible,
            because=tuple(self.because),
            considered=tuple(self.considered),
            relied=tuple(self.relied.values())[:_RELIED],
        )

    # --- one person

    def _code(self, load: Load, person: Person, pool: Pool | None = None) -> str:
        """The first thing that rules *person* out; empty when nothing does."""
        if person.id in self.wanted.excluded and person.active:
            return "h"
        code = obstacle(self.policy, person, load, self.now)
        if (
            not code
            and pool is not None
            and pool.shift.takes != "regardless"
            and not self._on_shift(person, pool)
        ):
            code = "s"
        if code and code not in "ihls":
            self.relied[person.id] = load
        return code

    def _on_shift(self, person: Person, pool: Pool) -> bool:
        calendar = self.policy.calendar_of(person)
        if calendar.is_open(self.now):
            return True
        if pool.shift.takes != "next_on_shift":
            return False
        return calendar.next_open(self.now) - self.now <= pool.shift.within

    def _said(self, person: Person, code: str) -> str:
        return f"{person.name} {said_obstacle(person, self.world.loads.get(person.id), code)}"

    def _tell(self, pool: Pool, codes: list[str]) -> None:
        if len(codes) > _NAMED:
            out = Counter(code for code in codes if code)
            self.because += [f"pool {pool.id}: {n} {_SAID_OF_MANY[c]}" for c, n in out.items()]
            return
        for member, code in zip(pool.members, codes, strict=True):
            if code:
                person = self.policy.person[member.rep]
                self.because.append(f"pool {pool.id}: {self._said(person, code)}")

    def _person(self, person: Person, rule: str, label: str) -> Choice:
        self.because.append(f"fallback: {person.name} takes it; nobody else can")
        return self._choice(person, rule, "", f"{label}: nobody in the pools was free")

    def _choice(
        self,
        person: Person,
        rule: str,
        pool: str,
        why: str,
        turns: tuple[Turns, ...] = (),
        counts_in_pool: bool = False,
    ) -> Choice:
        self.relied.pop(person.id, None)
        return Choice(
            person=person,
            rule=rule,
            pool=pool,
            why=why,
            because=tuple(self.because),
            considered=tuple(self.considered),
            relied=tuple(self.relied.values())[:_RELIED],
            turns=turns,
            counts_in_pool=counts_in_pool,
        )


_SAID = {
    "open_deal": "the open deal",
    "company": "the company",
    "parent_company": "the parent company",
    "domain": "the company of the e-mail domain",
}
_SAID_OF_MANY = {
    "i": "are not active",
    "h": "already let this lead go",
    "l": "are away",
    "a": "have said to be away",
    "r": "are not taken as owners by HubSpot",
    "s": "are not on shift",
    "o": "are full",
    "d": "are full for today",
    "w": "are full for this week",
}


def _marked(pool: Pool, codes: list[str], order: tuple[str, ...]) -> str:
    """*codes* with the places of those who could take it in the order of turns."""
    place = {rep: str(number) for number, rep in enumerate(order, 1)}
    marks = [
        code or place.get(member.rep, _LATER)
        for member, code in zip(pool.members, codes, strict=True)
    ]
    return "".join(marks)
