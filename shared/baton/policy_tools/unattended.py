"""How long a lead may be without anybody who is there and knows of it, by pool and tier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from baton.domain.calendar.calendar_rules import Rules, union
from baton.domain.calendar.work_calendar import WorkCalendar
from baton.domain.policy import Person, Policy, Pool, Tier
from baton.domain.presence import stand_ins

#: Usual weeks, without holidays, over which the longest gap is looked for: one more than a week, so
#: that a gap over its end is seen whole.
FROM, UNTIL = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 22, tzinfo=UTC)


class Bound(Struct, frozen=True):
    """What holds for leads of *tier* in *pool*, in a usual week and while nobody is on leave."""

    pool: Pool
    tier: Tier
    #: The longest time at which nobody works who answers for them.
    gap: timedelta
    #: After how long at most somebody who is there knows of the lead.
    within: timedelta
    #: The channel is told at once in the longest gaps.
    channel: bool


def bounds(policy: Policy) -> tuple[Bound, ...]:
    """A bound for each pool and tier, in the policy's order. A gap of three weeks: nobody works."""
    return tuple(
        _bound(policy, pool, tier, gap)
        for pool in policy.pools
        for gap in [_longest_gap(policy, pool)]
        for tier in policy.tiers
    )


def _bound(policy: Policy, pool: Pool, tier: Tier, gap: timedelta) -> Bound:
    attendance = policy.attendance
    told = attendance.told_within if tier.told_within is None else tier.told_within
    return Bound(pool, tier, gap, gap + told, gap > attendance.at_most)


def _longest_gap(policy: Policy, pool: Pool) -> timedelta:
    worked = union(
        (span.start, span.end)
        for person in _answering(policy, pool)
        for span in _usual_hours(policy, person).spans(FROM, UNTIL)
    )
    if not worked:
        return UNTIL - FROM
    gaps = (later.start - earlier.end for earlier, later in pairwise(worked))
    return max(gaps, default=timedelta())


def _answering(policy: Policy, pool: Pool) -> list[Person]:
    members = [policy.person[member.rep] for member in pool.members]
    found = {one.id: one for person in members for one in (person, *stand_ins(policy, person))}
    return [person for person in found.values() if person.active]


def _usual_hours(policy: Policy, person: Person) -> WorkCalendar:
    calendar = policy.calendars[person.calendar]
    return WorkCalendar.of(Rules(calendar.zone, calendar.week, (), (), ()))
