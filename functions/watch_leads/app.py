"""On a schedule: repairs and counts what is late or wrong. See application.watchdog."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.runtime import on_lambda
from baton.application.ports.leads import Flaw
from baton.application.watchdog import watch

from . import wiring

logger = Logger()
metrics = Metrics(namespace="Baton")

if on_lambda():
    wiring.warm()


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    seen = watch(wiring.store(), wiring.leads(), wiring.wakes(), wiring.now(), report_flaw)
    for name, value in (
        ("Overdue", seen.overdue),
        ("StoodIn", int(seen.stood_in)),
        ("Repaired", seen.repaired),
        ("Broken", len(seen.broken)),
    ):
        metrics.add_metric(name=f"Watch{name}", unit=MetricUnit.Count, value=value)
    if seen.complete:
        metrics.add_metric(name="WatchPassed", unit=MetricUnit.Count, value=1)
    # Last, and in every run: the alarm fires when it is missing.
    metrics.add_metric(name="WatchHeartbeat", unit=MetricUnit.Count, value=1)
    logger.info(
        "leads.watched",
        overdue=seen.overdue,
        latest_seconds=seen.latest.total_seconds(),
        stood_in=seen.stood_in,
        checked=seen.checked,
        repaired=seen.repaired,
        broken=len(seen.broken),
        complete=seen.complete,
    )
    return {"overdue": seen.overdue, "checked": seen.checked, "repaired": seen.repaired}


def report_flaw(flaw: Flaw) -> None:
    logger.error(
        "lead.flawed", lead_id=flaw.lead, what=flaw.what, repairable=flaw.right is not None
    )
