"""Nurture tracks: the transition to one, and the limit of rounds."""

from __future__ import annotations

from baton.domain.lead import Lead
from baton.domain.policy import Policy, Reason, Track, Transition


def closing_transition(policy: Policy, stage: str, reason: Reason) -> Transition | None:
    """The first transition that closes a lead in *stage* for *reason*: to recycled if the reason
    has a track, else to disqualified. None: there is no such transition.
    """
    to = policy.lifecycle.recycled if reason.track else policy.lifecycle.disqualified
    return next(
        (t for t in policy.lifecycle.transitions if t.reverse and t.to == to and stage in t.source),
        None,
    )


def rounds_used_up(track: Track | None, lead: Lead) -> bool:
    """Whether the lead has been recycled as often as *track* allows."""
    return track is not None and lead.state.rounds >= track.max_rounds
