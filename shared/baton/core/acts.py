"""What a rep does with a lead: accept, touch, reject. And what HubSpot saw them do."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.core import clocks, handoff, show
from baton.core.decision import Draft
from baton.core.effects import ReplyState
from baton.core.events import Clicked
from baton.core.journey import add_facts, compact, standing_of
from baton.core.lead import Assignment, StageFact


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
    draft: Draft, reason_id: str, at: datetime, note: str, card: show.CardShows = "rejected"
) -> None:
    """The lead leaves sales for *reason_id*: to its nurture track, or disqualified. Its card ends
    as *card*.

    Raises routing.Missing when the owner's load is not known.
    """
    policy, lead = draft.policy, draft.lead
    reason = policy.reason[reason_id]
    to = policy.lifecycle.recycled if reason.track else policy.lifecycle.disqualified
    stage = lead.standing.stage
    way = next(
        (t for t in policy.lifecycle.transitions if t.reverse and t.to == to and stage in t.source),
        None,
    )
    if way is None:
        draft.say(f"no transition leads from {stage} to {to}; the stage stays")
    else:
        # After everything known, so that this move is the lead's latest.
        latest = lead.facts[-1].at if lead.facts else at
        refold(draft, StageFact(max(at, latest + timedelta(microseconds=1)), to, via=way.id))
        draft.write_stage = "back"
    owner = lead.assignment.person if lead.assignment else ""
    draft.say(f"{note} -> {'track ' + reason.track if reason.track else 'disqualified'}")
    handoff.end_assignment(draft, card, note, at)
    track = policy.track.get(reason.track)
    draft.change(
        reason=reason.id,
        track=reason.track,
        cool_until=at + track.cool_off if track else None,
    )
    draft.record("recycled" if reason.track else "disqualified", owner, reason.id)


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
    """Add *seen* to the lead's facts and work out its standing anew."""
    facts = add_facts(draft.lead.facts, seen)
    base, facts = compact(draft.policy, draft.lead.base, facts)
    draft.change(base=base, facts=facts, standing=standing_of(draft.policy, facts, base))


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
