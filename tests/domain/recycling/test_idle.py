"""Inactivity: the staleness rule of a lead, its clock, and the reason for which it is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.domain.conditions import Facts
from baton.domain.lead import Lead, LifecycleState
from baton.domain.policy import Idle, Policy, Staleness, Test
from baton.domain.recycling.idle import arm_idle, closing_reason, idle_rule
from tests.builders import NOW, POLICY

DAY = timedelta(days=1)
BIG = {"segment": Test(any_of=("enterprise",))}
FIRST = Staleness(("sal",), BIG, 120 * DAY, 14 * DAY, "timing")
SECOND = Staleness(("sal", "sql"), {}, 90 * DAY, 7 * DAY, "no_response")
RULED = replace(POLICY, staleness=(FIRST, SECOND))


@pytest.mark.parametrize(
    ("stage", "segment", "rule"),
    [
        pytest.param("sal", "enterprise", FIRST, id="the first rule that fits"),
        pytest.param("sal", "small", SECOND, id="the next, where its condition does not hold"),
        pytest.param("sal", "", SECOND, id="what is not known holds no condition"),
        pytest.param("sql", "enterprise", SECOND, id="a rule of its stage only"),
        pytest.param("mql", "enterprise", None, id="none speaks of the stage"),
    ],
)
def test_the_first_matching_staleness_rule_counts(
    stage: str, segment: str, rule: Staleness | None
) -> None:
    facts = Facts({"segment": segment} if segment else {}, (), NOW)
    assert idle_rule(RULED, Lead(id="101", state=LifecycleState(stage, NOW)), facts) == rule


def test_the_clock_warns_and_then_closes() -> None:
    clock = arm_idle(SECOND, NOW)
    assert (clock.target, clock.label, clock.stops_on) == ("idle", "Activity", "activity")
    assert clock.due_at == NOW + 90 * DAY
    assert [(rung.kind, rung.at) for rung in clock.ladder] == [
        ("warn", NOW + 83 * DAY),
        ("close", NOW + 90 * DAY),
    ]


def test_a_warning_period_longer_than_the_idle_time_warns_at_once() -> None:
    hasty = replace(SECOND, after=3 * DAY)
    assert [rung.at for rung in arm_idle(hasty, NOW).ladder] == [NOW, NOW + 3 * DAY]


@pytest.mark.parametrize("rule", [Idle(), replace(SECOND, warn_before=timedelta())])
def test_without_a_warning_the_idle_clock_only_closes(rule: Idle | Staleness) -> None:
    clock = arm_idle(rule, NOW)
    assert [(rung.kind, rung.at) for rung in clock.ladder] == [("close", NOW + 90 * DAY)]


@pytest.mark.parametrize(
    ("policy", "rule", "reason"),
    [
        pytest.param(RULED, FIRST, "timing", id="the rule's"),
        pytest.param(RULED, None, "no_response", id="else the policy's idle"),
        pytest.param(replace(RULED, idle=Idle(reason="timing")), None, "timing", id="as it says"),
    ],
)
def test_an_idle_lead_is_closed_for_a_reason(
    policy: Policy, rule: Staleness | None, reason: str
) -> None:
    known = POLICY.lifecycle.reasons[0]
    reasons = tuple(replace(known, id=name) for name in ("timing", "no_response"))
    policy = replace(policy, lifecycle=replace(POLICY.lifecycle, reasons=reasons))
    assert closing_reason(policy, rule).id == reason


def test_a_reason_not_in_the_policy_is_replaced_by_its_first_one() -> None:
    dropped = replace(RULED, idle=Idle(reason="dropped"))
    assert closing_reason(dropped, None) == POLICY.lifecycle.reasons[0]
