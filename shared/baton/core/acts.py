"""What a rep does with a lead: accept, touch, reject. And what HubSpot saw them do."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.core import clocks, gates, handoff, show
from baton.core.decision import Draft
from baton.core.effects import ReplyState
from baton.core.events import Clicked
from baton.core.facts import fields_of
from baton.core.journey import add_facts, compact, standing_of
from baton.core.lead import Assignment, StageFact
from baton.core.policy import Policy, Reason, Stage, Transition
from baton.core.properties import iso, labels_of
from baton.core.routing import Missing
from baton.core.world import Contact, Lacks


def click(draft: Draft) -> None:
    """A button or menu of a card was used."""
    event = draft.event
    assert isinstance(event, Clicked)
    assignment = draft.lead.assignment
    stale = _why_stale(draft, event)
    if stale:
        _reply(draft, event, stale)
        draft.record("stale_click", what=event.action)
        return
    assert assignment is not None
    if event.action == "accept":
        accept(draft, event.at, "slack")
    elif event.action == "touch":
        _touch_reported(draft, assignment, event.at)
    elif event.action == "qualify":
        _qualify(draft, event)
    else:
        reason = draft.policy.reason[event.reason]
        who = draft.owner.name if draft.owner else "The owner"
        close(draft, reason.id, event.at, f"{who} rejected: {reason.label}")
    active(draft, event.at)


def accept(draft: Draft, at: datetime, where: str) -> None:
    """The owner takes the lead on: it becomes sales accepted, and the accept clock stops."""
    assignment = draft.lead.assignment
    assert assignment is not None
    who = draft.owner.name if draft.owner else "The owner"
    draft.change(assignment=replace(assignment, accepted_at=at))
    stop_clocks(draft, "accept", at)
    draft.say(f"{who} accepted ({where})")
    draft.record("accepted", assignment.person, where)
    if where == "slack":
        accepted = draft.policy.lifecycle.accepted
        refold(draft, StageFact(at=at, stage=accepted, source="baton"))
        if draft.lead.standing.stage == accepted:
            draft.write_stage = "forward"
    # Who called before accepting has nothing left to do.
    done = assignment.touched_at is not None
    show.card(draft, "touched" if done else "accepted", f"{who} accepted", at)
    show.tasks(draft)


def _qualify(draft: Draft, event: Clicked) -> None:
    """The owner says that the lead is qualified: it goes on to the stage after the accepted one,
    if it has what that stage asks for. If not, they are told what it lacks.

    Raises routing.Missing when the contact, or where a field may be found, is not known.
    """
    policy = draft.policy
    if draft.world.contact_gone:
        leave(draft, "The contact is not in HubSpot any more")
        return
    if draft.world.contact is None:
        raise Missing(Lacks(contact=True))  # they may have filled it in a moment ago
    target = stage_after(policy, policy.lifecycle.accepted)
    if target is None:
        _reply(draft, event, "No stage comes after acceptance in the policy.")
        return
    draft.change(fields=merged_fields(draft, draft.world.contact))
    gate = gates.gate_of(draft, target)
    name, who = show.name_of(draft.lead), draft.owner.name if draft.owner else "The owner"
    if gate.closed:
        asked = (*labels_of(policy, gate.missing), *gate.unmet)
        _reply(
            draft,
            event,
            f"{name} is not ready for {target.label} yet. Please fill in in HubSpot:"
            f" {', '.join(asked)}. Then press Qualified again.",
        )
        return
    gates.let_go(draft, target, ())
    refold(draft, StageFact(at=event.at, stage=target.id, source="baton"))
    draft.write_stage = "forward"
    draft.record("qualified", draft.lead.assignment.person if draft.lead.assignment else "")
    handoff.end_assignment(draft, "closed", f"{who} qualified: {target.label}", event.at)


def stage_after(policy: Policy, stage_id: str) -> Stage | None:
    """The working stage that follows; None after the last."""
    rank = policy.stage[stage_id].rank
    later = [s for s in policy.lifecycle.stages if not s.side and s.rank > rank]
    return min(later, key=lambda stage: stage.rank, default=None)


def merged_fields(draft: Draft, contact: Contact) -> dict[str, str]:
    """The contact's fields, and those found elsewhere that it still does not have."""
    fields = fields_of(contact, draft.policy.lifecycle)
    kept = {name: where for name, where in draft.lead.found.items() if name not in fields}
    if kept != draft.lead.found:
        draft.change(found=kept)
    return fields | {name: draft.lead.fields[name] for name in kept if name in draft.lead.fields}


def touch_seen(draft: Draft) -> bool:
    """Whether HubSpot holds a call, e-mail or meeting by the owner since they got the lead; if
    so it is the first touch and stops its clock. What the rep reported themselves stays apart.

    A touch by somebody else is not the owner's: a lead another rep happened to call still waits.
    """
    assignment, owner, touches = draft.lead.assignment, draft.owner, draft.world.touches
    if assignment is None or owner is None or not touches:
        return False
    # HubSpot stores what was logged in whole seconds, and clocks differ a little.
    since = assignment.at - timedelta(seconds=1)
    own = [t for t in touches if t.owner == owner.hubspot_owner and t.at >= since]
    if not own:
        return False
    first = min(own, key=lambda touch: touch.at)
    met = min((touch.at for touch in own if touch.what == "meeting"), default=None)
    if met is not None and assignment.met_at is None:
        draft.say("a meeting is booked")
        assignment = replace(assignment, met_at=met)
        draft.change(assignment=assignment)
    if assignment.touched_at is None:
        _touched(draft, assignment, first.at, "hubspot", f"{owner.name}: {first.what}")
    elif assignment.touched_in == "slack":
        # What the rep reported is now seen: the same touch, counted once.
        draft.change(assignment=replace(assignment, touched_in="hubspot"))
        draft.say(f"first touch: the reported one is seen in hubspot ({first.what})")
    return True


def seen_active(draft: Draft) -> bool:
    """Whether HubSpot holds anything anybody did with the person since the clock of inactivity
    started; if so it starts anew."""
    latest = max((touch.at for touch in draft.world.touches or ()), default=None)
    idle = draft.lead.idle
    if latest is None or idle is None or latest <= idle.started_at:
        return False
    active(draft, latest)
    return True


def close(
    draft: Draft,
    reason_id: str,
    at: datetime,
    note: str,
    card: show.CardShows = "rejected",
    way: Transition | None = None,
) -> None:
    """The lead leaves sales for *reason_id*: to its nurture track, or disqualified. Its card ends
    as *card*.

    Args:
        way: The transition it takes; None: the first that leads where the reason does.

    Raises:
        routing.Missing: The owner's load is not known.
    """
    reason = draft.policy.reason[reason_id]
    way = way or way_off(draft, reason)
    if way is None:
        draft.say(f"no transition leads off from {draft.lead.standing.stage}; the stage stays")
    else:
        # After everything known, so that this move is the lead's latest.
        latest = draft.lead.facts[-1].at if draft.lead.facts else at
        moved_at = max(at, latest + timedelta(microseconds=1))
        refold(draft, StageFact(moved_at, way.to, via=way.id))
        draft.write_stage = "back"
    off_the_way(draft, reason, at, note, card)


def way_off(draft: Draft, reason: Reason) -> Transition | None:
    """The named transition by which a lead leaves for *reason* from where it stands."""
    policy, stage = draft.policy, draft.lead.standing.stage
    to = policy.lifecycle.recycled if reason.track else policy.lifecycle.disqualified
    return next(
        (t for t in policy.lifecycle.transitions if t.reverse and t.to == to and stage in t.source),
        None,
    )


def off_the_way(
    draft: Draft, reason: Reason | None, at: datetime, note: str, card: show.CardShows
) -> None:
    """What leaving sales brings with it, however the stage came about: the handoff ends, nothing
    is asked for any more, and the nurture track is named."""
    owner = draft.lead.assignment.person if draft.lead.assignment else ""
    track_id = reason.track if reason else ""
    track = draft.policy.track.get(track_id)
    draft.say(f"{note} -> {'track ' + track_id if track_id else 'disqualified'}")
    handoff.end_assignment(draft, card, note, at)
    draft.change(
        reason=reason.id if reason else "",
        track=track_id,
        cool_until=at + track.cool_off if track else None,
        held=None,
        admitted="",
        flagged=(),
    )
    draft.record("recycled" if track_id else "disqualified", owner, reason.id if reason else "")


def leave(draft: Draft, why: str) -> None:
    """HubSpot has no such contact any more: nobody has the lead, and nothing is asked of it."""
    if draft.lead.gone:
        return
    draft.say(why)
    handoff.end_assignment(draft, "closed", why, draft.now)
    draft.change(held=None, review_at=None, gone=why)
    draft.record("gone", what=why)


def active(draft: Draft, at: datetime) -> None:
    """Something happened with the lead at *at*: the clock of inactivity starts anew.

    What happened before the last activity, or before the owner got the lead, moves nothing.
    """
    lead = draft.lead
    last = min(max(at, lead.last_activity or at), draft.now)
    draft.change(last_activity=last)
    if lead.assignment is None:
        return
    since = max(last, lead.assignment.at)
    idle = clocks.arm_idle(handoff.staleness_of(draft), since)
    running = lead.idle
    if running and (running.started_at, running.due_at) == (idle.started_at, idle.due_at):
        return  # the same clock; it keeps the rungs it has climbed
    draft.change(idle=idle)


def stop_clocks(draft: Draft, act: str, at: datetime) -> None:
    """Each target stops by its own act, and by no other."""
    draft.change(
        clocks=tuple(
            clock.stop(at) if clock.running and clock.stops_on == act else clock
            for clock in draft.lead.clocks
        )
    )


def refold(draft: Draft, *seen: StageFact) -> None:
    """Add *seen* to the lead's facts, work out its standing anew, and do what its move brings."""
    before = draft.lead.standing.stage
    facts = add_facts(draft.lead.facts, seen)
    base, facts = compact(draft.policy, draft.lead.base, facts)
    standing = standing_of(draft.policy, facts, base)
    draft.change(base=base, facts=facts, standing=standing)
    if standing.stage == before:
        return
    draft.say(f"stage: {before or 'none'} -> {standing.stage}")
    draft.record("stage_moved", what=standing.stage)
    for move in draft.policy.lifecycle.transitions:
        if before in move.source and move.to == standing.stage:
            _carry_out(draft, move)
            break


def _carry_out(draft: Draft, move: Transition) -> None:
    """What the policy says is done when *move* is made, by whomever."""
    if move.sets:
        draft.change(sets=draft.lead.sets | move.sets)
    if not move.tell:
        return
    policy, owner = draft.policy, draft.owner
    manager = handoff.manager_of(draft, owner)
    to = {
        "owner": owner.slack_user if owner else policy.notifications.ops_channel,
        "manager": manager.slack_user if manager else policy.notifications.channel,
        "channel": policy.notifications.channel,
        "ops": policy.notifications.ops_channel,
    }[move.tell]
    since = draft.lead.standing.since or draft.now
    label = policy.stage[move.to].label
    draft.notify(
        f"notice:move:{move.id}:{iso(since)}",
        to,
        "info",
        f"{show.name_of(draft.lead)} is {label} now",
        f"By: {move.id.replace('_', ' ')}.",
    )


def _touch_reported(draft: Draft, assignment: Assignment, at: datetime) -> None:
    who = draft.owner.name if draft.owner else "The owner"
    _touched(draft, assignment, at, "slack", f"{who} reported a first touch")


def _touched(draft: Draft, assignment: Assignment, at: datetime, where: str, note: str) -> None:
    draft.change(assignment=replace(assignment, touched_at=at, touched_in=where))
    stop_clocks(draft, "touch", at)
    draft.say(f"first touch: {note} (seen in {where})")
    draft.record("touched", assignment.person, where)
    # Until it is accepted the card goes on offering that: its clock stops by no other act.
    show.card(draft, "touched" if assignment.accepted_at else "open", note, at)
    show.tasks(draft)


def _why_stale(draft: Draft, event: Clicked) -> str:
    """Why a click no longer means anything; empty when it does."""
    assignment, owner = draft.lead.assignment, draft.owner
    name = show.name_of(draft.lead)
    if assignment is None:
        return f"{name} is not with sales any more, so nothing was changed."
    if event.assignment != assignment.number:
        holder = owner.name if owner else "somebody else"
        return f"{name} is with {holder} now, so nothing was changed."
    if owner is None or event.user != owner.slack_user:
        return f"{name} was handed to somebody else; only they can answer for it."
    if event.action == "accept" and assignment.accepted_at is not None:
        return f"You already accepted {name}."
    if event.action == "reject" and event.reason not in draft.policy.reason:
        return "That reason is not offered any more. Please choose another one."
    if event.action == "qualify" and assignment.accepted_at is None:
        return f"Please accept {name} first."
    if event.action == "touch" and assignment.touched_at is not None:
        return f"The first touch of {name} is already known."
    return ""


def _reply(draft: Draft, event: Clicked, text: str) -> None:
    draft.say(f"click {event.action} refused: {text}")
    draft.show(
        ReplyState(
            subject=draft.subject,
            slot=f"reply:{event.id}",
            version=draft.version,
            channel=event.channel,
            user=event.user,
            text=text,
        )
    )
