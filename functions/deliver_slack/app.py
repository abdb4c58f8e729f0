"""Shows effects in Slack. See baton.application.deliver."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.bus import entry
from baton.adapters.aws.outbox import decode_effect
from baton.adapters.aws.queue_metrics import reporter
from baton.adapters.aws.queues import consume
from baton.adapters.aws.runtime import on_lambda
from baton.application.deliver import (
    deliver,
    in_slack,
    is_parked_already,
    undelivered,
    unreachable,
)
from baton.domain.world.effects import AnyEffect
from baton.failures import Explained, Rejected

from . import wiring

logger = Logger()
metrics = Metrics(namespace="Baton")
report = reporter(logger, metrics, "deliver_slack", wiring.now)

if on_lambda():
    wiring.warm()


def work(body: str) -> None:
    """Deliver one effect."""
    effect = decode_effect(body)
    now, slots = wiring.now(), wiring.slots()
    show = in_slack(wiring.messenger(), wiring.boards(), slots, now)
    try:
        shown = deliver(effect, now, wiring.token(), slots, show)
    except Rejected as error:
        report_undelivered(effect, error)
        if is_parked_already(effect, now, wiring.token(), slots):
            raise Explained(
                f"{error}; such a notice to this recipient is parked already"
            ) from error
        raise  # parked with its reason, so that it can be sent again once that is fixed
    name = type(shown).__name__
    metrics.add_metric(name=f"Slack{name}", unit=MetricUnit.Count, value=1)
    logger.info(f"slack.{name.lower()}", subject=effect.subject, slot=effect.slot)


def report_undelivered(effect: AnyEffect, error: Rejected) -> None:
    """Have somebody else told about the lead: the lead's decision finds the next recipient; and
    give somebody to whom Slack refuses messages no more leads. This comes before parking. If the
    worker dies in between, the effect is still in its queue, is refused again, and makes the same
    event ids."""
    now = wiring.now()
    news = undelivered(effect, error, now)
    person = unreachable(effect, error, now)
    if found := [entry(one, "baton.slack") for one in (news, person) if one is not None]:
        wiring.bus().put(found)
    if person is not None:
        metrics.add_metric(name="SlackUnreachable", unit=MetricUnit.Count, value=1)
    if news is None:
        return
    metrics.add_metric(name="SlackUndelivered", unit=MetricUnit.Count, value=1)
    logger.warning("slack.undelivered", subject=effect.subject, slot=effect.slot, why=str(error))


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    wiring.settings()  # a bad environment fails the batch at once, not one effect after another

    def time_left() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    return dict(consume(event, work, wiring.lane(), report=report, time_left=time_left))
