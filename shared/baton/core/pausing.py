"""Clocks that stand still while the policy says so, and go on with the time they have left.

A pause is a condition: as long as one of them holds, the clocks it names stand still; they go on
when none does any more. However many hold, and however often that is seen, it is one pause.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.core import clocks, show
from baton.core.conditions import holds
from baton.core.decision import Draft
from baton.core.events import Hinted
from baton.core.lead import Assignment, Clock
from baton.core.policy import Pause


def settle(draft: Draft) -> None:
    """Have every clock of the lead's owner stand or run, as conditions say now."""
    assignment = draft.lead.assignment
    if assignment is None or not draft.lead.clocks:
        return
    reasons = [pause for pause in draft.policy.pauses if holds(pause.when, draft.facts)]
    settled = tuple(_settled(draft, assignment, clock, reasons) for clock in draft.lead.clocks)
    if settled == draft.lead.clocks:
        return
    before = [clock.paused_for for clock in draft.lead.clocks]
    draft.change(clocks=settled)
    if [bool(one) for one in before] != [bool(clock.paused_for) for clock in settled]:
        _tell(draft, assignment)


def _settled(draft: Draft, assignment: Assignment, clock: Clock, reasons: list[Pause]) -> Clock:
    if not clock.running:
        return clock
    mine = tuple(one.id for one in reasons if not one.targets or clock.target in one.targets)
    if mine and clock.paused_at is None:
        at = _begins_at(draft, assignment, clock)
        draft.say(f"{clock.target}: stands still, {_labels(draft, mine)}")
        draft.record("paused", assignment.person, clock.target, clock.due_at)
        return replace(clock, paused_at=at, paused_for=mine)
    if mine:
        return replace(clock, paused_for=mine)
    if clock.paused_at is None:
        return clock
    gone_on = resumed(draft, clock)
    zone = show.zone_of(draft.policy, draft.owner) if draft.owner else "UTC"
    draft.say(f"{clock.target}: goes on, due {show.in_zone(gone_on.due_at, zone)}")
    draft.record("resumed", assignment.person, clock.target, gone_on.due_at)
    return gone_on


def resumed(draft: Draft, clock: Clock) -> Clock:
    """*clock* as it goes on now with the time it had left when it began to stand still."""
    since = clock.paused_at
    running = replace(clock, paused_at=None, paused_for=())
    if since is None or since >= draft.now:
        return running  # it rested anyway
    calendar = clocks.calendar_of(draft.policy, draft.owner, clock)
    later = clocks.postpone(running, since, draft.now, calendar)
    return replace(later, pauses=(*clock.pauses, (since, draft.now)))


def _begins_at(draft: Draft, assignment: Assignment, clock: Clock) -> datetime:
    """HubSpot says when the property changed; a rest that is agreed on comes first."""
    seen = draft.event.at if isinstance(draft.event, Hinted) else draft.now
    rests_until = assignment.snoozed_until or clock.started_at
    return max(min(seen, draft.now), clock.started_at, rests_until)


def _labels(draft: Draft, ids: tuple[str, ...]) -> str:
    known = {pause.id: pause.label for pause in draft.policy.pauses}
    return " and ".join(known.get(name, name) for name in ids)


def _tell(draft: Draft, assignment: Assignment) -> None:
    """The card and the tasks say what the clocks do."""
    if assignment.touched_at is not None and assignment.accepted_at is not None:
        state: show.CardShows = "touched"
    else:
        state = "accepted" if assignment.accepted_at is not None else "open"
    show.card(draft, state)
    show.tasks(draft)
