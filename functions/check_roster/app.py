"""On a schedule: reports people whom HubSpot no longer accepts as owner, or accepts again."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from baton.adapters.aws.bus import entry
from baton.adapters.aws.runtime import on_lambda
from baton.application.roster_check import check_roster

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
    hints = check_roster(policy, wiring.people(), wiring.owners().owners(), now)
    wiring.bus().put([entry(hint, "baton.hubspot") for hint in hints])
    metrics.add_metric(name="RosterChecked", unit=MetricUnit.Count, value=1)
    refused = sum(hint.away for hint in hints)
    taken = len(hints) - refused
    logger.info("roster.checked", people=len(policy.people), refused=refused, taken=taken)
    return {"refused": refused, "taken": taken}
