"""Puts HubSpot's requests on the bus as events. baton.http translates them."""

from __future__ import annotations

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.bus import entry
from baton.adapters.aws.runtime import on_lambda
from baton.http.entry import admit, answer
from baton.http.hubspot_webhooks import Translated, read_webhooks
from baton.http.hubspot_workflow import read_workflow
from baton.http.requests import Reply, Request, render
from baton.http.signatures import Version, check_hubspot

from . import wiring

logger = Logger()
metrics = Metrics(namespace="Baton")

if on_lambda():
    wiring.warm()


def receive_webhooks(request: Request) -> Reply:
    """A batch of webhook events."""
    check_sender(request, {"v3"})
    found = read_webhooks(request.body, wiring.now(), wiring.settings().hubspot_portal_id)
    store(found)
    return Reply(200, {"accepted": len(found.events), "ignored": found.ignored})


def receive_workflow(request: Request) -> Reply:
    """What a workflow's "send a webhook" or our custom action sends."""
    check_sender(request, {"v2", "v3"})
    portal = wiring.settings().hubspot_portal_id
    found = read_workflow(request.body, wiring.now(), portal)
    store(found.translated)
    return Reply(200, found.answer)


def check_sender(request: Request, taken: set[Version]) -> None:
    settings = wiring.settings()
    check = partial(check_hubspot, request, settings.public_url, now=wiring.now(), taken=taken)
    admit(check, wiring.secrets(), settings.hubspot_secret, "client_secret")


def store(found: Translated) -> None:
    wiring.bus().put([entry(event, "baton.hubspot") for event in found.events])
    for name, count in {"HubspotAccepted": len(found.events), **found.ignored}.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)


ROUTES = {
    ("POST", "/hubspot/webhooks"): receive_webhooks,
    ("POST", "/hubspot/workflow"): receive_workflow,
}


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    reply = answer(event, ROUTES)
    logger.info("hubspot.answered", status=reply.status, answer=reply.body)
    metrics.add_metric(name=f"HubspotAnswered{reply.status}", unit=MetricUnit.Count, value=1)
    return render(reply)
