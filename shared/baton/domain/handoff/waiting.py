"""Leads that wait in a pool's queue: retry when there may be room, end a wait that times out."""

from __future__ import annotations

from msgspec.structs import replace

from baton.domain.draft.draft import Draft
from baton.domain.handoff.assign import assign, handoff_named
from baton.domain.lead import Waiting
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import Person
from baton.domain.presence import present
from baton.domain.routing.queue import next_look
from baton.domain.sla.clocks import climb
from baton.domain.time import iso


def try_again(draft: Draft) -> None:
    """Route the waiting lead again, as there may be room or another rule may match. If nobody can
    take it, it keeps its place, and is tried again when time alone may make room. Raises NeedsData.
    """
    waiting = draft.lead.waiting
    if waiting is None:
        draft.add_reason("queue.not_waiting")
        return
    assign(draft, handoff_named(draft.policy, waiting.handoff))
    still = draft.lead.waiting
    if still is None or still.pool != waiting.pool:
        return
    pool = draft.policy.pool.get(still.pool)
    if pool is None or (still.look_at is not None and still.look_at > draft.now):
        return
    alone = draft.turns_of(pool.id).waiting <= 1
    if not alone and draft.world.first.get(pool.id) != draft.lead.id:
        return
    draft.change(waiting=replace(still, look_at=next_look(draft, pool)))
    draft.add_reason("queue.no_room", still.pool)


def climb_wait(draft: Draft) -> None:
    """Take the due rungs of the wait's clock, and offer the queue if time may have made room.
    Raises NeedsData.
    """
    waiting = draft.lead.waiting
    if waiting is None:
        return
    if waiting.look_at is not None and waiting.look_at <= draft.now:
        draft.offers.add(waiting.pool)
        draft.add_reason("queue.looked_at", waiting.pool)
        waiting = replace(waiting, look_at=None)
        draft.change(waiting=waiting)
    clock, due = climb(waiting.clock, draft.now)
    if not due:
        return
    if due[-1].kind == "give_up":
        draft.add_reason("queue.over", waiting.pool)
        draft.record("breached", what=clock.target, due_at=clock.due_at)
        assign(draft, handoff_named(draft.policy, waiting.handoff), wait_timed_out=True)
        return
    draft.change(waiting=replace(waiting, clock=clock))
    _warn(draft, waiting)


def _warn(draft: Draft, waiting: Waiting) -> None:
    policy, clock = draft.policy, waiting.clock
    responsible = responsible_for(draft, waiting)
    pool = policy.pool.get(waiting.pool)
    label = pool.label if pool else waiting.pool
    draft.record("warned", responsible.id if responsible else "", clock.target, clock.due_at)
    draft.add_reason("queue.told", waiting.pool, responsible.name if responsible else "")
    draft.notify(
        f"notice:wait:{waiting.pool}:{iso(waiting.since)}",
        responsible.slack_user if responsible else policy.notifications.channel,
        "warning",
        Phrase("waits", (draft.lead_label, label)),
        phrase("waits.since", waiting.since),
        phrase("waits.to_you" if responsible else "waits.to_next", clock.due_at),
    )


def responsible_for(draft: Draft, waiting: Waiting) -> Person | None:
    """Who gets the lead when the wait times out, by the current policy: the person named after it
    or, if they are absent, who stands in for them. Raises NeedsData.
    """
    pool = draft.policy.pool.get(waiting.pool)
    steps = pool.fallback if pool else ()
    index = next((i for i, step in enumerate(steps) if step.wait is not None), len(steps))
    named = next((step.person for step in steps[index:] if step.person), "")
    return present(draft.policy, draft.policy.person.get(named), draft.known_loads(), draft.now)
