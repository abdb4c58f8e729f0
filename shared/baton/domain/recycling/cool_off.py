"""The cool-off: for how long what a lead did before does not bring it back.

What once made a lead an MQL must not make it one again the moment it was given back. So while it
stands off the way (recycled, disqualified), older evidence does not count; only somebody who
raises a hand, who asks for a call, need not wait.
"""

from __future__ import annotations

from datetime import datetime

from baton.domain.lead import Evidence, Lead
from baton.domain.policy import Policy, Track


def cool_until(track: Track | None, left_at: datetime) -> datetime | None:
    """When the cool-off of a lead ends that went to *track* at *left_at*; None: it has none."""
    return left_at + track.cool_off if track is not None else None


def evidence_that_counts(policy: Policy, lead: Lead) -> tuple[Evidence, ...]:
    """The evidence by which the lead is scored. Off the way: what came after the cool-off, or,
    where it has none, after the lead left. A piece at that very instant does not count."""
    left_at = _left_at(policy, lead)
    return _since(lead.evidence, left_at and (lead.cool_until or left_at))


def evidence_of_raised_hands(policy: Policy, lead: Lead) -> tuple[Evidence, ...]:
    """The evidence in which a raised hand is looked for: off the way what came after the lead
    left, in the cool-off or not."""
    return _since(lead.evidence, _left_at(policy, lead))


def _left_at(policy: Policy, lead: Lead) -> datetime | None:
    """Since when the lead stands off the way; None: it does not."""
    stage = policy.stage.get(lead.state.stage)
    return lead.state.since if stage is not None and stage.side else None


def _since(evidence: tuple[Evidence, ...], since: datetime | None) -> tuple[Evidence, ...]:
    if since is None or not evidence:
        return evidence
    return tuple(piece for piece in evidence if piece.at > since)
