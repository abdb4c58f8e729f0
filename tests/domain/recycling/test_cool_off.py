"""The cool-off: earlier evidence does not bring a lead back; a raised hand does not wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.lead import Evidence, Lead, LifecycleState
from baton.domain.policy import Track
from baton.domain.recycling.cool_off import (
    cool_until,
    evidence_of_raised_hands,
    evidence_that_counts,
)
from tests.builders import NOW, POLICY

DAY = timedelta(days=1)
LEFT = NOW
TRACK = Track("timing", "Timing", "timing", cool_off=30 * DAY, max_rounds=3)
#: Before the lead left, at that instant, in the cool-off, at its end, and after it.
BEFORE, AT, DURING, END, AFTER = (LEFT + n * DAY for n in (-1, 0, 10, 30, 31))
EVIDENCE = tuple(Evidence(at, "form", "demo") for at in (BEFORE, AT, DURING, END, AFTER))


def lead(stage: str, until: datetime | None = None) -> Lead:
    return Lead(id="101", state=LifecycleState(stage, LEFT), evidence=EVIDENCE, cool_until=until)


def times(pieces: tuple[Evidence, ...]) -> list[datetime]:
    return [piece.at for piece in pieces]


def test_the_cool_off_ends_the_tracks_time_after_the_lead_left() -> None:
    assert cool_until(TRACK, LEFT) == LEFT + 30 * DAY
    assert cool_until(None, LEFT) is None


@pytest.mark.parametrize(
    ("stage", "until", "counts"),
    [
        pytest.param("mql", None, [BEFORE, AT, DURING, END, AFTER], id="on the way all counts"),
        pytest.param("recycled", LEFT + 30 * DAY, [AFTER], id="after the cool-off alone"),
        pytest.param("recycled", None, [DURING, END, AFTER], id="no cool-off: after it left"),
        pytest.param("disqualified", None, [DURING, END, AFTER], id="disqualified likewise"),
    ],
)
def test_evidence_counts_after_the_cool_off(
    stage: str, until: datetime | None, counts: list[datetime]
) -> None:
    """A piece of evidence at exactly the end of the cool-off does not count."""
    assert times(evidence_that_counts(POLICY, lead(stage, until))) == counts


def test_a_hand_raise_ignores_the_cool_off() -> None:
    recycled = lead("recycled", LEFT + 30 * DAY)
    assert times(evidence_of_raised_hands(POLICY, recycled)) == [DURING, END, AFTER]
    assert evidence_of_raised_hands(POLICY, lead("mql")) == EVIDENCE


def test_a_stage_not_in_the_policy_is_no_side_stage() -> None:
    assert evidence_that_counts(POLICY, lead("gone", LEFT + 30 * DAY)) == EVIDENCE


@given(st.lists(st.integers(-100, 100), max_size=8), st.none() | st.integers(0, 90))
def test_a_signal_that_counts_can_be_a_hand_raise(days: list[int], cool_off: int | None) -> None:
    evidence = tuple(Evidence(LEFT + n * DAY, "form") for n in sorted(days))
    until = None if cool_off is None else LEFT + cool_off * DAY
    recycled = replace(lead("recycled", until), evidence=evidence)
    counts = evidence_that_counts(POLICY, recycled)
    raising = evidence_of_raised_hands(POLICY, recycled)
    assert set(counts) <= set(raising) <= set(evidence)
    assert all(piece.at > (until or LEFT) for piece in counts)
