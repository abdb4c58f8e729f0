"""Which of an owner's clocks run: starts, pauses, stops and resumes them by conditions.

The policy's conditions are evaluated in one place, after everything else is known. Evaluating is
idempotent: a clock is armed once per assignment, overlapping pauses count once, and a stop that is
taken back restores the time that was left.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.conditions import holds
from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.lead import ArmedRung, Assignment, Clock
from baton.domain.phrase import Phrase, seconds
from baton.domain.policy import Person, Target
from baton.domain.sla import clocks
from baton.domain.sla.pauses import after_snooze, apply_pauses, end_pause, known_since


def evaluate_clocks(draft: Draft) -> None:
    """Start, pause, stop or resume each clock of the lead's owner, by the conditions as they are
    now.
    """
    assignment = draft.lead.assignment
    if assignment is None or draft.lead is draft.clocks_of:
        return
    before = draft.lead.clocks
    # Start first: a new clock may have to be stopped or paused at once.
    start_clocks(draft)
    targets = targets_of(draft, assignment)
    facts = draft.facts
    reasons = [pause for pause in draft.policy.pauses if holds(pause.when, facts)]
    running = draft.lead.clocks
    now: list[Clock] = []
    for clock in running:
        stopped = _stopped(draft, assignment, clock, targets.get(clock.target))
        now.append(apply_pauses(draft, assignment, stopped, reasons))
    settled = tuple(now)
    if settled != running:
        draft.change(clocks=settled)
    if settled != before and list(map(_shown, before)) != list(map(_shown, settled)):
        emit.request_card(draft)
        emit.request_tasks(draft)
    draft.clocks_of = draft.lead


def start_clocks(draft: Draft) -> None:
    """Arm the clocks of targets whose time begins now, each once per assignment."""
    assignment, owner = draft.lead.assignment, draft.owner
    if assignment is None or owner is None or not assignment.to_start:
        return
    targets = targets_of(draft, assignment)
    armed, to_start = [*draft.lead.clocks], []
    for name in assignment.to_start:
        target = targets.get(name)
        if target is None:
            continue  # the policy has dropped it
        at = _begins(draft, assignment, target)
        if at is None:
            to_start.append(name)
            continue
        clock = after_snooze(draft, armed_at(draft, target, at, owner))
        armed.append(clock)
        how = _how(draft, assignment, owner, clock)
        draft.add_reason("clock.started", clock.label, seconds(clock.due_at), how)
    draft.change(assignment=replace(assignment, to_start=tuple(to_start)), clocks=tuple(armed))


def drop_clocks_started_by(draft: Draft, act: str) -> None:
    """*act* is taken back: drop the clocks it started, so that their targets wait for it again."""
    assignment = draft.lead.assignment
    assert assignment is not None
    targets, known = targets_of(draft, assignment), draft.lead.clocks
    begun = [clock for clock in known if _begins_with(targets.get(clock.target), act)]
    for clock in begun:
        emit.show_task_done(draft, clock)
    draft.change(
        assignment=replace(
            assignment, to_start=(*assignment.to_start, *(clock.target for clock in begun))
        ),
        clocks=tuple(clock for clock in known if clock not in begun),
    )


def armed_at(draft: Draft, target: Target, at: datetime, owner: Person) -> Clock:
    """*target*'s clock from *at* on, in the calendar it counts by for *owner* and this lead."""
    policy = draft.policy
    name = clocks.calendar_id(policy, target, owner, draft.facts.get("territory"))
    return clocks.arm(target, at, policy.hours_of(name, owner), name)


def targets_of(draft: Draft, assignment: Assignment) -> dict[str, Target]:
    """The lead's targets: those of its assignment's tier in the current policy."""
    return draft.policy.targets.get(assignment.tier, {})


def stopped_by_act(draft: Draft, clock: Clock, at: datetime, taken_back: bool) -> Clock:
    """*clock* stopped by its act; with *taken_back* the act may be taken back, so the
    clock can go on.
    """
    if clock.running:
        clock = end_pause(draft, clock)  # add the time it was paused
        return clock.suspend(at, "touch") if taken_back else clock.stop(at)
    if not clock.stopped_by:
        return clock
    # It was stopped by its condition; the act keeps it stopped even if the condition ends.
    return replace(clock, stopped_by="touch") if taken_back else clock.stop(at)


def restart(draft: Draft, clock: Clock) -> Clock:
    """*clock* running again after its stop was taken back."""
    calendar = clocks.calendar_of(draft.policy, draft.owner, clock)
    return clocks.undo_stop(clock, draft.now, calendar)


def postpone_rung(draft: Draft, clock: Clock, rung: ArmedRung) -> None:
    """Put *rung*, which could not be taken now, back on the ladder of the lead's *clock*."""
    later = clocks.with_rung(clock, rung)
    draft.change(clocks=tuple(later if one == clock else one for one in draft.lead.clocks))


def stop_clocks(draft: Draft, act: str, at: datetime, taken_back: bool = False) -> None:
    """Stop the clocks that *act* stops. If *taken_back*, the act may be taken back, and they go
    on."""
    draft.change(
        clocks=tuple(
            stopped_by_act(draft, clock, at, taken_back) if clock.stops_on == act else clock
            for clock in draft.lead.clocks
        )
    )


# --- one clock


def _begins_with(target: Target | None, act: str) -> bool:
    return target is not None and target.starts_on == act


def _begins(draft: Draft, assignment: Assignment, target: Target) -> datetime | None:
    """When *target*'s time began; None: it has not yet."""
    at: datetime | None = assignment.at
    if target.starts_on != "assigned":
        accepts = target.starts_on == "accept"
        at = assignment.accepted_at if accepts else assignment.touched_at
    if at is None or not target.starts_when:
        return at
    return max(at, known_since(draft)) if holds(target.starts_when, draft.facts) else None


def _stopped(draft: Draft, assignment: Assignment, clock: Clock, target: Target | None) -> Clock:
    """*clock* stopped or running again, by its target's ``stops_when``."""
    if target is None or not target.stops_when:
        return clock
    kept = holds(target.stops_when, draft.facts)
    if kept and clock.running:
        at = max(min(known_since(draft), draft.now), clock.started_at)
        draft.add_reason("clock.kept", clock.target)
        draft.record("kept", assignment.person, clock.target, clock.due_at)
        return end_pause(draft, clock).suspend(at, "condition")
    if not kept and clock.stopped_by == "condition":
        on = restart(draft, clock)
        draft.add_reason("clock.no_longer_kept", clock.target, seconds(on.due_at))
        draft.record("resumed", assignment.person, clock.target, on.due_at)
        return on
    return clock


def _shown(clock: Clock) -> tuple[bool, bool]:
    return bool(clock.paused_for), clock.running


def _how(draft: Draft, assignment: Assignment, owner: Person, clock: Clock) -> Phrase:
    label = draft.policy.tier[assignment.tier].label  # it has the target whose clock starts
    if clock.wall:
        return Phrase("counts.every_hour", (label,))
    if clock.calendar:
        return Phrase("counts.calendar", (label, clock.calendar))
    return Phrase("counts.owner", (label, owner.name))
