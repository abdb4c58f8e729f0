"""Leads that arrive: made up from what the policy asks for, or read from a file."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Annotated, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from baton.domain.policy import OPERATORS, Field, Ownership, Policy, When
from baton.failures import Malformed
from baton.presentation.words import listed
from baton.wire.decoding import decode

#: Relative arrivals by local hour of a working day; none before and after.
_HOURS = {
    7: 2,
    8: 5,
    9: 9,
    10: 10,
    11: 9,
    12: 6,
    13: 7,
    14: 9,
    15: 9,
    16: 8,
    17: 5,
    18: 3,
    19: 2,
    20: 1,
}
#: Relative arrivals by day of the week, Monday first.
_DAYS = (10, 10, 10, 9, 8, 1, 1)
#: Percent of leads with a value in a field that the policy only requires to be filled.
_THERE = 10

_Instant = Annotated[datetime, Meta(tz=True)]


class Arrival(Struct, frozen=True, forbid_unknown_fields=True):
    """A lead that arrives at the handoff to sales."""

    #: Field of the policy -> its value.
    fields: dict[str, str]
    #: None: at some time in busy hours.
    at: _Instant | None = None
    #: Person id of the contact's present owner; empty: nobody.
    owner: str = ""
    #: Place where an owner of the account is found -> person id.
    account: dict[Ownership, str] = {}


def read_arrivals(lines: Iterable[bytes], policy: Policy) -> tuple[list[Arrival], list[str]]:
    """
    Read a lead from each line of JSON; empty lines are skipped.

    Returns:
        The leads, and why each other line is none: its number, the key and the fault.
    """
    found: list[Arrival] = []
    odd: list[str] = []
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = line.removeprefix(BOM_UTF8)
        if line.strip():
            try:
                found.append(_arrival(line, f"line {number}", policy))
            except Malformed as fault:
                odd.append(str(fault))
    return found, odd


def _arrival(line: bytes, at: str, policy: Policy) -> Arrival:
    """Raises Malformed."""
    arrival = decode(line, _Line, at)
    fields = {name: _text(value) for name, value in arrival.fields.items()}
    unknown = sorted(set(fields) - set(policy.field))
    if unknown:
        raise Malformed(f"{at}.fields: the policy has no field {unknown[0]}")
    for where, person in (("owner", arrival.owner), *arrival.account.items()):
        if person and person not in policy.person:
            raise Malformed(f"{at}.{where}: {person} is not in the roster")
    return Arrival(fields, arrival.at, arrival.owner, _account(arrival, at))


class _Line(Struct, frozen=True, forbid_unknown_fields=True):
    fields: dict[str, str | int | float | bool]
    at: _Instant | None = None
    owner: str = ""
    account: dict[str, str] = {}


def _account(arrival: _Line, at: str) -> dict[Ownership, str]:
    places = get_args(Ownership)
    for place in arrival.account:
        if place not in places:
            raise Malformed(f"{at}.account: {place} is none of {listed(places)}")
    return {place: arrival.account[place] for place in places if place in arrival.account}


def _text(value: str | int | float | bool) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def made_up(policy: Policy, leads: int, chance: Random) -> Iterator[Arrival]:
    """*leads* leads whose values are those that the policy's territories, segments, rules and
    tiers ask for, so that each of them is met."""
    named = _named(policy)
    for number in range(leads):
        fields = {
            field.id: value
            for field in policy.lifecycle.fields
            if (value := _value(field, named.get(field.id), number, chance))
        }
        yield Arrival(fields)


def scheduled(
    arrivals: Sequence[Arrival], policy: Policy, start: date, days: int, chance: Random
) -> list[tuple[datetime, Arrival]]:
    """Every lead with the instant (UTC) of its arrival, in order. Leads without one arrive in the
    busy hours of somebody's zone, on one of *days* days from *start*."""
    zones = [ZoneInfo(policy.calendars[p.calendar].zone) for p in policy.people if p.active]
    dates = [start + timedelta(days=n) for n in range(max(1, days))]
    busy = [_DAYS[day.weekday()] for day in dates]
    found = []
    for arrival in arrivals:
        at = arrival.at
        if at is None:
            (day,) = chance.choices(dates, busy)
            (hour,) = chance.choices(list(_HOURS), list(_HOURS.values()))
            second = chance.randrange(3600)
            zone = chance.choice(zones)
            at = datetime.combine(day, time(hour), zone) + timedelta(seconds=second)
        found.append((at.astimezone(UTC), arrival))
    # Ties by second keep the order in which leads were made up.
    return sorted(found, key=lambda pair: pair[0])


class _Named(Struct):
    """What the policy names of one field: the words of each test, and the marks of numbers."""

    tests: list[list[str]]
    numbers: list[float]


def _named(policy: Policy) -> dict[str, _Named]:
    asked = (policy.territories, policy.segments, policy.tiers, policy.rules)
    conditions = [one.when for some in asked for one in some]
    conditions += [rule.when for handoff in policy.handoffs for rule in handoff.rules]
    if policy.scoring is not None:
        conditions += [rule.when for group in policy.scoring.fit for rule in group.rules]
    found: dict[str, _Named] = {}
    for when in conditions:
        _gather(when, found)
    return found


def _gather(when: When, found: dict[str, _Named]) -> None:
    for name, test in when.items():
        for block in test.blocks:
            _gather(block, found)
        if name in OPERATORS:
            continue
        named = found.setdefault(name, _Named([], []))
        patterns = [pattern.replace("*", " ").strip() or "any" for pattern in test.matches]
        words = [*test.any_of, *patterns]
        if words and words not in named.tests:
            named.tests.append(words)
        named.numbers += [mark for mark in (test.at_least, test.below) if mark is not None]


def _value(field: Field, named: _Named | None, number: int, chance: Random) -> str:
    if named is not None and named.numbers:
        low, high = min(named.numbers) / 4, max(named.numbers) * 4
        return str(round(_between(low, high, chance)))
    if named is not None and named.tests:
        # Each test, and failing them all, is equally likely.
        test = chance.randrange(len(named.tests) + 1)
        return chance.choice(named.tests[test]) if test < len(named.tests) else "Something else"
    if named is not None and chance.randrange(100) >= _THERE:
        return ""
    match field.kind:
        case "email":
            return f"lead{number}@company{number % 997}.example"
        case "phone":
            return f"+49 30 5550 {number % 10_000:04d}"
        case "number":
            return str(chance.randrange(100))
        case "date":
            return ""
    return f"{field.label} {number}" if not field.values else chance.choice(field.values)


def _between(low: float, high: float, chance: Random) -> float:
    """A number whose order of magnitude is evenly distributed."""
    if low <= 0:
        return chance.uniform(low, high)
    return float(low * (high / low) ** chance.random())
