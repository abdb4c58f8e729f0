"""A promise with the instants of its ladder."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from baton.domain.policy.sla import Recipient


class ArmedRung(Struct, frozen=True, gc=False, array_like=True):
    """A rung of a ladder at its instant. It was worked out when the clock was armed and stays,
    whatever the policy says later."""

    at: datetime
    kind: Literal["warn", "breach", "escalate", "pull_back", "close", "release", "give_up"]
    to: Recipient = "owner"
    #: How time is counted on the way to it; empty: as the clock counts.
    time: Literal["", "working", "wall"] = ""


class DeferredNotice(Struct, frozen=True, gc=False, array_like=True):
    """A *rung* was climbed at its time, and its recipient, who was not at work, is told *at*.

    The lead keeps it, and not the clock: what has happened stays so when the clock stands still,
    or the lead is pulled back.
    """

    at: datetime
    rung: ArmedRung
    #: Whose clock it was: the assignment, and the person.
    number: int
    person: str
    target: str
    label: str
    due_at: datetime


class Clock(Struct, frozen=True, gc=False, omit_defaults=True):
    """A running promise with the ladder it started under."""

    target: str
    label: str
    stops_on: Literal["accept", "touch", "disposition", "activity", "complete", "room", ""]
    started_at: datetime
    due_at: datetime
    ladder: tuple[ArmedRung, ...]
    #: Rungs already climbed.
    climbed: int = 0
    stopped_at: datetime | None = None
    #: Subject of the HubSpot task that goes with it; empty: none.
    task: str = ""
    #: It counts every hour of the day, and not working time.
    wall: bool = False
    #: Since when it stands still, and for which of the policy's pauses; None: it does not.
    paused_at: datetime | None = None
    paused_for: tuple[str, ...] = ()
    #: When it stood still before.
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    #: Calendar id by which it counts; empty: the owner's.
    calendar: str = ""
    #: What the lead is called once the ladder is climbed to its end.
    ends_as: str = ""
    #: The stop may be taken back, so the rungs it did not come to are kept: ``condition`` (the
    #: policy's ``stops_when``), or ``touch`` (reported by the owner, not seen elsewhere).
    stopped_by: Literal["", "condition", "touch"] = ""

    @property
    def running(self) -> bool:
        """It has not been stopped by its act; it may stand still."""
        return self.stopped_at is None

    @property
    def next_rung(self) -> ArmedRung | None:
        if self.running and self.paused_at is None and self.climbed < len(self.ladder):
            return self.ladder[self.climbed]
        return None

    @property
    def at_the_end(self) -> bool:
        """Nobody acted, and no rung is left that would change it."""
        return self.running and bool(self.ladder) and self.climbed == len(self.ladder)

    def stop(self, at: datetime) -> Clock:
        """The clock stopped for good, without the rungs it did not come to: they were most of its
        size. One that is stopped already keeps its time."""
        return msgspec.structs.replace(
            self,
            stopped_at=self.stopped_at or at,
            stopped_by="",
            ladder=self.ladder[: self.climbed],
            paused_at=None,
            paused_for=(),
        )

    def suspend(self, at: datetime, by: Literal["condition", "touch"]) -> Clock:
        """The clock stopped by what may be taken back: ``go on`` needs its rungs."""
        return msgspec.structs.replace(
            self, stopped_at=at, stopped_by=by, paused_at=None, paused_for=()
        )
