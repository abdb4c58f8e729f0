"""The clock of a target: its deadline and the instants of its ladder."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from baton.domain.policy.sla import Recipient


class ArmedRung(Struct, frozen=True, gc=False, array_like=True):
    """A rung of a ladder at its instant, fixed when the clock was armed, whatever the policy says
    later.
    """

    at: datetime
    kind: Literal["warn", "breach", "escalate", "pull_back", "close", "release", "give_up"]
    to: Recipient = "owner"
    #: How time is counted on the way to it; empty: as the clock counts.
    time: Literal["", "working", "wall"] = ""


class DeferredNotice(Struct, frozen=True, gc=False, array_like=True):
    """A notice for a climbed *rung* whose recipient was not at work: they are told *at*.

    The lead keeps it, not the clock, so that it survives a pause of the clock or a pull-back.
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
    """The clock of a target, with the ladder it started with."""

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
    #: It counts every hour of the day instead of working time.
    wall: bool = False
    #: Since when it is paused, and for which of the policy's pauses; None: it is not.
    paused_at: datetime | None = None
    paused_for: tuple[str, ...] = ()
    #: Its earlier pauses.
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    #: Calendar id by which it counts; empty: the owner's.
    calendar: str = ""
    #: Label of the lead once the ladder has ended.
    ends_as: str = ""
    #: What stopped it, if the stop may be taken back and the remaining rungs are kept:
    #: ``condition`` (the policy's ``stops_when``), or ``touch`` (reported by the owner and not seen
    #: elsewhere, or seen as an act that may still come to nothing).
    stopped_by: Literal["", "condition", "touch"] = ""

    @property
    def running(self) -> bool:
        """Whether it has not been stopped; it may be paused."""
        return self.stopped_at is None

    @property
    def next_rung(self) -> ArmedRung | None:
        # ``running``, written out: asked several times of each clock in every decision.
        if self.stopped_at is None and self.paused_at is None and self.climbed < len(self.ladder):
            return self.ladder[self.climbed]
        return None

    @property
    def at_the_end(self) -> bool:
        """Whether it is still running with no rung left."""
        return self.running and bool(self.ladder) and self.climbed == len(self.ladder)

    def stop(self, at: datetime) -> Clock:
        """The clock stopped for good, without its remaining rungs, which are most of its size. A
        clock that is stopped already keeps its time.
        """
        return msgspec.structs.replace(
            self,
            stopped_at=self.stopped_at or at,
            stopped_by="",
            ladder=self.ladder[: self.climbed],
            paused_at=None,
            paused_for=(),
        )

    def suspend(self, at: datetime, by: Literal["condition", "touch"]) -> Clock:
        """The clock stopped in a way that may be taken back: ``undo_stop`` needs its rungs."""
        return msgspec.structs.replace(
            self, stopped_at=at, stopped_by=by, paused_at=None, paused_for=()
        )
