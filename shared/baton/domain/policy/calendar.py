"""A calendar as it is published: read and checked, its public holidays worked out."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from baton.domain.calendar.calendar_rules import Rules, Shifts, Span


class Calendar(Struct, frozen=True, omit_defaults=True):
    """The hours of a team or a person, without anybody's time off."""

    #: IANA name.
    zone: str
    #: Monday first; each day's intervals, as wall time since local midnight.
    week: tuple[Shifts, ...]
    #: Dates with their names, "" where none was given, in order.
    holidays: tuple[tuple[date, str], ...] = ()
    #: Dates with hours of their own, in order.
    overrides: tuple[tuple[date, Shifts], ...] = ()
    #: The day on which a week begins, for limits a week; 0 is Monday.
    week_starts: int = 0

    def rules(self, off: tuple[Span, ...] = ()) -> Rules:
        """What ``WorkCalendar.of`` takes; *off* (merged, in order) is cut out."""
        return Rules(self.zone, self.week, self.holidays, self.overrides, off)


def calendar_of(rules: Rules) -> Calendar:
    """*rules* without anybody's time off."""
    return Calendar(rules.tz, rules.week, rules.holidays, rules.overrides)
