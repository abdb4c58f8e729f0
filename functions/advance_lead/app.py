"""Events in, decisions stored, effects out: the only writer of leads.

See application.work_event.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.queue_metrics import reporter
from baton.adapters.aws.queues import consume
from baton.adapters.aws.runtime import on_lambda
from baton.application.work_event import EventResult
from baton.domain.world.events import AnyEvent

from . import wiring

#: One event: a read of HubSpot at its slowest, and the table.
ENOUGH_TIME = timedelta(seconds=15)

logger = Logger()
metrics = Metrics(namespace="Baton")
report = reporter(logger, metrics, "advance_lead", wiring.now)

if on_lambda():
    wiring.warm()


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    wiring.settings()  # a bad environment fails the batch at once, not one event after another
    batch = wiring.batch(event, _log_result, logger.info)

    def time_left() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    return dict(
        consume(
            event,
            batch.work,
            wiring.lane(),
            report=report,
            order=batch.due_at,
            time_left=time_left,
            enough=ENOUGH_TIME,
        )
    )


def _log_result(event: AnyEvent, result: EventResult) -> None:
    for outcome in result.outcomes:
        name = f"Lead{outcome.kind.title().replace('_', '')}"
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    logger.info(
        f"lead.{result.name}",
        lead_id=event.lead_id,
        event=type(event).__name__,
        outcomes=[outcome.kind for outcome in result.outcomes],
        attempts=result.attempts,
    )
