"""What a lead is asked about: a change in HubSpot that was not followed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


class Question(Struct, frozen=True, gc=False, omit_defaults=True):
    """A change of the stage that a person must answer; it goes when HubSpot and Baton agree again,
    or HubSpot shows another change. A loop's source is Baton, its ``source_id`` the version of the
    policy.
    """

    #: forward: a move by a trigger that no transition allows; backward: a move back, or a clearing;
    #: hold: such a forward move waits, held before its stage, for a trigger that may make it;
    #: rest: a move during the cool-off waits for its end; loop: Baton's own moves lead in a circle,
    #: so it makes none of them.
    kind: Literal["forward", "backward", "hold", "rest", "loop"]
    #: The stage that Baton keeps, and the one set in HubSpot (empty: it was cleared), or the next
    #: of the loop.
    kept: str
    to: str
    #: Who set it, and which one of that kind.
    source: str
    at: datetime
    source_id: str = ""
