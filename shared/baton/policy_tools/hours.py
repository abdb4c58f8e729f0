"""Reads a calendar, as written in a policy file, into its rules.

Anything unknown, malformed or without a time zone is refused with a ValueError that says what is
expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from baton.domain.calendar.calendar_rules import WEEKDAYS, Rules, Shifts, union, utc
from baton.domain.calendar.work_calendar import WorkCalendar
from baton.policy_tools.faults import quoted
from baton.presentation.words import listed

_KEYS = ("tz", "hours", "holidays", "overrides", "off")
_DAY = timedelta(days=1)


def read_calendar(data: Mapping[str, object]) -> WorkCalendar:
    """The calendar in *data*; see ``read_rules``."""
    return WorkCalendar.of(read_rules(data))


def read_rules(data: Mapping[str, object]) -> Rules:
    """
    The rules in *data*; equal rules compare equal, however they were written.

    Keys: ``tz`` (IANA name); ``hours`` (mon ... sun, each a list of ["HH:MM", "HH:MM"],
    a missing day is closed); ``holidays`` (dates, or dates with names); ``overrides``
    (date to hours); ``off`` (pairs of instants with a zone). Seconds may follow the
    minutes, "24:00" may end an interval. An interval that ends at or before its start runs into the
    next day. Overlaps are merged. Dates may be ``date``s, instants ``datetime``s.

    Raises:
        ValueError: Something is unknown or malformed; the message says where, and what is expected.
    """
    _refuse_unknown(data, _KEYS, "a calendar")
    for key in ("tz", "hours"):
        if key not in data:
            raise ValueError(f"a calendar needs {quoted(key)}")
    hours = _mapping(data["hours"], "hours", 'weekdays to intervals, {"mon": [["09:00", "17:00"]]}')
    _refuse_unknown(hours, WEEKDAYS, "hours")
    overrides = _mapping(data.get("overrides"), "overrides", "dates to intervals")
    holidays = data.get("holidays") or ()
    if not isinstance(holidays, Mapping):
        holidays = dict.fromkeys(_list(holidays, "holidays", "dates, or dates with names"), "")
    off = _list(data.get("off"), "off", "[start, end] pairs")
    return Rules(
        tz=_zone_name(data["tz"]),
        week=tuple(_shifts(hours.get(day), f"hours.{day}") for day in WEEKDAYS),
        holidays=tuple(sorted((_date(d, "holidays"), str(n or "")) for d, n in holidays.items())),
        overrides=tuple(
            sorted(
                (_date(d, "overrides"), _shifts(s, f"overrides.{d}")) for d, s in overrides.items()
            )
        ),
        off=tuple(union(_off(pair, f"off[{n}]") for n, pair in enumerate(off))),
    )


def _shifts(value: object, where: str) -> Shifts:
    shifts: list[tuple[timedelta, timedelta]] = []
    for n, pair in enumerate(_list(value, where, '["09:00", "17:00"] pairs')):
        here = f"{where}[{n}]"
        begin, end = _pair(pair, here, '["09:00", "17:00"]')
        since, until = _time(begin, here), _time(end, here, ends=True)
        shifts.append((since, until if until > since else until + _DAY))
    return tuple(sorted(set(shifts)))


def _time(value: object, where: str, *, ends: bool = False) -> timedelta:
    """Wall-clock time since midnight."""
    parts = value.split(":") if isinstance(value, str) and value.isascii() else []
    if len(parts) in (2, 3) and all(len(part) == 2 and part.isdigit() for part in parts):
        hour, minute, second = (*map(int, parts), 0)[:3]
        if (hour < 24 and minute < 60 and second < 60) or (
            ends and parts[0] == "24" and not minute + second
        ):
            return timedelta(hours=hour, minutes=minute, seconds=second)
    right = '"HH:MM" in quotes, such as "09:00"' + (', or "24:00"' if ends else "")
    hint = "; 24:00 can only end an interval" if value == "24:00" else ""
    raise ValueError(f"{where}: {quoted(value)} is not a time of day; write {right}{hint}")


def _date(value: object, where: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:  # ISO 8601 has more forms than these
        raise ValueError(f"{where}: {quoted(value)} is not a date; write it as 2026-12-25")
    return day


def _off(value: object, where: str) -> tuple[datetime, datetime]:
    first, last = _pair(value, where, '["2026-07-01T08:00:00Z", "2026-07-03T16:00:00Z"]')
    start, end = _instant(first, where), _instant(last, where)
    if end <= start:
        raise ValueError(f"{where}: ends at {last}, not after its start {first}")
    return start, end


def _instant(value: object, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(at, datetime):
            return utc(at)
    except ValueError:
        pass
    right = 'an instant with its zone, such as "2026-07-01T08:00:00Z"'
    raise ValueError(f"{where}: {quoted(value)} is not {right}")


def _zone_name(value: object) -> str:
    if isinstance(value, str):
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError):  # not found; not a zone's name; a directory
            pass
    hint = _meant(value, available_timezones()) or 'an IANA name, such as "Europe/Berlin"'
    raise ValueError(f"tz: {quoted(value)} is not a known time zone; write {hint}")


def _refuse_unknown(data: object, known: Sequence[str], where: str) -> None:
    for key in _mapping(data, where, "keys to values"):
        if key not in known:
            hint = _meant(key, known) or listed(known, " or ")
            raise ValueError(f"{where}: unknown key {quoted(key)}; write {hint}")


def _meant(value: object, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # slow import, needed only after a typo

    return next(map(quoted, get_close_matches(str(value), known, 1)), "")


def _mapping(value: object, where: str, right: str) -> Mapping[object, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: {quoted(value)} is not a mapping of {right}")
    return value


def _list(value: object, where: str, right: str) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise ValueError(f"{where}: {quoted(value)} is not a list of {right}")
    return value


def _pair(value: object, where: str, right: str) -> Sequence[object]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"{where}: {quoted(value)} is not a pair; write {right}")
    return value
