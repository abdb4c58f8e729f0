"""Nurture tracks: the way that leads to one, and after how many rounds there is no way back."""

from __future__ import annotations

from baton.domain.lead import Lead
from baton.domain.policy import Policy, Reason, Track, Transition


def way_off(policy: Policy, stage: str, reason: Reason) -> Transition | None:
    """The first named transition by which a lead in *stage* leaves for *reason*: to be recycled,
    where the reason has a track, else disqualified. None: no transition leads off from there."""
    to = policy.lifecycle.recycled if reason.track else policy.lifecycle.disqualified
    return next(
        (t for t in policy.lifecycle.transitions if t.reverse and t.to == to and stage in t.source),
        None,
    )


def rounds_used_up(track: Track | None, lead: Lead) -> bool:
    """Whether the lead has gone round as often as *track* allows."""
    return track is not None and lead.state.rounds >= track.max_rounds
