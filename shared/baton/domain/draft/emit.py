"""What the outside should see of a lead: the card, the tasks, the contact's properties.

Everything is worked out from the lead as it will be stored, so whatever happened to it, one look
at the lead tells what every slot should show.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from baton.domain.conditions import why_not
from baton.domain.draft.draft import Draft
from baton.domain.lead import Clock
from baton.domain.policy import Policy
from baton.domain.world.effects import CardState, Deadline, TaskState
from baton.presentation.card import packet, why_now
from baton.presentation.words import in_zone

CardShows = Literal["open", "accepted", "touched", "rejected", "taken_back", "closed"]


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
            name=lead.name,
            company=lead.company,
            tier=tier,
            packet=packet(policy, lead, policy.zone_of(owner)),
            why_now=why_now(policy, lead, draft.score, policy.zone_of(owner)),
            why_you=assignment.why,
            play=_play(draft),
            deadlines=tuple(_deadline(policy, clock) for clock in lead.clocks),
            zone=policy.zone_of(owner),
            reasons=tuple(
                (reason.id, reason.label) for reason in policy.lifecycle.reasons if reason.offered
            ),
            note=note,
            note_at=note_at,
            missing=policy.labels_of(lead.flagged),
            undo=assignment.touched_in == "slack",
        )
    )


def current_card(draft: Draft, note: str = "", note_at: datetime | None = None) -> None:
    """The card as the owner's acts have it, with the note given, or the one drafted before."""
    assignment = draft.lead.assignment
    if assignment is None:
        return
    drafted = draft.effects.get(f"card:{assignment.number}")
    if not note and isinstance(drafted, CardState):
        note, note_at = drafted.note, drafted.note_at
    state: CardShows = "open"
    if assignment.accepted_at is not None:
        # Who called before accepting has nothing left to do. Until it is accepted the card goes on
        # offering that: its clock stops by no other act.
        state = "accepted" if assignment.touched_at is None else "touched"
    card(draft, state, note, note_at)


def _deadline(policy: Policy, clock: Clock) -> Deadline:
    paused = [pause.label for pause in policy.pauses if pause.id in clock.paused_for]
    if clock.paused_for and not paused:
        paused = list(clock.paused_for)  # a pause that the policy has dropped meanwhile
    return Deadline(clock.label, clock.due_at, clock.stopped_at, ", ".join(paused))


def tasks(draft: Draft) -> None:
    """A HubSpot task for every target of the current assignment that wants one."""
    for clock in draft.lead.clocks:
        _task(draft, clock, done=not clock.running)


def task_done(draft: Draft, clock: Clock) -> None:
    """The task of a *clock* that is about to go."""
    _task(draft, clock, done=True)


def _task(draft: Draft, clock: Clock, done: bool) -> None:
    lead, assignment, owner = draft.lead, draft.lead.assignment, draft.owner
    if assignment is None or owner is None or not clock.task:
        return
    zone = draft.policy.zone_of(owner)
    draft.show(
        TaskState(
            subject=draft.subject,
            slot=f"task:{assignment.number}:{clock.target}",
            version=draft.version,
            contact_id=lead.id,
            owner=owner.hubspot_owner,
            subject_line=_fill(clock.task, {"name": lead.name, "company": lead.company}),
            body="\n".join(
                [
                    f"Due {in_zone(clock.due_at, zone)}. {assignment.why}.",
                    *why_now(draft.policy, lead, draft.score, zone),
                    _play(draft),
                ]
            ).strip(),
            due_at=clock.due_at,
            done=done,
        )
    )


def _play(draft: Draft) -> str:
    plays = draft.policy.notifications.plays
    return next((play.text for play in plays if not why_not(play.when, draft.facts)), "")


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text.strip()
