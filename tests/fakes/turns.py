"""Concurrent workers, interleaved at random call by call; the same seed gives the same order. Time
passes only while nobody works, so no lease of a live worker ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.fakes.delivery import Died


class Turns:
    """
    Args:
        deaths: Share of calls around which the caller dies, before or after.
    """

    def __init__(self, now: datetime, random: Random, deaths: float = 0.0) -> None:
        self.now = now
        self._random, self._deaths = random, deaths
        self._change = threading.Condition()
        #: Worker -> when it may continue.
        self._waiting: dict[int, datetime] = {}
        self._chosen: int | None = None
        self._alive = 0
        self._mine = threading.local()

    def around(self, inner: Any) -> Any:
        """A wrapper of *inner* whose calls wait for their turn."""
        return _Taking(self, inner)

    def run(self, works: list[Callable[[], None]]) -> None:
        """Run all of *works* concurrently to the end; raises what one of them raises."""
        failed: list[BaseException] = []

        def body(number: int, work: Callable[[], None]) -> None:
            self._mine.number = number
            try:
                self.wait()
                work()
            except BaseException as error:
                failed.append(error)
            finally:
                with self._change:
                    self._alive -= 1
                    self._change.notify_all()

        self._alive = len(works)
        threads = [threading.Thread(target=body, args=pair) for pair in enumerate(works)]
        for thread in threads:
            thread.start()
        self._conduct()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]

    def wait(self, until: datetime | None = None) -> None:
        """Let the others work; return at *until* or later."""
        number = self._mine.number
        with self._change:
            self._waiting[number] = until or self.now
            self._change.notify_all()
            self._change.wait_for(lambda: self._chosen == number)
            self._chosen = None
            del self._waiting[number]

    def perhaps_die(self) -> None:
        if self._random.random() < self._deaths:
            raise Died

    def _conduct(self) -> None:
        with self._change:
            while self._alive:
                self._change.wait_for(
                    lambda: self._chosen is None and len(self._waiting) == self._alive
                )
                if not self._waiting:
                    return
                self.now = max(self.now, min(self._waiting.values()))
                ready = sorted(n for n, at in self._waiting.items() if at <= self.now)
                self._chosen = self._random.choice(ready)
                self._change.notify_all()


class _Taking:
    def __init__(self, turns: Turns, inner: Any) -> None:
        self._turns, self._inner = turns, inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._turns.wait()
            self._turns.perhaps_die()
            answer = found(*args, **kwargs)
            self._turns.perhaps_die()
            return answer

        return call


#: A message whose worker died stays hidden for longer than any lease.
HIDDEN = timedelta(minutes=6)
