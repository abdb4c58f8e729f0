"""Who may get a lead: territories, segments, rules, pools, and the people in them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from baton.core.policy.criteria import When


class Territory(Struct, frozen=True):
    id: str
    label: str
    when: When


class Segment(Struct, frozen=True):
    id: str
    label: str
    when: When


class Rule(Struct, frozen=True):
    """A named routing rule: the first whose ``when`` holds sends the lead to ``pool``."""

    id: str
    when: When
    pool: str
    label: str = ""


class Member(Struct, frozen=True):
    rep: str
    #: Share of the pool's turns relative to the other members.
    weight: int = 1


class Fallback(Struct, frozen=True, omit_defaults=True):
    """Where a lead goes when a pool has nobody: another pool, or a person (a manager)."""

    pool: str = ""
    person: str = ""


class Pool(Struct, frozen=True):
    id: str
    label: str
    members: tuple[Member, ...]
    fallback: tuple[Fallback, ...]


class Chain(NamedTuple):
    """What a pool and its fallbacks can reach."""

    pools: tuple[str, ...]
    people: tuple[str, ...]


class TimeOff(Struct, frozen=True):
    start: datetime
    end: datetime


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
