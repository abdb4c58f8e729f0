"""Whether Baton works, judged by the policy and the sweep's checkpoint in its table."""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.application.ports.health import HealthReadings
from baton.http.requests import Reply

#: The sweep runs each minute and looks 12 ahead, so five missed runs delay nothing yet.
LATE = timedelta(minutes=5)


def judge(readings: HealthReadings, now: datetime) -> Reply:
    """200 while Baton works, 503 with the reasons when a person should look."""
    reasons: list[str] = []
    age = None if readings.swept_at is None else max(timedelta(0), now - readings.swept_at)
    if readings.policy is None:
        reasons.append("no policy is published")
    starting = readings.published_at is not None and now - readings.published_at <= LATE
    if age is None and not starting:
        reasons.append("the sweep has never run")
    if age is not None and age > LATE:
        reasons.append("the sweep is late")

    status = "degraded" if reasons else "starting" if age is None else "ok"
    body = {
        "status": status,
        "policy": readings.policy,
        "sweep_age_seconds": None if age is None else int(age.total_seconds()),
    }
    if reasons:
        return Reply(503, {**body, "reasons": reasons})
    return Reply(200, body)
