"""The values of a lead's contact properties in HubSpot, and the effect that writes them."""

from __future__ import annotations

from baton.domain import hubspot_names
from baton.domain.conditions import Facts
from baton.domain.draft.draft import Draft
from baton.domain.lead import Lead, Value, Write
from baton.domain.lifecycle.owner_history import note_owner_seen
from baton.domain.lifecycle.stage_history import WRITES_KEPT
from baton.domain.lifecycle.status import lead_status, sla_status
from baton.domain.numbers import whole_beside
from baton.domain.phrase import Phrase, Text, listing
from baton.domain.policy import Policy, Scoring
from baton.domain.scoring.score import Score
from baton.domain.time import iso
from baton.domain.world.effects import ContactState

#: Scoring rules named with the score, those with the most points.
SCORE_REASONS = 5
#: Properties whose values are phrases, put into words when they are delivered: what HubSpot shows
#: cannot be compared with them.
WORDED = (hubspot_names.HELD_FOR, hubspot_names.MISSING, hubspot_names.SCORE_WHY)


def values_of(
    policy: Policy, lead: Lead, facts: Facts, score: Score | None, stages: bool = True
) -> dict[str, Text]:
    """
    The lead's property values for HubSpot, without ``lifecyclestage``. A value that Baton never
    decided is left out; one that no longer applies is emptied.

    Args:
        stages: Include the stage dates, which depend only on the lifecycle state.
    """
    wanted: dict[str, Text] = {**lead.sets, hubspot_names.FIRST_SOURCE: lead.first_source}
    lacks, missing = _missing_of_hold(policy, lead), policy.labels_of(lead.flagged)
    wanted[hubspot_names.HELD_FOR] = Phrase("semicolons", lacks) if lacks else ""
    wanted[hubspot_names.MISSING] = listing(missing) if missing else ""
    if score is not None and (score.points or hubspot_names.FIT in lead.written):
        wanted |= _of_score(score, policy.scoring)
    for stage, times in lead.state.times.items() if stages else ():
        wanted[hubspot_names.first_entered(stage)] = iso(times.first)
        wanted[hubspot_names.last_entered(stage)] = iso(times.last)
        wanted[hubspot_names.times_entered(stage)] = str(times.count)
        if times.spent:
            wanted[hubspot_names.seconds_in(stage)] = str(int(times.spent.total_seconds()))
    reason, track = policy.reason.get(lead.reason), policy.track.get(lead.track)
    wanted[hubspot_names.REASON] = reason.value if reason else ""
    wanted[hubspot_names.NURTURE_TRACK] = track.value if track else ""
    wanted[hubspot_names.COOL_OFF_UNTIL] = iso(lead.cool_until) if lead.cool_until else ""
    if lead.waiting is not None:
        pool = policy.pool.get(lead.waiting.pool)
        wanted[hubspot_names.WAITING_FOR] = pool.label if pool else lead.waiting.pool
    else:
        wanted[hubspot_names.WAITING_FOR] = ""
    wanted |= _of_assignment(policy, lead, facts)
    status = lead_status(policy, lead)
    if status:
        wanted[hubspot_names.LEAD_STATUS] = status
    known = lead.written
    return {name: value for name, value in wanted.items() if value or name in known}


def show_contact(draft: Draft) -> None:
    """Update ``written`` from the drafted lead, and show the difference."""
    lead = draft.lead
    if lead.gone:
        return  # there is no contact to write to
    written, version = dict(lead.written), draft.version
    yielded, rewrite = lead.yielded, draft.rewrite
    moved = lead.state is not draft.start.state or bool(rewrite)
    wanted = values_of(draft.policy, lead, draft.facts, draft.score, stages=moved)
    for name, value in wanted.items():
        shown = written.get(name)
        if shown is not None and shown.value == value and name not in rewrite:
            continue
        if name not in yielded:  # else another system won this property
            written[name] = Value(value, version)
    stage = draft.policy.stage.get(lead.state.stage)
    if draft.write_stage and stage is not None:
        # An earlier move back may not have been delivered yet, so keep its clearing.
        before = written.get(hubspot_names.STAGE)
        back = draft.write_stage == "back" or (before is not None and before.clear_first)
        written[hubspot_names.STAGE] = Value(stage.lifecyclestage, draft.version, clear_first=back)
    elif lead.state.stage != draft.start.state.stage:
        # The stage changed in HubSpot, so Baton's earlier value is obsolete.
        written.pop(hubspot_names.STAGE, None)
    if written == lead.written:
        return
    owner, contact = written.get(hubspot_names.OWNER), draft.world.contact
    chosen = owner is not None and owner.since == draft.version
    if chosen and draft.owner_read and contact is not None:
        note_owner_seen(draft, contact)
    draft.change(written=written, writes=_writes(draft, written))
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


def _missing_of_hold(policy: Policy, lead: Lead) -> tuple[Text, ...]:
    held = lead.held
    return (*policy.labels_of(held.missing), *held.unmet) if held else ()


def _of_score(score: Score, scoring: Scoring | None) -> dict[str, Text]:
    """The score, rounded, so that its slow decay does not cause a HubSpot write each time; but
    never up to what it does not reach.
    """
    fit, behaviour = (scoring.fit_at_least, scoring.behaviour_at_least) if scoring else (0, 0)
    reasons = (Phrase("points", (p.label, round(p.points))) for p in score.points[:SCORE_REASONS])
    return {
        hubspot_names.FIT: str(whole_beside(score.fit, fit)),
        hubspot_names.BEHAVIOUR: str(whole_beside(score.behaviour, behaviour)),
        hubspot_names.QUALIFIED: "yes" if score.qualified else "no",
        hubspot_names.SCORE_WHY: Phrase("semicolons", tuple(reasons)) if score.points else "",
    }


def _of_assignment(policy: Policy, lead: Lead, facts: Facts) -> dict[str, str]:
    assignment = lead.assignment
    if assignment is None:
        if lead.waiting is not None:
            # The last owner lost it, and there is no new one yet.
            return {hubspot_names.OWNER: "", hubspot_names.SLA_STATUS: "waiting"}
        if not lead.reason:
            return {}
        track = policy.track.get(lead.track)
        freed = {} if track and track.keep_owner else {hubspot_names.OWNER: ""}
        return {hubspot_names.SLA_STATUS: "", **freed}
    owner = policy.person.get(assignment.person)
    return {
        hubspot_names.OWNER: owner.hubspot_owner if owner else "",
        hubspot_names.TERRITORY: facts.get("territory"),
        hubspot_names.SEGMENT: facts.get("segment"),
        hubspot_names.TIER: assignment.tier,
        hubspot_names.RULE: assignment.rule,
        hubspot_names.ASSIGNED_AT: iso(assignment.at),
        hubspot_names.ACCEPTED_AT: iso(assignment.accepted_at) if assignment.accepted_at else "",
        hubspot_names.FIRST_TOUCH_AT: iso(assignment.touched_at) if assignment.touched_at else "",
        hubspot_names.FIRST_TOUCH_SEEN_IN: assignment.touched_in,
        hubspot_names.SLA_STATUS: sla_status(lead),
        # Also clears dates left by an earlier owner, or by an act that was taken back.
        **{hubspot_names.due(target): "" for target in assignment.to_start},
        **{hubspot_names.due(clock.target): iso(clock.due_at) for clock in lead.clocks},
    }


def _writes(draft: Draft, written: dict[str, Value]) -> dict[str, tuple[Write, ...]]:
    """Recent writes of properties that others also write, with this decision's added."""
    writes = dict(draft.lead.writes)
    for name in (hubspot_names.STAGE, *draft.policy.watched):
        value = written.get(name)
        if value is None or value.since != draft.version or isinstance(value.value, Phrase):
            continue  # a phrase has no text yet by which its echo could be recognised
        # The owner's is kept in any case: somebody may change it before Baton's write arrives.
        if name == hubspot_names.OWNER or not _is_in_hubspot(draft, name, value):
            write = Write(value.value, draft.now, clears=value.clear_first)
            writes[name] = (*writes.get(name, ()), write)[-WRITES_KEPT:]
    return writes


def _is_in_hubspot(draft: Draft, name: str, value: Value) -> bool:
    """Whether HubSpot has the value already; then the write causes no echo."""
    contact = draft.world.contact
    return contact is not None and contact.properties.get(name, "") == value.value
