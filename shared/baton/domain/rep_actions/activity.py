"""Activity on a lead restarts its clock of inactivity."""

from __future__ import annotations

from datetime import datetime

from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import idle_clock, idle_due
from baton.domain.rep_actions.reaching_out import acts


def look_for_activity(draft: Draft) -> bool:
    """Whether somebody reached out to the person, as HubSpot has it, since the clock of inactivity
    started; if so, restart the clock.
    """
    latest = max((act.at for act in acts(draft.policy.touches, draft.world.touches)), default=None)
    idle = draft.lead.idle
    if latest is None or idle is None or latest <= idle.started_at:
        return False
    record_activity(draft, latest)
    return True


def record_activity(draft: Draft, at: datetime) -> None:
    """Restart the clock of inactivity for activity at *at*.

    Activity before the last known one, or before the owner got the lead, is ignored.
    """
    lead = draft.lead
    last = min(max(at, lead.last_activity or at), draft.now)
    draft.change(last_activity=last)
    if lead.assignment is None and lead.idle is None:
        return
    since = max(last, lead.assignment.at) if lead.assignment else last
    running = lead.idle
    if running and (running.started_at, running.due_at) == (since, idle_due(draft, since)):
        return  # same start: keep the clock with its climbed rungs
    draft.change(idle=idle_clock(draft, since))
