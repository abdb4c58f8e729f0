"""What becomes of leads that wait in a pool's queue: room is made, or their patience ends."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import assign, part_named
from baton.domain.lead import Waiting
from baton.domain.policy import Person
from baton.domain.routing.queue import looks_again_at
from baton.domain.sla.clocks import climb
from baton.domain.time import iso
from baton.presentation.words import in_zone


def try_again(draft: Draft) -> None:
    """There may be room, or the rules may send the lead elsewhere now. If there is none it keeps
    its place, and is looked at again when time alone may make some. Raises Missing."""
    waiting = draft.lead.waiting
    if waiting is None:
        draft.say("it does not wait any more")
        return
    assign(draft, part_named(draft.policy, waiting.handoff))
    still = draft.lead.waiting
    if still is None or still.pool != waiting.pool:
        return
    pool = draft.policy.pool.get(still.pool)
    if pool is None or (still.look_at is not None and still.look_at > draft.now):
        return
    alone = draft.turns_of(pool.id).waiting <= 1
    if not alone and draft.world.first.get(pool.id) != draft.lead.id:
        return
    draft.change(waiting=replace(still, look_at=looks_again_at(draft, pool)))
    draft.say(f"pool {still.pool}: no room yet")


def climb_wait(draft: Draft) -> None:
    """What the clock of the wait, and the time, ask for. Raises Missing."""
    waiting = draft.lead.waiting
    if waiting is None:
        return
    if waiting.look_at is not None and waiting.look_at <= draft.now:
        draft.offers.add(waiting.pool)
        draft.say(f"pool {waiting.pool}: time may have made room, its queue is looked at")
        waiting = replace(waiting, look_at=None)
        draft.change(waiting=waiting)
    clock, due = climb(waiting.clock, draft.now)
    if not due:
        return
    if due[-1].kind == "give_up":
        draft.say(f"pool {waiting.pool}: the wait is over")
        draft.record("breached", what=clock.target, due_at=clock.due_at)
        assign(draft, part_named(draft.policy, waiting.handoff), gave_up=True)
        return
    draft.change(waiting=replace(waiting, clock=clock))
    _warn(draft, waiting)


def _warn(draft: Draft, waiting: Waiting) -> None:
    policy, clock = draft.policy, waiting.clock
    responsible = _responsible(draft, waiting)
    zone = policy.zone_of(responsible)
    pool = policy.pool.get(waiting.pool)
    label = pool.label if pool else waiting.pool
    name, company = draft.lead.name, draft.lead.company
    draft.record("warned", responsible.id if responsible else "", clock.target, clock.due_at)
    draft.say(f"pool {waiting.pool}: told {responsible.name if responsible else 'the channel'}")
    draft.notify(
        f"notice:wait:{waiting.pool}:{iso(waiting.since)}",
        responsible.slack_user if responsible else policy.notifications.channel,
        "warning",
        f"{name} ({company}) waits for {label}" if company else f"{name} waits for {label}",
        f"Nobody there has been free since {in_zone(waiting.since, zone)}.",
        f"At {in_zone(clock.due_at, zone)} the lead goes to"
        f" {'you' if responsible else 'whoever comes next'}.",
    )


def _responsible(draft: Draft, waiting: Waiting) -> Person | None:
    """Who gets the lead when the wait is over, as the policy has it now."""
    pool = draft.policy.pool.get(waiting.pool)
    steps = pool.fallback if pool else ()
    index = next((i for i, step in enumerate(steps) if step.wait is not None), len(steps))
    named = (step.person for step in steps[index:] if step.person)
    return next((draft.policy.person[person] for person in named), None)
