"""The first touch: reported by the owner, taken back, or seen in HubSpot."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.lead import Assignment
from baton.domain.phrase import Phrase
from baton.domain.sla import targets
from baton.domain.sla.targets import stop_clocks


def report_touch(draft: Draft, assignment: Assignment, at: datetime) -> None:
    _touched(draft, assignment, at, "slack", Phrase("touch.reported", (draft.owner_name,)))


def _touched(draft: Draft, assignment: Assignment, at: datetime, where: str, note: Phrase) -> None:
    draft.change(assignment=replace(assignment, touched_at=at, touched_in=where))
    stop_clocks(draft, "touch", at, taken_back=where == "slack")
    draft.add_reason("touch", note, where)
    draft.record("touched", assignment.person, where)
    emit.request_card(draft, note, at)
    emit.request_tasks(draft)


def take_back_touch(draft: Draft, assignment: Assignment, at: datetime) -> None:
    """The owner reported a first touch by mistake: the clocks it stopped go on with the time they
    had left, and the clocks it started are dropped.
    """
    draft.change(assignment=replace(assignment, touched_at=None, touched_in=""))
    draft.change(
        clocks=tuple(
            targets.restart(draft, clock) if clock.stopped_by == "touch" else clock
            for clock in draft.lead.clocks
        )
    )
    targets.drop_clocks_started_by(draft, "touch")
    draft.add_reason("touch.taken_back")
    draft.record("taken_back", assignment.person, "touch")
    emit.request_card(draft, Phrase("touch.undone", (draft.owner_name,)), at)
    emit.request_tasks(draft)


def look_for_touch(draft: Draft) -> bool:
    """Whether HubSpot has a call, e-mail or meeting by the owner since they got the lead; if so it
    is the first touch and stops its clock. A touch that the rep reported is recorded separately.

    A touch by somebody else does not count: a lead that another rep happened to call still waits.
    """
    assignment, owner, touches = draft.lead.assignment, draft.owner, draft.world.touches
    if assignment is None or owner is None or not touches:
        return False
    # HubSpot stores engagements in whole seconds, and clocks differ a little.
    since = assignment.at - timedelta(seconds=1)
    own = [t for t in touches if t.owner == owner.hubspot_owner and t.at >= since]
    if not own:
        return False
    first = min(own, key=lambda touch: touch.at)
    met = min((touch.at for touch in own if touch.what == "meeting"), default=None)
    if met is not None and assignment.met_at is None:
        draft.add_reason("meeting.booked")
        assignment = replace(assignment, met_at=met)
        draft.change(assignment=assignment)
    if assignment.touched_at is None:
        seen = Phrase("touch.seen", (owner.name, first.what))
        _touched(draft, assignment, first.at, "hubspot", seen)
    elif assignment.touched_in == "slack":
        # The touch that the rep reported is now seen in HubSpot: count it once.
        draft.change(assignment=replace(assignment, touched_in="hubspot"))
        stop_clocks(draft, "touch", first.at)
        draft.add_reason("touch.confirmed", first.what)
    return True
