"""Shows effects in HubSpot. See baton.application.deliver."""

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
from baton.application.deliver import deliver, in_hubspot, owner_news
from baton.domain.world.effects import ContactState

from . import wiring

logger = Logger()
metrics = Metrics(namespace="Baton")
report = reporter(logger, metrics, "deliver_hubspot", wiring.now)

if on_lambda():
    wiring.warm()


def work(body: str) -> None:
    """Deliver one effect."""
    effect = decode_effect(body)
    show = in_hubspot(wiring.writer(), refused)
    shown = deliver(effect, wiring.now(), wiring.token(), wiring.slots(), show)
    name = type(shown).__name__
    metrics.add_metric(name=f"Hubspot{name}", unit=MetricUnit.Count, value=1)
    logger.info(f"hubspot.{name.lower()}", subject=effect.subject, slot=effect.slot)


def refused(effect: ContactState, owner: str) -> None:
    """HubSpot refuses *owner* as the contact's owner: the lead goes to the next rep, and this one
    gets no leads until HubSpot accepts them."""
    news = owner_news(effect, owner, wiring.now())
    wiring.bus().put([entry(one, "baton.hubspot") for one in news])
    metrics.add_metric(name="HubspotOwnerRefused", unit=MetricUnit.Count, value=1)
    logger.warning("hubspot.owner_refused", subject=effect.subject, owner=owner)


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    wiring.settings()  # a bad environment fails the batch at once, not one effect after another

    def time_left() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    return dict(consume(event, work, wiring.lane(), report=report, time_left=time_left))
