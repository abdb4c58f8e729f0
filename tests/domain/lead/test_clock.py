"""A clock: when it runs, which rung is next, and what is left of it when it stops."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.lead import ArmedRung, Clock
from tests.builders import NOW, minutes

WARN, BREACH = ArmedRung(NOW + minutes(5), "warn"), ArmedRung(NOW + minutes(9), "breach")
CLOCK = Clock("call", "Call", "touch", NOW, NOW + minutes(9), ladder=(WARN, BREACH))
STILL: dict[str, Any] = {"paused_at": NOW, "paused_for": ("waiting",)}


@pytest.mark.parametrize(
    ("changes", "next_", "ended"),
    [
        pytest.param({}, WARN, False, id="it begins"),
        pytest.param({"climbed": 1}, BREACH, False, id="after the first"),
        pytest.param({"climbed": 2}, None, True, id="after the last"),
        pytest.param({"stopped_at": NOW}, None, False, id="stopped"),
        pytest.param({"stopped_at": NOW, "climbed": 2}, None, False, id="stopped after the last"),
        pytest.param(STILL, None, False, id="it stands still"),
        pytest.param({"ladder": ()}, None, False, id="without a ladder"),
    ],
)
def test_which_rung_is_next(changes: dict[str, Any], next_: ArmedRung | None, ended: bool) -> None:
    clock = replace(CLOCK, **changes)
    assert (clock.next_rung, clock.at_the_end) == (next_, ended)


@pytest.mark.parametrize("before", [{}, STILL, {"stopped_by": "touch"}])
def test_a_clock_that_stops_for_good_keeps_what_it_has_climbed(before: dict[str, Any]) -> None:
    stopped = replace(CLOCK, climbed=1, **before).stop(NOW + minutes(6))
    assert stopped == replace(CLOCK, climbed=1, ladder=(WARN,), stopped_at=NOW + minutes(6))
    assert stopped.stop(NOW + minutes(7)) == stopped, "it keeps its time"


def test_a_clock_that_may_go_on_keeps_its_ladder() -> None:
    stopped = replace(CLOCK, **STILL).suspend(NOW + minutes(6), "touch")
    assert stopped == replace(CLOCK, stopped_at=NOW + minutes(6), stopped_by="touch")
