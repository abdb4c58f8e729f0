"""Healthy, starting or degraded, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from baton.application.ports.health import HealthReadings
from baton.http.health import judge
from tests.http.requests import NOW

MINUTE = timedelta(minutes=1)


def readings(
    policy: int | None = 7, swept: timedelta | None = None, published: timedelta | None = None
) -> HealthReadings:
    return HealthReadings(
        policy,
        None if swept is None else NOW - swept,
        None if published is None else NOW - published,
    )


@pytest.mark.parametrize(
    ("found", "status", "word", "reasons"),
    [
        pytest.param(readings(swept=MINUTE), 200, "ok", None, id="swept a minute ago"),
        pytest.param(readings(swept=5 * MINUTE), 200, "ok", None, id="swept five minutes ago"),
        pytest.param(
            readings(swept=-MINUTE), 200, "ok", None, id="another machine's clock is ahead"
        ),
        pytest.param(
            readings(swept=5.1 * MINUTE), 503, "degraded", ["the sweep is late"], id="swept earlier"
        ),
        pytest.param(
            readings(swept=9 * MINUTE, published=MINUTE),
            503,
            "degraded",
            ["the sweep is late"],
            id="a policy just published does not excuse a late sweep",
        ),
        pytest.param(readings(published=MINUTE), 200, "starting", None, id="just set up"),
        pytest.param(
            readings(published=6 * MINUTE),
            503,
            "degraded",
            ["the sweep has never run"],
            id="set up, and still no sweep",
        ),
        pytest.param(
            readings(),
            503,
            "degraded",
            ["the sweep has never run"],
            id="never, and nobody knows when",
        ),
        pytest.param(
            readings(policy=None, swept=MINUTE),
            503,
            "degraded",
            ["no policy is published"],
            id="no policy",
        ),
        pytest.param(
            readings(policy=None),
            503,
            "degraded",
            ["no policy is published", "the sweep has never run"],
            id="nothing at all",
        ),
    ],
)
def test_health_is_judged_by_policy_and_sweep(
    found: Any, status: int, word: str, reasons: list[str] | None
) -> None:
    reply = judge(found, NOW)
    assert reply.status == status
    assert reply.body is not None
    assert reply.body["status"] == word
    assert reply.body.get("reasons") == reasons


def test_the_answer_says_which_policy_and_how_long_ago() -> None:
    assert judge(readings(swept=timedelta(seconds=61.9)), NOW).body == {
        "status": "ok",
        "policy": 7,
        "sweep_age_seconds": 61,
    }
    assert judge(readings(published=MINUTE), NOW).body == {
        "status": "starting",
        "policy": 7,
        "sweep_age_seconds": None,
    }
