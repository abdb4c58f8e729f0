"""The decision: any lead, any event, any policy gives an answer with reasons.

    decide(lead, event, world, now) -> Decision | Needs

Pure and total. ``Needs`` says what the world must hold before there is an answer, so this module,
not its caller, knows what a decision depends on.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.clicks import answer_qualified, click
from baton.domain.draft.decision import Decision
from baton.domain.draft.draft import Draft
from baton.domain.draft.emit import show_requested
from baton.domain.escalation.inactivity import close_if_idle
from baton.domain.escalation.ladder import climb_ladders
from baton.domain.escalation.pull_back import RETRY_AFTER
from baton.domain.escalation.unattended import begin_leave
from baton.domain.escalation.undelivered import notify_next_recipient
from baton.domain.handoff.reassign import pass_on_refused_lead, reassign
from baton.domain.handoff.snooze import snooze
from baton.domain.handoff.waiting import try_again
from baton.domain.lead import Lead
from baton.domain.lifecycle.closing import leave
from baton.domain.lifecycle.hubspot_values import show_contact
from baton.domain.phrase import Phrase
from baton.domain.progress.advance import REVIEWED_EACH, advance, review_at
from baton.domain.progress.ingest import ingest, note_activity
from baton.domain.sla.reapply import reapply
from baton.domain.world.events import (
    AnyEvent,
    Clicked,
    ClockDue,
    Deleted,
    Merged,
    OwnerAbsent,
    OwnerRefused,
    Reapplied,
    Reassigned,
    RoomMade,
    Snoozed,
    Undelivered,
    WentStale,
)
from baton.domain.world.world import Needs, NeedsData, World


def decide(lead: Lead | None, event: AnyEvent, world: World, now: datetime) -> Decision | Needs:
    """Decide what *event* changes for *lead* (None: never seen), at *now* (aware).

    It has no side effects: the decision's loads, turns and effects are values for others to store
    and to deliver.
    """
    draft = Draft(lead or Lead(id=event.lead_id), event, world, now)
    try:
        unworkable = _work(draft)
        if unworkable is None and _has_news(draft):
            advance(draft)
            note_activity(draft)
            answer_qualified(draft)
    except NeedsData as question:
        return question.lacks
    if unworkable is not None:
        return Decision(
            lead=draft.start,
            before=draft.start.version,
            because=(*draft.because, unworkable),
            unworkable=unworkable,
            changed=False,
        )
    show_requested(draft)
    _look_again_at(draft)
    # Compare the leads only once: a comparison costs as much as a small step of the decision.
    moved = draft.lead is not draft.start and draft.lead != draft.start
    if (moved or draft.rewrite) and not draft.lead.gone:
        # Only if something else changed: the decaying score differs each run and must not cause a
        # HubSpot write by itself. Not if the contact is gone: HubSpot refuses it, or applies it to
        # the contact that it was merged into.
        before = draft.lead
        show_contact(draft)
        moved = moved or draft.lead is not before
    changed = moved or bool(draft.effects or draft.loads or draft.outcomes)
    if changed and not draft.because:
        draft.add_reason("noted")
    return Decision(
        lead=replace(draft.lead, version=draft.version) if changed else draft.start,
        before=draft.start.version,
        loads=tuple(draft.loads.values()),
        relied_on=tuple(
            load for person, load in draft.relied_on.items() if person not in draft.loads
        ),
        turns=tuple(draft.turns.values()),
        effects=tuple(draft.effects.values()),
        because=tuple(draft.because),
        outcomes=tuple(draft.outcomes),
        changed=changed,
        changes=tuple(draft.changes),
        considered=tuple(draft.considered),
        offers=tuple(sorted(draft.offers)),
        waited=draft.start.waiting,
        look_again=draft.look_again,
        ended=tuple(draft.ended),
        places_left=tuple(draft.places_left),
    )


def _work(draft: Draft) -> Phrase | None:
    """Apply the event to the draft. Returns why it cannot be worked, if it cannot."""
    match draft.event:
        case Clicked():
            click(draft)
        case ClockDue():
            climb_ladders(draft)
        case WentStale():
            close_if_idle(draft)
        case Reassigned() as event:
            return reassign(draft, event)
        case Snoozed() as event:
            return snooze(draft, event)
        case Reapplied():
            return reapply(draft)
        case OwnerRefused() as event:
            pass_on_refused_lead(draft, event)
        case OwnerAbsent() as event:
            begin_leave(draft, event)
        case Undelivered() as event:
            notify_next_recipient(draft, event)
        case RoomMade():
            try_again(draft)
        case Merged(into=into):
            leave(draft, Phrase("gone.merged", (into,)))
        case Deleted():
            leave(draft, Phrase("gone.deleted"))
            # The person's data is erased with the contact.
            draft.change(fields={}, found={}, evidence=())
        case _:
            return ingest(draft)
    return None


def _has_news(draft: Draft) -> bool:
    """Whether conditions may have changed: the contact was read, somebody acted on the lead, or a
    review is due. A clock that only climbs its ladder changes nothing that conditions test.
    """
    if draft.world.contact is not None or draft.world.contact_gone or _review_is_due(draft):
        return not draft.lead.gone
    return draft.lead is not draft.start and not isinstance(draft.event, ClockDue)


def _review_is_due(draft: Draft) -> bool:
    at = draft.start.review_at
    return at is not None and at <= draft.now


def _look_again_at(draft: Draft) -> None:
    """When conditions must be reviewed; computed only if something has changed."""
    if draft.lead is draft.start and not _review_is_due(draft):
        return
    at, before = review_at(draft), draft.lead.review_at
    if draft.world.crm_down and _review_is_due(draft):
        at = draft.now + RETRY_AFTER  # HubSpot could not be read: review again soon
    elif before is not None and at is not None and before > draft.now:
        # The instant may differ slightly because it is computed at another time; ignore that.
        at = before if abs(at - before) <= REVIEWED_EACH else at
    if at != before:
        draft.change(review_at=at)
