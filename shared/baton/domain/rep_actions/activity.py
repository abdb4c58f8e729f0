"""Something happened with the lead: its clock of inactivity starts again from there."""

from __future__ import annotations

from datetime import datetime

from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import idle_clock


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
    idle = idle_clock(draft, since)
    running = lead.idle
    if running and (running.started_at, running.due_at) == (idle.started_at, idle.due_at):
        return  # the same clock; it keeps the rungs it has climbed
    draft.change(idle=idle)
