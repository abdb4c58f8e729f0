"""The cool-off: for how long older evidence does not bring a lead back.

The evidence that made a lead an MQL must not make it one again right after it was recycled. So
while it is in a side stage (recycled, disqualified), older evidence does not count. A person who
asks for a call (a raised hand) need not wait.
"""

from __future__ import annotations

from datetime import datetime

from baton.domain.lead import Evidence, Lead
from baton.domain.policy import Policy, Track


def cool_until(track: Track | None, left_at: datetime) -> datetime | None:
    """When the cool-off ends for a lead that went to *track* at *left_at*; None: it has none."""
    return left_at + track.cool_off if track is not None else None


def evidence_that_counts(policy: Policy, lead: Lead) -> tuple[Evidence, ...]:
    """The evidence by which the lead is scored. In a side stage: that from after the cool-off or,
    without one, from after the lead left. Evidence at exactly that instant does not count.
    """
    left_at = _left_at(policy, lead)
    return _since(lead.evidence, left_at and (lead.cool_until or left_at))


def evidence_of_raised_hands(policy: Policy, lead: Lead) -> tuple[Evidence, ...]:
    """The evidence that may be a raised hand: in a side stage all from after the lead left, even
    during the cool-off.
    """
    return _since(lead.evidence, _left_at(policy, lead))


def _left_at(policy: Policy, lead: Lead) -> datetime | None:
    """Since when the lead is in a side stage; None: it is not."""
    stage = policy.stage.get(lead.state.stage)
    return lead.state.since if stage is not None and stage.side else None


def _since(evidence: tuple[Evidence, ...], since: datetime | None) -> tuple[Evidence, ...]:
    if since is None or not evidence:
        return evidence
    return tuple(piece for piece in evidence if piece.at > since)
