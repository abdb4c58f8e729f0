"""What is different about people and their calendars (roster.yaml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby

from baton.domain.calendar.rules import Shifts
from baton.domain.policy import Calendar, Policy, Rota, TimeOff
from baton.policy_tools.diff.compare import (
    Change,
    Phrase,
    Things,
    fields,
    instead,
    items,
    optional,
    switch,
)
from baton.policy_tools.diff.words import joined, said

FILE = "roster"
_MAX_NAMED = 3
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = timedelta(days=1)


def differences(old: Policy, new: Policy) -> Iterator[Change]:
    if old.company != new.company:
        yield Change(FILE, f"The company is now called {new.company} instead of {old.company}.")
    yield from _PEOPLE.compare(old.people, new.people)
    before, after = old.calendars, new.calendars
    for name in [*after, *(name for name in before if name not in after)]:
        if name not in before:
            told = [f"is new, in zone {after[name].zone}"]
        elif name not in after:
            told = ["is removed"]
        else:
            told = [*_calendar(before[name], after[name])]
        for one in told:
            yield Change(FILE, f"Calendar {name} {one}.")
    if [*before] != [*after] and before.keys() == after.keys():
        yield Change(FILE, "The calendars come in another order.")
    yield from _teams(old.team_calendars, new.team_calendars)
    if old.rota != new.rota:
        yield Change(FILE, f"On duty: {_duty(new.rota)}; it was: {_duty(old.rota)}.")


def _teams(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for team in dict.fromkeys((*after, *before)):
        if before.get(team) != after.get(team):
            hours = f"the hours of {after[team]}" if team in after else "no hours of its own"
            yield Change(FILE, f"Team {team} now has {hours}.")


def _duty(rota: Rota | None) -> str:
    if rota is None:
        return "nobody"
    turn = "week" if rota.days == 7 else "day"
    return f"{joined(rota.people)}, a {turn} each in {rota.calendar}, from {rota.starts}"


# --- people


def _away(before: tuple[TimeOff, ...], after: tuple[TimeOff, ...]) -> list[str]:
    phrase = items(
        lambda word: f"is now away {word}",
        lambda word: f"is no longer away {word}",
        "names the times away in another order",
    )

    def worded(off: TimeOff) -> str:
        return f"from {said(off.start)} to {said(off.end)}"

    return [*phrase([*map(worded, before)], [*map(worded, after)])]


_PERSON: dict[str, Phrase] = {
    "name": instead("is now called"),
    "role": instead("is now a"),
    "hubspot_owner": instead("is now HubSpot owner"),
    "slack_user": instead("is now Slack user"),
    "calendar": instead("now works by calendar"),
    "manager": optional("now reports to", "now reports to nobody"),
    "team": optional("is now in team", "is now in no team"),
    "max_open": optional("can hold", "can hold any number of open leads", "open leads"),
    "max_per_day": optional("can get", "can get any number of leads a day", "leads a day"),
    "max_per_week": optional("can get", "can get any number of leads a week", "leads a week"),
    "backup": optional("now has as backup", "now has no backup"),
    "active": switch("is active again and gets leads", "is no longer active and gets no leads"),
    "time_off": _away,
}
_PEOPLE = Things(
    FILE,
    name=lambda one: str(one.name),
    changed=lambda old, new: fields(old, new, _PERSON),
    summary=lambda one: f"a {one.role}, calendar {one.calendar}",
)


# --- calendars


def _calendar(before: Calendar, after: Calendar) -> Iterator[str]:
    if before.zone != after.zone:
        yield f"is now in zone {after.zone} instead of {before.zone}"
    was, now = (dict(zip(_DAYS, one.week, strict=True)) for one in (before, after))
    yield from _open(was, now, "closed")
    yield from _closed(dict(before.holidays), dict(after.holidays))
    yield from _open(_dated(before.overrides), _dated(after.overrides), "open as usual")


def _closed(before: dict[date, str], after: dict[date, str]) -> Iterator[str]:
    come = [day for day in after if day not in before]
    gone = [day for day in before if day not in after]
    if come:
        yield f"is now closed on {_days(come, after)}"
    if gone:
        yield f"is no longer closed on {_days(gone, before)}"
    for day, name in after.items():
        if before.get(day, name) != name:
            yield f"now calls {day} {name} instead of {before[day]}"


def _days(days: list[date], names: dict[date, str]) -> str:
    """Each with its name, or how many of which years: a new year of holidays comes by itself."""
    if len(days) <= _MAX_NAMED:
        return joined(f"{day} ({names[day]})" for day in days)
    years = groupby(sorted(days), key=lambda day: day.year)
    return joined(f"{len([*some])} days of {year}" for year, some in years)


def _dated(overrides: tuple[tuple[date, Shifts], ...]) -> dict[str, Shifts]:
    return {day.isoformat(): shifts for day, shifts in overrides}


def _open(before: Mapping[str, Shifts], after: Mapping[str, Shifts], usual: str) -> Iterator[str]:
    """Hours by weekday, or on single dates; *usual* where a day is not named. Days with the same
    change are one."""
    changed: dict[tuple[str, str], list[str]] = {}
    for day in dict.fromkeys((*after, *before)):
        was = _hours(before[day]) if day in before else usual
        now = _hours(after[day]) if day in after else usual
        if was != now:
            changed.setdefault((was, now), []).append(day)
    for (was, now), some in changed.items():
        yield f"is now {now} on {joined(some)} instead of {was}"


def _hours(shifts: Shifts) -> str:
    return f"open {joined('–'.join(map(_time, shift)) for shift in shifts)}" if shifts else "closed"


def _time(since_midnight: timedelta) -> str:
    """As it is written: 24:00 is the end of a day, what runs into the next day begins anew."""
    if since_midnight == _DAY:
        return "24:00"
    hours, seconds = divmod(int(since_midnight.total_seconds()) % 86_400, 3600)
    minutes, seconds = divmod(seconds, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
