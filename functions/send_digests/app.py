"""On a schedule: sends digests to managers whose morning it is. See application.send_digests."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.runtime import on_lambda
from baton.application.send_digests import send_digests

from . import wiring

logger = Logger()
metrics = Metrics(namespace="Baton")

if on_lambda():
    wiring.warm()


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    now = wiring.now()
    policy = wiring.policies().active(now)
    # {"digest": "now"} by hand sends every digest at once; the morning's still comes.
    asked = event.get("digest") == "now"
    sent = send_digests(policy, wiring.store(), wiring.outbox(), now, logger.warning, asked)
    metrics.add_metric(name="DigestsSent", unit=MetricUnit.Count, value=len(sent))
    logger.info("digests.sent", managers=sent)
    return {"sent": sent}
