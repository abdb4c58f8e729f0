"""Which transition closes a lead, and after how many rounds it does not come back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.domain.lead import Lead, LifecycleState
from baton.domain.policy import Reason, Track, Transition
from baton.domain.recycling.tracks import closing_transition, rounds_used_up
from tests.builders import NOW, POLICY

WAYS = (
    Transition("accept", ("mql",), "sal", by=("rep",)),
    Transition("recycle", ("mql", "sal"), "recycled", by=("rep",), reverse=True),
    Transition("recycle_late", ("sal", "sql"), "recycled", by=("rep",), reverse=True),
    Transition("drop", ("mql",), "disqualified", by=("rep",), reverse=True),
    Transition("nurtured", ("sqo",), "recycled", by=("automatic",)),
)
RULED = replace(POLICY, lifecycle=replace(POLICY.lifecycle, transitions=WAYS))
NURTURED = replace(POLICY.lifecycle.reasons[0], id="timing", track="timing")
DROPPED = replace(POLICY.lifecycle.reasons[0], id="bad_fit", track="")


@pytest.mark.parametrize(
    ("stage", "reason", "way"),
    [
        pytest.param("mql", NURTURED, "recycle", id="a reason with a track recycles"),
        pytest.param("mql", DROPPED, "drop", id="one without disqualifies"),
        pytest.param("sal", NURTURED, "recycle", id="the first of several"),
        pytest.param("sql", NURTURED, "recycle_late", id="from its stage"),
        pytest.param("sal", DROPPED, None, id="none leads there from that stage"),
        pytest.param("sqo", NURTURED, None, id="a move forward is no way off"),
    ],
)
def test_reason_and_stage_choose_the_track(stage: str, reason: Reason, way: str | None) -> None:
    found = closing_transition(RULED, stage, reason)
    assert (found.id if found else None) == way


@pytest.mark.parametrize(("rounds", "over"), [(0, False), (2, False), (3, True), (4, True)])
def test_rounds_are_used_up_at_the_tracks_limit(rounds: int, over: bool) -> None:
    track = Track("timing", "Timing", "timing", timedelta(days=1), max_rounds=3)
    lead = Lead(id="101", state=LifecycleState("recycled", NOW, rounds=rounds))
    assert rounds_used_up(track, lead) == over
    assert not rounds_used_up(None, lead)
