"""Ingest: turns what HubSpot shows and what other systems report into facts of the lead."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain import hubspot_names
from baton.domain.draft.draft import Draft
from baton.domain.lead import Evidence, StageFact
from baton.domain.lifecycle.creation import first_stage
from baton.domain.lifecycle.deals import note_deal, tell_of_deal
from baton.domain.lifecycle.field_sync import follow_others
from baton.domain.lifecycle.forward import answer_stage_changes
from baton.domain.lifecycle.merging import take_over
from baton.domain.lifecycle.owner_by_hand import MISSED, follow_owner
from baton.domain.lifecycle.stage_history import is_early, is_own_clearing, without_echoes
from baton.domain.lifecycle.stage_reports import SETTLED, just_cleared, reported_facts
from baton.domain.lifecycle.transitions import refold
from baton.domain.lifecycle.triggers import BATON, DEAL
from baton.domain.lifecycle.unknown_stages import LONGEST, ask_about_unknown_stage
from baton.domain.phrase import Phrase
from baton.domain.policy import Policy, Signal
from baton.domain.rep_actions.activity import look_for_activity, record_activity
from baton.domain.rep_actions.first_touch import look_for_touch, name_denied
from baton.domain.rep_actions.reaching_out import acts
from baton.domain.rep_actions.status_by_hand import follow_status
from baton.domain.scoring.evidence_history import (
    BUILT_IN,
    add_evidence,
    forms_of,
    touches_as_evidence,
)
from baton.domain.scoring.facts import fields_of
from baton.domain.scoring.signs_of_life import is_against
from baton.domain.world.events import DealMoved, Hinted, SignalSeen, StageChanged
from baton.domain.world.world import Contact, Needs, NeedsData


def ingest(draft: Draft) -> Phrase | None:
    """Record what the event and the contact say; ``advance`` then acts on it. Returns why the event
    cannot be worked, if it cannot.

    Raises NeedsData when the contact, or the loads an assignment needs, are not known.
    """
    event, world = draft.event, draft.world
    if world.contact_gone:
        draft.add_reason("contact.gone")
        unheard_of = isinstance(event, StageChanged) and not draft.lead.open
        return Phrase("unworkable.contact") if unheard_of else None
    if world.contact is None:
        raise NeedsData(Needs(contact=True))

    ingest_contact(draft, world.contact)
    return None


def note_activity(draft: Draft) -> None:
    """Stage changes and signals count as activity, but not what is against us; that contacts were
    merged does not.
    """
    moved = draft.lead.state.stage != draft.start.state.stage and not draft.ended
    event = draft.event
    if moved or (isinstance(event, SignalSeen) and not _is_bad_news(draft.policy, event)):
        record_activity(draft, event.at)


def _is_bad_news(policy: Policy, event: SignalSeen) -> bool:
    piece = Evidence(event.at, event.signal, event.what)
    lost = event.signal == "deal_lost"
    return lost or (policy.scoring is not None and is_against(policy.scoring, piece))


def ingest_contact(draft: Draft, contact: Contact) -> None:
    """Record everything that the event and the contact say, and answer others' changes.

    Raises NeedsData when touches are needed and not known.
    """
    if contact.merged or draft.lead.merged_at is not None:
        contact = take_over(draft, contact)
    fields = _merged_fields(draft, contact)
    if fields == draft.lead.fields:
        fields = draft.lead.fields  # keep the same object: others compare it with ``is``
    first_source = draft.lead.first_source or fields.get("source", "")
    draft.change(fields=fields, first_source=first_source, gone="")
    _look_for_evidence(draft, contact)
    _fold(draft, contact)
    tell_of_deal(draft)
    ask_about_unknown_stage(draft)
    answer_stage_changes(draft, contact)
    follow_others(draft, contact)
    follow_owner(draft, contact)
    follow_status(draft, contact)
    _catch_up_hubspot(draft, contact)
    _read_touch(draft)


def _look_for_evidence(draft: Draft, contact: Contact) -> None:
    event = draft.event
    seen = list(forms_of(contact))
    if isinstance(event, SignalSeen):
        known = {*BUILT_IN, *(one.id for one in _signals(draft.policy))}
        if event.signal in known:
            seen.append(Evidence(event.at, event.signal, event.what))
        else:
            draft.add_reason("signal.unknown", event.signal)
    elif isinstance(event, DealMoved):
        note_deal(draft, event)
        if event.created:
            seen.append(Evidence(event.at, "deal_created", event.deal))
        if event.outcome:
            seen.append(Evidence(event.at, f"deal_{event.outcome}", event.deal))
    evidence = add_evidence(draft.lead.evidence, seen, draft.policy.claims)
    if evidence is not draft.lead.evidence:
        draft.change(evidence=evidence)


def _signals(policy: Policy) -> tuple[Signal, ...]:
    return policy.scoring.signals if policy.scoring else ()


def _fold(draft: Draft, contact: Contact) -> None:
    policy, event = draft.policy, draft.event
    seen = reported_facts(policy, contact, draft.now)
    merged_at = draft.lead.merged_at
    if isinstance(event, StageChanged) and (merged_at is None or event.at > merged_at):
        known = policy.stage_of_value.get(event.stage)
        named = known.id if known is not None else event.stage[:LONGEST]
        # Only Baton itself makes its own moves, and those of deals.
        source = "" if event.source.casefold() in (BATON, DEAL) else event.source
        seen.append(StageFact(event.at, named, source=source, source_id=event.source_id))
    elif isinstance(event, DealMoved):
        seen += _deal_facts(draft, event)
    if not seen and not draft.lead.facts:
        seen += _undated_facts(draft, contact)
    created = first_stage(draft, contact)
    if created is not None:
        seen.append(created)
    lead = draft.lead
    writes = lead.writes.get(hubspot_names.STAGE, ())
    cleared = just_cleared(contact, draft.now)
    if cleared is not None and not is_own_clearing(cleared, writes):
        draft.look_again = cleared.at + SETTLED
    news, seen_writes = without_echoes(policy, seen, writes, lead.facts)
    if seen_writes != writes:
        draft.change(writes=lead.writes | {hubspot_names.STAGE: seen_writes})
    refold(draft, *_raised(draft, news))


def _raised(draft: Draft, news: list[StageFact]) -> list[StageFact]:
    """*news*, marked if the person has asked for a call: then the lead need not rest."""
    rests_until = draft.lead.state.rests_until
    if rests_until is None or not any(is_early(fact, rests_until) for fact in news):
        return news
    if draft.score is None or not draft.score.hand_raise:
        return news
    return [replace(fact, raised=True) if is_early(fact, rests_until) else fact for fact in news]


def _deal_facts(draft: Draft, event: DealMoved) -> list[StageFact]:
    """A fact for the lifecycle stage that corresponds to the deal's stage; forward moves only."""
    stage = draft.policy.stage_of_deal.get(event.stage)
    if stage is None:
        draft.add_reason("deal.unknown", event.stage)
        return []
    current = draft.policy.stage.get(draft.lead.state.stage)
    if current is not None and not current.side and current.rank >= stage.rank:
        return []  # an early stage of a second deal moves no lead back
    return [StageFact(at=event.at, stage=stage.id, source=DEAL)]


def _undated_facts(draft: Draft, contact: Contact) -> list[StageFact]:
    """A contact's stage without history dates from the event."""
    value = contact.properties.get(hubspot_names.STAGE, "")
    stage = draft.policy.stage_of_value.get(value)
    named = stage.id if stage is not None else value
    return [StageFact(at=draft.event.at, stage=named)] if named else []


def _catch_up_hubspot(draft: Draft, contact: Contact) -> None:
    """Another system's event can be ahead of HubSpot: write the stage to HubSpot, forward only."""
    if draft.write_stage or draft.lead.state.stage == draft.start.state.stage:
        return
    value = contact.properties.get(hubspot_names.STAGE, "")
    current = draft.policy.stage_of_value.get(value)
    stage = draft.policy.stage.get(draft.lead.state.stage)
    if stage is None:
        return  # the policy dropped the lead's stage
    behind = not value or (current is not None and current.rank < stage.rank)
    if behind and not stage.side:
        # HubSpot orders side stages last, so leaving one is a move back for it.
        off = current is not None and current.side
        draft.write_stage = "back" if off else "forward"


def _read_touch(draft: Draft) -> None:
    event = draft.event
    told = isinstance(event, Hinted) and event.about == "activity"
    if draft.lead.assignment is None or not (told or _given_unnoticed(draft)):
        return
    if draft.world.touches is None:
        raise NeedsData(Needs(touches=True))
    name_denied(draft)
    seen = touches_as_evidence(acts(draft.policy.touches, draft.world.touches))
    draft.change(evidence=add_evidence(draft.lead.evidence, seen, draft.policy.claims))
    look_for_touch(draft)
    look_for_activity(draft)


def _given_unnoticed(draft: Draft) -> bool:
    """Whether this decision finds an owner who was set by hand some time ago: what they did since
    counts, and the news of it may have come before that of the owner, or never.
    """
    assignment = draft.lead.assignment
    if assignment is None or assignment.since is None or assignment is draft.start.assignment:
        return False
    news = assignment.number != (draft.start.assignment.number if draft.start.assignment else 0)
    return news and draft.now - assignment.since > MISSED


def _merged_fields(draft: Draft, contact: Contact) -> dict[str, str]:
    """The contact's fields, plus the values found elsewhere for those it still lacks."""
    fields = fields_of(contact, draft.policy.lifecycle)
    if not draft.lead.found:
        return fields
    kept = {name: where for name, where in draft.lead.found.items() if name not in fields}
    if kept != draft.lead.found:
        draft.change(found=kept)
    return fields | {name: draft.lead.fields[name] for name in kept if name in draft.lead.fields}
