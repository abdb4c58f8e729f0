"""Taking a lead from an owner who let its clock run out."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import assign, end_assignment, handoff_of
from baton.domain.handoff.reassign import notify_former_owner
from baton.domain.lead import ArmedRung, Clock
from baton.domain.lifecycle.owner_by_hand import follow_owner
from baton.domain.phrase import Phrase
from baton.domain.policy import Person
from baton.domain.rep_actions.first_touch import look_for_touch, name_denied
from baton.domain.routing.routing_rules import needs_of_rules
from baton.domain.sla import targets
from baton.domain.world.world import Needs, NeedsData

#: When HubSpot does not answer, how long until the pull-back is tried again.
RETRY_AFTER = timedelta(minutes=1)


def keeps_it(owner: Person | None) -> bool:
    """Whether a pull-back leaves the lead with *owner*: a manager of last resort, after whom there
    is nobody."""
    return owner is not None and owner.role == "manager"


def pull_back(draft: Draft, clock: Clock) -> None:
    """Take the lead from an owner who let the clock run out, and give it to the next rep.

    HubSpot is read again first: an owner who has been in touch keeps the lead, and one whom
    somebody set there by hand gets it.
    """
    owner, assignment = draft.owner, draft.lead.assignment
    assert assignment is not None
    if draft.world.crm_down:
        _postpone(draft, clock)
        return
    contact = draft.world.contact
    unread = contact is None and not draft.world.contact_gone
    if draft.world.touches is None or unread:
        raise NeedsData(Needs(contact=unread, touches=draft.world.touches is None))
    if contact is None:
        return  # it is gone from HubSpot, and so leaves
    name_denied(draft)
    follow_owner(draft, contact)
    if draft.lead.assigned != assignment.number or draft.lead.assignment is None:
        draft.add_reason("pull_back.by_hand", clock.target)
        return
    if look_for_touch(draft):
        draft.add_reason("pull_back.touched", clock.target)
        return
    if owner is not None and keeps_it(owner):
        draft.add_reason("pull_back.last_resort", clock.target, owner.name)
        return
    if owner is not None and owner.id not in draft.world.loads:
        # Ask for everything that ending this assignment and making the next depend on, in one read.
        chain = needs_of_rules(draft.policy, handoff_of(draft), draft.facts, draft.now)
        raise NeedsData(replace(chain, people=(owner.id, *chain.people)))
    draft.add_reason("pull_back", clock.target, draft.owner_name)
    draft.record("pulled_back", owner.id if owner else "", clock.target, clock.due_at)
    handoff = handoff_of(draft)
    note = Phrase("pull_back.note", (clock.label,))
    end_assignment(draft, "taken_back", note, draft.now)
    assign(draft, handoff)
    notify_former_owner(draft, owner, Phrase("pull_back.why", (clock.label,)))


def _postpone(draft: Draft, clock: Clock) -> None:
    """HubSpot cannot say whether the owner has been in touch: try again in a minute. A late
    pull-back is better than taking the lead from an owner who is on the phone with the person.
    """
    targets.postpone_rung(draft, clock, ArmedRung(at=draft.now + RETRY_AFTER, kind="pull_back"))
    draft.add_reason("pull_back.waits", clock.target)
