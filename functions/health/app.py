"""GET /health: 200 while Baton works, 503 with reasons when a person should look."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.runtime import on_lambda
from baton.adapters.dynamodb.health import read_health
from baton.failures import Retryable
from baton.http.entry import answer
from baton.http.health import judge
from baton.http.requests import Reply, Request, render

from . import wiring

logger = Logger()
metrics = Metrics(namespace="Baton")

if on_lambda():
    wiring.warm()


def report_health(request: Request) -> Reply:
    try:
        readings = read_health(wiring.dynamodb(), wiring.settings().table_name)
    except Retryable as fault:
        reasons = ["the table cannot be read"]
        return Reply(503, {"status": "degraded", "reasons": reasons}, log=str(fault))
    return judge(readings, wiring.now())


ROUTES = {("GET", "/health"): report_health}


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    reply = answer(event, ROUTES)
    logger.info("health.answered", status=reply.status, answer=reply.body, why=reply.log)
    metrics.add_metric(name=f"HealthAnswered{reply.status}", unit=MetricUnit.Count, value=1)
    return render(reply)
