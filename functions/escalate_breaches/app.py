"""A schedule in, wakes out, for every lead with a fast clock due. See application.sweep."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.runtime import on_lambda
from baton.application.sweep import sweep_fast

from . import wiring

logger = Logger()
metrics = Metrics(namespace="Baton")

if on_lambda():
    wiring.warm()


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    swept = sweep_fast(wiring.store(), wiring.wakes(), wiring.now())
    # Counted in every run, even with nothing to do: the alarm fires when it is missing.
    metrics.add_metric(name="WakesSwept", unit=MetricUnit.Count, value=1)
    metrics.add_metric(name="WakesOverdue", unit=MetricUnit.Count, value=swept.overdue)
    logger.info("escalate_breaches.swept", sent=swept.sent, overdue=swept.overdue)
    return {"sent": swept.sent, "overdue": swept.overdue}
