"""On a schedule: reports people whom HubSpot does not accept as owner or Slack does not reach, or
does again, and passes on the leads that they have. See baton.application.roster_check.
"""

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

#: Seconds of a run that HubSpot's answers may take, and that must be left to ask Slack about one
#: more person and to send the news.
HUBSPOT, LEFT = 25.0, 15.0

if on_lambda():
    wiring.warm()


class Unchecked(Exception):
    """A system could not be asked, or was not believed; the next run asks it again."""


@logger.inject_lambda_context(log_event=False, clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def seconds() -> float:
        return context.get_remaining_time_in_millis() / 1000

    now = wiring.now()
    policy = wiring.policies().active(now)
    wiring.pace().end_after(min(HUBSPOT, seconds() - LEFT))
    found = check_roster(
        policy,
        wiring.people(),
        lambda: wiring.owners().owners(),
        wiring.members(),
        wiring.leads().owned_by,
        now,
        lambda: seconds() > LEFT,
    )
    # The people first: their leads must not come back to them. If the run dies in between, the
    # next one passes the leads on.
    news = [entry(hint, "baton.hubspot") for hint in found.hints]
    news += [entry(one, "baton.hubspot") for one in found.passed_on]
    news += [entry(one, "baton.hubspot") for one in found.absent]
    wiring.bus().put(news)
    refused = sum(hint.away for hint in found.hints)
    taken = len(found.hints) - refused
    leads = len(found.passed_on) + len(found.absent)
    logger.info("roster.checked", people=len(policy.people), refused=refused, taken=taken)
    if found.faults:
        metrics.add_metric(name="RosterUnchecked", unit=MetricUnit.Count, value=1)
        # An error of the function has an alarm; what the other system said is on its way.
        raise Unchecked("; ".join(found.faults))
    metrics.add_metric(name="RosterChecked", unit=MetricUnit.Count, value=1)
    return {"refused": refused, "taken": taken, "leads": leads}
