"""What `baton explain` shows of scores, of missing fields, and of moves back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from baton.domain.form_names import said
from baton.domain.lead import Lead, StageFact
from baton.domain.lifecycle.stage_history import answer_to
from baton.domain.lifecycle.triggers import verdict
from baton.domain.numbers import places_beside
from baton.domain.policy import Policy
from baton.domain.scoring.asked_for import too_old
from baton.domain.scoring.facts import describe
from baton.domain.scoring.score import Point, Score
from baton.presentation.wording import place, plain
from baton.presentation.words import counted, listed, number, quoted, span, spelled, utc


def scored(lead: Lead, policy: Policy, now: datetime) -> list[str]:
    """The score at *now*: each rule with its points and the age of its evidence."""
    score, scoring = describe(policy, lead, now)[1], policy.scoring
    if score is None or scoring is None:
        return []
    places = places_beside(score.behaviour, scoring.behaviour_at_least, 1)
    fit_places = places_beside(score.fit, scoring.fit_at_least, 6)
    lines = [
        f"Score: fit {number(score.fit, fit_places)} of {scoring.fit_at_least:g}, behaviour"
        f" {score.behaviour:.{places}f} of {scoring.behaviour_at_least:g}:"
        f" {_verdict(score, policy)}."
    ]
    lines += [f"  {_point(point, policy, now)}" for point in score.points]
    if lead.review_at is not None:
        lines.append(f"  Reviewed again at {utc(lead.review_at)}, because it decays.")
    return lines


def asked_long_ago(lead: Lead, policy: Policy, now: datetime) -> list[str]:
    """The forms that count no more in conditions, though HubSpot still shows them."""
    return [
        f"{plain(policy.labels_of((name,))[0])} counts no more: {_what(lead.fields[name], policy)}"
        f" was sent at {utc(at)}, and lasts {span(lasts)}."
        for name, at, lasts in too_old(policy, lead, now)
    ]


def waiting(lead: Lead, policy: Policy) -> list[str]:
    """What a held lead lacks, what a flagged lead lacked when it went on, and values found
    elsewhere."""
    return [*_held(lead, policy), *_found(lead, policy)]


def moved_back(lead: Lead, policy: Policy) -> list[str]:
    """Changes of the stage that were not followed, by whom, and what the policy does about them."""
    lines = [_not_followed(fact, lead, policy) for fact in lead.state.refused]
    lines += [
        f"Moved on to {fact.stage} at {utc(fact.at)} by {_source(fact)}, which no transition"
        " allows: followed, as the policy says."
        for fact in lead.state.tolerated
    ]
    lines += [
        f"Parked since {utc(one.at)}: Baton's own moves lead in a circle, from {one.kept} to"
        f" {one.to}."
        if one.kind == "loop"
        else f"Open question since {utc(one.at)}: {one.source or 'an unnamed source'} set"
        f" {one.to or 'no stage'}, Baton keeps {one.kept}."
        for one in lead.questions
    ]
    lines += [
        f"Restored: {name}, {counted(len(times), 'time')}, last {utc(times[-1])}."
        for name, times in lead.restored.items()
        if times
    ]
    lines += [
        f"Left to other systems: {name} is {quoted(value)}." for name, value in lead.yielded.items()
    ]
    return lines


def _not_followed(fact: StageFact, lead: Lead, policy: Policy) -> str:
    stage, target = policy.stage.get(lead.state.stage), policy.stage.get(fact.stage)
    what = f"Moved back to {fact.stage}" if fact.stage else "Cleared"
    answer = str(answer_to(policy, fact.source))
    ahead = stage is not None and target is not None and not target.side
    if stage and target and ahead and (stage.side or target.rank > stage.rank):
        found = verdict(policy, stage, target, fact.source, fact.source_id)
        what = f"Moved on to {fact.stage}"
        if found.transition:
            by = listed(policy.transition[found.transition].by, " or ")
            what += f" ({found.transition} is by {by})"
        answer = answer if found.answer == "back" else found.answer
    return f"{what} at {utc(fact.at)} by {_source(fact)}: not followed ({answer})."


def _source(fact: StageFact) -> str:
    return " ".join(filter(None, (fact.source, fact.source_id))) or "an unnamed source"


def _verdict(score: Score, policy: Policy) -> str:
    if score.qualified:
        asked = _what(spelled(score.hand_raise), policy)
        hand = f", asked for a call ({asked})" if asked else ""
        return f"qualified{hand}"
    return f"not qualified, {'; '.join(map(plain, score.wanting))}"


def _what(name: str, policy: Policy) -> str:
    return plain(said(name, policy.form_names, end=True))


def _point(point: Point, policy: Policy, now: datetime) -> str:
    what = f" ({_what(point.what, policy)})" if point.what else ""
    age = ""
    if point.at is not None:
        ago = now - point.at
        age = f", {span(ago - ago % timedelta(minutes=1), exact=False)} ago"
    return f"{point.points:+6.1f}  {point.label}{what}{age}"


def _held(lead: Lead, policy: Policy) -> Iterator[str]:
    held = lead.held
    if held is not None:
        stage = policy.stage.get(held.stage)
        label = stage.label if stage else held.stage
        yield (f"Held before {label} since {utc(held.since)}, until {utc(held.clock.due_at)}:")
        yield from (f"  missing: {plain(name)}" for name in policy.labels_of(held.missing))
        yield from (f"  does not hold: {plain(why)}" for why in held.unmet)
    if lead.flagged:
        yield f"Came without {listed(map(plain, policy.labels_of(lead.flagged)), ', ')}."


def _found(lead: Lead, policy: Policy) -> Iterator[str]:
    for name, where in lead.found.items():
        label = plain(policy.labels_of((name,))[0])
        yield f"{label} is not in the contact; found in {place(where)}."
