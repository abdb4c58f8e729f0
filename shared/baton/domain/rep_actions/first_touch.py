"""The first touch: reported by the owner, taken back, or seen in HubSpot.

What is seen there may turn out to be none: an e-mail bounces, a meeting is cancelled. Then the
touch is taken back when the records are next read, as one that the owner reported by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.lead import Assignment
from baton.domain.phrase import Phrase
from baton.domain.rep_actions.reaching_out import (
    acts,
    is_meeting_to_come_or_held,
    is_tried,
    why_no_act,
)
from baton.domain.sla import targets
from baton.domain.sla.targets import stop_clocks
from baton.domain.world.world import Touch

#: Acts that may still come to nothing after they were seen.
PROVISIONAL = ("email", "meeting")
#: Records that are named in one decision as no acts, the newest.
NAMED = 3


def report_touch(draft: Draft, assignment: Assignment, at: datetime) -> None:
    note = Phrase("touch.reported", (draft.owner_name,))
    _touched(draft, assignment, at, "slack", note, taken_back=True)


def touch_by_status(
    draft: Draft, assignment: Assignment, at: datetime, note: Phrase, by: str
) -> None:
    """Somebody (*by*, as HubSpot has it) set the lead status that says so."""
    _touched(draft, assignment, at, "status", note, taken_back=True)
    draft.outcomes[-1] = replace(draft.outcomes[-1], by=by)


def _touched(
    draft: Draft,
    assignment: Assignment,
    at: datetime,
    where: Literal["slack", "hubspot", "status"],
    note: Phrase,
    taken_back: bool,
    by: str = "",
) -> None:
    """
    Args:
        taken_back: The act may be taken back.
        by: Person id of who did it for the owner; empty: the owner.
    """
    draft.change(assignment=replace(assignment, touched_at=at, touched_in=where, touched_by=by))
    stop_clocks(draft, "touch", at, taken_back=taken_back)
    draft.add_reason("touch", note, where)
    draft.record("touched", assignment.person, where, by=by)
    emit.request_card(draft, note, at)
    emit.request_tasks(draft)


def take_back_touch(draft: Draft, assignment: Assignment, at: datetime) -> None:
    """The owner reported a first touch by mistake: the clocks it stopped go on with the time they
    had left, and the clocks it started are dropped.
    """
    draft.add_reason("touch.taken_back")
    _take_back(draft, assignment, at, Phrase("touch.undone", (draft.owner_name,)))


def _take_back(draft: Draft, assignment: Assignment, at: datetime, note: Phrase) -> None:
    draft.change(assignment=replace(assignment, touched_at=None, touched_in="", touched_by=""))
    draft.change(
        clocks=tuple(
            targets.restart(draft, clock) if clock.stopped_by == "touch" else clock
            for clock in draft.lead.clocks
        )
    )
    targets.drop_clocks_started_by(draft, "touch")
    draft.record("taken_back", assignment.person, "touch")
    emit.request_card(draft, note, at)
    emit.request_tasks(draft)


def name_denied(draft: Draft) -> None:
    """What HubSpot does not let us read is no first touch; the reasons say so."""
    if draft.world.touches_denied:
        draft.add_reason("touch.denied", draft.world.touches_denied)


def look_for_touch(draft: Draft) -> bool:
    """Whether HubSpot has a call, e-mail, meeting or message by which the owner, or somebody for
    them, reached out since they got the lead; if so it is the first touch and stops its clock. A
    touch that the rep reported is recorded separately.

    Who may act for the owner is policy (``touches.by``): their backup, if it does not say. An act
    of anybody else does not count: a lead that another rep happened to call still waits.
    """
    assignment, owner, touches = draft.lead.assignment, draft.owner, draft.world.touches
    if assignment is None or owner is None or not touches:
        return False
    # HubSpot stores engagements in whole seconds, and clocks differ a little.
    since = assignment.begun_at - timedelta(seconds=1)
    counts = draft.policy.who_touches_for[owner.id]
    records = [t for t in touches if t.owner in counts and t.at >= since]
    own = [t for t in records if t.owner == owner.hubspot_owner]
    assignment = _name_no_acts(draft, assignment, own)
    assignment = _follow_meetings(draft, assignment, records)
    done = acts(draft.policy.touches, records)
    if not done:
        # A deleted record proves nothing: only one that is there, and no act any more, does.
        refuted = any(one.at == assignment.touched_at for one in records)
        if assignment.touched_in == "hubspot" and refuted:
            draft.add_reason("touch.came_to_nothing")
            _take_back(draft, assignment, draft.event.at, Phrase("touch.no_touch"))
        return False
    first = min(done, key=lambda touch: touch.at)
    by = counts[first.owner]
    if assignment.touched_at is None:
        seen = Phrase("touch.seen", (owner.name, first.what))
        if by.id != owner.id:
            seen = Phrase("touch.seen_for", (by.name, first.what, owner.name))
        provisional = all(one.what in PROVISIONAL for one in done)
        for_them = "" if by.id == owner.id else by.id
        _touched(draft, assignment, first.at, "hubspot", seen, provisional, for_them)
    elif assignment.touch_reported and acts(draft.policy.touches, own):
        # The touch that the rep reported is now seen in HubSpot: count it once.
        first = min(acts(draft.policy.touches, own), key=lambda touch: touch.at)
        draft.change(assignment=replace(assignment, touched_in="hubspot"))
        stop_clocks(draft, "touch", first.at)
        draft.add_reason("touch.confirmed", first.what)
    return True


def _name_no_acts(draft: Draft, assignment: Assignment, records: Sequence[Touch]) -> Assignment:
    """Give the reasons why records of what the owner tried are no acts. A new one is noted, so that
    the lead's history has it; the others are repeated where a decision depends on them.
    """
    found = [
        (one.at, why)
        for one in records
        if is_tried(one) and (why := why_no_act(draft.policy.touches, one)) is not None
    ]
    newest = sorted(found, key=lambda pair: pair[0])[-NAMED:]
    draft.because += [why for _, why in newest]
    if not newest or (assignment.no_act_at is not None and newest[-1][0] <= assignment.no_act_at):
        return assignment
    assignment = replace(assignment, no_act_at=newest[-1][0])
    draft.change(assignment=assignment)
    return assignment


def _follow_meetings(draft: Draft, assignment: Assignment, records: Sequence[Touch]) -> Assignment:
    """Whether a meeting is booked or was held is what HubSpot says now: one that is called off, or
    to which nobody came, counts no more.
    """
    meetings = [one for one in records if one.what == "meeting"]
    rules = draft.policy.touches
    met = min((m.at for m in meetings if is_meeting_to_come_or_held(rules, m)), default=None)
    if met is not None and assignment.met_at is None:
        draft.add_reason("meeting.booked")
    elif met is None and meetings and assignment.met_at is not None:
        draft.add_reason("meeting.off")
    else:
        return assignment
    assignment = replace(assignment, met_at=met)
    draft.change(assignment=assignment)
    return assignment
