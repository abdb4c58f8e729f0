"""roster.yaml: the company's days off, calendars, reps and managers."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from baton.policy_tools.faults import quoted
from baton.policy_tools.models.types import (
    Entry,
    Id,
    LocalDate,
    LocalTime,
    Text,
    Zone,
    fitting,
    text_schema,
    time_of_day,
    wrap,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(DAYS)


def _interval(value: object) -> str:
    """``09:00-17:00``; the end may be 24:00, or before the start for a shift over midnight."""
    text = value if isinstance(value, str) else ""
    start, dash, end = text.replace(" ", "").replace("–", "-").partition("-")
    try:
        if dash:
            return f"{time_of_day(start)}-{'24:00' if end == '24:00' else time_of_day(end)}"
    except ValueError:
        pass
    raise ValueError(f"must be hours such as 09:00-17:30, not {quoted(value)}")


Interval = Annotated[
    str,
    BeforeValidator(_interval),
    text_schema(r"^\d{1,2}:\d\d ?[-–] ?\d{1,2}:\d\d$", "09:00-17:30"),
]
Intervals = Annotated[
    tuple[Interval, ...],
    BeforeValidator(wrap(str), json_schema_input_type=tuple[Interval, ...] | Interval),
]


def expand(days: str) -> tuple[str, ...]:
    """``mon-fri`` as a list of days; ``fri-mon`` includes the weekend."""
    first, _, last = days.partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return tuple(DAYS[(start + n) % 7] for n in range((end - start) % 7 + 1))


def _hours(value: Any) -> Any:
    if value == "always":
        return {"mon-sun": ("00:00-24:00",)}
    if not isinstance(value, dict):
        raise ValueError(f"must be days with hours, or always, not {quoted(value)}")
    seen: set[str] = set()
    for key in value:
        if not isinstance(key, str) or not re.fullmatch(rf"({_DAY})(-({_DAY}))?", key):
            raise ValueError(f"{quoted(key)} is not a day; write mon, tue, …, or mon-fri")
        if twice := seen.intersection(expand(key)):
            raise ValueError(f"{min(twice, key=DAYS.index)} appears twice, again in {key}")
        seen.update(expand(key))
    return value


Hours = Annotated[
    dict[str, Intervals],
    BeforeValidator(
        _hours,
        json_schema_input_type=Literal["always"]
        | dict[Annotated[str, fitting(rf"^({_DAY})(-({_DAY}))?$", "mon, or mon-fri")], Intervals],
    ),
]


class Holidays(Entry):
    """Public holidays, looked up when the policy is published."""

    country: Annotated[
        str,
        fitting(r"^[A-Z]{2}$", "two capitals, such as DE"),
        Field(description="ISO 3166 code of the country, such as DE."),
    ]
    subdivision: Annotated[
        str | None,
        Field(description="Part of the country, such as BE (Berlin), ENG (England), CA."),
    ] = None


class CompanyDay(Entry):
    """A day on which the company is closed."""

    date: Annotated[LocalDate, Field(description="The day.")]
    name: Annotated[Text, Field(description="Name of the day, for explanations.")]


class Calendar(Entry):
    """Working hours in one time zone."""

    id: Annotated[Id, Field(description="Name used by people.")]
    zone: Annotated[Zone, Field(description="IANA time zone, such as Europe/Berlin.")]
    hours: Annotated[
        Hours,
        Field(
            description="Hours by day or range of days (mon-fri: [09:00-12:30, 13:30-18:00]), or "
            "always. Days left out are closed; 22:00-06:00 runs into the next day."
        ),
    ]
    holidays: Annotated[Holidays | None, Field(description="Public holidays that close it.")] = None
    company_days: Annotated[bool, Field(description="The company's days off close it, too.")] = True
    week_starts: Annotated[
        Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        Field(description="Day on which a week begins, for limits a week."),
    ] = "mon"
    overrides: Annotated[
        dict[Annotated[str, fitting(r"^\d{4}-\d\d-\d\d$", "a date such as 2026-12-24")], Intervals],
        Field(description="Other hours on single dates, also on holidays; []: closed."),
    ] = Field(default_factory=dict)


class TimeOff(Entry):
    """Days or hours somebody is away, in the zone of their calendar."""

    start: Annotated[LocalTime, Field(alias="from", description="First day, or first moment.")]
    end: Annotated[LocalTime, Field(alias="to", description="Last day (included), or the end.")]
    note: Annotated[str, Field(description="Why; for people reading this file.")] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        begin = (self.start.day, self.start.at or time.min)
        if (self.end.day, self.end.at or time.max) <= begin:
            raise ValueError("must end after it starts")
        return self


class Person(Entry):
    """A rep or a manager. Managers have no capacity: they are where every fallback ends."""

    id: Annotated[Id, Field(description="Name used in pools and in this file.")]
    name: Annotated[Text, Field(description="Full name.")]
    role: Annotated[Literal["rep", "manager"], Field(description="Reps take leads in turns.")]
    email: Annotated[
        str,
        fitting(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "an address such as ada@example.com"),
        Field(
            description="Only for finding the person in HubSpot and Slack; never written there.",
        ),
    ]
    hubspot_owner: Annotated[
        str,
        fitting(r"^[0-9]{1,19}$", 'digits in quotes, such as "510000011"'),
        Field(description="HubSpot owner id (not user id), in quotes."),
    ]
    slack_user: Annotated[
        str,
        fitting(r"^[UW][A-Z0-9]{2,20}$", "an id such as U02AB34CD"),
        Field(description="Slack member id, such as U02AB34CD."),
    ]
    hubspot_user: Annotated[
        Annotated[str, fitting(r"^[0-9]{1,19}$", 'digits in quotes, such as "9586504"')] | None,
        Field(
            description="HubSpot user id, in quotes: histories then name them where HubSpot says "
            "who changed something. HubSpot lists it with its owners (userId)."
        ),
    ] = None
    calendar: Annotated[Id, Field(description="Calendar they work by.")]
    manager: Annotated[
        Id | None, Field(description="Who is notified of breaches; left out only at the top.")
    ] = None
    team: Annotated[str, Field(description="Team, for reports.")] = ""
    max_open: Annotated[
        int | None, Field(ge=1, description="Open leads they may hold; left out: no limit.")
    ] = None
    max_per_day: Annotated[
        int | None, Field(ge=1, description="Leads a local day; left out: no limit.")
    ] = None
    max_per_week: Annotated[
        int | None, Field(ge=1, description="Leads a week of their calendar; left out: no limit.")
    ] = None
    backup: Annotated[
        Id | None,
        Field(description="Who takes the leads of their accounts while they are away."),
    ] = None
    active: Annotated[
        bool, Field(description="false: the person gets no leads; their history is kept.")
    ] = True
    time_off: Annotated[tuple[TimeOff, ...], Field(description="When they are away.")] = ()

    @model_validator(mode="after")
    def _capacity_fits(self) -> Self:
        if self.role == "manager" and (self.max_open or self.max_per_day or self.max_per_week):
            raise ValueError(
                "is a manager, and managers have no limits: remove max_open, max_per_day and "
                "max_per_week"
            )
        if self.backup == self.id:
            raise ValueError("cannot be their own backup")
        if self.role == "rep" and self.manager is None:
            raise ValueError("is a rep and needs a manager, who is notified of breaches")
        return self


class Team(Entry):
    """A team with hours of its own, for targets with `calendar: team`."""

    id: Annotated[Text, Field(description="The team, as people name it.")]
    calendar: Annotated[Id, Field(description="The team's calendar.")]


class OnDuty(Entry):
    """People on duty in turns, for steps that tell on_duty. People who are away are passed over."""

    people: Annotated[tuple[Id, ...], Field(min_length=1, description="In the order of turns.")]
    starts: Annotated[LocalDate, Field(description="Day on which the first person's turn begins.")]
    turn: Annotated[
        Literal["day", "week"], Field(description="Length of a turn; it begins at midnight.")
    ] = "week"
    calendar: Annotated[Id, Field(description="Calendar in whose time zone a day begins.")]


class RosterFile(Entry):
    """Who works, when, and how much they can carry."""

    company: Annotated[Text, Field(description="The company's name.")]
    zone: Annotated[
        Zone | None,
        Field(
            description="Time zone of the HubSpot account (Settings > Account defaults), in which "
            "a date is a whole day. Left out: that of the first calendar."
        ),
    ] = None
    company_days: Annotated[
        tuple[CompanyDay, ...], Field(description="Days on which the whole company is closed.")
    ] = ()
    calendars: Annotated[
        tuple[Calendar, ...], Field(min_length=1, description="Working hours by place or team.")
    ]
    people: Annotated[tuple[Person, ...], Field(min_length=1, description="Reps and managers.")]
    teams: Annotated[tuple[Team, ...], Field(description="Teams with hours of their own.")] = ()
    on_duty: Annotated[OnDuty | None, Field(description="Who is told by tell: on_duty.")] = None
