"""Applies the current policy to running clocks, only on request.

A lead keeps the targets and ladders that its assignment started with. Reapplying the policy arms
its clocks again from their start, with the pauses they had. Rungs in the past are not repeated, so
nobody is warned late.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.conditions import first_match
from baton.domain.draft import emit
from baton.domain.draft.draft import Draft
from baton.domain.lead import Assignment, Clock
from baton.domain.phrase import Phrase, seconds
from baton.domain.policy import Person, Target, Tier
from baton.domain.sla import clocks, targets


def reapply(draft: Draft) -> Phrase | None:
    """Arm the owner's clocks by the current policy. Returns the reason if there is nothing to
    arm."""
    assignment, owner = draft.lead.assignment, draft.owner
    if assignment is None or owner is None:
        return Phrase("reapply.nobody_has_it")
    policy = draft.policy
    tier = next((one for one in policy.tiers if one.id == assignment.tier), None)
    tier = tier or first_match(policy.tiers, draft.facts)
    if tier is None:
        return Phrase("reapply.no_tier")
    known = {clock.target: clock for clock in draft.lead.clocks}
    wanted = [target for target in tier.targets if target.id in known]
    unknown = [target.id for target in tier.targets if target.id not in known]
    to_start = tuple(name for name in unknown if not _done(assignment, tier, name))
    draft.change(
        assignment=replace(assignment, tier=tier.id, to_start=to_start),
        clocks=tuple(_armed(draft, owner, target, known[target.id]) for target in wanted),
    )
    targets.start_clocks(draft)
    draft.change(
        clocks=tuple(
            clock if clock.target in known else _without_the_past(clock, draft.now)
            for clock in draft.lead.clocks
        )
    )
    if draft.lead == draft.start:
        draft.add_reason("reapply.same")
        return None
    for clock in draft.lead.clocks:
        before = known.get(clock.target)
        if before is not None and before.due_at != clock.due_at:
            moved = (seconds(clock.due_at), seconds(before.due_at))
            draft.add_reason("reapply.moved", clock.label, *moved)
    for name in known.keys() - {clock.target for clock in draft.lead.clocks}:
        draft.add_reason("reapply.dropped", known[name].label)
    draft.record("reapplied", assignment.person, policy.version)
    emit.request_card(draft)
    emit.request_tasks(draft)
    return None


def _armed(draft: Draft, owner: Person, target: Target, before: Clock) -> Clock:
    """*before* armed by the current policy; a stopped clock stays as it is."""
    if not before.running:
        return before
    clock = targets.armed_at(draft, target, before.started_at, owner)
    calendar = clocks.calendar_of(draft.policy, owner, clock)
    for since, until in before.pauses:
        clock = clocks.stand_still(clock, since, until, calendar)
    clock = replace(clock, paused_at=before.paused_at, paused_for=before.paused_for)
    return _without_the_past(clock, draft.now)


def _without_the_past(clock: Clock, now: datetime) -> Clock:
    """*clock* with its past rungs marked as climbed."""
    return replace(clock, climbed=sum(rung.at <= now for rung in clock.ladder))


def _done(assignment: Assignment, tier: Tier, name: str) -> bool:
    """Whether the act that stops target *name* was already done before the target was added."""
    done = {"accept": assignment.accepted_at, "touch": assignment.touched_at}
    return any(one.id == name and done.get(one.stops_on) is not None for one in tier.targets)
