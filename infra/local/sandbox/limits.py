"""Rate limits: rolling windows and token buckets."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

Clock = Callable[[], float]


class Window:
    """At most *limit* in any *seconds*; the limit is given with each call, so it may change."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._times: deque[float] = deque()
        self._lock = Lock()

    def take(self, limit: int) -> tuple[bool, int, float]:
        """Try to pass: (passed, how many more may pass now, seconds until the next may)."""
        with self._lock:
            now = self._clock()
            while self._times and self._times[0] <= now - self._seconds:
                self._times.popleft()
            if len(self._times) >= limit:
                oldest = self._times[0] if self._times else now
                return False, 0, oldest + self._seconds - now
            self._times.append(now)
            return True, limit - len(self._times), 0.0


class Bucket:
    """*burst* at once, refilled at *rate* a second."""

    def __init__(self, rate: float, clock: Clock = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._debt = 0.0
        self._at = clock()
        self._lock = Lock()

    def take(self, burst: int) -> int:
        """Try to pass: 0 if passed, else whole seconds to wait (at least one)."""
        with self._lock:
            now = self._clock()
            self._debt = max(0.0, self._debt - (now - self._at) * self._rate)
            self._at = now
            if self._debt + 1 > burst:
                return max(1, math.ceil((self._debt + 1 - burst) / self._rate))
            self._debt += 1
            return 0
