"""Working hours and holidays: compared day by day; days with the same change share a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from baton.domain.calendar.calendar_rules import Shifts
from baton.policy_tools.diff.phrases import Phrase
from baton.policy_tools.diff.showing import value_text
from baton.policy_tools.diff.walking import Difference
from baton.presentation.words import counted, day_named, listed

_MAX_NAMED = 3
_DAY = timedelta(days=1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def by_weekday(week: Sequence[Shifts]) -> dict[str, Shifts]:
    """The hours by weekday, so that each weekday is compared separately."""
    return dict(zip(_WEEKDAYS, week, strict=False))


def weekday(number: int) -> str:
    """The day of the week by its number; 0 is Monday."""
    return _WEEKDAYS[number]


def by_date(days: Sequence[tuple[date, Any]]) -> dict[str, Any]:
    """Values by date, so that each date is compared separately."""
    return {day.isoformat(): what for day, what in days}


def closed_days(found: Sequence[Difference]) -> Iterator[str]:
    """Holidays added, removed or renamed. Many days, such as a new year of public holidays, are
    only counted by year."""
    for kind, text in (("added", "is now closed on"), ("removed", "is no longer closed on")):
        days = {one.key: one.after or one.before for one in found if one.kind == kind}
        if days:
            yield f"{text} {_days(days)}"
    for one in found:
        if one.kind == "changed":
            on = day_named(one.key, year=True)
            yield f"now calls {on} {value_text(one.after)} instead of {value_text(one.before)}"


def _days(names: dict[str, str]) -> str:
    if len(names) <= _MAX_NAMED:
        return listed(f"{day_named(day, year=True)} ({name})" for day, name in names.items())
    years = groupby(sorted(names), key=lambda day: date.fromisoformat(day).year)
    return listed(f"{counted(len([*some]), 'day')} of {year}" for year, some in years)


def hours(usual: str) -> Phrase:
    """Words changes of hours by weekday or date; *usual*: the hours of a day that is not named.
    Days with the same change share a sentence."""

    def phrase(found: Sequence[Difference]) -> Iterator[str]:
        changed: dict[tuple[str, str], list[str]] = {}
        for one in found:
            now = usual if one.kind == "removed" else _open(one.after)
            was = usual if one.kind == "added" else _open(one.before)
            changed.setdefault((now, was), []).append(one.key)
        for (now, was), days in changed.items():
            on = listed(day_named(day, year=True) for day in days)
            yield f"is now {now} on {on} instead of {was}"

    return phrase


def _open(shifts: Shifts) -> str:
    return f"open {listed('–'.join(map(_time, shift)) for shift in shifts)}" if shifts else "closed"


def _time(since_midnight: timedelta) -> str:
    """The time as written: 24:00 is the end of a day; times beyond it are those of the next day."""
    if since_midnight == _DAY:
        return "24:00"
    hour, seconds = divmod(int(since_midnight.total_seconds()) % 86_400, 3600)
    minute, seconds = divmod(seconds, 60)
    return f"{hour:02}:{minute:02}" + (f":{seconds:02}" if seconds else "")
