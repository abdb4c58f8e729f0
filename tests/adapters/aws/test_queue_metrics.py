"""The log line and the metrics of a worked message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from baton.adapters.aws.queue_metrics import reporter
from baton.adapters.aws.queues import Worked

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Notes:
    """A logger and a counter."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, object, dict[str, Any]]] = []
        self.counts: dict[str, float] = {}

    def info(self, msg: object, **fields: Any) -> None:
        self.lines.append(("info", msg, fields))

    def warning(self, msg: object, **fields: Any) -> None:
        self.lines.append(("warning", msg, fields))

    def add_metric(self, name: str, unit: Any, value: float) -> None:
        self.counts[name] = value


@pytest.mark.parametrize(
    ("worked", "line", "counts"),
    [
        pytest.param(
            Worked("m1", "done", sent_at=NOW - timedelta(seconds=3)),
            ("info", "deliver_slack.done", {"message_id": "m1", "receives": 1, "seconds": 3.0}),
            {"DeliverSlackDone": 1, "DeliverSlackSeconds": 3.0},
            id="done",
        ),
        pytest.param(
            Worked("m1", "later", "Slack: ratelimited", 2, timedelta(seconds=30)),
            (
                "warning",
                "deliver_slack.later",
                {
                    "why": "Slack: ratelimited",
                    "message_id": "m1",
                    "receives": 2,
                    "comes_back_after": 30.0,
                },
            ),
            {"DeliverSlackLater": 1},
            id="later",
        ),
        pytest.param(
            Worked("m1", "parked", "Slack: is_archived"),
            (
                "warning",
                "deliver_slack.parked",
                {"why": "Slack: is_archived", "message_id": "m1", "receives": 1},
            ),
            {"DeliverSlackParked": 1},
            id="parked",
        ),
    ],
)
def test_each_end_of_a_message_is_one_line_and_one_count(
    worked: Worked, line: Any, counts: dict[str, float]
) -> None:
    notes = Notes()
    reporter(notes, notes, "deliver_slack", lambda: NOW)(worked)
    assert notes.lines == [line]
    assert notes.counts == counts
