"""The contact properties Baton keeps in HubSpot: which there are, and what each should say."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from baton.domain.conditions import Facts
from baton.domain.lead import Lead
from baton.domain.policy import Policy
from baton.domain.scoring.score import Score
from baton.domain.time import iso


class Property(Struct, frozen=True):
    """A contact property that HubSpot does not have by itself, as it should be made there."""

    name: str
    label: str
    kind: Literal["datetime", "number", "string"]


def properties(policy: Policy) -> tuple[Property, ...]:
    """Every contact property Baton may write that HubSpot does not have by itself."""
    targets = {target.id: target.label for tier in policy.tiers for target in tier.targets}
    return (
        *(
            Property(f"baton_{name}", f"Baton: {label}", kind)
            for name, label, kind in (*_PLAIN, *(_SCORE if policy.scoring else ()))
        ),
        *(
            Property(f"baton_{target}_due", f"Baton: {label} due", "datetime")
            for target, label in sorted(targets.items())
        ),
        *(
            Property(f"baton_{name}_{stage.id}", f"Baton: {label} {stage.label}", kind)
            for stage in policy.lifecycle.stages
            for name, label, kind in _PER_STAGE
        ),
    )


def property_names(policy: Policy) -> tuple[str, ...]:
    return tuple(one.name for one in properties(policy))


_Spec = tuple[str, str, Literal["datetime", "number", "string"]]
_PLAIN: tuple[_Spec, ...] = (
    ("territory", "Territory", "string"),
    ("segment", "Segment", "string"),
    ("tier", "Tier", "string"),
    ("rule", "Routing rule", "string"),
    ("assigned_at", "Assigned at", "datetime"),
    ("accepted_at", "Accepted at", "datetime"),
    ("first_touch_at", "First touch at", "datetime"),
    ("first_touch_seen_in", "First touch seen in", "string"),
    ("sla_status", "SLA status", "string"),
    ("nurture_track", "Nurture track", "string"),
    ("reason", "Reason", "string"),
    ("cool_off_until", "Cool-off until", "datetime"),
    ("first_source", "First source", "string"),
    ("held_for", "Held for", "string"),
    ("waiting_for", "Waits for", "string"),
    ("missing", "Missing at handoff", "string"),
)
_SCORE: tuple[_Spec, ...] = (
    ("fit", "Fit", "number"),
    ("behaviour", "Behaviour", "number"),
    ("qualified", "Qualified", "string"),
    ("score_why", "Score, and why", "string"),
)
#: Rules named beside the score, those of most weight.
SCORE_REASONS = 5
_PER_STAGE: tuple[_Spec, ...] = (
    ("first_entered", "First entered", "datetime"),
    ("last_entered", "Last entered", "datetime"),
    ("times_entered", "Times entered", "number"),
    ("seconds_in", "Seconds in", "number"),
)


def values_of(policy: Policy, lead: Lead, facts: Facts, score: Score | None) -> dict[str, str]:
    """What HubSpot should say about the lead, stage apart. A value Baton never had an opinion on
    is left out; one it no longer has is emptied."""
    wanted: dict[str, str] = {**lead.sets, "baton_first_source": lead.first_source}
    wanted["baton_held_for"] = "; ".join(_lacks(policy, lead))
    wanted["baton_missing"] = ", ".join(labels_of(policy, lead.flagged))
    if score is not None and (score.points or "baton_fit" in lead.written):
        wanted |= _of_score(score)
    for stage, times in lead.standing.times.items():
        wanted[f"baton_first_entered_{stage}"] = iso(times.first)
        wanted[f"baton_last_entered_{stage}"] = iso(times.last)
        wanted[f"baton_times_entered_{stage}"] = str(times.count)
        if times.spent:
            wanted[f"baton_seconds_in_{stage}"] = str(int(times.spent.total_seconds()))
    reason, track = policy.reason.get(lead.reason), policy.track.get(lead.track)
    wanted["baton_reason"] = reason.value if reason else ""
    wanted["baton_nurture_track"] = track.value if track else ""
    wanted["baton_cool_off_until"] = iso(lead.cool_until) if lead.cool_until else ""
    if lead.waiting is not None:
        pool = policy.pool.get(lead.waiting.pool)
        wanted["baton_waiting_for"] = pool.label if pool else lead.waiting.pool
    else:
        wanted["baton_waiting_for"] = ""
    wanted |= _of_assignment(policy, lead, facts)
    status = _status(policy, lead)
    if status:
        wanted["hs_lead_status"] = status
    return {name: value for name, value in wanted.items() if value or name in lead.written}


def labels_of(policy: Policy, missing: tuple[str, ...]) -> tuple[str, ...]:
    """Missing fields as people know them: ``E-mail or Phone``."""
    known = policy.field
    return tuple(
        " or ".join(known[name].label if name in known else name for name in one.split("/"))
        for one in missing
    )


def _lacks(policy: Policy, lead: Lead) -> tuple[str, ...]:
    held = lead.held
    return (*labels_of(policy, held.missing), *held.unmet) if held else ()


def _of_score(score: Score) -> dict[str, str]:
    """The score, rounded: HubSpot is not written to for every tenth of a point that decays."""
    reasons = [f"{point.label} {point.points:+.0f}" for point in score.points[:SCORE_REASONS]]
    return {
        "baton_fit": f"{score.fit:.0f}",
        "baton_behaviour": f"{score.behaviour:.0f}",
        "baton_qualified": "yes" if score.qualified else "no",
        "baton_score_why": "; ".join(reasons),
    }


def _of_assignment(policy: Policy, lead: Lead, facts: Facts) -> dict[str, str]:
    assignment = lead.assignment
    if assignment is None:
        if lead.waiting is not None:
            # Whoever had it has it no more, and nobody else has it yet.
            return {"hubspot_owner_id": "", "baton_sla_status": "waiting"}
        if not lead.reason:
            return {}
        track = policy.track.get(lead.track)
        freed = {} if track and track.keep_owner else {"hubspot_owner_id": ""}
        return {"baton_sla_status": "", **freed}
    owner = policy.person.get(assignment.person)
    return {
        "hubspot_owner_id": owner.hubspot_owner if owner else "",
        "baton_territory": facts.get("territory"),
        "baton_segment": facts.get("segment"),
        "baton_tier": assignment.tier,
        "baton_rule": assignment.rule,
        "baton_assigned_at": iso(assignment.at),
        "baton_accepted_at": iso(assignment.accepted_at) if assignment.accepted_at else "",
        "baton_first_touch_at": iso(assignment.touched_at) if assignment.touched_at else "",
        "baton_first_touch_seen_in": assignment.touched_in,
        "baton_sla_status": _sla_status(lead),
        # Also what an earlier owner, or an act that was taken back, left there.
        **{f"baton_{target}_due": "" for target in assignment.to_start},
        **{f"baton_{clock.target}_due": iso(clock.due_at) for clock in lead.clocks},
    }


def _sla_status(lead: Lead) -> str:
    climbed = [rung.kind for clock in lead.clocks for rung in clock.ladder[: clock.climbed]]
    if "breach" in climbed:
        return "breached"
    running = [clock for clock in lead.clocks if clock.running]
    if not running:
        return "met"
    if all(clock.paused_at for clock in running):
        return "paused"
    return "at_risk" if "warn" in climbed else "on_track"


def _status(policy: Policy, lead: Lead) -> str:
    """``hs_lead_status``: meeting once one is booked, working once touched, else the stage's."""
    assignment, stage = lead.assignment, policy.stage.get(lead.standing.stage)
    if assignment is not None and not (stage and stage.side):
        status = policy.lifecycle.status
        if assignment.met_at and status.meeting:
            return status.meeting
        return status.working if assignment.touched_at else status.new
    return stage.lead_status if stage else ""
