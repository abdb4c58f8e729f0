"""What a lead waits for: room in a pool, or what its next stage asks for."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from baton.domain.lead.clock import Clock
from baton.domain.phrase import Text


class Waiting(Struct, frozen=True, gc=False, omit_defaults=True):
    """A place in a pool's queue: nobody was free, and the policy says that the lead waits."""

    pool: str
    #: Stage of the handoff it waits in.
    handoff: str
    since: datetime
    #: Place of its tier in the policy: 0 is the hottest.
    heat: int
    #: Warns whoever comes next in the chain, and gives up in their favour.
    clock: Clock
    #: When time alone may make room: a day begins, somebody comes back; None: it makes none.
    look_at: datetime | None = None


class Held(Struct, frozen=True, gc=False, omit_defaults=True):
    """What keeps a lead from going on at a stage."""

    #: The stage it may not enter yet, and the transition it would take by itself; empty: it stands
    #: there in HubSpot already.
    stage: str
    move: str
    since: datetime
    #: Field ids; of several that would do, joined by a stroke.
    missing: tuple[str, ...]
    #: Criteria that do not hold.
    unmet: tuple[Text, ...]
    clock: Clock
    #: How often those who can fill it in were told.
    told: int = 1
    #: The owner asked for the move; else Baton makes it when its conditions hold.
    asked: bool = False
