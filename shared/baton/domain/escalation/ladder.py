"""Due clocks: take every rung that is due, in order of time."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.escalation import alerts
from baton.domain.escalation.missed import missed_rungs, superseded
from baton.domain.escalation.pull_back import RETRY_AFTER, pull_back
from baton.domain.escalation.unattended import look_after_absence
from baton.domain.handoff import snooze
from baton.domain.handoff.waiting import climb_wait
from baton.domain.lead import ArmedRung, Clock, DeferredNotice, Held
from baton.domain.progress.ingest import ingest_contact
from baton.domain.sla.clocks import climb
from baton.domain.world.world import Needs, NeedsData


def climb_ladders(draft: Draft) -> None:
    """Take every rung that is due, in order of time. Safe to run early, late or repeatedly: rungs
    already climbed and stopped clocks are skipped.

    Raises NeedsData when a pull-back needs loads or HubSpot's engagements.
    """
    climb_wait(draft)
    snooze.end_snooze(draft)
    look_after_absence(draft)
    alerts.notify_deferred(draft)
    held = draft.lead.held
    if held is not None and held.clock.due_at <= draft.now:
        _recheck_hold(draft, held)
    due: list[tuple[ArmedRung, int]] = []
    climbed: list[Clock] = []
    for index, clock in enumerate(draft.lead.clocks):
        after, rungs = climb(clock, draft.now)
        climbed.append(after)
        due.extend((rung, index) for rung in rungs)
    if not due:
        if draft.lead == draft.start:
            draft.add_reason("clock.none_due")
        return
    draft.change(clocks=tuple(climbed))
    number = draft.lead.assigned
    at_once = missed_rungs(due, draft.now) if len(due) > 1 else {}
    missed: dict[int, list[DeferredNotice]] = {}
    for rung, index in sorted(due, key=lambda pair: pair[0].at):
        if draft.lead.assigned != number or draft.lead.assignment is None:
            draft.add_reason("clock.moved_on")
            break
        clock = draft.lead.clocks[index]
        if not clock.running:
            continue
        if rung in at_once.get(index, ()):
            missed.setdefault(index, []).append(alerts.record_rung(draft, clock, rung))
        elif len(due) > 1 and superseded(rung, index, clock, due, draft.now):
            draft.add_reason("warn.superseded", clock.target, rung.to)
        else:
            _act_on_rung(draft, clock, rung)
    # Only now is it known what became of the lead.
    for notices in missed.values():
        alerts.notify_of_missed(draft, notices)


def _recheck_hold(draft: Draft, held: Held) -> None:
    """The hold of a lead has timed out. Read the contact first, as it may be complete by now;
    ``advance`` then decides what happens. If HubSpot cannot be read, extend the hold by a minute.

    Raises NeedsData when the contact is not known.
    """
    if draft.world.crm_down:
        again = ArmedRung(at=draft.now + RETRY_AFTER, kind="release")
        clock = replace(held.clock, due_at=again.at, ladder=(again,))
        draft.change(held=replace(held, clock=clock))
        draft.add_reason("gate.waits", held.stage)
    elif draft.world.contact is not None:
        ingest_contact(draft, draft.world.contact)
    elif not draft.world.contact_gone:
        raise NeedsData(Needs(contact=True))


def _act_on_rung(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    if rung.kind == "warn":
        alerts.warn(draft, clock, rung)
    elif rung.kind in {"breach", "escalate"}:
        alerts.notify_of_rung(draft, clock, rung)
    elif rung.kind == "pull_back":
        pull_back(draft, clock)
