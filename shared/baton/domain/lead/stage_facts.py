"""Stage facts, and the lifecycle state computed from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

#: The end of a rest of which there is none: the lead was recycled as often as its track allows.
NO_WAY_BACK = datetime(9999, 1, 1, tzinfo=UTC)


class StageFact(Struct, frozen=True, gc=False, array_like=True):
    """The lead was seen to enter *stage*, or was deliberately moved there by transition *via*."""

    at: datetime
    #: Empty: the stage was cleared. A value that the policy did not know is kept as HubSpot has it.
    stage: str
    #: Id of a named transition; empty for moves that were only observed.
    via: str = ""
    #: Who changed it, as named by the reporting system.
    source: str = ""
    #: Which one of that kind: an integration's, a workflow's, an import's, a user's id.
    source_id: str = ""
    #: Of a side stage: how long the lead rests in it; ``NO_WAY_BACK``: its rounds are used up.
    rests_until: datetime | None = None
    #: The person had asked for a call when the lead was moved, so it need not rest.
    raised: bool = False


class StageTimes(Struct, frozen=True, gc=False, array_like=True):
    """When a stage was entered, and for how long (up to the last known move)."""

    first: datetime
    last: datetime
    count: int = 1
    spent: timedelta = timedelta()
    #: The lead skipped the stage, and the policy counts it as entered and left at that moment.
    filled: bool = False


class LifecycleState(Struct, frozen=True, gc=False, omit_defaults=True):
    """A lead's stage and its history, computed only from its stage facts."""

    stage: str = ""
    since: datetime | None = None
    times: dict[str, StageTimes] = {}
    #: Facts of moves that were not followed: backward, or forward by a trigger that no transition
    #: allows.
    refused: tuple[StageFact, ...] = ()
    #: How often it went to a side stage (recycled, disqualified).
    rounds: int = 0
    #: Facts of forward moves that no transition allows, followed because the policy says so.
    tolerated: tuple[StageFact, ...] = ()
    #: Until when it rests in its side stage; None: it does not.
    rests_until: datetime | None = None
