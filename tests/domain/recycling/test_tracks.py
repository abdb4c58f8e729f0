"""Which transition closes a lead, and after how many rounds it does not come back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.domain.lead import Lead, LifecycleState
from baton.domain.policy import Reason, Track, Transition
from baton.domain.recycling.tracks import (
    Closer,
    chosen_by_reason,
    closing_transition,
    rounds_used_up,
)
from baton.domain.world.effects import NoticeState
from tests.builders import NOW, POLICY, became, click, contact, decided, minutes, world

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


TIMING, CANCELLED, NONE_LEFT = "timing", "discovery_cancelled", "competitor"


def way(name: str, *reasons: str, reason: str = "", by: tuple[str, ...] = ("rep",)) -> Transition:
    return Transition(name, ("sal",), "recycled", by, True, reason=reason, reasons=reasons)


@pytest.mark.parametrize(
    ("ways", "reason", "by", "chosen"),
    [
        pytest.param(
            (way("cancelled", CANCELLED), way("recycle")), TIMING, "rep", "recycle", id="any reason"
        ),
        pytest.param(
            (way("recycle"), way("cancelled", CANCELLED)),
            CANCELLED,
            "rep",
            "cancelled",
            id="its own",
        ),
        pytest.param(
            (way("recycle", reason=TIMING), way("cancelled", reason=CANCELLED)),
            CANCELLED,
            "rep",
            "cancelled",
            id="by the reason of a move in HubSpot",
        ),
        pytest.param(
            (way("cancelled", CANCELLED, reason=CANCELLED), way("recycle", reason=TIMING)),
            NONE_LEFT,
            "rep",
            "recycle",
            id="one for other reasons is not for it",
        ),
        pytest.param(
            (way("cancelled", CANCELLED),), TIMING, "rep", "cancelled", id="the last resort"
        ),
        pytest.param(
            (way("clicked"), way("timed", by=("time",))), TIMING, "time", "timed", id="a clock's"
        ),
        pytest.param(
            (way("timed", by=("time",)), way("clicked")), TIMING, "rep", "clicked", id="a person's"
        ),
        pytest.param((way("one"), way("two")), TIMING, "time", "one", id="the first of equals"),
        pytest.param((), TIMING, "rep", None, id="none"),
    ],
)
def test_what_happened_chooses_the_transition(
    ways: tuple[Transition, ...], reason: str, by: Closer, chosen: str | None
) -> None:
    found = chosen_by_reason(ways, reason, by)
    assert (found.id if found else None) == chosen


def test_a_rejection_for_timing_is_not_kept_as_a_cancelled_discovery() -> None:
    """By what is stored, and by what the transition does."""
    ways = (
        *POLICY.lifecycle.transitions[:2],
        replace(way("discovery_cancelled", CANCELLED), tell="manager"),
        replace(way("recycle", reason=TIMING), tell="ops"),
    )
    policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, transitions=ways))
    lead = decided(None, became(), world(policy, contact())).lead
    for action, reason, minute in (("accept", "", 1), ("reject", TIMING, 2)):
        at = NOW + minutes(minute)
        made = decided(lead, click(action, at, reason=reason), world(policy), at)
        lead = made.lead
    assert [fact.via for fact in lead.facts if fact.via] == ["recycle"]
    told = [one for one in made.effects if isinstance(one, NoticeState)]
    assert [one.slot.split(":")[2] for one in told] == ["recycle"]


@pytest.mark.parametrize(("rounds", "over"), [(0, False), (2, False), (3, True), (4, True)])
def test_rounds_are_used_up_at_the_tracks_limit(rounds: int, over: bool) -> None:
    track = Track("timing", "Timing", "timing", timedelta(days=1), max_rounds=3)
    lead = Lead(id="101", state=LifecycleState("recycled", NOW, rounds=rounds))
    assert rounds_used_up(track, lead) == over
    assert not rounds_used_up(None, lead)
