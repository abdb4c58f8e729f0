"""Somebody is back from leave: how fast they get the leads that waited meanwhile.

The pool's ``catch_up`` governs its queue as it governs its turns. Of the leads that began to wait
before somebody came back, they get all at once with ``full``; so many a day with ``capped``; and
with ``none`` one at a time, at most one in ``queue_each``. Leads that began to wait later are not
held back. Back means back from time off or from ``/baton away``, taken again by HubSpot, or reached
again in Slack. The wait's own clock goes on: whoever comes after the wait gets what is left.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baton.domain.policy import Person, Pool
from baton.domain.routing.capacity import local_day, next_day
from baton.domain.world.world import Load


def caught_up_at(
    person: Person, load: Load, pool: Pool, since: datetime, zone: str, now: datetime
) -> datetime | None:
    """When *person* may have the next lead that waits for *pool* since then; None: now."""
    if pool.catch_up.kind == "full" or load.drained_at is None:
        return None
    if not waited_for(person, load, since, now):
        return None
    last = load.drained_at
    if pool.catch_up.kind == "capped":
        used_up = load.drained >= pool.catch_up.per_day
        return next_day(zone, max(last, now)) if used_up and _same_day(load, zone, now) else None
    at = last + pool.queue_each
    return at if at > now else None


def waited_for(person: Person, load: Load, since: datetime, now: datetime) -> bool:
    """Whether a lead that began to wait at *since* has waited while *person* was away."""
    known = (load.away, load.refused, load.unreachable)
    ends = [off.end for off in person.time_off]
    ends += [one.until for one in known if one is not None and one.until is not None]
    return any(since < end <= now for end in ends)


def take_waited(load: Load, zone: str, now: datetime) -> Load:
    """*load*, which was given a lead that had waited while its person was away."""
    today = load.drained if _same_day(load, zone, now) else 0
    return replace(load, drained_at=now, drained=today + 1)


def _same_day(load: Load, zone: str, now: datetime) -> bool:
    """Whether the last such lead was given on the local day of *now*; or on a newer one, which a
    worker whose clock is ahead has begun.
    """
    return load.drained_at is not None and local_day(zone, load.drained_at) >= local_day(zone, now)
