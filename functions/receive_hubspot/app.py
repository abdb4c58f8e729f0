"""Puts HubSpot's requests on the bus as events. baton.http translates them."""

from __future__ import annotations

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.bus import TimeLeft, entry
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


def receive_webhooks(request: Request, left: TimeLeft) -> Reply:
    """A batch of webhook events."""
    check_sender(request, {"v3"})
    found = read_webhooks(request.body, wiring.now(), wiring.settings().hubspot_portal_id)
    store(found, left)
    return Reply(200, {"accepted": len(found.events), "ignored": found.ignored})


def receive_workflow(request: Request, left: TimeLeft) -> Reply:
    """What a workflow's "send a webhook" or our custom action sends. HubSpot takes a 4xx for good
    there ("Trigger webhooks in workflows"), and repeats a webhook of an app whatever the status.
    """
    check_sender(request, {"v2", "v3"}, final_401=True)
    portal = wiring.settings().hubspot_portal_id
    found = read_workflow(request.body, wiring.now(), portal)
    store(found.translated, left)
    return Reply(200, found.answer)


def check_sender(request: Request, taken: set[Version], *, final_401: bool = False) -> None:
    settings = wiring.settings()
    check = partial(check_hubspot, request, settings.public_url, now=wiring.now(), taken=taken)
    name = settings.hubspot_signing_secret_name
    admit(check, wiring.secrets(), name, final_401=final_401)


def store(found: Translated, left: TimeLeft) -> None:
    wiring.bus().put([entry(event, "baton.hubspot") for event in found.events], left)
    for name, count in {"HubspotAccepted": len(found.events), **found.ignored}.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)


ROUTES = {
    ("POST", "/hubspot/webhooks"): receive_webhooks,
    ("POST", "/hubspot/workflow"): receive_workflow,
}


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    left = wiring.time_left()
    reply = answer(event, {route: partial(work, left=left) for route, work in ROUTES.items()})
    logger.info("hubspot.answered", status=reply.status, answer=reply.body, why=reply.log)
    metrics.add_metric(name=f"HubspotAnswered{reply.status}", unit=MetricUnit.Count, value=1)
    return render(reply)
