"""Snoozing a lead; and leads owned for so long that they stop counting as open."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import idle_clock, resume_counting, stop_counting
from baton.domain.phrase import Phrase, phrase, seconds
from baton.domain.sla.pauses import after_snooze
from baton.domain.world.events import Snoozed


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
    """End a snooze that is over: the lead counts as open again. Raises NeedsData."""
    assignment = draft.lead.assignment
    if assignment is None or assignment.snoozed_until is None:
        return
    if assignment.snoozed_until > draft.now:
        return
    draft.change(assignment=replace(assignment, snoozed_until=None, snoozed_at=None))
    forgotten = assignment.forget_at is not None and assignment.forget_at <= draft.now
    if not forgotten:
        resume_counting(draft, "snooze over")
    draft.add_reason("snooze.over")


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
