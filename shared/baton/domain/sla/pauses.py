"""Pausing clocks, and resuming them with the time they had left."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.lead import Assignment, Clock
from baton.domain.phrase import Phrase, seconds
from baton.domain.policy import Pause
from baton.domain.sla import clocks
from baton.domain.world.events import Hinted


def apply_pauses(draft: Draft, assignment: Assignment, clock: Clock, reasons: list[Pause]) -> Clock:
    """*clock* paused or resumed, by the policy's pauses that hold now."""
    if not clock.running or (not reasons and clock.paused_at is None):
        return clock
    mine = tuple(one.id for one in reasons if not one.targets or clock.target in one.targets)
    if mine and clock.paused_at is None:
        at = max(min(known_since(draft), draft.now), clock.started_at)
        draft.add_reason(
            "clock.paused", clock.target, Phrase("and", draft.policy.pause_labels(mine))
        )
        draft.record("paused", assignment.person, clock.target, clock.due_at)
        return replace(clock, paused_at=at, paused_for=mine)
    if mine:
        return replace(clock, paused_for=mine)
    if clock.paused_at is None:
        return clock
    on = end_pause(draft, clock)
    draft.add_reason("clock.resumed", clock.target, seconds(on.due_at))
    draft.record("resumed", assignment.person, clock.target, on.due_at)
    return on


def end_pause(draft: Draft, clock: Clock) -> Clock:
    """*clock* resumed now with the time it had left when it was paused."""
    since = clock.paused_at
    running = replace(clock, paused_at=None, paused_for=())
    if since is None:
        return running
    calendar = clocks.calendar_of(draft.policy, draft.owner, clock)
    return clocks.stand_still(running, since, draft.now, calendar)


def after_snooze(draft: Draft, clock: Clock) -> Clock:
    """*clock* moved past the lead's snooze, if there was one. For a clock that was paused or
    stopped earlier, time counts from then.
    """
    assignment = draft.lead.assignment
    assert assignment is not None
    if assignment.snoozed_until is None:
        return clock
    since = clock.paused_at or clock.stopped_at or assignment.snoozed_at or clock.started_at
    calendar = clocks.calendar_of(draft.policy, draft.owner, clock)
    return clocks.stand_still(
        clock, max(since, clock.started_at), assignment.snoozed_until, calendar
    )


def known_since(draft: Draft) -> datetime:
    """Since when the current facts hold: the time HubSpot gives for the property change."""
    return min(draft.event.at, draft.now) if isinstance(draft.event, Hinted) else draft.now
