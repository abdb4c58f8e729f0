"""Stage moves: recompute the state from the facts, and do what the policy attaches to the move."""

from __future__ import annotations

from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import manager_of
from baton.domain.lead import StageFact
from baton.domain.lifecycle.stage_history import add_facts, compact, state_of
from baton.domain.lifecycle.triggers import allows
from baton.domain.phrase import Phrase
from baton.domain.policy import Policy, Stage, Transition
from baton.domain.time import iso


def refold(draft: Draft, *seen: StageFact) -> None:
    """Add *seen* to the lead's facts, recompute its state, and carry out the move, if any."""
    _keep_what_was_followed(draft)
    before = draft.lead.state.stage
    facts = add_facts(draft.lead.facts, seen)
    base, facts = compact(draft.policy, draft.lead.base, facts)
    state = state_of(draft.policy, facts, base)
    if state == draft.lead.state:
        state = draft.lead.state  # keep the same object: others compare it with ``is``
    draft.change(base=base, facts=facts, state=state)
    if state.stage == before:
        return
    draft.add_reason("stage.moved", before, state.stage)
    left, entered = draft.policy.stage.get(before), draft.policy.stage.get(state.stage)
    if left is not None and left.side and entered is not None and not entered.side:
        draft.change(reason="", track="", cool_until=None)  # it is back, so no longer closed
    draft.record("stage_moved", what=state.stage)
    move = transition_made(draft, before)
    if move is not None:
        _carry_out(draft, move)


def transition_made(draft: Draft, before: str) -> Transition | None:
    """The transition by which the lead went from *before* to its stage: the one that Baton made;
    else one that whoever set the stage may make. None: there is none.
    """
    fact = _last_entry(draft)
    made = draft.policy.transition.get(fact.via) if fact is not None else None
    return made or transition_by_hand(draft, before)


def transition_by_hand(draft: Draft, before: str) -> Transition | None:
    """Of the transitions from *before* to the lead's stage, in which it was set in HubSpot, one
    that whoever set it may make, in doubt one with a reason, that is not for some reasons only.
    """
    fact, stage = _last_entry(draft), draft.lead.state.stage
    moves = [
        move
        for move in draft.policy.lifecycle.transitions
        if before in move.source and move.to == stage
    ]

    def rank(move: Transition) -> tuple[bool, bool, bool]:
        may = fact is not None and allows(move, fact.source, fact.source_id)
        return (not may, not move.reason, bool(move.reasons))

    return min(moves, key=rank, default=None)


def _last_entry(draft: Draft) -> StageFact | None:
    """The fact by which the lead entered its stage; one of Baton's before one that was seen."""
    state = draft.lead.state
    here = (one for one in draft.lead.facts if one.at == state.since and one.stage == state.stage)
    return max(here, key=lambda one: one.via, default=None)


def _keep_what_was_followed(draft: Draft) -> None:
    """Fold the lead's facts for good when the policy's triggers have changed: what was followed
    stays followed, whatever a later policy says of it.
    """
    lead, rules = draft.lead, draft.policy.trigger_rules
    if lead.judged_by == rules:
        return
    since = lead.state.since
    if since is not None:
        later = tuple(fact for fact in lead.facts if fact.at > since)
        draft.change(base=lead.state, facts=later)
    draft.change(judged_by=rules)


def _carry_out(draft: Draft, move: Transition) -> None:
    """Do what the policy attaches to *move*, by whichever source it was made."""
    if move.sets:
        draft.change(sets=draft.lead.sets | move.sets)
        draft.rewrite |= move.sets.keys()  # written on each move, even if unchanged
    if not move.tell:
        return
    policy, owner = draft.policy, draft.owner
    manager = manager_of(draft, owner)
    to = {
        "owner": owner.slack_user if owner else policy.notifications.ops_channel,
        "manager": manager.slack_user if manager else policy.notifications.channel,
        "channel": policy.notifications.channel,
        "ops": policy.notifications.ops_channel,
    }[move.tell]
    since = draft.lead.state.since or draft.now
    label = policy.stage[move.to].label
    draft.notify(
        f"notice:move:{move.id}:{iso(since)}",
        to,
        "info",
        Phrase("move.title", (draft.lead.name, label)),
        Phrase("move.by", (move.id,)),
    )


def stage_after(policy: Policy, stage_id: str) -> Stage | None:
    """The working stage that follows; None after the last."""
    rank = policy.stage[stage_id].rank
    later = [s for s in policy.lifecycle.stages if not s.side and s.rank > rank]
    return min(later, key=lambda stage: stage.rank, default=None)
