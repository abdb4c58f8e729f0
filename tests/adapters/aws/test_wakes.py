"""Wakes arrive just before their instant, so that their worker is ready on time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from baton.adapters.aws.wakes import EARLY, Wakes
from baton.domain.world.wakes import fast_wake
from tests.builders import NOW


class Queue:
    """A fake SQS that records its requests."""

    def __init__(self) -> None:
        self.delays: list[int] = []

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        self.delays += [entry["DelaySeconds"] for entry in asked["Entries"]]
        return {}


@pytest.mark.parametrize(
    ("left", "delay"),
    [
        (-5, 0),
        (0, 0),
        (1.9, 0),
        (2.0, 1),
        (2.999, 1),
        (60, 59),
        (899.999, 898),
        (3600, 899),
    ],
)
def test_the_delay_is_what_is_left_less_the_time_to_get_ready(left: float, delay: int) -> None:
    queue = Queue()
    due = NOW + timedelta(seconds=left)
    Wakes(queue, "wakes", lambda: NOW).send([fast_wake("101", due)])
    assert queue.delays == [delay]
    if 0 <= left < 900:
        assert timedelta() <= due - (NOW + timedelta(seconds=delay)) < EARLY
