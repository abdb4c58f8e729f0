"""One-word summaries in HubSpot: the lead status and the SLA status."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.lead import ArmedRung, Clock
from baton.domain.lifecycle.status import lead_status, sla_status
from baton.domain.policy import Status
from tests.builders import NOW, POLICY, handed_off, minutes, owned

LEAD = handed_off()[0]
WARN, BREACH = ArmedRung(NOW + minutes(5), "warn"), ArmedRung(NOW + minutes(9), "breach")


def clock(**changes: Any) -> Clock:
    return Clock("call", "Call", "touch", NOW, NOW + minutes(9), ladder=(WARN, BREACH), **changes)


RUNS, WARNED, BREACHED = clock(), clock(climbed=1), clock(climbed=2)
KEPT = clock(stopped_at=NOW)
STILL = clock(paused_at=NOW)


@pytest.mark.parametrize(
    ("clocks", "status"),
    [
        pytest.param((RUNS,), "on_track", id="it runs"),
        pytest.param((RUNS, WARNED), "at_risk", id="one was warned of"),
        pytest.param((RUNS, BREACHED), "breached", id="one was breached"),
        pytest.param((replace(BREACHED, stopped_at=NOW),), "breached", id="kept too late"),
        pytest.param((KEPT,), "met", id="kept"),
        pytest.param((), "met", id="nothing is promised"),
        pytest.param((KEPT, RUNS), "on_track", id="one is kept, one runs"),
        pytest.param((KEPT, STILL), "paused", id="all that run are paused"),
        pytest.param((RUNS, STILL), "on_track", id="one is paused"),
        pytest.param((replace(WARNED, stopped_at=NOW), RUNS), "at_risk", id="kept after a warning"),
    ],
)
def test_the_status_of_the_targets(clocks: tuple[Clock, ...], status: str) -> None:
    assert sla_status(replace(LEAD, clocks=clocks)) == status


@pytest.mark.parametrize(
    ("stage", "is_owned", "acts", "meeting", "status"),
    [
        pytest.param("mql", True, {}, "MET", "NEW", id="assigned"),
        pytest.param("mql", True, {"touched_at": NOW}, "MET", "IN_PROGRESS", id="touched"),
        pytest.param("mql", True, {"met_at": NOW}, "MET", "MET", id="a meeting is booked"),
        pytest.param("mql", True, {"met_at": NOW}, "", "NEW", id="which has no status"),
        pytest.param("recycled", True, {}, "MET", "BAD_TIMING", id="side stage: the stage's"),
        pytest.param("recycled", False, {}, "MET", "BAD_TIMING", id="side stage, nobody's"),
        pytest.param("mql", False, {}, "MET", "", id="the stage has none"),
        pytest.param("gone", False, {}, "MET", "", id="the policy has forgotten the stage"),
        pytest.param("gone", True, {}, "MET", "NEW", id="but somebody has it"),
    ],
)
def test_the_lead_status(
    stage: str, is_owned: bool, acts: dict[str, Any], meeting: str, status: str
) -> None:
    words = Status(new="NEW", working="IN_PROGRESS", meeting=meeting)
    policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, status=words))
    assignment = replace(owned(LEAD), **acts) if is_owned else None
    clocks = LEAD.clocks if is_owned else ()
    standing = replace(LEAD.state, stage=stage)
    lead = replace(LEAD, assignment=assignment, clocks=clocks, state=standing)
    assert lead_status(policy, lead) == status
