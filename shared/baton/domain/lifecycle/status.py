"""One-word summaries of the lead for HubSpot: its lead status, and its SLA status."""

from __future__ import annotations

from baton.domain.lead import Lead
from baton.domain.policy import Policy


def lead_status(policy: Policy, lead: Lead) -> str:
    """``hs_lead_status``: meeting once one is booked, working once touched, else the stage's."""
    assignment, stage = lead.assignment, policy.stage.get(lead.state.stage)
    if assignment is not None and not (stage and stage.side):
        status = policy.lifecycle.status
        if assignment.met_at and status.meeting:
            return status.meeting
        return status.working if assignment.touched_at else status.new
    return stage.lead_status if stage else ""


def sla_status(lead: Lead) -> str:
    """``breached``, ``met``, ``paused``, ``at_risk`` or ``on_track``, over all of its clocks."""
    climbed = [rung.kind for clock in lead.clocks for rung in clock.ladder[: clock.climbed]]
    if "breach" in climbed:
        return "breached"
    paused = [clock.paused_at for clock in lead.clocks if clock.stopped_at is None]
    if not paused:
        return "met"
    if all(paused):
        return "paused"
    return "at_risk" if "warn" in climbed else "on_track"
