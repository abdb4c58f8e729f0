"""Advances a lead: does what its stage requires, and makes the moves that Baton makes by itself.

``advance`` is the one place that sets what a lead is held for: it keeps the gate that is closed at
the end, and releases any other hold.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from baton.domain import hubspot_names
from baton.domain.conditions import next_change, why_not
from baton.domain.draft.draft import Draft, Given
from baton.domain.handoff.assign import end_assignment, hand_off, handoff_named, last_stage
from baton.domain.handoff.waiting import try_again
from baton.domain.lead import Assignment, StageFact, Waiting
from baton.domain.lifecycle import gates
from baton.domain.lifecycle.closing import close, enter_side_stage, leave
from baton.domain.lifecycle.deals import answer_ends, why_not_yet
from baton.domain.lifecycle.forward import held_for_trigger
from baton.domain.lifecycle.gates import Wait
from baton.domain.lifecycle.loops import is_parked, park
from baton.domain.lifecycle.owner_by_hand import pass_to
from baton.domain.lifecycle.questions import drop_answered
from baton.domain.lifecycle.rests import end_rest
from baton.domain.lifecycle.transitions import refold, stage_after, transition_by_hand
from baton.domain.phrase import Phrase
from baton.domain.policy import Reason, Stage, Transition
from baton.domain.recycling.idle import arm_idle, idle_rule
from baton.domain.recycling.tracks import closing_transition, rounds_used_up
from baton.domain.rep_actions.accept import accept
from baton.domain.scoring.score import next_crossing
from baton.domain.sla import targets
from baton.domain.world.events import DealMoved, StageChanged
from baton.domain.world.world import Needs, NeedsData

#: Instants of reviews are rounded up to this: exact enough for conditions in days, and recomputing
#: gives the same instant.
REVIEWED_EACH = timedelta(minutes=5)


def advance(draft: Draft) -> None:
    """Advance the lead as far as possible: do what its stage requires, then make the moves whose
    conditions hold, until none does or a gate is closed.

    Raises NeedsData when the contact, its background or loads are not known.
    """
    if draft.world.contact_gone:
        if draft.lead.open:
            leave(draft, Phrase("gone.missing"))
        return
    drop_answered(draft)
    end_rest(draft)
    wait = None
    been: list[str] = []
    parked = is_parked(draft)
    for last in (*[False] * draft.policy.lifecycle.moves_at_most, True):
        stage = draft.policy.stage.get(draft.lead.state.stage)
        if stage is None:
            break
        if parked or last or stage.id in been:
            wait = _stay(draft, stage, parked, len(been))
            break
        been.append(stage.id)
        if _close_if_disqualified(draft, stage):
            continue
        wait = _apply_stage(draft, stage)
        move = _next_move(draft) if wait is None else None
        if move is not None:
            wait = _make_move(draft, move)
        if wait is not None and _close_if_timed_out(draft, wait):
            wait = None
            continue
        if move is None or draft.lead.state.stage != move.to:
            break
    drop_answered(draft)
    gates.update_hold(draft, wait or held_for_trigger(draft))
    targets.evaluate_clocks(draft)


def _stay(draft: Draft, stage: Stage, parked: bool, made: int) -> Wait | None:
    """Make no more moves of Baton's own; park the lead if there would be one."""
    wait = _apply_stage(draft, stage)
    move = _requested_move(draft) if parked else _next_move(draft)
    if wait is None and move is not None and (parked or move is _requested_move(draft)):
        return _make_move(draft, move)
    if parked:
        draft.add_reason("loop.stays")
    elif wait is None and move is not None:
        park(draft, draft.policy.stage[move.to], made)
    elif not parked:
        reason = _disqualifying(draft, stage)
        if reason is not None:
            park(draft, draft.policy.stage[reason[1].to], made)
    return wait


def review_at(draft: Draft) -> datetime | None:
    """When time alone may change the result of the lead's conditions; None: never."""
    policy, lead = draft.policy, draft.lead
    stage = policy.stage.get(lead.state.stage)
    if stage is None or lead.gone:
        return None
    # Only conditions that test the time can change by it: of most policies, few.
    conditions = [*policy.timed_in_stage[stage.id]]
    if lead.assignment is not None:
        timed = policy.timed_of_clocks
        conditions += timed.get(lead.assignment.tier, timed[""])
    if lead.held is not None and lead.held.stage in policy.stage:
        conditions.append(policy.stage[lead.held.stage].entry)
    facts = draft.facts
    changes = [next_change(when, facts) for when in conditions]
    # Past the accepted stage the score is not used any more.
    if policy.scoring is not None and stage.rank <= policy.stage[policy.lifecycle.accepted].rank:
        changes.append(next_crossing(policy, facts.evidence, draft.now))
    if any(one.kind == "rest" for one in lead.questions):
        changes.append(lead.state.rests_until)
    first = min((at for at in changes if at is not None), default=None)
    return _rounded_up(first) if first else None


def _rounded_up(at: datetime) -> datetime:
    over = timedelta(seconds=at.timestamp() % REVIEWED_EACH.total_seconds())
    return at - over + REVIEWED_EACH if over else at


# --- moves of Baton's own


def _next_move(draft: Draft) -> Transition | None:
    """The move that the owner asked for, else the first whose conditions hold."""
    asked = _requested_move(draft)
    if asked is not None:
        return asked
    for move in draft.policy.own_moves.get(draft.lead.state.stage, ()):
        fault = why_not(move.when, draft.facts) or why_not_yet(draft, move.when)
        if fault:
            draft.add_reason("move.not_yet", move.id, fault)
        elif rounds_used_up(draft.policy.track.get(draft.lead.track), draft.lead):
            draft.add_reason("move.rounds", move.id, draft.lead.state.rounds)
        else:
            return move
    return None


def _requested_move(draft: Draft) -> Transition | None:
    """The move that the owner asked for, now or while the lead was held for it."""
    held, assignment = draft.lead.held, draft.lead.assignment
    if assignment is None or assignment.accepted_at is None:
        return None
    name = draft.asked or (held.move if held is not None and held.asked else "")
    move = draft.policy.transition.get(name)
    return move if move is not None and draft.lead.state.stage in move.source else None


def _make_move(draft: Draft, move: Transition) -> Wait | None:
    """Make *move*, or return the closed gate that prevents it."""
    target = draft.policy.stage[move.to]
    if not target.side:
        wait = gates.may_enter(draft, target, move.id)
        if wait is not None:
            return wait
    draft.add_reason("move.made", move.id)
    answer_ends(draft, move.when)
    if target.side and move.reason in draft.policy.reason:
        note = Phrase("closed", (draft.policy.reason[move.reason].label,))
        close(draft, move.reason, draft.event.at, note, "closed", move)
        return None
    before = draft.policy.stage.get(draft.lead.state.stage)
    latest = draft.lead.facts[-1].at if draft.lead.facts else draft.event.at
    at = max(draft.event.at, latest + timedelta(microseconds=1))
    via, source = (move.id, "") if move.reverse else ("", "baton")
    refold(draft, StageFact(at, move.to, via, source))
    if draft.lead.state.stage != move.to:
        draft.add_reason("move.not_allowed", move.id)
        return None
    # HubSpot orders side stages last, so leaving one is a move back for it.
    from_side_stage = before is not None and before.side
    draft.write_stage = "back" if move.reverse or from_side_stage else "forward"
    return None


def _close_if_disqualified(draft: Draft, stage: Stage) -> bool:
    found = _disqualifying(draft, stage)
    if found is None:
        return False
    reason = found[0]
    note = Phrase("closed.disqualified", (reason.label,))
    close(draft, reason.id, draft.event.at, note, "closed", by="automatic")
    return True


def _disqualifying(draft: Draft, stage: Stage) -> tuple[Reason, Transition] | None:
    """The reason and the transition by which a condition of *stage* closes the lead at once."""
    for one in stage.disqualified_by:
        if why_not(one.when, draft.facts) or one.reason not in draft.policy.reason:
            continue
        reason = draft.policy.reason[one.reason]
        way = closing_transition(draft.policy, draft.lead.state.stage, reason, "automatic")
        if way is not None:
            return reason, way
        draft.add_reason("disqualify.no_way_off", reason.id)
    return None


def _close_if_timed_out(draft: Draft, wait: Wait) -> bool:
    """Close the lead if its hold timed out and the policy closes it then; whether it did."""
    if not gates.is_hold_over(draft, wait.stage) or wait.over != "close":
        return False
    reason = draft.policy.reason[wait.stage.hold.reason]
    if closing_transition(draft.policy, draft.lead.state.stage, reason) is None:
        draft.add_reason("gate.no_way_off", reason.id)
        return False
    note = Phrase("closed.incomplete", (reason.label,))
    close(draft, reason.id, draft.now, note, "closed", by="time")
    return True


# --- what a stage asks for


def _apply_stage(draft: Draft, stage: Stage) -> Wait | None:
    """Do what *stage* requires, or return the closed gate that prevents it."""
    if stage.side:
        _apply_side_stage(draft, stage)
        return None
    if draft.lead.waiting is not None:
        _apply_stage_waiting(draft, draft.lead.waiting, stage)
        return None
    if draft.lead.assignment is None:
        return _apply_stage_unowned(draft, stage)
    return _apply_stage_owned(draft, draft.lead.assignment, stage)


def _apply_stage_owned(draft: Draft, assignment: Assignment, stage: Stage) -> Wait | None:
    policy, lead = draft.policy, draft.lead
    last = last_stage(policy, assignment.handoff)
    if stage.rank < last.rank:
        return None
    since = lead.state.since or draft.now
    # A stage set before the assignment is not an acceptance, and neither is one set by a trigger
    # that may not accept.
    first = not assignment.handoff
    tolerated = any(fact.at == since for fact in lead.state.tolerated)
    ours = since >= assignment.begun_at and not tolerated
    if first and assignment.accepted_at is None and ours:
        accept(draft, since, "hubspot")
    wait = gates.may_enter(draft, stage)
    if wait is not None:
        if draft.given is not None:
            pass_to(draft, draft.given)
        return wait
    if stage.rank > last.rank:
        draft.given = draft.given or _given_at_this_stage(draft, assignment, since)
        note = Phrase("closed.moved_on", (stage.label,))
        if draft.asked:
            note = Phrase("closed.qualified", (draft.owner_name, stage.label))
    elif not first and assignment.touched_at is not None and stage_after(policy, last.id) is None:
        # No later stage will end this handoff, so the first touch ends it.
        note = Phrase("closed.taken_over")
    else:
        return None
    draft.record("qualified", assignment.person, stage.id)
    end_assignment(draft, "closed", note, draft.now)
    _watch_for_inactivity(draft)
    if stage.rank > last.rank:
        _start_next_handoff(draft, stage)
    return None


def _given_at_this_stage(draft: Draft, assignment: Assignment, entered: datetime) -> Given | None:
    """The owner who was set by hand once the lead had come to its stage, whose gate was closed: the
    handoff of that stage is theirs, too.
    """
    owner, why = draft.owner, assignment.why
    if owner is None or assignment.since is None or assignment.since < entered:
        return None
    who = why.args[0] if isinstance(why, Phrase) and why.args else ""
    return Given(
        owner, who if isinstance(who, Phrase) else Phrase("by.somebody"), assignment.since, ""
    )


def _start_next_handoff(draft: Draft, stage: Stage) -> None:
    """Start the handoff of *stage*, which was just entered, if it has one. Raises NeedsData."""
    handoff = draft.policy.handoff.get(stage.id)
    if handoff is None or draft.lead.reason:
        return
    asks = "contact" in handoff.ownership and not draft.world.crm_down
    hand_off(draft, handoff, _owner_in_hubspot(draft) if asks else "")


def _apply_stage_waiting(draft: Draft, waiting: Waiting, stage: Stage) -> None:
    """A lead in a queue keeps its place while it is in a stage of that handoff, and is routed again
    when its fields have changed. Raises NeedsData.
    """
    policy = draft.policy
    handoff = handoff_named(policy, waiting.handoff)
    first = handoff.stage == policy.lifecycle.handoff
    last = last_stage(policy, "" if first else handoff.stage)
    if policy.stage[handoff.stage].rank <= stage.rank <= last.rank:
        if draft.lead.fields != draft.start.fields and draft.start.waiting == waiting:
            try_again(draft)
        return
    draft.add_reason("queue.left", waiting.pool, stage.label)
    end_assignment(draft, "closed", Phrase("closed.moved_on", (stage.label,)), draft.now)
    _start_next_handoff(draft, stage)


def _apply_stage_unowned(draft: Draft, stage: Stage) -> Wait | None:
    policy = draft.policy
    handed_over = policy.stage[policy.lifecycle.handoff]
    if stage.rank > policy.stage[policy.lifecycle.accepted].rank:
        if draft.lead.state.stage != draft.start.state.stage:
            _watch_for_inactivity(draft)
        return _enter_unowned(draft, stage)
    wait = gates.may_enter(draft, stage)
    # Hand off up to the accepted stage, because both stages may have been set before Baton saw the
    # first. A closed lead that could not leave its stage is not handed off again.
    if wait is not None or stage.rank < handed_over.rank or draft.lead.reason:
        return wait
    if draft.world.crm_down:
        draft.add_reason("handoff.waits")
    else:
        hand_off(draft, policy.handoff[handed_over.id], _owner_in_hubspot(draft))
    return None


def _enter_unowned(draft: Draft, stage: Stage) -> Wait | None:
    """A lead without an owner in Baton enters a stage after the accepted one: it must pass its
    gate, whoever set the stage, and a later handoff starts. A lead that was there before Baton knew
    it stays as it is.
    """
    before, held = draft.start.state.stage, draft.start.held
    is_reported = isinstance(draft.event, StageChanged | DealMoved)
    entered = before != stage.id and (bool(before) or is_reported)
    if not entered and not (held is not None and held.stage == stage.id):
        return None
    if not before and stage.id not in draft.policy.handoff:
        return None
    wait = gates.may_enter(draft, stage)
    if wait is None:
        _start_next_handoff(draft, stage)
    return wait


def _watch_for_inactivity(draft: Draft) -> None:
    """After the handoff, start the clock of inactivity for a lead that Baton had assigned, if a
    staleness rule names its stage.
    """
    lead = draft.lead
    rule = idle_rule(draft.policy, lead, draft.facts) if lead.assigned else None
    draft.change(idle=arm_idle(rule, draft.now) if rule else None)


def _apply_side_stage(draft: Draft, stage: Stage) -> None:
    """The lead was moved to a side stage in HubSpot, and the policy accepts it: do what a rejection
    would have done. Skip leads first seen there, and those that Baton moved there.
    """
    lead, before = draft.lead, draft.start.state.stage
    nobody = lead.assignment is None and lead.waiting is None
    seen_so = nobody and (lead.reason or before in ("", stage.id))
    if seen_so or lead.state.since is None:
        return
    way = transition_by_hand(draft, before)
    enter_side_stage(
        draft,
        draft.policy.reason.get(way.reason) if way and way.reason else None,
        lead.state.since,
        Phrase("closed.in_hubspot", (stage.label,)),
        "closed",
    )


def _owner_in_hubspot(draft: Draft) -> str:
    """HubSpot id of the contact's owner. Raises NeedsData."""
    contact = draft.world.contact
    if contact is None:
        raise NeedsData(Needs(contact=True))
    return contact.properties.get(hubspot_names.OWNER, "")
