"""What a card says of a lead: the handoff packet, and why it comes now."""

from __future__ import annotations

from datetime import datetime

from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.domain.scoring.score import Point, Score
from baton.domain.time import EARLIEST
from baton.presentation.words import in_zone

#: Things a lead did that the card names.
EVIDENCE_SHOWN = 3


def packet(policy: Policy, lead: Lead, zone: str) -> tuple[tuple[str, str], ...]:
    """(label, value) of the fields in the policy's packet that have a value, instants in *zone*."""
    return tuple(
        (field.label, _readable(lead.fields[field.id], zone))
        for field in policy.lifecycle.fields
        if field.packet and lead.fields.get(field.id)
    )


def why_now(policy: Policy, lead: Lead, score: Score | None, zone: str) -> tuple[str, ...]:
    """What they did, how it scored, and since when they stand where they stand."""
    lines = _evidence(score, zone)
    offer, points = lead.fields.get("offer", ""), lead.fields.get("score", "")
    if any(offer in line for line in lines):
        offer = ""  # said already, as a thing that they did
    lines += [
        f"{what}: {value}" for what, value in (("Asked for", offer), ("Score", points)) if value
    ]
    if score is not None and policy.scoring is not None:
        scoring, fit, did = policy.scoring, score.fit, score.behaviour
        lines.append(
            f"Fit {fit:.0f} of {scoring.fit_at_least:g},"
            f" behaviour {did:.0f} of {scoring.behaviour_at_least:g}"
        )
    stage = policy.stage.get(lead.standing.stage)
    if stage is not None and lead.standing.since is not None:
        again = lead.standing.times[stage.id].count
        times = "" if again < 2 else f" (entered {again} times)"
        lines.append(f"{stage.label} since {in_zone(lead.standing.since, zone)}{times}")
    return tuple(lines)


def _readable(value: str, zone: str) -> str:
    """*value* as it is, but an instant as a person in *zone* would say it."""
    try:
        at = datetime.fromisoformat(value) if value[4:5] == "-" and "T" in value else None
    except ValueError:
        return value
    return in_zone(at, zone) if at is not None and at.tzinfo is not None else value


def _evidence(score: Score | None, zone: str) -> list[str]:
    """What they did, rule by rule, what weighs most first; each thing once, by the rule that gives
    most for it."""
    by_rule: dict[str, list[Point]] = {}
    told: set[tuple[datetime, str]] = set()
    for point in score.points if score else ():
        if point.at is not None and point.points > 0 and (point.at, point.what) not in told:
            told.add((point.at, point.what))
            by_rule.setdefault(point.rule, []).append(point)
    heaviest = sorted(by_rule.values(), key=lambda points: -sum(p.points for p in points))
    return [_did(points, zone) for points in heaviest[:EVIDENCE_SHOWN]]


def _did(points: list[Point], zone: str) -> str:
    last = max(points, key=lambda point: point.at or EARLIEST)
    what = f": {last.what}" if last.what else ""
    times = f"{len(points)} times, last " if len(points) > 1 else ""
    at = in_zone(last.at, zone) if last.at else ""
    return f"{last.label}{what} ({times}{at})"
