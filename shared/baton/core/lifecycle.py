"""What follows once something is known: the moves that Baton makes by itself, and what the stage
a lead stands in asks for.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.core import gates, handoff
from baton.core.acts import accept, close, off_the_way, refold, way_off
from baton.core.conditions import next_change, why_not
from baton.core.decision import Draft
from baton.core.lead import StageFact
from baton.core.policy import Stage, Transition
from baton.core.routing import Missing
from baton.core.scoring import next_crossing
from baton.core.world import Lacks


def follow(draft: Draft) -> None:
    """Bring the lead as far as it goes: settle it where it stands, then make the moves whose
    conditions hold, until none does.

    Raises routing.Missing when the contact, its background or loads are not known.
    """
    for _ in draft.policy.lifecycle.stages:  # each move leads on; a loop of them ends here
        stage = draft.policy.stage.get(draft.lead.standing.stage)
        if stage is None or _disqualified(draft, stage) or not _settle(draft, stage):
            return
        move = _own_move(draft)
        if move is None:
            held = draft.lead.held
            if held is not None and held.move:
                gates.no_longer_held(draft, "the move is not due any more")
            return
        if not _make(draft, move):
            return


def run_out(draft: Draft) -> None:
    """The time of a lead that is held is over: on it goes, or out, or those who can help are told
    again. Raises routing.Missing when the contact is not known: somebody may have filled it in.
    """
    held = draft.lead.held
    assert held is not None
    stage = draft.policy.stage.get(held.stage)
    if stage is None:
        gates.no_longer_held(draft, "the policy has no such stage any more")
        return
    gate = gates.gate_of(draft, stage)
    if not gate.closed:
        follow(draft)
    elif stage.hold.then == "wait" or (stage.hold.then == "flag" and gate.unmet):
        # What is missing can be asked for later; criteria that do not hold are no formality.
        gates.ask_again(draft, held, stage.hold)
    elif stage.hold.then == "flag":
        draft.say(f"gate {stage.id}: not complete in time, goes on flagged")
        gates.let_go(draft, stage, held.missing)
        move = draft.policy.transition.get(held.move)
        if move is None or _take(draft, move):
            follow(draft)
    else:
        reason = draft.policy.reason[stage.hold.reason]
        close(draft, reason.id, draft.now, f"Not completed in time: {reason.label}", "closed")


def review_at(draft: Draft) -> datetime | None:
    """When time alone may change what conditions say of the lead; None: never, or it does not
    matter any more."""
    policy, lead = draft.policy, draft.lead
    stage = policy.stage.get(lead.standing.stage)
    accepted = policy.stage[policy.lifecycle.accepted]
    if stage is None or lead.gone or stage.rank > accepted.rank:
        return None
    conditions = [one.when for one in stage.disqualified_by]
    conditions += [move.when for move in _own_moves(draft)]
    if lead.held is not None and lead.held.stage in policy.stage:
        conditions.append(policy.stage[lead.held.stage].entry)
    facts = draft.facts
    changes = [next_change(when, facts) for when in conditions if when]
    if policy.scoring is not None:
        changes.append(next_crossing(policy, facts.evidence, draft.now))
    return min((at for at in changes if at is not None), default=None)


# --- moves of Baton's own


def _own_moves(draft: Draft) -> list[Transition]:
    stage = draft.lead.standing.stage
    return [
        move
        for move in draft.policy.lifecycle.transitions
        if move.when
        and "automatic" in move.by
        and stage in move.source
        and move.to in draft.policy.stage
    ]


def _own_move(draft: Draft) -> Transition | None:
    """The first move whose conditions hold."""
    for move in _own_moves(draft):
        fault = why_not(move.when, draft.facts)
        if fault:
            draft.say(f"move {move.id}: not yet, {fault}")
        elif _gone_round_enough(draft):
            draft.say(f"move {move.id}: no more, {draft.lead.standing.rounds} rounds are enough")
        else:
            return move
    return None


def _gone_round_enough(draft: Draft) -> bool:
    track = draft.policy.track.get(draft.lead.track)
    return track is not None and draft.lead.standing.rounds >= track.max_rounds


def _make(draft: Draft, move: Transition) -> bool:
    """Make *move* if the gate of its stage lets the lead in. Whether it was made."""
    target = draft.policy.stage[move.to]
    if not target.side and not gates.may_enter(draft, target, move.id):
        return False
    return _take(draft, move)


def _take(draft: Draft, move: Transition) -> bool:
    target = draft.policy.stage[move.to]
    draft.say(f"move {move.id}: made, its conditions hold")
    if target.side and move.reason in draft.policy.reason:
        label = draft.policy.reason[move.reason].label
        close(draft, move.reason, draft.event.at, label, "closed", move)
        return True
    before = draft.policy.stage.get(draft.lead.standing.stage)
    leaves_side = before is not None and before.side
    latest = draft.lead.facts[-1].at if draft.lead.facts else draft.event.at
    at = max(draft.event.at, latest + timedelta(microseconds=1))
    if move.reverse:
        refold(draft, StageFact(at, move.to, via=move.id))
    else:
        refold(draft, StageFact(at, move.to, source="baton"))
    if draft.lead.standing.stage != move.to:
        draft.say(f"move {move.id}: the lead's history does not allow it")
        return False
    # HubSpot puts side stages last, so the way from there is a way back for it.
    draft.write_stage = "back" if move.reverse or leaves_side else "forward"
    return True


def _disqualified(draft: Draft, stage: Stage) -> bool:
    for one in stage.disqualified_by:
        if why_not(one.when, draft.facts) or one.reason not in draft.policy.reason:
            continue
        reason = draft.policy.reason[one.reason]
        if way_off(draft, reason) is None:
            draft.say(f"disqualifying condition for {reason.id} holds, but no transition leads off")
            continue
        close(draft, reason.id, draft.event.at, f"Disqualified: {reason.label}", "closed")
        return True
    return False


# --- what a stage asks for


def _settle(draft: Draft, stage: Stage) -> bool:
    """Do what *stage* asks for. False: the lead is held before it."""
    policy, lead = draft.policy, draft.lead
    handed_over = policy.stage[policy.lifecycle.handoff]
    accepted = policy.stage[policy.lifecycle.accepted]
    if stage.side:
        _settle_off_the_way(draft, stage)
        return True
    if lead.assignment is None:
        if stage.rank > accepted.rank:
            gates.no_longer_held(draft, f"the lead moved on to {stage.label}")
            return True  # never handed off: somebody worked it without Baton
        if not gates.may_enter(draft, stage):
            return False
        # Up to the accepted stage: somebody may have set both before Baton saw the first.
        if stage.rank >= handed_over.rank:
            handoff.hand_off(draft, _owner_in_hubspot(draft))
        return True
    if stage.rank > accepted.rank:
        if not gates.may_enter(draft, stage):
            return False
        draft.record("qualified", lead.assignment.person, stage.id)
        handoff.end_assignment(draft, "closed", f"Moved on to {stage.label}", draft.now)
    elif stage.id == accepted.id and lead.assignment.accepted_at is None:
        since = lead.standing.since or draft.now
        # Else it was set before there was anybody to accept.
        if since >= lead.assignment.at:
            if not gates.may_enter(draft, stage):
                return False
            accept(draft, since, "hubspot")
    return True


def _settle_off_the_way(draft: Draft, stage: Stage) -> None:
    """The lead was moved off the way in HubSpot, and the policy accepts it: what rejecting it
    would have done is done now."""
    lead = draft.lead
    gates.no_longer_held(draft, f"the lead is {stage.label.lower()}")
    before = draft.start.standing.stage
    if lead.reason or lead.standing.since is None or before in ("", stage.id):
        return  # it is so by Baton's doing, or was so already
    ways = (m for m in draft.policy.lifecycle.transitions if m.to == stage.id and m.reason)
    way = next((m for m in ways if before in m.source), None)
    off_the_way(
        draft,
        draft.policy.reason.get(way.reason) if way else None,
        lead.standing.since,
        f"{stage.label} in HubSpot",
        "closed",
    )


def _owner_in_hubspot(draft: Draft) -> str:
    """Who owns the contact in HubSpot, who comes before every rule. Raises routing.Missing."""
    contact = draft.world.contact
    if contact is None:
        raise Missing(Lacks(contact=True))
    return contact.properties.get("hubspot_owner_id", "")
