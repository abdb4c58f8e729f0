"""Leaving sales: the move is the latest of all, and RevOps is told when a lead has used up its
rounds."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.world.effects import NoticeState
from tests.builders import (
    NOW,
    POLICY,
    after,
    became,
    click,
    contact,
    decided,
    handed_off,
    hint,
    minutes,
    world,
)
from tests.worded import lines, title

ACCEPTED = NOW + minutes(2)


@pytest.mark.parametrize(
    "rejected",
    [
        pytest.param(ACCEPTED - minutes(1), id="a minute before"),
        pytest.param(ACCEPTED, id="at the very instant"),
        pytest.param(ACCEPTED + minutes(1), id="a minute after"),
    ],
)
def test_a_rejection_is_dated_after_the_leads_last_move(rejected: datetime) -> None:
    """Slack may send two clicks in any order, and clocks may differ."""
    lead, its_world = handed_off()
    accepted = decided(lead, click("accept", ACCEPTED), its_world, ACCEPTED)
    its_world, now = after(its_world, accepted), ACCEPTED + minutes(5)
    done = decided(accepted.lead, click("reject", rejected, reason="timing"), its_world, now).lead
    assert done.state.stage == "recycled"
    assert done.state.refused == ()
    earlier, last = done.facts[-2:]
    assert (earlier.stage, last.stage, last.via) == ("sal", "recycled", "recycle")
    assert last.at > earlier.at
    assert last.at >= rejected
    assert done.state.since == last.at


# --- after the last round


def notices(decision: Decision) -> list[NoticeState]:
    return [e for e in decision.effects if isinstance(e, NoticeState)]


def rejected(rounds_allowed: int, first: str = "PAID_SEARCH", later: str = "") -> Decision:
    """The first rejection of a lead whose source was *first*; by then HubSpot shows another source,
    *later*."""
    tracks = tuple(replace(track, max_rounds=rounds_allowed) for track in POLICY.tracks)
    its_world = world(replace(POLICY, tracks=tracks), contact(hs_analytics_source=first))
    decision = decided(None, became(), its_world)
    its_world = replace(after(its_world, decision), contact=contact(hs_analytics_source=later))
    lead = decided(decision.lead, hint("fields"), its_world).lead
    at = NOW + minutes(2)
    return decided(lead, click("reject", at, reason="timing"), its_world, at)


@pytest.mark.parametrize(
    ("first", "later", "source"),
    [
        pytest.param("PAID_SEARCH", "PAID_SEARCH", "PAID_SEARCH", id="known"),
        pytest.param("PAID_SEARCH", "REFERRALS", "PAID_SEARCH", id="the first, and no later one"),
        pytest.param("", "", "not known", id="not known"),
    ],
)
def test_after_the_last_round_revops_is_told_where_the_lead_came_from(
    first: str, later: str, source: str
) -> None:
    decision = rejected(1, first, later)
    assert decision.lead.state.rounds == 1
    (notice,) = notices(decision)
    assert (notice.to, notice.level) == ("#revops", "info")
    assert title(notice) == "Ada Example has been recycled 1 time"
    assert lines(notice) == (
        "Track Later allows 1: Baton does not bring it back any more.",
        "A stage that somebody sets in HubSpot is followed.",
        f"First source: {source}.",
    )


def test_before_the_last_round_revops_is_not_told() -> None:
    decision = rejected(2)
    assert (decision.lead.state.rounds, notices(decision)) == (1, [])
