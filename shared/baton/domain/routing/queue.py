"""A pool's queue: leads that nobody could take, the hottest first, then the oldest.

Each place is an item in the table, put and deleted together with the lead. The number of waiting
leads is kept with the pool's turns, so joining and leaving raise the turns' version, and a decision
that relied on the first lead cannot be stored once another one is first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.domain.calendar.work_calendar import NeverOpen
from baton.domain.conditions import first_match
from baton.domain.draft.draft import Draft
from baton.domain.lead import ArmedRung, Clock, Waiting
from baton.domain.phrase import seconds
from baton.domain.policy import Person, Policy, Pool
from baton.domain.routing.capacity import next_day
from baton.domain.routing.catching_up import caught_up_at
from baton.domain.routing.search import Queued
from baton.domain.sla.clocks import Count, by_the_wall
from baton.domain.world.events import RoomMade

#: The first lead is tried again at least this often, because a new policy may have made room.
LOOK_EACH = timedelta(hours=1)
WAIT = "wait"


def join(draft: Draft, queued: Queued, stage: str) -> None:
    """Take a place in the queue of *queued*'s pool, for the handoff at *stage*; a lead that is
    already in it keeps its place. Raises NeedsData.
    """
    before, pool = draft.lead.waiting, queued.pool
    if before is not None and before.pool == pool.id and before.handoff == stage:
        draft.because += queued.because
        return
    leave(draft)
    turns = draft.turns_of(pool.id)
    draft.turns[pool.id] = replace(turns, waiting=turns.waiting + 1)
    clock = _clock(draft, queued)
    tiers = draft.policy.tiers
    tier = first_match(tiers, draft.facts)
    draft.change(
        waiting=Waiting(
            pool=pool.id,
            handoff=stage,
            since=before.since if before else draft.now,
            heat=tiers.index(tier) if tier else len(tiers),
            clock=clock,
        ),
        yielded={},
    )
    draft.rewrite |= draft.start.yielded.keys()
    draft.because += queued.because
    draft.considered += queued.considered
    draft.relied_on |= {load.person: load for load in queued.relied_on}
    draft.add_reason("queue.until", seconds(clock.due_at))
    draft.record("waiting", what=pool.id, due_at=clock.due_at)
    # Room made since the world was read was offered before this lead had joined, so offer it again.
    draft.offers.add(pool.id)


def leave(draft: Draft) -> None:
    """Leave the queue, if the lead is in one. Raises NeedsData."""
    waiting = draft.lead.waiting
    if waiting is None:
        return
    turns = draft.turns_of(waiting.pool)
    draft.turns[waiting.pool] = replace(turns, waiting=max(0, turns.waiting - 1))
    draft.change(waiting=None)
    if not isinstance(draft.event, RoomMade):  # draining a queue goes on to the next lead by itself
        draft.offers.add(waiting.pool)


def next_look(draft: Draft, pool: Pool) -> datetime:
    """When time alone may make room in *pool* or in a pool of its chain."""
    reached = _pools_before_wait(draft.policy, pool)
    return min(at for one in reached for at in _room_times(draft, one) if at > draft.now)


def _pools_before_wait(policy: Policy, pool: Pool) -> Iterator[Pool]:
    yield pool
    for step in pool.fallback:
        if step.wait is not None:
            return
        if step.pool:
            yield policy.pool[step.pool]


def _room_times(draft: Draft, pool: Pool) -> Iterator[datetime]:
    yield draft.now + LOOK_EACH
    if pool.limits.per_day is not None or pool.limits.per_week is not None:
        yield next_day(draft.policy.days_of(pool).zone, draft.now)
    for member in pool.members:
        yield from _room_times_of_person(draft, draft.policy.person[member.rep], pool)


def _room_times_of_person(draft: Draft, person: Person, pool: Pool) -> Iterator[datetime]:
    policy, now = draft.policy, draft.now
    if not person.active:
        return
    yield from (off.end for off in person.time_off if off.start <= now < off.end)
    load = draft.world.loads.get(person.id)
    if load is not None and load.away is not None and load.away.until is not None:
        yield load.away.until  # in the past if they are back; skipped below
    waiting = draft.lead.waiting
    if load is not None and waiting is not None:
        zone = policy.zone_of(person)
        at = caught_up_at(person, load, pool, waiting.since, zone, now)
        if at is not None:
            yield at
    if person.max_per_day is not None or person.max_per_week is not None:
        yield next_day(policy.zone_of(person), now)
    if pool.shift.takes != "regardless":
        try:
            opens = policy.calendar_of(person).next_open(now)
        except NeverOpen:
            return
        yield opens - pool.shift.within if pool.shift.takes == "next_on_shift" else opens


def _clock(draft: Draft, queued: Queued) -> Clock:
    """The clock of the wait, in the working time of the person who gets the lead when the wait
    ends."""
    wait, responsible, now = queued.wait, queued.responsible, draft.now
    # In their usual hours: a wait does not stand still because they go on leave.
    count: Count = draft.policy.usual_hours_of(responsible).add if responsible else by_the_wall
    try:
        due = count(now, wait.within)
        warn = count(now, wait.warn_after) if wait.warn_after is not None else None
    except NeverOpen:
        due = now + wait.within
        warn = now + wait.warn_after if wait.warn_after is not None else None
    rungs = [ArmedRung(at=due, kind="give_up", to="manager")]
    if warn is not None:
        rungs.insert(0, ArmedRung(at=warn, kind="warn", to="manager"))
    return Clock(
        target=WAIT,
        label=queued.pool.label,
        stops_on="room",
        started_at=now,
        due_at=due,
        ladder=tuple(rungs),
    )
