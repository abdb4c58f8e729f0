"""A search for an owner: what it is for, what it has found out so far, and what it may answer."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from baton.domain.conditions import Facts
from baton.domain.draft.decision import Considered
from baton.domain.phrase import Arg, Phrase
from baton.domain.policy import Handoff, Person, Policy, Pool, Wait
from baton.domain.routing.obstacles import BY_LOAD, Obstacle, obstacle, told_obstacle
from baton.domain.world.world import Load, Turns, World

#: A transaction holds 100 items: so many loads that ruled somebody out are held to their version.
#: Room made meanwhile at one beyond them is missed; that nobody is given too much never is.
RELIED = 60


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


class Choice(Struct, frozen=True, gc=False):
    """An owner, how they were found, and what the finding relied on."""

    person: Person
    rule: str
    pool: str
    why: Phrase
    because: tuple[Phrase, ...]
    considered: tuple[Considered, ...] = ()
    #: Loads that ruled others out.
    relied: tuple[Load, ...] = ()
    turns: tuple[Turns, ...] = ()
    #: It counts among the open leads of its pool.
    counts_in_pool: bool = False


class Queued(Struct, frozen=True, gc=False):
    """Nobody can take it now, and the policy says that it waits for *pool*."""

    pool: Pool
    rule: str
    wait: Wait
    #: Who is warned of the wait, and gets the lead when it is over.
    responsible: Person | None
    because: tuple[Phrase, ...]
    considered: tuple[Considered, ...] = ()
    relied: tuple[Load, ...] = ()


class Search:
    """What a search knows and has said so far; every step of the order writes into it."""

    def __init__(self, policy: Policy, wanted: Wanted, world: World, now: datetime) -> None:
        self.policy = policy
        self.wanted = wanted
        self.world = world
        self.now = now
        self.because: list[Phrase] = []
        self.considered: list[Considered] = []
        self.relied: dict[str, Load] = {}

    def obstacle(self, load: Load, person: Person, pool: Pool | None = None) -> Obstacle | None:
        """The first thing that rules *person* out; None: nothing does."""
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
        if code in BY_LOAD:
            self.relied[person.id] = load
        return code

    def _on_shift(self, person: Person, pool: Pool) -> bool:
        calendar = self.policy.calendar_of(person)
        if calendar.is_open(self.now):
            return True
        if pool.shift.takes != "next_on_shift":
            return False
        return calendar.next_open(self.now) - self.now <= pool.shift.within

    def say(self, id_: str, *args: Arg) -> None:
        self.because.append(Phrase(id_, args))

    def told(self, person: Person, code: Obstacle) -> Phrase:
        return told_obstacle(person, self.world.loads.get(person.id), code)

    def choice(
        self,
        person: Person,
        rule: str,
        pool: str,
        why: Phrase,
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
            relied=tuple(self.relied.values())[:RELIED],
            turns=turns,
            counts_in_pool=counts_in_pool,
        )
