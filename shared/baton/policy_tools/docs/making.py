"""Who or what makes a transition: a click, a clock, a hold that runs out, or HubSpot's stage."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools import saying
from baton.policy_tools.docs.aftercare import BY_HAND, answer_by_hand
from baton.policy_tools.docs.markdown import code, codes, text
from baton.policy_tools.docs.source import Source
from baton.policy_tools.models.lifecycle import Reason, Transition


def made(source: Source, move: Transition) -> str:
    """Every way in which *move* comes about, conditions of its own apart."""
    ways = list(_closing(source, move) if source.stages[move.to].side else _on(source, move))
    ways += _in_hubspot(source, move)
    if ways:
        return "; ".join(ways)
    if move.when:
        return "by nobody else"
    return f"by nothing yet: set by hand in HubSpot, the answer is {code(answer_by_hand(source))}"


def reason(source: Source, move: Transition) -> str:
    """What a move off the way is made for: there is always a reason."""
    picked = "the one that is picked at *Reject*, or that the clock or condition names; "
    first = picked if any(_closing(source, move)) else ""
    if move.reason is None:
        return f"required: {first}a stage that is set in HubSpot brings none with it"
    own = source.reasons[move.reason]
    where = "made by itself or set in HubSpot" if move.when else "set in HubSpot"
    return f"required: {first}{where}, {text(own.label)} ({source.consequence(own)})"


def handed_anew(source: Source, move: Transition) -> bool:
    """Whether *move* brings a lead that no rep has any more back to where one must have it."""
    row = [stage.id for stage in source.working]
    if move.to not in row:
        return False
    first, last = row.index(source.handoff.id), row.index(source.accepted.id)
    gone = [one for one in move.source if one not in row or row.index(one) > last]
    return bool(gone) and first <= row.index(move.to) <= last


def _on(source: Source, move: Transition) -> Iterator[str]:
    """Clicks and deals that lead on."""
    goal = source.stages[move.to]
    if move.reverse:
        return
    if goal is source.accepted:
        yield "the owner, with *Accept* on the card"
    elif goal is source.qualified and source.accepted.id in move.source:
        yield "the owner, with *Qualified* on the card, once accepted"
    if goal.deal_stages:
        yield f"a deal that comes to {codes(goal.deal_stages)}"


def _closing(source: Source, move: Transition) -> Iterator[str]:
    """Clicks, clocks and conditions that lead off the way; each closes the lead for a reason."""
    row = [stage.id for stage in source.working]
    with_rep = row[row.index(source.handoff.id) : row.index(source.accepted.id) + 1]
    if any(_leads_off(source, move, stage) for stage in with_rep):
        yield "the owner, with *Reject* and a reason that leads there"
    quiet = [
        rule.id
        for rule in source.files.recycling.staleness
        if _serves(source, move, source.reasons[rule.reason], rule.stages)
    ]
    if _serves(source, move, source.idle_reason, source.files.left_to_idle):
        quiet.append("idle")
    if quiet:
        yield f"the clock of a quiet lead ({codes(quiet)})"
    held = [
        stage.id
        for stage in source.working
        if stage.hold is not None
        and stage.hold.reason is not None
        and _serves(source, move, source.reasons[stage.hold.reason], _waits_in(source, stage.id))
    ]
    if held:
        yield f"the end of a hold ({source.labels(tuple(held))})"
    closed = dict.fromkeys(
        stage.id
        for stage in source.working
        for one in stage.disqualified_by
        if _serves(source, move, source.reasons[one.reason], (stage.id,))
    )
    if closed:
        yield f"a condition that closes leads at once ({source.labels(tuple(closed))})"


def _waits_in(source: Source, stage: str) -> tuple[str, ...]:
    """Where a lead may stand that is held before *stage*: there, or a move before it."""
    return (stage, *(one for move in source.moves_to(stage) for one in move.source))


def _serves(source: Source, move: Transition, why: Reason, stages: tuple[str, ...]) -> bool:
    """Whether a lead that is closed in one of *stages* for *why* takes *move*."""
    lifecycle = source.files.lifecycle
    if why.pass_on:
        return False
    to = lifecycle.disqualified if why.recycle_to is None else lifecycle.recycled
    return move.to == to and any(_leads_off(source, move, stage) for stage in stages)


def _leads_off(source: Source, move: Transition, stage: str) -> bool:
    """Whether *move* is the first that leads from *stage* to where it goes."""
    ways = (one for one in source.moves_from(stage) if one.reverse and one.to == move.to)
    return next(ways, None) is move


def _in_hubspot(source: Source, move: Transition) -> Iterator[str]:
    if not move.reverse and set(move.source) <= {stage.id for stage in source.working}:
        yield "whoever or whatever sets the stage in HubSpot, and Baton follows"
        return
    own_reason = source.stages[move.to].side and move.reason is not None
    by_hand = not move.reverse or own_reason or answer_by_hand(source) == "accept"
    who = ["a person"] * ("rep" in move.by and by_hand)
    accepted = [
        origin
        for origin, answer in source.files.lifecycle.backward.items()
        if answer == "accept" and origin.casefold() != BY_HAND
    ]
    if "automatic" in move.by and not move.reverse:
        who.append("a workflow or another system")
    elif "automatic" in move.by:
        who += ["any other source" if one == "*" else code(one) for one in accepted]
    if who:
        yield f"{saying.either(who)}, by the stage in HubSpot, and Baton follows"
