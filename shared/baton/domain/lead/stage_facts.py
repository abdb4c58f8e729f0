"""Stages as they were seen, and where a lead stands by them."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct


class StageFact(Struct, frozen=True, gc=False, array_like=True):
    """The lead was seen to enter *stage*, or was deliberately moved there by transition *via*."""

    at: datetime
    stage: str
    #: Name of a reverse transition; empty for everything that is only observed.
    via: str = ""
    #: Who changed it, in the words of the system that said so.
    source: str = ""


class StageTimes(Struct, frozen=True, gc=False, array_like=True):
    """When a stage was entered, and for how long (up to the last known move)."""

    first: datetime
    last: datetime
    count: int = 1
    spent: timedelta = timedelta()
    #: The lead skipped the stage, and the policy counts it as entered and left at that moment.
    filled: bool = False


class LifecycleState(Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a lead stands, worked out from its stage facts alone."""

    stage: str = ""
    since: datetime | None = None
    times: dict[str, StageTimes] = {}
    #: Facts that would have moved the lead backward: seen, not obeyed.
    refused: tuple[StageFact, ...] = ()
    #: How often it went off the way so far (recycled, disqualified).
    rounds: int = 0
