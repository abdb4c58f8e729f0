"""The result of a simulation, as figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median, quantiles

from msgspec import Struct

from baton.application.audit.fairness import Ledger


class Spread(Struct, frozen=True):
    """How long something took, in seconds."""

    count: int
    median: float
    p90: float
    longest: float


class Result(Struct, frozen=True):
    """Counts of the whole run; *policy* decided, *seed* made up the leads."""

    policy: str
    seed: int
    leads: int
    events: int
    starts: datetime
    ends: datetime
    #: Leads that got an owner at once, after a wait, when their wait timed out, or as last resort.
    at_once: int
    after_wait: int
    wait_given_up: int
    last_resort: int
    #: Leads that were never handed to sales, by reason where known.
    not_handed: dict[str, int]
    still_waiting: int
    #: From arrival to an owner, of those who had to wait; to acceptance and to the first touch, of
    #: all, in wall-clock time.
    waited: Spread | None
    to_accept: Spread | None
    to_touch: Spread | None
    accepted: int
    touched: int
    #: SLA target -> clocks that ran out.
    breaches: dict[str, int]
    pulled_back: int
    rejected: int
    qualified: int
    recycled: int
    disqualified: int
    #: Most that a rep carried at any time, and their limit; only reps with a limit.
    fullest: dict[str, tuple[int, int]]
    #: Decisions after which somebody carried more than they may. Managers have no limit.
    over_limit: int
    fairness: Ledger

    @property
    def covered(self) -> int:
        """Leads that a person owned; a waiting lead does not count."""
        return self.at_once + self.after_wait + self.wait_given_up + self.last_resort


def spread(spans: Iterable[timedelta]) -> Spread | None:
    """The spread of *values*; None: there are none."""
    seconds = sorted(span.total_seconds() for span in spans)
    if not seconds:
        return None
    return Spread(len(seconds), median(seconds), _p90(seconds), seconds[-1])


def _p90(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=10)[-1] if len(seconds) > 1 else seconds[0]


class Life(Struct):
    """What is recorded of one lead during the run."""

    at: datetime
    owned_at: datetime | None = None
    #: It waited in a queue before its first owner.
    waited: bool = False
    #: Its first owner was a manager because nobody else could take it.
    resort: bool = False
    accepted_at: datetime | None = None
    touched_at: datetime | None = None
    held: str = ""


class Tally(Struct):
    """The counts of a running simulation."""

    lives: dict[str, Life] = {}
    outcomes: Counter[str] = Counter()
    breaches: Counter[str] = Counter()
    events: int = 0
    over_limit: int = 0
    fullest: dict[str, int] = {}
