"""What a rep does with a lead, and what HubSpot saw them do."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import staleness_of
from baton.domain.lead import Assignment, StageFact
from baton.domain.lifecycle.transitions import refold
from baton.domain.scoring.facts import fields_of
from baton.domain.sla import clocks, targets
from baton.domain.world.world import Contact


def accept(draft: Draft, at: datetime, where: str) -> None:
    """The owner takes the lead on: it becomes sales accepted, and the accept clock stops."""
    assignment = draft.lead.assignment
    assert assignment is not None
    who = draft.owner.name if draft.owner else "The owner"
    draft.change(assignment=replace(assignment, accepted_at=at))
    stop_clocks(draft, "accept", at)
    draft.say(f"{who} accepted ({where})")
    draft.record("accepted", assignment.person, where)
    # A later handoff has no stage of its own for having been accepted.
    if where == "slack" and not assignment.handoff:
        accepted = draft.policy.lifecycle.accepted
        refold(draft, StageFact(at=at, stage=accepted, source="baton"))
        if draft.lead.standing.stage == accepted:
            draft.write_stage = "forward"
    emit.current_card(draft, f"{who} accepted", at)
    emit.tasks(draft)


def touch_reported(draft: Draft, assignment: Assignment, at: datetime) -> None:
    who = draft.owner.name if draft.owner else "The owner"
    _touched(draft, assignment, at, "slack", f"{who} reported a first touch")


def _touched(draft: Draft, assignment: Assignment, at: datetime, where: str, note: str) -> None:
    draft.change(assignment=replace(assignment, touched_at=at, touched_in=where))
    stop_clocks(draft, "touch", at, taken_back=where == "slack")
    draft.say(f"first touch: {note} (seen in {where})")
    draft.record("touched", assignment.person, where)
    emit.current_card(draft, note, at)
    emit.tasks(draft)


def touch_taken_back(draft: Draft, assignment: Assignment, at: datetime) -> None:
    """The owner reported a first touch by mistake: its clocks go on with the time they had left,
    and those that it started are not running any more."""
    draft.change(assignment=replace(assignment, touched_at=None, touched_in=""))
    draft.change(
        clocks=tuple(
            targets.gone_on(draft, clock) if clock.stopped_by == "touch" else clock
            for clock in draft.lead.clocks
        )
    )
    targets.start_no_more(draft, "touch")
    who = draft.owner.name if draft.owner else "The owner"
    draft.say("first touch: taken back; its clock goes on with the time that was left")
    draft.record("taken_back", assignment.person, "touch")
    emit.current_card(draft, f"{who} took the first touch back", at)
    emit.tasks(draft)


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
        stop_clocks(draft, "touch", first.at)
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


def active(draft: Draft, at: datetime) -> None:
    """Something happened with the lead at *at*: the clock of inactivity starts anew.

    What happened before the last activity, or before the owner got the lead, moves nothing.
    """
    lead = draft.lead
    last = min(max(at, lead.last_activity or at), draft.now)
    draft.change(last_activity=last)
    if lead.assignment is None and lead.idle is None:
        return
    since = max(last, lead.assignment.at) if lead.assignment else last
    idle = clocks.arm_idle(staleness_of(draft) or draft.policy.idle, since)
    running = lead.idle
    if running and (running.started_at, running.due_at) == (idle.started_at, idle.due_at):
        return  # the same clock; it keeps the rungs it has climbed
    draft.change(idle=idle)


def stop_clocks(draft: Draft, act: str, at: datetime, taken_back: bool = False) -> None:
    """Each target stops by its own act, and by no other. An act that may be *taken_back* leaves
    the clock able to go on."""
    draft.change(
        clocks=tuple(
            targets.stopped_by_act(draft, clock, at, taken_back) if clock.stops_on == act else clock
            for clock in draft.lead.clocks
        )
    )


def merged_fields(draft: Draft, contact: Contact) -> dict[str, str]:
    """The contact's fields, and those found elsewhere that it still does not have."""
    fields = fields_of(contact, draft.policy.lifecycle)
    kept = {name: where for name, where in draft.lead.found.items() if name not in fields}
    if kept != draft.lead.found:
        draft.change(found=kept)
    return fields | {name: draft.lead.fields[name] for name in kept if name in draft.lead.fields}
