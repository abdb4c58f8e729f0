"""What is idle: which staleness rule speaks of a lead, and the clock of inactivity it gives."""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.domain.conditions import Facts, holds
from baton.domain.lead import ArmedRung, Clock, Lead
from baton.domain.policy import Policy, Reason, Staleness

#: A promise of inactivity for leads no staleness rule speaks of: nobody is ever forgotten.
IDLE_DEFAULT = timedelta(days=90)
#: The reason for closing an idle lead when the policy names none.
IDLE_REASON = "no_response"


def idle_rule(policy: Policy, lead: Lead, facts: Facts) -> Staleness | None:
    """The first staleness rule that speaks of the lead as it stands."""
    stage = lead.standing.stage
    return next(
        (rule for rule in policy.staleness if stage in rule.stages and holds(rule.when, facts)),
        None,
    )


def arm_idle(rule: Staleness | None, since: datetime) -> Clock:
    """The clock of inactivity, in days of the wall: a warning to the owner, then the end."""
    after = rule.after if rule else IDLE_DEFAULT
    due = since + after
    close = ArmedRung(at=due, kind="close")
    warning = (
        (ArmedRung(at=max(since, due - rule.warn_before), kind="warn"),)
        if rule and rule.warn_before
        else ()
    )
    return Clock(
        target="idle",
        label="Activity",
        stops_on="activity",
        started_at=since,
        due_at=due,
        ladder=(*warning, close),
    )


def closing_reason(policy: Policy, rule: Staleness | None) -> Reason:
    """For which reason an idle lead is closed; where the policy lacks it, for its first one."""
    name = rule.reason if rule else IDLE_REASON
    return policy.reason.get(name) or next(iter(policy.reason.values()))
