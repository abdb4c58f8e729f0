"""What the outside should see of a lead: the card, the tasks, the contact's properties.

Everything is worked out from the lead as it will be stored, so whatever happened to it, one look
at the lead tells what every slot should show.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from baton.core.decision import Draft
from baton.core.effects import CardState, ContactState, Deadline, TaskState, Value
from baton.core.facts import describe, why_not
from baton.core.lead import Lead, StageFact
from baton.core.policy import Person, Policy

CardShows = Literal["open", "accepted", "touched", "rejected", "taken_back", "closed"]

#: Stage writes remembered to recognise their echoes.
ECHOES_KEPT = 4


def zone_of(policy: Policy, person: Person) -> str:
    return str(policy.calendars[person.calendar]["tz"])


def in_zone(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M:%S %Z")


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def name_of(lead: Lead) -> str:
    full = " ".join(filter(None, (lead.fields.get("firstname"), lead.fields.get("lastname"))))
    return full or f"Lead {lead.id}"


def company_of(lead: Lead) -> str:
    return lead.fields.get("company", "")


def card(draft: Draft, state: CardShows, note: str = "", note_at: datetime | None = None) -> None:
    """The card of the current assignment, in *state*."""
    lead, policy, assignment, owner = draft.lead, draft.policy, draft.lead.assignment, draft.owner
    if assignment is None or owner is None:
        return
    tier = next((tier.label for tier in policy.tiers if tier.id == assignment.tier), "")
    draft.show(
        CardState(
            subject=draft.subject,
            slot=f"card:{assignment.number}",
            version=draft.version,
            lead_id=lead.id,
            to=owner.slack_user,
            assignment=assignment.number,
            state=state,
            name=name_of(lead),
            company=company_of(lead),
            tier=tier,
            packet=_packet(policy, lead, zone_of(policy, owner)),
            why_now=_why_now(policy, lead, zone_of(policy, owner)),
            why_you=assignment.why,
            play=_play(policy, lead),
            deadlines=tuple(
                Deadline(clock.label, clock.due_at, clock.stopped_at) for clock in lead.clocks
            ),
            zone=zone_of(policy, owner),
            reasons=tuple(
                (reason.id, reason.label) for reason in policy.lifecycle.reasons if reason.offered
            ),
            note=note,
            note_at=note_at,
        )
    )


def tasks(draft: Draft) -> None:
    """A HubSpot task for every target of the current assignment that wants one."""
    lead, assignment, owner = draft.lead, draft.lead.assignment, draft.owner
    if assignment is None or owner is None:
        return
    filling = {"name": name_of(lead), "company": company_of(lead)}
    zone = zone_of(draft.policy, owner)
    for clock in lead.clocks:
        if not clock.task:
            continue
        draft.show(
            TaskState(
                subject=draft.subject,
                slot=f"task:{assignment.number}:{clock.target}",
                version=draft.version,
                contact_id=lead.id,
                owner=owner.hubspot_owner,
                subject_line=_fill(clock.task, filling),
                body="\n".join(
                    [
                        f"Due {in_zone(clock.due_at, zone)}. {assignment.why}.",
                        *_why_now(draft.policy, lead, zone),
                        _play(draft.policy, lead),
                    ]
                ).strip(),
                due_at=clock.due_at,
                done=not clock.running,
            )
        )


def contact(draft: Draft) -> None:
    """Bring ``written`` up to the lead as drafted, and show the difference."""
    lead = draft.lead
    written = dict(lead.written)
    for name, value in _properties(draft.policy, lead).items():
        if written.get(name, Value("", 0)).value != value:
            written[name] = Value(value, draft.version)
    stage = draft.policy.stage.get(lead.standing.stage)
    if draft.write_stage and stage is not None:
        # A move back may not be shown yet when the next one is decided: clearing stays necessary.
        before = written.get("lifecyclestage")
        back = draft.write_stage == "back" or (before is not None and before.clear_first)
        written["lifecyclestage"] = Value(stage.lifecyclestage, draft.version, clear_first=back)
        echo = StageFact(at=draft.now, stage=stage.id)
        draft.change(echoes=(*lead.echoes, echo)[-ECHOES_KEPT:])
    elif lead.standing.stage != draft.start.standing.stage:
        # HubSpot moved the stage itself: what Baton wrote before is no longer what it wants.
        written.pop("lifecyclestage", None)
    if written == lead.written:
        return
    draft.change(written=written)
    if any(value.since == draft.version for value in written.values()):
        draft.show(
            ContactState(
                subject=draft.subject,
                slot="contact",
                version=draft.version,
                contact_id=lead.id,
                properties=written,
            )
        )


class Property(Struct, frozen=True):
    """A contact property that HubSpot does not have by itself, as it should be made there."""

    name: str
    label: str
    kind: Literal["datetime", "number", "string"]


def properties(policy: Policy) -> tuple[Property, ...]:
    """Every contact property Baton may write that HubSpot does not have by itself."""
    targets = {target.id: target.label for tier in policy.tiers for target in tier.targets}
    return (
        *(Property(f"baton_{name}", f"Baton: {label}", kind) for name, label, kind in _PLAIN),
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
)
_PER_STAGE: tuple[_Spec, ...] = (
    ("first_entered", "First entered", "datetime"),
    ("last_entered", "Last entered", "datetime"),
    ("times_entered", "Times entered", "number"),
    ("seconds_in", "Seconds in", "number"),
)


def _properties(policy: Policy, lead: Lead) -> dict[str, str]:
    """What HubSpot should say about the lead, stage apart. A value Baton never had an opinion on
    is left out; one it no longer has is emptied."""
    wanted: dict[str, str] = {"baton_first_source": lead.first_source}
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
    wanted |= _assignment_properties(policy, lead)
    status = _status(policy, lead)
    if status:
        wanted["hs_lead_status"] = status
    return {name: value for name, value in wanted.items() if value or name in lead.written}


def _assignment_properties(policy: Policy, lead: Lead) -> dict[str, str]:
    assignment = lead.assignment
    if assignment is None:
        if not lead.reason:
            return {}
        track = policy.track.get(lead.track)
        freed = {} if track and track.keep_owner else {"hubspot_owner_id": ""}
        return {"baton_sla_status": "", **freed}
    facts = describe(policy, lead.fields, lead.standing.stage)
    owner = policy.person.get(assignment.person)
    return {
        "hubspot_owner_id": owner.hubspot_owner if owner else "",
        "baton_territory": facts.get("territory", ""),
        "baton_segment": facts.get("segment", ""),
        "baton_tier": assignment.tier,
        "baton_rule": assignment.rule,
        "baton_assigned_at": iso(assignment.at),
        "baton_accepted_at": iso(assignment.accepted_at) if assignment.accepted_at else "",
        "baton_first_touch_at": iso(assignment.touched_at) if assignment.touched_at else "",
        "baton_first_touch_seen_in": assignment.touched_in,
        "baton_sla_status": _sla_status(lead),
        **{f"baton_{clock.target}_due": iso(clock.due_at) for clock in lead.clocks},
    }


def _sla_status(lead: Lead) -> str:
    climbed = [rung.kind for clock in lead.clocks for rung in clock.ladder[: clock.climbed]]
    if "breach" in climbed:
        return "breached"
    if not any(clock.running for clock in lead.clocks):
        return "met"
    return "at_risk" if "warn" in climbed else "on_track"


def _status(policy: Policy, lead: Lead) -> str:
    """``hs_lead_status``: working once touched, the stage's own otherwise."""
    assignment, stage = lead.assignment, policy.stage.get(lead.standing.stage)
    if assignment is not None and not (stage and stage.side):
        status = policy.lifecycle.status
        return status.working if assignment.touched_at else status.new
    return stage.lead_status if stage else ""


def _packet(policy: Policy, lead: Lead, zone: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (field.label, _readable(lead.fields[field.id], zone))
        for field in policy.lifecycle.fields
        if field.packet and lead.fields.get(field.id)
    )


def _readable(value: str, zone: str) -> str:
    """*value* as it is, but an instant as a person in *zone* would say it."""
    try:
        at = datetime.fromisoformat(value) if value[4:5] == "-" and "T" in value else None
    except ValueError:
        return value
    return in_zone(at, zone) if at is not None and at.tzinfo is not None else value


def _why_now(policy: Policy, lead: Lead, zone: str) -> tuple[str, ...]:
    """What they did, how it scored, and since when they stand where they stand."""
    stage = policy.stage.get(lead.standing.stage)
    parts = [("Asked for", lead.fields.get("offer", "")), ("Score", lead.fields.get("score", ""))]
    lines = [f"{label}: {value}" for label, value in parts if value]
    if stage is not None and lead.standing.since is not None:
        again = lead.standing.times[stage.id].count
        times = "" if again < 2 else f" (entered {again} times)"
        lines.append(f"{stage.label} since {in_zone(lead.standing.since, zone)}{times}")
    return tuple(lines)


def _play(policy: Policy, lead: Lead) -> str:
    facts = describe(policy, lead.fields, lead.standing.stage)
    return next((p.text for p in policy.notifications.plays if not why_not(p.when, facts)), "")


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text.strip()
