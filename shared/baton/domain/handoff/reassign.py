"""A lead moves from one owner to another: by hand, by a rejection that passes it on, or because
HubSpot does not accept its owner.

It never returns to somebody who had it earlier in this round, except the last resort, with whom a
round ends. The old owner's entries in HubSpot
(the contact's owner, the tasks of its clocks) are closed with their assignment and created again
for the next owner, and both are told.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import (
    assign,
    end_assignment,
    find_next_owner,
    give,
    handoff_named,
    handoff_of,
    past_owners,
)
from baton.domain.lead import BY_HAND
from baton.domain.phrase import Phrase
from baton.domain.policy import Person, Reason
from baton.domain.routing.obstacles import obstacle, obstacle_phrase
from baton.domain.routing.search import Choice
from baton.domain.world.events import OwnerRefused, Reassigned
from baton.domain.world.world import Away


def reassign(draft: Draft, event: Reassigned) -> Phrase | None:
    """Give the lead to the person named, or to whom routing finds. Returns the reason if the lead
    cannot be given. Raises NeedsData.
    """
    lead = draft.lead
    held_by = lead.assignment or lead.waiting
    if held_by is None:
        return Phrase("reassign.nobody_has_it")
    handoff = handoff_named(draft.policy, held_by.handoff)
    person = draft.policy.person.get(event.to)
    if event.to:
        fault = _why_not_given_to(draft, event.to, person)
        if fault is not None:
            return fault
    owner = draft.owner
    why = Phrase("reassigned.back", (event.by, event.note))
    if person is not None:
        why = Phrase("reassigned.to", (event.by, person.name, event.note))
    draft.because.append(why)
    if lead.assignment is not None:
        draft.record("reassigned", lead.assignment.person, event.to)
    end_assignment(draft, "taken_back", why, draft.now)
    if person is None:
        assign(draft, handoff)
    else:
        choice = Choice(person, BY_HAND, "", Phrase("why.by_hand", (event.by,)), ())
        give(draft, choice, handoff)
    notify_former_owner(draft, owner, why)
    return None


def pass_to_next_rep(draft: Draft, reason: Reason, at: datetime) -> None:
    """The owner rejected the lead for a reason that is not about the lead: the next rep gets it.
    If the owner is the last resort and nobody else is left, it stays with them. Raises NeedsData.
    """
    handoff, owner = handoff_of(draft), draft.owner
    if owner is not None and owner.role == "manager":
        next_owner = find_next_owner(draft, handoff, without=owner.id)
        if next_owner is not None and next_owner.id == owner.id:
            stays = Phrase("passed_on.nobody", (owner.name,))
            draft.because.append(stays)
            emit.request_card(draft, stays, at)
            return
    note = Phrase("passed_on", (draft.owner_name, reason.label))
    draft.because.append(note)
    draft.record("rejected", owner.id if owner else "", reason.id)
    end_assignment(draft, "rejected", note, at)
    assign(draft, handoff)


def pass_on_refused_lead(draft: Draft, event: OwnerRefused) -> None:
    """HubSpot does not accept somebody as owner, or Slack brings them no messages: they get no
    leads until it does, and this lead goes to the next rep. Raises NeedsData.
    """
    person = draft.policy.someone(event.person)
    if person is None:
        draft.add_reason("owner_refused.unknown", event.person)
        return
    load = draft.load(person.id)
    if not load.refused_at_all(draft.now):
        # Set here as well as by the person's own event, so that neither this decision nor the next
        # one chooses them again.
        draft.loads[person.id] = (
            replace(load, unreachable=Away(draft.event.at, None, "workspace"))
            if event.by_slack
            else replace(load, refused=Away(draft.event.at, None, "hubspot"))
        )
    assignment = draft.lead.assignment
    if assignment is None or assignment.person != person.id:
        draft.add_reason("owner_refused.not_theirs", person.name)
        return
    id_ = "unreachable" if event.by_slack else "owner_refused"
    handoff, why = handoff_of(draft), Phrase(id_, (person.name,))
    draft.because.append(why)
    next_owner = find_next_owner(draft, handoff, without=person.id)
    if next_owner is not None and draft.load(next_owner.id).refused_at_all(draft.now):
        # Only the manager of last resort is left, who is refused as well: passing the lead on
        # would never end.
        draft.add_reason("owner_refused.keeps", person.name)
        return
    draft.record("reassigned", person.id)
    end_assignment(draft, "taken_back", why, draft.now)
    assign(draft, handoff)
    if not event.by_slack:  # where Slack brings them nothing, there is nobody to tell
        notify_former_owner(draft, person, why)


def notify_former_owner(draft: Draft, former: Person | None, why: Phrase) -> None:
    """Tell the former owner that somebody else has the lead; the new owner gets a card."""
    owner = draft.owner
    if former is None or (owner is not None and owner.id == former.id):
        return
    now_with = Phrase("now_with", (owner.name,)) if owner else Phrase("now_with.nobody")
    draft.notify(
        f"notice:moved:{draft.lead.assigned}:{former.id}",
        former.slack_user,
        "info",
        Phrase("moved", (draft.lead.name,)),
        Phrase("sentence", (why,)),
        now_with,
    )


def _why_not_given_to(draft: Draft, name: str, person: Person | None) -> Phrase | None:
    if person is None:
        return Phrase("reassign.unknown", (name,))
    assignment = draft.lead.assignment
    if assignment is not None and assignment.person == person.id:
        return Phrase("reassign.has_it", (person.name,))
    if person.id in past_owners(draft):
        return Phrase("reassign.let_go", (person.name,))
    load = draft.load(person.id)
    code = obstacle(draft.policy, person, load, draft.now)
    return obstacle_phrase(person, load, code) if code else None
