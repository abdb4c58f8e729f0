"""Stage changes: what was seen in HubSpot or told by others, folded into the lead's journey."""

from __future__ import annotations

from datetime import UTC, datetime

from baton.core import handoff, show
from baton.core.acts import accept, active, refold, seen_active, touch_seen
from baton.core.decision import Draft, believable
from baton.core.events import Hinted, SignalSeen, StageChanged
from baton.core.facts import fields_of
from baton.core.journey import PEOPLE, is_echo
from baton.core.lead import StageFact
from baton.core.policy import Policy
from baton.core.properties import iso
from baton.core.routing import Missing
from baton.core.world import Contact, Lacks


def observe(draft: Draft) -> str:
    """Take in what the event and the contact say. Returns why the event cannot be worked, if so.

    Raises routing.Missing when the contact, or the loads an assignment needs, are not known.
    """
    event, world = draft.event, draft.world
    if isinstance(event, StageChanged) and event.stage not in draft.policy.stage_of_value:
        known = ", ".join(stage.lifecyclestage for stage in draft.policy.lifecycle.stages)
        return f"stage value {event.stage!r} is not in the policy (it knows {known})"
    if world.contact_gone:
        draft.say("HubSpot does not have this contact (any more)")
        return "HubSpot has no such contact" if isinstance(event, StageChanged) else ""
    if world.contact is None:
        raise Missing(Lacks(contact=True))

    contact = world.contact
    fields = fields_of(contact, draft.policy.lifecycle)
    first_source = draft.lead.first_source or fields.get("source", "")
    draft.change(fields=fields, first_source=first_source)
    _fold(draft, contact)
    _answer_backward_moves(draft, contact)
    _catch_up_hubspot(draft, contact)
    _look_for_touch(draft)
    _follow_stage(draft, contact)
    if draft.lead.standing.stage != draft.start.standing.stage or isinstance(event, SignalSeen):
        active(draft, event.at)
    return ""


def _fold(draft: Draft, contact: Contact) -> None:
    policy, event = draft.policy, draft.event
    seen = _facts_of(policy, contact, draft.now)
    if isinstance(event, StageChanged):
        stage = policy.stage_of_value[event.stage].id
        seen.append(StageFact(at=event.at, stage=stage, source=event.source))
    if not seen and not draft.lead.facts:
        seen += _undated(draft, contact)
    created = _creation(draft, contact)
    if created is not None:
        seen.append(created)
    lead = draft.lead
    refold(draft, *(fact for fact in seen if not is_echo(fact, lead.echoes, lead.facts)))
    before, after = draft.start.standing.stage, draft.lead.standing.stage
    if after != before:
        draft.say(f"stage: {before or 'none'} -> {after}")
        draft.record("stage_moved", what=after)


def _undated(draft: Draft, contact: Contact) -> list[StageFact]:
    """A contact's stage that comes without its history dates from when the lead is first seen."""
    stage = draft.policy.stage_of_value.get(contact.properties.get("lifecyclestage", ""))
    return [StageFact(at=draft.event.at, stage=stage.id)] if stage else []


def _creation(draft: Draft, contact: Contact) -> StageFact | None:
    """The creation rule: a contact that never had a stage starts with the policy's first one, as
    of its creation. Nobody stays blank."""
    if contact.stages or contact.properties.get("lifecyclestage"):
        return None
    event = draft.event
    created = _instant(contact.properties.get("createdate", ""))
    if created is None:
        if not (isinstance(event, Hinted) and event.about == "created"):
            return None
        created = event.at
    initial = draft.policy.lifecycle.initial
    draft.say(f"creation rule: HubSpot has no stage, so {initial}")
    return StageFact(at=believable(created, draft.now), stage=initial, source="baton")


def _instant(text: str) -> datetime | None:
    """HubSpot's ISO 8601 with a Z, or epoch milliseconds; None for anything else."""
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _facts_of(policy: Policy, contact: Contact, now: datetime) -> list[StageFact]:
    known = policy.stage_of_value
    return [
        StageFact(at=believable(seen.at, now), stage=known[seen.value].id, source=seen.source)
        for seen in contact.stages
        if seen.value in known
    ]


def _answer_backward_moves(draft: Draft, contact: Contact) -> None:
    """Backward changes are seen, not obeyed; what is done about each is the policy's word."""
    policy, standing = draft.policy, draft.lead.standing
    answers = {source.casefold(): act for source, act in policy.lifecycle.backward.items()}
    current = policy.stage_of_value.get(contact.properties.get("lifecyclestage", ""))
    for fact in standing.refused:
        if fact in draft.start.standing.refused:
            continue
        answer = answers.get(fact.source.casefold(), answers.get("*", "report"))
        who = fact.source or "an unnamed source"
        draft.say(f"backward: {standing.stage} -> {fact.stage} by {who}, not obeyed ({answer})")
        draft.record("backward_refused", what=f"{fact.stage} by {who}")
        if answer == "restore" and current is not None and current.id == fact.stage:
            draft.write_stage = "back"
        elif answer == "ask":
            kept = policy.stage[standing.stage].label
            draft.notify(
                f"notice:backward:{iso(fact.at)}",
                policy.notifications.ops_channel,
                "warning",
                f"{show.name_of(draft.lead)} was moved back in HubSpot",
                f"{_by(fact.source)} set {policy.stage[fact.stage].label}; Baton keeps {kept}.",
                "If the move was meant, the owner can reject the lead with a reason."
                f" If not, set the stage back to {kept} in HubSpot.",
            )


def _by(source: str) -> str:
    """Who changed something in HubSpot, as a person would say it."""
    return "Somebody in HubSpot" if source.casefold() in PEOPLE else source or "An unnamed source"


def _catch_up_hubspot(draft: Draft, contact: Contact) -> None:
    """A partner's event can be ahead of HubSpot: HubSpot is told, forward only."""
    if draft.write_stage or draft.lead.standing.stage == draft.start.standing.stage:
        return
    value = contact.properties.get("lifecyclestage", "")
    current = draft.policy.stage_of_value.get(value)
    stage = draft.policy.stage.get(draft.lead.standing.stage)
    if stage is None:
        return  # the policy dropped the stage the lead stood in
    behind = not value or (current is not None and current.rank < stage.rank)
    if behind and not stage.side:
        draft.write_stage = "forward"


def _look_for_touch(draft: Draft) -> None:
    event = draft.event
    if not (isinstance(event, Hinted) and event.about == "activity"):
        return
    if draft.lead.assignment is None:
        return
    if draft.world.touches is None:
        raise Missing(Lacks(touches=True))
    touch_seen(draft)
    seen_active(draft)


def _follow_stage(draft: Draft, contact: Contact) -> None:
    """What the stage the lead now stands in asks for."""
    policy, lead = draft.policy, draft.lead
    stage = policy.stage.get(lead.standing.stage)
    if stage is None:
        return
    accepted = policy.stage[policy.lifecycle.accepted]
    if lead.assignment is None:
        # Up to the accepted stage: somebody may have set both before Baton saw the first.
        if (
            not stage.side
            and policy.stage[policy.lifecycle.handoff].rank <= stage.rank <= accepted.rank
        ):
            handoff.hand_off(draft, contact.properties.get("hubspot_owner_id", ""))
        return
    if stage.rank > accepted.rank and not stage.side:
        draft.record("qualified", lead.assignment.person, stage.id)
        handoff.end_assignment(draft, "closed", f"Moved on to {stage.label}", draft.now)
    elif stage.id == accepted.id and lead.assignment.accepted_at is None:
        since = lead.standing.since or draft.now
        if since >= lead.assignment.at:  # else it was set before there was anybody to accept
            accept(draft, since, "hubspot")
