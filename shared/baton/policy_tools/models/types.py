"""How ids, texts, durations, dates and hours are written in policy files.

Each type accepts one or two spellings; its error for any other says what to write.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)

from baton.policy_tools.faults import did_you_mean, quoted

#: No duration in a policy is longer; it also keeps sums of dates and durations in range.
LONGEST = timedelta(days=3660)

_SHORT = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s)?", re.ASCII)
_ISO = re.compile(
    r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?"
    r"(?:T(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,7})S)?)?",
    re.ASCII,
)


class Entry(BaseModel):
    """Part of a policy file: read once, never changed. An unknown key is a typo, so it is refused,
    and nothing is converted: text stays text and numbers stay numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def text_schema(pattern: str = "", *examples: str) -> WithJsonSchema:
    schema: dict[str, Any] = {"type": "string"}
    if pattern:
        schema["pattern"] = pattern
    if examples:
        schema["examples"] = list(examples)
    return WithJsonSchema(schema)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # walks the disk


def _known_zone(name: str) -> str:
    zones = _zones()
    if name not in zones:
        near = did_you_mean(name, sorted(zones)) if name else ""
        hint = near if "mean" in near else ", such as Europe/Berlin"
        raise ValueError(f"{quoted(name)} is not a known time zone{hint}")
    return name


#: Pattern -> its description for error messages. It has every pattern of a text.
FITTING: dict[str, str] = {}


def fitting(pattern: str, right: str) -> StringConstraints:
    """A text type with *pattern*; *right* describes the pattern in error messages."""
    FITTING[pattern] = right
    return StringConstraints(pattern=pattern)


Id = Annotated[
    str,
    fitting(
        r"^[a-z][a-z0-9_-]{0,39}$", "small letters, digits, - and _, such as emea-smb; 40 at most"
    ),
]
#: Ids that become parts of HubSpot property names.
PropertyId = Annotated[
    str,
    fitting(r"^[a-z][a-z0-9_]{0,39}$", "small letters, digits and _, such as mql; 40 at most"),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Zone = Annotated[str, AfterValidator(_known_zone)]


# --- durations


def duration(value: object) -> timedelta:
    """
    Read ``45s``, ``15m``, ``1h30m``, ``2d`` or ISO 8601 (``PT15M``, ``P2D``).

    A day is 24 hours, a week seven days; months and years have no fixed length, so ISO's are
    refused.

    Raises:
        ValueError: The text is anything else; the message says what to write.
    """
    right = "write 45s, 15m, 4h, 2d, or ISO 8601 such as PT15M"
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"{value} has no unit; {right}")
    if not isinstance(value, str):
        raise ValueError(f"must be a duration, not {quoted(value)}; {right}")
    text = value.strip()
    if (match := _ISO.fullmatch(text)) and text != "P":
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    elif (match := _SHORT.fullmatch(text)) and text:
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        weeks = 0
    else:
        raise ValueError(f"{quoted(value)} is not a duration; {right}")
    amount = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if amount > LONGEST:
        raise ValueError(f"{quoted(value)} is longer than ten years")
    return amount


def counts_days(value: object) -> bool:
    """Whether the duration is written in days or weeks, which have no length in working time."""
    date_part = value.split("T")[0] if isinstance(value, str) else ""
    return "d" in date_part or "D" in date_part or "W" in date_part


def _positive(amount: timedelta) -> timedelta:
    if amount <= timedelta(0):
        raise ValueError("must be longer than zero")
    return amount


_DURATION = text_schema(
    r"^(P(?!$)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?|(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?)$",
    "15m",
    "4h",
    "2d",
    "PT15M",
)
Duration = Annotated[timedelta, BeforeValidator(duration), _DURATION]
#: A duration greater than zero.
Span = Annotated[timedelta, BeforeValidator(duration), AfterValidator(_positive), _DURATION]


# --- dates, times and instants


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?: *(\S+))?", re.ASCII)
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d{1,2}:\d\d))?", re.ASCII)


def local_date(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{quoted(value)} is not a date in the calendar") from None
    raise ValueError(f"must be a date such as 2026-12-24, not {quoted(value)}")


def time_of_day(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if match := re.fullmatch(r"(\d{1,2}):(\d\d)", text, re.ASCII):
        hour, minute = int(match[1]), int(match[2])
        if hour < 24 and minute < 60:
            return f"{hour:02}:{minute:02}"
    raise ValueError(f"must be a time of day such as 08:30, not {quoted(value)}")


def moment(value: object) -> datetime:
    """``2026-11-24 09:00 Europe/Berlin`` or ISO 8601 with an offset; in UTC."""
    right = "write 2026-11-24 09:00 Europe/Berlin, or 2026-11-24T09:00:00+01:00"
    if not isinstance(value, str):
        raise ValueError(f"must be an instant, not {quoted(value)}; {right}")
    match = _MOMENT.fullmatch(value.strip())
    if match and not 2000 <= int(match[1][:4]) <= 2150:
        raise ValueError(f"{quoted(value)} is not in the years 2000 to 2150")
    try:
        if match and match[3] and not re.match(r"[-+Z\d]", match[3]):
            local = datetime.fromisoformat(f"{match[1]}T{match[2]}")
            return local.replace(tzinfo=ZoneInfo(_known_zone(match[3]))).astimezone(UTC)
        if match and match[3]:
            return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3]}").astimezone(UTC)
    except ValueError as error:
        if "time zone" in str(error):
            raise
    if match and not match[3]:
        raise ValueError(f"{quoted(value)} has no time zone; {right}")
    raise ValueError(f"{quoted(value)} is not an instant; {right}")


_DATE = text_schema(r"^\d{4}-\d\d-\d\d$", "2026-12-24")
LocalDate = Annotated[date, BeforeValidator(local_date), _DATE]
TimeOfDay = Annotated[str, BeforeValidator(time_of_day), text_schema(r"^\d{1,2}:\d\d$", "08:30")]
Moment = Annotated[
    datetime, BeforeValidator(moment), text_schema("", "2026-11-24 09:00 Europe/Berlin")
]


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A wall time, or a whole day, in whatever zone its reader is in."""

    day: date
    at: time | None = None

    def start(self, zone: ZoneInfo) -> datetime:
        """The instant, or the beginning of the day, in UTC."""
        local = datetime.combine(self.day, self.at or time(), zone)
        return local.astimezone(UTC)

    def end(self, zone: ZoneInfo) -> datetime:
        """The instant, or the end of the day, in UTC."""
        if self.at is not None:
            return self.start(zone)
        return LocalMoment(self.day + timedelta(days=1)).start(zone)


def local_moment(value: object) -> LocalMoment:
    text = value if isinstance(value, str) else ""
    match = _LOCAL.fullmatch(text.strip())
    if match is None:
        right = "a date such as 2026-12-24, or a date and time such as 2026-12-24 12:00"
        raise ValueError(f"must be {right}, not {quoted(value)}")
    day = local_date(match[1])
    if not 1970 <= day.year <= 2199:
        raise ValueError(f"{quoted(value)} is not in the years 1970 to 2199")
    return LocalMoment(day, time.fromisoformat(time_of_day(match[2])) if match[2] else None)


LocalTime = Annotated[
    LocalMoment,
    BeforeValidator(local_moment),
    text_schema(r"^\d{4}-\d\d-\d\d([ T]\d{1,2}:\d\d)?$", "2026-12-24", "2026-12-24 12:00"),
]


def wrap(kinds: type | tuple[type, ...]) -> Callable[[Any], Any]:
    """Lets a list of one be written without the list."""
    return lambda value: (value,) if isinstance(value, kinds) else value
