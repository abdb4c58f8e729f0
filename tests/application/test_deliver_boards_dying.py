"""Thirty breaches whose workers die at any step and run concurrently: each is shown exactly
once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from baton.adapters.dynamodb.slots import LEASE, SETTLE
from baton.application.deliver import deliver, in_slack
from baton.domain.escalation.batching import ENTRIES, OPEN_FOR, ROOM, Board
from baton.domain.world.effects import NoticeState
from baton.failures import Retryable
from baton.presentation.slack.board import weight_of
from tests.fakes.boards import FakeBoards
from tests.fakes.delivery import Died
from tests.fakes.effects import NOW, notice_state
from tests.fakes.messenger import FakeMessenger
from tests.fakes.slots import FakeSlots
from tests.fakes.system import Mortal
from tests.fakes.turns import HIDDEN, Turns

SECOND = timedelta(seconds=1)
MANY = 30


def breach(number: int) -> NoticeState:
    return notice_state(subject=f"LEAD#{number}", to="U0MARIA", title=f"Lead {number} was due")


class Desk:
    """A recipient, and the workers that deliver breaches."""

    def __init__(self) -> None:
        self.slack, self.slots, self.boards = FakeMessenger(), FakeSlots(), FakeBoards()
        self.attempts = 0
        #: Moments of the last attempt: just before and just after each call.
        self.moments: list[str] = []

    def bring(self, number: int, now: datetime, die_at: int | None = None) -> None:
        """One attempt; raises Died at its moment *die_at*, counted from 1."""
        self.moments = []

        def tick(moment: str) -> None:
            self.moments.append(moment)
            if len(self.moments) == die_at:
                raise Died

        self.attempt(number, now, lambda inner: Mortal(inner, tick))

    def attempt(self, number: int, now: datetime, around: Callable[[Any], Any]) -> None:
        self.attempts += 1
        slots = around(self.slots)
        show = in_slack(around(self.slack), around(self.boards), slots, now)
        deliver(breach(number), now, f"attempt-{self.attempts}", slots, show)

    def messages(self) -> list[list[int]]:
        return [
            [int(entry.id.split("/")[0].removeprefix("LEAD#")) for entry in message.entries]
            for message in self.slack.messages.values()
            if isinstance(message, Board)
        ]


def moments_of(position: int) -> int:
    """The number of moments in the attempt at this position, if no worker dies."""
    desk = Desk()
    for number in range(position):
        desk.bring(number, NOW)
    desk.bring(position, NOW + position * SECOND)
    return len(desk.moments)


def dying(position: int) -> list[Any]:
    moments = range(1, moments_of(position) + 1)
    return [pytest.param(position, moment, id=f"{position}-{moment}") for moment in moments]


@pytest.mark.parametrize(("position", "moment"), dying(0))
def test_a_first_breach_whose_worker_dies_joins_the_one_message(position: int, moment: int) -> None:
    desk = Desk()
    with pytest.raises(Died):
        desk.bring(position, NOW, moment)
    waiting: list[int] = []
    for number in range(1, MANY):
        try:
            desk.bring(number, NOW + (10 + number) * SECOND)
        except Retryable:
            waiting.append(number)  # the dead worker still holds the board
    back = NOW + LEASE + SECOND
    for number in (0, *waiting):
        desk.bring(number, back)
    (numbers,) = desk.messages()
    assert sorted(numbers) == list(range(MANY))


@pytest.mark.parametrize("closed", [False, True], ids=["in time", "after the board closed"])
@pytest.mark.parametrize(("position", "moment"), [*dying(1), *dying(MANY - 1)])
def test_a_worker_that_dies_among_others_loses_no_breach_and_repeats_none(
    position: int, moment: int, closed: bool
) -> None:
    """The notice comes back when the lease is over. If it had joined a board it is on that board,
    else on the next."""
    desk = Desk()
    waiting: list[int] = []
    for number in range(MANY):
        try:
            desk.bring(number, NOW + number * SECOND, moment if number == position else None)
        except Died:
            waiting.insert(0, number)
        except Retryable:
            waiting.append(number)
    first = desk.boards.opened["U0MARIA"][0]
    joined = any(entry.id.startswith(f"LEAD#{position}/") for entry in first.entries)
    back = NOW + 2 * OPEN_FOR
    if closed:
        desk.bring(100, back)
    for number in waiting:
        desk.bring(number, back + SECOND)
    shown = Counter(number for numbers in desk.messages() for number in numbers)
    assert shown == Counter([*range(MANY), *([100] if closed else [])])
    assert len(desk.messages()) == (1 if joined and not closed else 2)
    assert set(range(MANY)) - {position} <= set(desk.messages()[0] + desk.messages()[-1])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    ("deaths", "spread"),
    [
        pytest.param(0.0, timedelta(0), id="at once"),
        pytest.param(0.02, timedelta(0), id="at once, with deaths"),
        pytest.param(0.02, 4 * OPEN_FOR, id="over minutes, with deaths"),
    ],
)
def test_eight_workers_at_once_show_every_breach_once(
    seed: int, deaths: float, spread: timedelta
) -> None:
    random = Random(seed)
    desk, turns = Desk(), Turns(NOW, random, deaths)
    count = MANY if spread else 50
    came = sorted((NOW + random.random() * spread, number) for number in range(count))
    queue = list(came)

    def work() -> None:
        while queue:
            queue.sort()
            ready, number = queue.pop(0)
            if ready > turns.now:
                turns.wait(ready)
            try:
                desk.attempt(number, turns.now, turns.around)
            except Died:
                queue.append((turns.now + HIDDEN, number))
            except Retryable:
                queue.append((turns.now + SETTLE + SECOND, number))

    turns.run([work] * 8)
    shown = Counter(number for numbers in desk.messages() for number in numbers)
    assert shown == Counter(range(count))
    if not deaths:
        full = max(map(len, desk.messages()))
        assert full == min(ENTRIES, ROOM // weight_of(breach(10)))
        assert sorted(map(len, desk.messages())) == sorted((count - full, full))
