"""From the roster's calendars to compiled ones, public holidays worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from baton.domain.policy import Calendar as CompiledCalendar
from baton.domain.policy.calendar import calendar_of
from baton.policy_tools.faults import Path, did_you_mean, quoted
from baton.policy_tools.hours import read_rules
from baton.policy_tools.models.roster import DAYS, Calendar, Holidays, RosterFile, expand


def compile_calendar(
    roster: RosterFile, calendar: Calendar, years: Iterable[int]
) -> CompiledCalendar:
    """
    *calendar* with the public holidays of *years*.

    Raises:
        ValueError: It is not a valid calendar; the message says what is expected.
    """
    hours = {
        day: _pairs(intervals) for days, intervals in calendar.hours.items() for day in expand(days)
    }
    closed = _public(calendar.holidays, years) if calendar.holidays else {}
    if calendar.company_days:  # the company's name for a day wins over the public one
        closed |= {day.date.isoformat(): day.name for day in roster.company_days}
    overrides = {date: _pairs(intervals) for date, intervals in calendar.overrides.items()}
    rules = read_rules(
        {"tz": calendar.zone, "hours": hours, "holidays": closed, "overrides": overrides}
    )
    return replace(calendar_of(rules), week_starts=DAYS.index(calendar.week_starts))


def check(roster: RosterFile, calendar: Calendar) -> Iterator[tuple[Path, str]]:
    """Faults of a calendar that its model cannot find, as (path, message)."""
    if calendar.holidays is not None:
        yield from _known(calendar.holidays)
    if not any(calendar.hours.values()):
        yield ("hours",), "never opens: give at least one day with hours"
    try:
        compile_calendar(roster, calendar, ())
    except ValueError as error:
        yield (), str(error)


def _known(wanted: Holidays) -> Iterator[tuple[Path, str]]:
    import holidays  # takes 60 to 200 ms; only calendars with holidays need it

    known = holidays.list_supported_countries()
    country, part = wanted.country, wanted.subdivision
    if country not in known:
        hint = did_you_mean(country, sorted(known))
        yield ("holidays", "country"), f"{quoted(country)} has no known holidays{hint}"
    elif part is not None and part not in known[country]:
        hint = did_you_mean(part, known[country])
        yield ("holidays", "subdivision"), f"{quoted(part)} is not a part of {country}{hint}"


def _public(wanted: Holidays, years: Iterable[int]) -> dict[str, str]:
    years = list(years)
    if not years:  # without years the library would choose its own
        return {}
    import holidays

    days = holidays.country_holidays(
        wanted.country,
        subdiv=wanted.subdivision,
        years=years,
        language="en_US",  # where the country has English names; its own language otherwise
    )
    return {day.isoformat(): str(name) for day, name in days.items()}


def _pairs(intervals: Iterable[str]) -> list[list[str]]:
    return [interval.split("-") for interval in intervals]
