"""Calls stay within a budget, and work waits as long as HubSpot asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from baton.adapters.hubspot import pace as hubspot_pace
from baton.adapters.hubspot.errors import MissingScopes
from baton.adapters.hubspot.pace import TRIES, WINDOW, Pace
from baton.failures import Rejected, Retryable, Unauthorised


class Clock:
    """A clock on which time passes only during waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(hubspot_pace, "now", lambda: clock.now)
    monkeypatch.setattr(hubspot_pace, "pause", clock.wait)
    return clock


def failing(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return work


def test_the_budget_passes_at_once_and_the_next_call_waits(clock: Clock) -> None:
    pace = Pace(3)
    for _ in range(3):
        pace.turn()
    assert clock.waits == []
    clock.now += 4
    pace.turn()
    assert clock.waits == [WINDOW - 4]


def test_no_ten_seconds_hold_more_than_the_budget(clock: Clock) -> None:
    pace, passed = Pace(5), []
    for n in range(40):
        clock.now += 0.7 * (n % 3)
        pace.turn()
        passed.append(clock.now)
    assert all(later - first >= WINDOW for first, later in zip(passed, passed[5:], strict=False))


def test_it_waits_as_long_as_hubspot_asks(clock: Clock) -> None:
    told: list[float] = []
    work = failing(Retryable("429", timedelta(seconds=7)), Retryable("429", timedelta(seconds=2)))
    assert Pace(on_wait=told.append).with_retries(work) == "done"
    assert clock.waits == told == [7, 2]


def test_without_retry_after_it_waits_longer_each_time(clock: Clock) -> None:
    assert Pace().with_retries(failing(*[Retryable("502")] * 4)) == "done"
    assert clock.waits == [1, 2, 4, 8]


@pytest.mark.parametrize(
    "error",
    [Unauthorised("401"), MissingScopes("403", timedelta(minutes=5), ()), Rejected("400")],
    ids=["401", "403", "400"],
)
def test_a_permanent_refusal_is_not_waited_out(clock: Clock, error: Exception) -> None:
    with pytest.raises(type(error)):
        Pace().with_retries(failing(error))
    assert clock.waits == []


def test_a_daily_limit_is_not_waited_out(clock: Clock) -> None:
    with pytest.raises(Retryable):
        Pace().with_retries(failing(Retryable("daily", timedelta(minutes=15))))
    assert clock.waits == []


def test_a_run_ends_before_its_time_is_up(clock: Clock) -> None:
    """HubSpot answers 503: without an end its retries would sleep for two minutes."""
    pace = Pace()
    pace.end_after(25)
    start, tries = clock.now, 0

    def work() -> None:
        nonlocal tries
        tries += 1
        pace.turn()
        raise Retryable("HubSpot: 503")

    with pytest.raises(Retryable, match="503"):
        pace.with_retries(work)
    assert tries > 2
    assert clock.now - start < 25


def test_no_call_begins_when_the_time_is_up(clock: Clock) -> None:
    pace = Pace(budget=1)
    pace.end_after(5)
    pace.turn()
    with pytest.raises(Retryable, match="no time left"):
        pace.turn()  # would wait ten seconds
    pace.end_after(15)
    pace.turn()


def test_retries_end_after_the_last_try(clock: Clock) -> None:
    with pytest.raises(Retryable, match="again"):
        Pace().with_retries(failing(*[Retryable("again")] * TRIES))
    assert len(clock.waits) == TRIES - 1
