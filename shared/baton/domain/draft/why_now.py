"""What a card says of a lead: the handoff packet, and why it comes now. Facts, without words."""

from __future__ import annotations

from datetime import datetime

from baton.domain.draft.draft import Draft
from baton.domain.lead import Lead
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Policy
from baton.domain.scoring.score import Point, Score
from baton.domain.time import EARLIEST

#: Things a lead did that the card names.
EVIDENCE_SHOWN = 3


def packet(policy: Policy, lead: Lead) -> tuple[tuple[str, str], ...]:
    """(label, value) of the fields in the policy's packet that have a value."""
    fields = lead.fields
    return tuple(
        (field.label, value) for field in policy.packet_fields if (value := fields.get(field.id))
    )


def why_now(draft: Draft) -> tuple[Phrase, ...]:
    """What they did, how it scored, and since when they stand where they stand."""
    policy, lead, score = draft.policy, draft.lead, draft.score
    did = _evidence(score)
    said = [_did(points) for points in did]
    offer, points = lead.fields.get("offer", ""), lead.fields.get("score", "")
    told_already = any(offer in f"{p.label}: {p.what}" for one in did for p in one)
    if offer and not told_already:
        said.append(Phrase("why_now.offer", (offer,)))
    if points:
        said.append(Phrase("why_now.score", (points,)))
    if score is not None and policy.scoring is not None:
        needs = policy.scoring
        numbers = (score.fit, needs.fit_at_least, score.behaviour, needs.behaviour_at_least)
        said.append(Phrase("why_now.fit", numbers))
    stage = policy.stage.get(lead.state.stage)
    if stage is not None and lead.state.since is not None:
        times = lead.state.times[stage.id].count
        said.append(phrase("why_now.stage", stage.label, lead.state.since, times))
    return tuple(said)


def _evidence(score: Score | None) -> list[list[Point]]:
    """What they did, rule by rule, what weighs most first; each thing once, by the rule that gives
    most for it."""
    by_rule: dict[str, list[Point]] = {}
    told: set[tuple[datetime, str]] = set()
    for point in score.points if score else ():
        if point.at is not None and point.points > 0 and (point.at, point.what) not in told:
            told.add((point.at, point.what))
            by_rule.setdefault(point.rule, []).append(point)
    heaviest = sorted(by_rule.values(), key=lambda points: -sum(p.points for p in points))
    return heaviest[:EVIDENCE_SHOWN]


def _did(points: list[Point]) -> Phrase:
    last = max(points, key=lambda point: point.at or EARLIEST)
    return phrase("why_now.did", last.label, last.what, len(points), last.at or EARLIEST)
