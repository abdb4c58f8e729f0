"""Snoozing a lead, and its return; and leads owned for so long that they stop counting as open.

A snoozed lead leaves its place among its owner's open leads to another one, unless the policy
counts snoozed leads. When it comes back and the place is taken, it stays snoozed until its owner
has room again, for a limited time; then it goes to the next rep. So the limit is never exceeded.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain.calendar.work_calendar import NeverOpen
from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import (
    assign,
    end_assignment,
    handoff_of,
    idle_clock,
    resume_counting,
    stop_counting,
)
from baton.domain.handoff.reassign import notify_former_owner
from baton.domain.lead import Assignment
from baton.domain.phrase import Phrase, phrase, seconds
from baton.domain.sla.pauses import after_snooze
from baton.domain.time import iso
from baton.domain.world.events import Snoozed

#: How often a lead that came back is tried again while its owner has no room.
LOOK_EACH = timedelta(minutes=15)


def snooze(draft: Draft, event: Snoozed) -> Phrase | None:
    """Snooze the lead: its clocks go on at the agreed instant with the time they have left. Returns
    the reason if it cannot be snoozed. Raises NeedsData.
    """
    assignment, now = draft.lead.assignment, draft.now
    if assignment is None or assignment.number != event.assignment:
        return Phrase("snooze.not_theirs")
    if event.until <= now:
        return phrase("snooze.passed", event.until)
    at_most = draft.policy.snooze_at_most
    if event.until > now + at_most:
        return phrase("snooze.too_long", at_most)
    if assignment.snoozed_until is not None:
        return Phrase("snooze.already")
    if not draft.policy.counting.snoozed:
        stop_counting(draft, "snoozed")
    snoozed = draft.lead.assignment
    assert snoozed is not None
    draft.change(assignment=replace(snoozed, snoozed_until=event.until, snoozed_at=now))
    draft.change(
        clocks=tuple(after_snooze(draft, clock) for clock in draft.lead.clocks),
        idle=idle_clock(draft, event.until),
    )
    draft.add_reason("snoozed", seconds(event.until))
    draft.record("snoozed", assignment.person)
    emit.request_tasks(draft)
    return None


def end_snooze(draft: Draft) -> None:
    """End a snooze that is over: the lead counts as open again, if its owner has room for it.
    Raises NeedsData.
    """
    assignment = draft.lead.assignment
    if assignment is None or assignment.snoozed_until is None:
        return
    if assignment.snoozed_until > draft.now:
        return
    comes_back = not assignment.counts and not _is_over(assignment.forget_at, draft.now)
    if comes_back and not _has_room(draft, assignment):
        _return_without_room(draft, assignment)
        return
    awake = replace(assignment, snoozed_until=None, snoozed_at=None, returns_by=None)
    draft.change(assignment=awake)
    if comes_back:
        resume_counting(draft, "snooze over")
    draft.add_reason("snooze.over")


def _has_room(draft: Draft, assignment: Assignment) -> bool:
    """Whether the owner and the pool may carry the lead, which does not count now. Days and weeks
    do not matter: it was assigned before. Raises NeedsData.
    """
    owner = draft.owner
    most = owner.max_open if owner is not None else None
    if most is not None and draft.load(assignment.person).open >= most:
        return False
    pool = draft.policy.pool.get(assignment.pool) if assignment.counts_in_pool else None
    if pool is None or pool.limits.open is None:
        return True
    return draft.turns_of(pool.id).load.open < pool.limits.open


def _return_without_room(draft: Draft, assignment: Assignment) -> None:
    """The snooze is over, and the lead's place is taken: it waits, or goes to the next rep."""
    now, over = draft.now, assignment.snoozed_until
    assert over is not None
    by = assignment.returns_by or _wait_ends(draft, over)
    if by <= now:
        _pass_on(draft)
        return
    again = min(now + LOOK_EACH, by)
    waiting = replace(assignment, snoozed_until=again, snoozed_at=over, returns_by=by)
    draft.change(assignment=waiting)
    draft.change(
        clocks=tuple(after_snooze(draft, clock) for clock in draft.lead.clocks),
        idle=idle_clock(draft, again),
    )
    if assignment.returns_by is not None:
        return
    draft.add_reason("returns.waits", seconds(by))
    emit.request_tasks(draft)
    owner = draft.owner
    if owner is not None:
        draft.notify(
            f"notice:returns:{assignment.number}:{iso(over)}",
            owner.slack_user,
            "warning",
            Phrase("returns", (draft.lead_label,)),
            Phrase("returns.no_room", (draft.load(owner.id).open,)),
            phrase("returns.next", by),
        )


def _wait_ends(draft: Draft, since: datetime) -> datetime:
    """When the lead goes to the next rep."""
    wait = draft.policy.counting.wait_for_room
    owner = draft.owner
    if owner is None or not wait:
        return since + wait
    try:
        return draft.policy.calendar_of(owner).add(since, wait)
    except NeverOpen:
        return since + wait


def _pass_on(draft: Draft) -> None:
    owner, handoff = draft.owner, handoff_of(draft)
    why = Phrase("returns.passed_on", (draft.owner_name,))
    draft.because.append(why)
    draft.record("reassigned", owner.id if owner else "")
    end_assignment(draft, "taken_back", why, draft.now)
    assign(draft, handoff)
    notify_former_owner(draft, owner, why)


def stop_counting_if_owned_long(draft: Draft) -> bool:
    """Stop counting the lead as open if it has been owned for long enough; whether that happened.
    Raises NeedsData.
    """
    assignment = draft.lead.assignment
    if assignment is None or not assignment.counts or not _is_over(assignment.forget_at, draft.now):
        return False
    stop_counting(draft, "owned for long")
    draft.add_reason("forgotten")
    return True


def _is_over(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now
