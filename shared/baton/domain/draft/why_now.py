"""The content of a card about its lead: the handoff packet, what of it cannot be read, and why now.
Values and phrases, no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from baton.domain import form_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import Lead
from baton.domain.phrase import Phrase, seconds
from baton.domain.policy import Field, Policy
from baton.domain.scoring.score import Point, Score
from baton.domain.text import folded
from baton.domain.time import EARLIEST
from baton.domain.values import ALWAYS_UNDERSTOOD, SHOWN_OTHERWISE

#: Most pieces of evidence that the card names.
EVIDENCE_SHOWN = 3


def packet(policy: Policy, lead: Lead) -> tuple[tuple[str, str], ...]:
    """(label, value) of the fields in the policy's packet that have a value."""
    fields, read = lead.fields, policy.read
    return tuple(
        [
            (label, read(kind, value).shown if kind in SHOWN_OTHERWISE else value)
            for name, label, kind in policy.packet_rows
            if (value := fields.get(name))
        ]
    )


def phones(policy: Policy, lead: Lead) -> tuple[int, ...]:
    """Places in the packet of phone numbers: a range of numbers looks like one, too."""
    if not policy.packet_has_phones:
        return ()
    fields = lead.fields
    shown = [kind for name, _, kind in policy.packet_rows if fields.get(name)]
    return tuple([place for place, kind in enumerate(shown) if kind == "phone"])


def unread(
    policy: Policy, values: Mapping[str, str], fields: Iterable[Field]
) -> tuple[Phrase, ...]:
    """The *values* of *fields* that are not what their kind promises, so that no rule counts them:
    ``1k-ish`` is no number.
    """
    return tuple(
        [
            Phrase("unread", (field.label, value, Phrase("unread.why", (field.kind,))))
            for field in fields
            if field.kind not in ALWAYS_UNDERSTOOD
            and (value := values.get(field.id, "").strip())
            and not policy.read(field.kind, value).understood
        ]
    )


def why_now(draft: Draft) -> tuple[Phrase, ...]:
    """What the lead did, how it scored, and since when it is in its stage."""
    policy, lead, score = draft.policy, draft.lead, draft.score
    did = _evidence(score) if score is not None else []
    said = [_did(points, policy) for points in did]
    # An old wish is not why the lead comes now.
    offer, points = draft.facts.get("offer"), lead.fields.get("score", "")
    # Of several pieces by one rule, the card names the last.
    if offer and not any(_tells(last, offer, policy) for last in map(_last, did)):
        said.append(Phrase("why_now.offer", (form_names.said(offer, policy.form_names),)))
    if points:
        said.append(Phrase("why_now.score", (points,)))
    if score is not None and policy.scoring is not None:
        needs = policy.scoring
        numbers = (score.fit, needs.fit_at_least, score.behaviour, needs.behaviour_at_least)
        said.append(Phrase("why_now.fit", numbers))
    stage = policy.stage.get(lead.state.stage)
    if stage is not None and lead.state.since is not None:
        times = lead.state.times[stage.id].count
        said.append(Phrase("why_now.stage", (stage.label, seconds(lead.state.since), times)))
    return tuple(said)


def _evidence(score: Score) -> list[list[Point]]:
    """What the lead did, by rule, most points first; each piece once, under the rule that gives it
    the most points.
    """
    by_rule: dict[str, list[Point]] = {}
    told: set[tuple[datetime, str]] = set()
    for point in score.points:
        if point.at is not None and point.points > 0 and (point.at, point.what) not in told:
            told.add((point.at, point.what))
            by_rule.setdefault(point.rule, []).append(point)
    heaviest = sorted(by_rule.values(), key=lambda points: -sum(p.points for p in points))
    return heaviest[:EVIDENCE_SHOWN]


def _last(points: list[Point]) -> Point:
    return max(points, key=lambda point: point.at or EARLIEST)


def _did(points: list[Point], policy: Policy) -> Phrase:
    last = _last(points)
    what = form_names.said(last.what, policy.form_names, end=True)
    at = seconds(last.at or EARLIEST)
    return Phrase("why_now.did", (last.label, what, len(points), at))


def _tells(point: Point, offer: str, policy: Policy) -> bool:
    """Whether the line of *point* names what the person asked for."""
    asked, did = (_form(one, policy) for one in (offer, point.what))
    return asked == did or asked in folded(point.label) or offer in f"{point.label}: {point.what}"


def _form(text: str, policy: Policy) -> str:
    """The form's own name, folded; of an unknown form the end, which is what evidence keeps."""
    name = form_names.said(text, policy.form_names)
    form = name.args[0] if isinstance(name, Phrase) and name.id == "form" else text
    return folded(str(form)[-form_names.KEPT :])
