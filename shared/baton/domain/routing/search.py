"""A search for an owner: its input, its state, and its possible results."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from baton.domain.conditions import Facts
from baton.domain.draft.decision import Considered
from baton.domain.phrase import Arg, Phrase
from baton.domain.policy import Handoff, Person, Policy, Pool, Wait
from baton.domain.routing.catching_up import caught_up_at
from baton.domain.routing.obstacles import BY_LOAD, Obstacle, obstacle, obstacle_phrase
from baton.domain.world.world import Load, Turns, World

#: How many loads that ruled somebody out are checked by the commit, since a transaction holds 100
#: items. Room that is made meanwhile in a further load may be missed; limits are never exceeded.
MOST_RELIED_ON = 60


class Wanted(NamedTuple):
    """A lead that needs an owner."""

    lead: str
    handoff: Handoff
    facts: Facts
    #: HubSpot owner id of the contact's owner; may be empty.
    existing_owner: str = ""
    #: The account's owner comes before the rules; false after the lead was taken from somebody.
    by_ownership: bool = True
    #: Past owners of this round, who are excluded.
    excluded: frozenset[str] = frozenset()
    #: The pool in whose queue it waits.
    waits_in: str = ""
    #: Since when it waits there; None: it does not, or its wait has timed out.
    waits_since: datetime | None = None
    #: Its wait has timed out.
    wait_timed_out: bool = False


class Choice(Struct, frozen=True, gc=False):
    """An owner, how they were found, and what the choice relied on."""

    person: Person
    rule: str
    pool: str
    why: Phrase
    because: tuple[Phrase, ...]
    considered: tuple[Considered, ...] = ()
    #: Loads that ruled others out.
    relied_on: tuple[Load, ...] = ()
    turns: tuple[Turns, ...] = ()
    #: The lead counts as an open lead of its pool.
    counts_in_pool: bool = False


class Queued(Struct, frozen=True, gc=False):
    """Nobody can take the lead now, and by the policy it waits for *pool*."""

    pool: Pool
    rule: str
    wait: Wait
    #: Who is warned about the wait, and gets the lead when it times out.
    responsible: Person | None
    because: tuple[Phrase, ...]
    considered: tuple[Considered, ...] = ()
    relied_on: tuple[Load, ...] = ()


class Search:
    """The state of a search: what is known, and the reasons so far. Every step writes into it."""

    def __init__(self, policy: Policy, wanted: Wanted, world: World, now: datetime) -> None:
        self.policy = policy
        self.wanted = wanted
        self.world = world
        self.now = now
        self.because: list[Phrase] = []
        self.considered: list[Considered] = []
        self.relied_on: dict[str, Load] = {}

    def obstacle(self, load: Load, person: Person, pool: Pool | None = None) -> Obstacle | None:
        """The first obstacle for *person*; None: there is none."""
        if person.id in self.wanted.excluded and person.active:
            return Obstacle.LET_GO
        code = obstacle(self.policy, person, load, self.now)
        if (
            code is None
            and pool is not None
            and pool.shift.takes != "regardless"
            and not self._on_shift(person, pool)
        ):
            code = Obstacle.OFF_SHIFT
        since = self.wanted.waits_since
        if code is None and pool is not None and since is not None:
            zone = self.policy.zone_of(person)
            if caught_up_at(person, load, pool, since, zone, self.now) is not None:
                code = Obstacle.CATCHING_UP
        if code in BY_LOAD:
            self.relied_on[person.id] = load
        return code

    def _on_shift(self, person: Person, pool: Pool) -> bool:
        calendar = self.policy.calendar_of(person)
        if calendar.is_open(self.now):
            return True
        if pool.shift.takes != "next_on_shift":
            return False
        return calendar.next_open(self.now) - self.now <= pool.shift.within

    def add_reason(self, id_: str, *args: Arg) -> None:
        self.because.append(Phrase(id_, args))

    def obstacle_phrase(self, person: Person, code: Obstacle) -> Phrase:
        return obstacle_phrase(person, self.world.loads.get(person.id), code)

    def choice(
        self,
        person: Person,
        rule: str,
        pool: str,
        why: Phrase,
        turns: tuple[Turns, ...] = (),
        counts_in_pool: bool = False,
    ) -> Choice:
        self.relied_on.pop(person.id, None)
        return Choice(
            person=person,
            rule=rule,
            pool=pool,
            why=why,
            because=tuple(self.because),
            considered=tuple(self.considered),
            relied_on=tuple(self.relied_on.values())[:MOST_RELIED_ON],
            turns=turns,
            counts_in_pool=counts_in_pool,
        )
