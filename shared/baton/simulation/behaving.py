"""What people do with the leads they get, and when they are away. All of it is made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Literal, NamedTuple

from msgspec import Struct

from baton.domain.calendar.work_calendar import NeverOpen
from baton.domain.policy import Person, Policy

Does = Literal["accept", "reject", "ignore"]


class Behaviour(Struct, frozen=True):
    """How people behave: shares of 1, and times in their own working hours."""

    accept: float = 0.88
    #: Share of the remaining leads that is rejected; nothing is done with the others.
    reject: float = 0.6
    #: Median time to accept; nine of ten accept within five times as long.
    reaction: timedelta = timedelta(minutes=12)
    #: Median from accepting to the first touch, likewise.
    touch: timedelta = timedelta(minutes=35)
    #: Median from the touch to the outcome, likewise.
    outcome: timedelta = timedelta(hours=12)
    #: Share of touched leads that qualify.
    qualify: float = 0.35
    #: Share of a rep's working weeks in which a leave of one to five days begins.
    leave: float = 0.08


class Leave(NamedTuple):
    person: str
    start: datetime
    end: datetime


class People:
    """Draws what people do; the same *chance* gives the same draws."""

    def __init__(self, policy: Policy, behaviour: Behaviour, chance: Random) -> None:
        self._policy, self._behaviour, self._chance = policy, behaviour, chance
        reasons = [reason for reason in policy.lifecycle.reasons if reason.offered]
        self._reasons = [reason.id for reason in reasons]
        self._ends = [reason.id for reason in reasons if not reason.pass_on] or self._reasons

    def does(self) -> Does:
        if self._chance.random() < self._behaviour.accept:
            return "accept"
        rejects = self._reasons and self._chance.random() < self._behaviour.reject
        return "reject" if rejects else "ignore"

    def qualifies(self) -> bool:
        return self._chance.random() < self._behaviour.qualify

    def rejects_for(self, *, worked: bool = False) -> str:
        """A reason for rejecting a lead; once it was *worked*, only a reason that closes it."""
        return self._chance.choice(self._ends if worked else self._reasons)

    def reacts_at(self, person: Person, now: datetime) -> datetime:
        return self._later(person, now, self._behaviour.reaction)

    def touches_at(self, person: Person, now: datetime) -> datetime:
        return self._later(person, now, self._behaviour.touch)

    def decides_at(self, person: Person, now: datetime) -> datetime:
        return self._later(person, now, self._behaviour.outcome)

    def _later(self, person: Person, now: datetime, half: timedelta) -> datetime:
        # Log-normal: half within the median, and a sigma by which nine of ten are within five
        # medians; nobody takes longer than thirty.
        factor = min(self._chance.lognormvariate(0, 1.256), 30.0)
        delay = max(half * factor, timedelta(seconds=5))
        try:
            return self._policy.calendar_of(person).add(now, delay)
        except NeverOpen:
            return now + delay

    def leaves(self, start: datetime, days: int) -> Iterator[Leave]:
        """The leave of everybody, in addition to the time off in the roster."""
        for person in self._policy.people:
            if person.role != "rep" or not person.active:
                continue
            for week in range(0, max(1, days), 7):
                if self._chance.random() >= self._behaviour.leave:
                    continue
                begins = start + timedelta(days=week + self._chance.randrange(5))
                length = timedelta(days=self._chance.randint(1, 5))
                yield Leave(person.id, begins, begins + length)
