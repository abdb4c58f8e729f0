"""Clicks on a card in Slack: accept, touch, take it back, qualified, reject."""

from __future__ import annotations

from baton.domain.draft.draft import Draft
from baton.domain.handoff.give_back import give_turn_back
from baton.domain.handoff.reassign import pass_to_next_rep
from baton.domain.lifecycle.closing import close, leave
from baton.domain.lifecycle.transitions import stage_after
from baton.domain.phrase import Phrase, listing
from baton.domain.progress.ingest import ingest_contact
from baton.domain.rep_actions.accept import accept
from baton.domain.rep_actions.activity import record_activity
from baton.domain.rep_actions.first_touch import report_touch, take_back_touch
from baton.domain.sla.explain import story
from baton.domain.world.effects import ReplyState
from baton.domain.world.events import Clicked
from baton.domain.world.world import Needs, NeedsData


def click(draft: Draft) -> None:
    """A button or menu of a card was used."""
    event = draft.event
    assert isinstance(event, Clicked)
    assignment = draft.lead.assignment
    stale = _why_stale(draft, event)
    if stale is not None:
        _reply(draft, event, stale)
        draft.record("stale_click", what=event.action)
        return
    assert assignment is not None
    if event.action == "explain":
        _explain(draft, event)
        return
    if event.action == "accept":
        accept(draft, event.at, "slack")
    elif event.action == "touch":
        report_touch(draft, assignment, event.at)
    elif event.action == "untouch":
        take_back_touch(draft, assignment, event.at)
        return
    elif event.action == "qualify":
        _qualify(draft, event)
    else:
        reason = draft.policy.reason[event.reason]
        give_turn_back(draft, reason)
        if reason.pass_on:
            pass_to_next_rep(draft, reason, event.at)
            return
        note = Phrase("closed.rejected", (draft.owner_name, reason.label))
        close(draft, reason.id, event.at, note)
    record_activity(draft, event.at)


def _explain(draft: Draft, event: Clicked) -> None:
    """Explain each deadline, in a reply that only the person who clicked sees."""
    running = [clock for clock in draft.lead.clocks if clock.running]
    stories = [
        line
        for place, clock in enumerate(running)
        for line in (
            Phrase("story.next" if place else "story", (clock.label,)),
            *story(draft.policy, draft.owner, clock),
        )
    ]
    _answer(draft, event, *(stories or [Phrase("story.none")]))
    draft.add_reason("explained")


def answer_qualified(draft: Draft) -> None:
    """Tell the owner who pressed Qualified, if the lead is held before the next stage: what it
    lacks, and when it goes on."""
    held, event = draft.lead.held, draft.event
    if not draft.asked or held is None or not isinstance(event, Clicked):
        return
    policy = draft.policy
    label = policy.stage[held.stage].label
    lacks = listing((*policy.labels_of(held.missing), *held.unmet))
    _reply(draft, event, Phrase("click.not_ready", (draft.lead.name, label, lacks)))


def _qualify(draft: Draft, event: Clicked) -> None:
    """The owner pressed Qualified: move the lead to the stage after the accepted one, if that
    stage's gate allows it.

    Raises NeedsData when the contact is not known: missing fields may have been filled in just now.
    """
    policy = draft.policy
    if draft.world.contact_gone:
        leave(draft, Phrase("gone.missing"))
        return
    if draft.world.contact is None:
        raise NeedsData(Needs(contact=True))
    ingest_contact(draft, draft.world.contact)
    moved = _why_stale(draft, event)
    if moved is not None:  # somebody made another person the owner in HubSpot meanwhile
        _reply(draft, event, moved)
        return
    assignment = draft.lead.assignment
    handoff = assignment.handoff if assignment else ""
    target = stage_after(policy, handoff if handoff in policy.stage else policy.lifecycle.accepted)
    stage = draft.lead.state.stage
    ways = (m for m in policy.lifecycle.transitions if stage in m.source and not m.reverse)
    way = next((m for m in ways if target is not None and m.to == target.id), None)
    if way is None:
        label = policy.stage[stage].label if stage in policy.stage else stage
        _reply(draft, event, Phrase("click.no_way_on", (label,)))
        return
    draft.asked = way.id


def _why_stale(draft: Draft, event: Clicked) -> Phrase | None:
    """Why a click is stale; None: it is not."""
    assignment, owner = draft.lead.assignment, draft.owner
    name = draft.lead.name
    if assignment is None:
        return Phrase("click.not_with_sales", (name,))
    if event.assignment != assignment.number:
        return Phrase("click.with", (name, owner.name if owner else ""))
    if owner is None or event.user != owner.slack_user:
        return Phrase("click.not_yours", (name,))
    if event.action == "accept" and assignment.accepted_at is not None:
        return Phrase("click.accepted", (name,))
    if event.action == "reject" and event.reason not in draft.policy.reason:
        return Phrase("click.no_such_reason")
    if event.action == "qualify" and assignment.accepted_at is None:
        return Phrase("click.accept_first", (name,))
    if event.action == "touch" and assignment.touched_at is not None:
        return Phrase("click.touched", (name,))
    if event.action == "untouch" and not assignment.touch_reported:
        seen = assignment.touched_in == "hubspot"
        return Phrase("click.touch_seen" if seen else "click.no_touch", (name,))
    return None


def _reply(draft: Draft, event: Clicked, why: Phrase) -> None:
    draft.add_reason("click.refused", event.action, why)
    _answer(draft, event, why)


def _answer(draft: Draft, event: Clicked, *lines: Phrase) -> None:
    draft.show(
        ReplyState(
            subject=draft.subject,
            slot=f"reply:{event.id}",
            version=draft.version,
            channel=event.channel,
            user=event.user,
            lines=lines,
            zone=draft.zone,
        )
    )
