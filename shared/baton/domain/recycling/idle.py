"""Inactivity: which staleness rule applies to a lead, and its clock of inactivity."""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.domain.conditions import Facts, holds
from baton.domain.lead import ArmedRung, Clock, Lead
from baton.domain.policy import Idle, Policy, Reason, Staleness


def idle_rule(policy: Policy, lead: Lead, facts: Facts) -> Staleness | None:
    """The first staleness rule that applies to the lead now."""
    stage = lead.state.stage
    for rule in policy.staleness:
        if stage in rule.stages and holds(rule.when, facts):
            return rule
    return None


def arm_idle(rule: Staleness | Idle, since: datetime) -> Clock:
    """The clock of inactivity, in calendar days: a warning to the owner, if the staleness rule has
    one, then the close. If no rule applies, the policy's ``idle`` does, so that every lead has a
    clock.
    """
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
    """The reason to close an idle lead with; if the policy does not have that reason, its first
    one."""
    name = (rule or policy.idle).reason
    return policy.reason.get(name) or next(iter(policy.reason.values()))
