"""Keeps commands that read or write a whole account within a share of its rate limit."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from baton.failures import NotAllowed, Retryable, Unauthorised

#: The window over which HubSpot counts an app's calls.
WINDOW = 10.0
#: Calls in a window. The smallest limit is 100 (Free, Starter); the functions need the remainder.
BUDGET = 80
#: Tries of one piece of work before the command gives up.
TRIES = 8
#: Longest wait between two tries; a daily limit is not waited out.
LONGEST = timedelta(minutes=2)

T = TypeVar("T")


class Pace:
    """
    Lets calls pass within a budget, and repeats work when HubSpot asks to try later.

    Args:
        budget: Calls in any ten seconds.

        on_wait: Called with each wait that HubSpot asked for, in seconds.
    """

    def __init__(
        self, budget: int = BUDGET, on_wait: Callable[[float], None] = lambda _seconds: None
    ) -> None:
        self._budget = max(1, budget)
        self._on_wait = on_wait
        self._passed: deque[float] = deque(maxlen=self._budget)
        self._end: float | None = None

    def end_after(self, seconds: float) -> None:
        """From now on wait for nothing that comes later than in *seconds*: a function's run ends
        with a failure that says why, before its time is up."""
        self._end = now() + seconds

    def turn(self) -> None:
        """Wait until one more call fits into the budget.

        Raises:
            Retryable: There is no time left for it; see ``end_after``.
        """
        left = 0.0
        if len(self._passed) == self._budget:
            left = self._passed[0] + WINDOW - now()
        if not self._fits(left):
            raise Retryable("no time left to ask HubSpot")
        if left > 0:
            pause(left)
        self._passed.append(now())

    def _fits(self, wait: float) -> bool:
        return self._end is None or now() + max(wait, 0.0) < self._end

    def with_retries(self, work: Callable[[], T]) -> T:
        """
        Return what *work* returns; repeat it while HubSpot says "not now".

        A call whose outcome is unknown is repeated too, so *work* must be idempotent.

        Raises:
            NotAllowed, Unauthorised: At once; waiting does not help.
            Retryable: Still refused after all tries, or HubSpot asks for a longer wait than there
                is time.
        """
        for tried in range(TRIES):
            try:
                return work()
            except (NotAllowed, Unauthorised):
                raise
            except Retryable as error:
                wait = error.after or timedelta(seconds=2**tried)
                if tried + 1 == TRIES or wait > LONGEST or not self._fits(wait.total_seconds()):
                    raise
            self._on_wait(wait.total_seconds())
            pause(wait.total_seconds())
        raise AssertionError("the last try answers or raises")


def now() -> float:
    """Seconds of a clock that only goes forward."""
    return time.monotonic()


def pause(seconds: float) -> None:
    time.sleep(seconds)
