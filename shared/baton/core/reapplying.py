"""The policy of today for clocks that run: only where somebody says so.

A lead carries the promises and the ladder it started with. Applying the policy anew arms its
clocks again from where they began, with the pauses they had; what has been climbed by now is not
climbed again, so nobody is warned of what is long past.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.core import clocks, show
from baton.core.conditions import first_match
from baton.core.decision import Draft
from baton.core.lead import Assignment, Clock
from baton.core.policy import Target


def reapply(draft: Draft) -> str:
    """Arm the owner's clocks by the policy as it is. Returns why not, if so."""
    assignment, owner = draft.lead.assignment, draft.owner
    if assignment is None or owner is None:
        return "nobody has this lead, so no promise of it runs"
    policy = draft.policy
    tier = next((one for one in policy.tiers if one.id == assignment.tier), None)
    tier = tier or first_match(policy.tiers, draft.facts)
    if tier is None:
        return "no tier fits it any more"
    known = {clock.target: clock for clock in draft.lead.clocks}
    armed = []
    for target in tier.targets:
        clock = known.get(target.id)
        if clock is not None and not clock.running:
            armed.append(clock)
        elif clock is not None or not _done(assignment, target):
            armed.append(_armed(draft, assignment, target, clock))
    if tuple(armed) == draft.lead.clocks and assignment.tier == tier.id:
        draft.say("its clocks are as the policy has them")
        return ""
    zone = show.zone_of(policy, owner)
    for clock in armed:
        before = known.get(clock.target)
        if clock.running and (before is None or before.due_at != clock.due_at):
            was = f", was {show.in_zone(before.due_at, zone)}" if before else ""
            draft.say(f"{clock.label}: due {show.in_zone(clock.due_at, zone)}{was}")
    for name in known.keys() - {clock.target for clock in armed}:
        draft.say(f"{known[name].label}: is not promised any more")
    draft.change(assignment=replace(assignment, tier=tier.id), clocks=tuple(armed))
    draft.record("reapplied", assignment.person, policy.version)
    state: show.CardShows = "accepted" if assignment.accepted_at else "open"
    show.card(draft, "touched" if assignment.accepted_at and assignment.touched_at else state)
    show.tasks(draft)
    return ""


def _armed(draft: Draft, assignment: Assignment, target: Target, before: Clock | None) -> Clock:
    owner = draft.owner
    assert owner is not None
    calendar = draft.policy.calendar_of(owner)
    clock = clocks.arm(target, before.started_at if before else assignment.at, calendar)
    counting = None if target.time == "wall" else calendar
    if before is not None:
        for since, until in before.pauses:
            clock = clocks.postpone(clock, since, until, counting)
        clock = replace(
            clock,
            pauses=before.pauses,
            paused_at=before.paused_at,
            paused_for=before.paused_for,
        )
    return replace(clock, climbed=_passed(clock, draft.now))


def _passed(clock: Clock, now: datetime) -> int:
    """Rungs that lie in the past: they are not taken again."""
    return sum(rung.at <= now for rung in clock.ladder)


def _done(assignment: Assignment, target: Target) -> bool:
    """Whether the act that keeps the promise was done before there was the promise."""
    done = {"accept": assignment.accepted_at, "touch": assignment.touched_at}
    return done.get(target.stops_on) is not None
