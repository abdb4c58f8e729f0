"""What is idle: which staleness rule speaks of a lead, and the clock of inactivity it gives."""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.domain.conditions import Facts, holds
from baton.domain.lead import ArmedRung, Clock, Lead
from baton.domain.policy import Idle, Policy, Reason, Staleness


def idle_rule(policy: Policy, lead: Lead, facts: Facts) -> Staleness | None:
    """The first staleness rule that speaks of the lead as it stands."""
    stage = lead.state.stage
    return next(
        (rule for rule in policy.staleness if stage in rule.stages and holds(rule.when, facts)),
        None,
    )


def arm_idle(rule: Staleness | Idle, since: datetime) -> Clock:
    """The clock of inactivity, in days of the wall: a warning to the owner, if a staleness rule
    asks for one, then the end. Where no rule speaks of a lead, the policy's ``idle`` does, so that
    nobody is ever forgotten."""
    due = since + rule.after
    close = ArmedRung(at=due, kind="close")
    warn_before = rule.warn_before if isinstance(rule, Staleness) else timedelta()
    warning = (ArmedRung(at=max(since, due - warn_before), kind="warn"),) if warn_before else ()
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
    name = (rule or policy.idle).reason
    return policy.reason.get(name) or next(iter(policy.reason.values()))
