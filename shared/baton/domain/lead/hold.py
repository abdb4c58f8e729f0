"""What a lead waits for: room in a pool, or data that its next stage requires."""

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
    #: Index of its tier in the policy: 0 is the hottest.
    heat: int
    #: The clock of the wait: it warns the next person in the chain, then gives them the lead.
    clock: Clock
    #: When time alone may make room: a day begins, somebody comes back; None: never.
    look_at: datetime | None = None
    #: By when somebody who is there must be told of it.
    tell_at: datetime | None = None


class Held(Struct, frozen=True, gc=False, omit_defaults=True):
    """What keeps a lead from going on at a stage."""

    #: The stage it may not enter yet, and the transition it would make; empty: HubSpot has it in
    #: that stage already.
    stage: str
    move: str
    since: datetime
    #: Field ids; alternatives are joined by a slash.
    missing: tuple[str, ...]
    #: Criteria that do not hold.
    unmet: tuple[Text, ...]
    clock: Clock
    #: How often those who can fill it in were told.
    told: int = 1
    #: Whether the owner requested the move; if not, Baton makes it when its conditions hold.
    asked: bool = False
