"""What is shown of a lead outside: its card, its tasks.

A decision only notes what is to be shown. The states are made once, from the lead as it will be
stored: at the end of the decision, or just before the assignment ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from baton.domain.conditions import first_match
from baton.domain.draft.draft import CardNote, Draft
from baton.domain.draft.why_now import packet, phones, unread, why_now
from baton.domain.lead import Assignment, Clock
from baton.domain.phrase import Phrase, Text, seconds
from baton.domain.policy import Person, Policy
from baton.domain.world.effects import CardState, Deadline, TaskState

#: How an assignment ends, in the words of its card.
Ending = Literal["rejected", "taken_back", "closed"]
CardShows = Literal["open", "accepted", "touched", "rejected", "taken_back", "closed"]


class _Shared(NamedTuple):
    """What the card and the tasks of an assignment have in common."""

    assignment: Assignment
    owner: Person
    #: The lead's and its company's.
    name: str
    company: str
    zone: str
    why_now: tuple[Phrase, ...]
    play: str


def _shared(draft: Draft, assignment: Assignment, owner: Person) -> _Shared:
    lead, zone = draft.lead, draft.policy.zone_of(owner)
    return _Shared(assignment, owner, lead.name, lead.company, zone, why_now(draft), _play(draft))


def request_card(draft: Draft, note: Phrase | None = None, note_at: datetime | None = None) -> None:
    """Note that the current assignment's card is to be shown, with *note* or the earlier one."""
    if note is not None or draft.card is None:
        draft.card = CardNote(note, note_at)


def request_tasks(draft: Draft) -> None:
    """Note that the HubSpot tasks of the current assignment's targets are to be shown."""
    draft.tasks = True


def show_requested(draft: Draft) -> None:
    """Show the noted card and tasks, as the lead is now."""
    noted, draft.card = draft.card, None
    with_tasks, draft.tasks = draft.tasks, False
    assignment, owner = draft.lead.assignment, draft.owner
    if assignment is None or owner is None or (noted is None and not with_tasks):
        return
    shared = _shared(draft, assignment, owner)
    if noted is not None:
        _card(draft, shared, _state(assignment), noted)
    if with_tasks:
        for clock in draft.lead.clocks:
            _task(draft, shared, clock, done=not clock.running)


def show_ended(draft: Draft, how: Ending, note: Phrase, note_at: datetime) -> None:
    """Show the final state of an assignment that is about to end: its card with how it ended, its
    tasks as done.
    """
    draft.card, draft.tasks = None, False
    assignment, owner = draft.lead.assignment, draft.owner
    if assignment is None or owner is None:
        return
    shared = _shared(draft, assignment, owner)
    _card(draft, shared, how, CardNote(note, note_at))
    for clock in draft.lead.clocks:
        _task(draft, shared, clock, done=not clock.running)


def show_task_done(draft: Draft, clock: Clock) -> None:
    """Show the task of a *clock* that is about to be dropped as done."""
    assignment, owner = draft.lead.assignment, draft.owner
    if assignment is not None and owner is not None:
        _task(draft, _shared(draft, assignment, owner), clock, done=True)


def _state(assignment: Assignment) -> CardShows:
    """The card's state, from the owner's acts. A card touched before it is accepted still offers
    accepting, because only that stops the accept clock.
    """
    if assignment.accepted_at is None:
        return "open"
    return "accepted" if assignment.touched_at is None else "touched"


def _card(draft: Draft, shared: _Shared, state: CardShows, noted: CardNote) -> None:
    lead, policy, assignment, owner = draft.lead, draft.policy, shared.assignment, shared.owner
    tier = policy.tier.get(assignment.tier)
    draft.show(
        CardState(
            subject=draft.subject,
            slot=f"card:{assignment.number}",
            version=draft.version,
            lead_id=lead.id,
            to=owner.slack_user,
            assignment=assignment.number,
            state=state,
            name=shared.name,
            company=shared.company,
            tier=tier.label if tier else "",
            packet=packet(policy, lead),
            phones=phones(policy, lead),
            unread=unread(policy, lead.fields, policy.packet_fields),
            why_now=shared.why_now,
            why_you=assignment.why,
            play=shared.play,
            deadlines=tuple([_deadline(policy, clock) for clock in lead.clocks]),
            zone=shared.zone,
            reasons=policy.offered_reasons,
            note=noted.note or "",
            note_at=noted.at,
            missing=policy.labels_of(lead.flagged),
            undo=assignment.touch_reported,
        )
    )


def _deadline(policy: Policy, clock: Clock) -> Deadline:
    # A pause that the policy has dropped meanwhile is shown by its id.
    paused = policy.pause_labels(clock.paused_for)
    return Deadline(clock.label, clock.due_at, clock.stopped_at, paused)


def _task(draft: Draft, shared: _Shared, clock: Clock, done: bool) -> None:
    if not clock.task:
        return
    assignment = shared.assignment
    due = Phrase("task.due", (seconds(clock.due_at), assignment.why))
    body: list[Text] = [due, *shared.why_now]
    if shared.play:
        body.append(shared.play)
    draft.show(
        TaskState(
            subject=draft.subject,
            slot=f"task:{assignment.number}:{clock.target}",
            version=draft.version,
            contact_id=draft.lead.id,
            owner=shared.owner.hubspot_owner,
            subject_line=Phrase("task.subject", (clock.task, shared.name, shared.company)),
            body=tuple(body),
            due_at=clock.due_at,
            done=done,
            zone=shared.zone,
        )
    )


def _play(draft: Draft) -> str:
    play = first_match(draft.policy.notifications.plays, draft.facts)
    return play.text if play is not None else ""
