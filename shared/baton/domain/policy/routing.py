"""Who may get a lead: territories, segments, rules, pools, and the people in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from msgspec import Struct

from baton.domain.policy.criteria import When


class Territory(Struct, frozen=True):
    id: str
    label: str
    when: When
    #: Calendar id, for targets that count by the lead's territory; empty: none.
    calendar: str = ""


class Segment(Struct, frozen=True):
    id: str
    label: str
    when: When


class Window(Struct, frozen=True, omit_defaults=True):
    """When a rule is active: in [``start``, ``end``), and inside or outside a calendar's hours."""

    start: datetime | None = None
    end: datetime | None = None
    calendar: str = ""
    hours: Literal["", "inside", "outside"] = ""


class Rule(Struct, frozen=True):
    """A named routing rule: the first whose ``when`` holds sends the lead to ``pool``."""

    id: str
    when: When
    pool: str
    label: str = ""
    #: None: it is always active.
    window: Window | None = None


#: Whose owner comes before every rule: the open deal's, the contact's own, its company's, the
#: parent company's, or that of the company with the contact's e-mail domain.
Ownership = Literal["open_deal", "contact", "company", "parent_company", "domain"]


class Handoff(Struct, frozen=True):
    """A handoff: a lead that enters ``stage`` gets an owner by these rules."""

    stage: str
    label: str
    rules: tuple[Rule, ...]
    #: Asked in this order before any rule; empty: only rules decide.
    ownership: tuple[Ownership, ...] = ()


class Limits(Struct, frozen=True, omit_defaults=True):
    """What a person or a pool may carry; None: no limit. Days and weeks are local."""

    open: int | None = None
    per_day: int | None = None
    per_week: int | None = None

    @property
    def any(self) -> bool:
        return not (self.open is None and self.per_day is None and self.per_week is None)


class Member(Struct, frozen=True):
    rep: str
    #: Share of the pool's turns relative to the other members.
    weight: int = 1


class Wait(Struct, frozen=True):
    """The lead waits for room for up to ``within``; after ``warn_after`` (None: never) the next
    person in the chain is warned. Both count that person's working time.
    """

    within: timedelta
    warn_after: timedelta | None = None


class Fallback(Struct, frozen=True, omit_defaults=True):
    """Where a lead goes when a pool has nobody: another pool, the queue, or a manager."""

    pool: str = ""
    person: str = ""
    wait: Wait | None = None


class Shift(Struct, frozen=True, omit_defaults=True):
    """Whether members take leads outside their hours: always, never, or only if their next shift
    begins within ``within``.
    """

    takes: Literal["regardless", "on_shift", "next_on_shift"] = "regardless"
    within: timedelta = timedelta()


class CatchUp(Struct, frozen=True, omit_defaults=True):
    """What members are owed for the turns of their leave: nothing, everything, or everything but no
    more than ``per_day`` extra leads a day."""

    kind: Literal["none", "capped", "full"] = "none"
    per_day: int = 0


#: How a pool chooses among its free members.
PoolChoice = Literal["round_robin", "weighted", "least_loaded"]


class Pool(Struct, frozen=True):
    id: str
    label: str
    members: tuple[Member, ...]
    fallback: tuple[Fallback, ...]
    choose: PoolChoice = "weighted"
    #: Limits of all members together, counting only leads from this pool.
    limits: Limits = Limits()
    #: By whose zone and week a day and a week of ``limits`` begin.
    calendar: str = ""
    shift: Shift = Shift()
    catch_up: CatchUp = CatchUp()
    #: With no catch-up: the least time between two leads that waited while a member was away.
    queue_each: timedelta = timedelta(minutes=30)


class Counting(Struct, frozen=True, omit_defaults=True):
    """Which of a person's leads count as open."""

    #: A lead owned for longer than this does not count any more; None: it always counts.
    forget_after: timedelta | None = None
    snoozed: bool = False
    #: How long a lead whose snooze is over waits for room with its owner, in their working time.
    wait_for_room: timedelta = timedelta(hours=4)


class ByHand(Struct, frozen=True, omit_defaults=True):
    """What a change of the owner in HubSpot by somebody else means. ``follow``: it is a
    reassignment; ``put_back``: Baton's owner is written again; ``ask``: it stays, and RevOps is
    asked.
    """

    #: The new owner is in the roster, and active.
    owner: Literal["follow", "ask", "put_back"] = "follow"
    #: The owner was emptied; ``route``: routing finds the next one.
    cleared: Literal["route", "ask", "put_back"] = "route"
    #: The new owner is a queue, somebody whom the roster does not know, or inactive.
    unknown: Literal["ask", "put_back"] = "ask"


class Chain(NamedTuple):
    """What a pool and its fallbacks can reach."""

    pools: tuple[str, ...]
    people: tuple[str, ...]
    every_pool: frozenset[str]
    everybody: frozenset[str]
    #: A lead that finds nobody may wait in this pool's queue.
    waits: bool = False


#: In place of a limit that does not exist. It is no infinity, because Python compares small whole
#: numbers much faster.
UNLIMITED = 10**9


class Seats(NamedTuple):
    """The members of a pool in columns, in the pool's order, with what does not depend on the lead.
    A member's place is their index.
    """

    reps: tuple[str, ...]
    people: tuple[Person, ...]
    #: Person id -> place.
    place: dict[str, int]
    #: Open leads at which a member must be looked at closely: their limit (``UNLIMITED`` if they
    #: have none); zero, so always, if they are inactive or have time off in the roster.
    max_open: tuple[int, ...]
    max_per_day: tuple[int, ...]
    max_per_week: tuple[int, ...]


def seats_of(people: tuple[Person, ...]) -> Seats:
    """The seats of a pool whose members are *people*."""
    reps = tuple(person.id for person in people)
    return Seats(
        reps,
        people,
        {rep: place for place, rep in enumerate(reps)},
        tuple(_max_open(person) for person in people),
        tuple(_limit(person.max_per_day) for person in people),
        tuple(_limit(person.max_per_week) for person in people),
    )


def _max_open(person: Person) -> int:
    return _limit(person.max_open) if person.active and not person.time_off else 0


def _limit(limit: int | None) -> int:
    return UNLIMITED if limit is None else limit


class TimeOff(Struct, frozen=True):
    start: datetime
    end: datetime


class Rota(Struct, frozen=True):
    """People on duty in turns. A turn begins at local midnight of the calendar's zone."""

    people: tuple[str, ...]
    #: Day on which the first turn of the first person begins.
    starts: date
    #: Days of a turn.
    days: int
    calendar: str


class Person(Struct, frozen=True):
    """A rep or a manager. Managers have no capacity limit and may own leads as the last resort."""

    id: str
    name: str
    role: Literal["rep", "manager"]
    hubspot_owner: str
    slack_user: str
    calendar: str
    #: Person id of the manager; for a manager, the director or empty.
    manager: str = ""
    team: str = ""
    #: Open leads and leads a local day; None: no limit.
    max_open: int | None = None
    max_per_day: int | None = None
    active: bool = True
    time_off: tuple[TimeOff, ...] = ()
    max_per_week: int | None = None
    #: Who takes the leads of accounts they own while they are away; person id or empty.
    backup: str = ""
    #: HubSpot's id of them as a user, by which changes name them; empty: not known.
    hubspot_user: str = ""
