"""Puts Slack clicks and commands on the bus as events. baton.http translates them."""

from __future__ import annotations

from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.bus import TimeLeft, entry
from baton.adapters.aws.runtime import on_lambda
from baton.http.entry import admit, answer
from baton.http.requests import Reply, Request, render
from baton.http.signatures import check_slack
from baton.http.slack import read_interaction
from baton.http.slack_command import read_command

from . import wiring

logger = Logger()
metrics = Metrics(namespace="Baton")

if on_lambda():
    wiring.warm()


def receive_interaction(request: Request, left: TimeLeft) -> Reply:
    """
    A click. The answer is empty: the one writer decides, and the card then shows the result.
    """
    check = partial(check_slack, request, now=wiring.now())
    admit(check, wiring.secrets(), wiring.settings().slack_signing_secret_name)
    found = read_interaction(request.body)
    wiring.bus().put([entry(event, "baton.slack") for event in found.events], left)
    for name, count in {"SlackAccepted": len(found.events), **found.ignored}.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    return Reply(200)


def receive_command(request: Request, left: TimeLeft) -> Reply:
    """A slash command. It is acknowledged at once; the worker of its event then tells the person
    what it changes for their leads."""
    now = wiring.now()
    check = partial(check_slack, request, now=now)
    admit(check, wiring.secrets(), wiring.settings().slack_signing_secret_name)
    found = read_command(request.body, now)
    if found.hint is not None:
        wiring.bus().put([entry(found.hint, "baton.slack")], left)
        metrics.add_metric(name="SlackAccepted", unit=MetricUnit.Count, value=1)
    return Reply(200, {"response_type": "ephemeral", "text": found.reply} if found.reply else None)


ROUTES = {
    ("POST", "/slack/interactions"): receive_interaction,
    ("POST", "/slack/commands"): receive_command,
}


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    left = wiring.time_left()
    reply = answer(event, {route: partial(work, left=left) for route, work in ROUTES.items()})
    logger.info("slack.answered", status=reply.status, answer=reply.body, why=reply.log)
    metrics.add_metric(name=f"SlackAnswered{reply.status}", unit=MetricUnit.Count, value=1)
    return render(reply)
