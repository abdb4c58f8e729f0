"""sla.yaml: tiers, their targets, and the ladders that are climbed when nobody acts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from baton.domain import policy as compiled
from baton.domain.policy import Recipient
from baton.policy_tools.faults import quoted
from baton.policy_tools.models.types import (
    Duration,
    Entry,
    Id,
    PropertyId,
    Span,
    Text,
    counts_days,
    duration,
    text_schema,
)
from baton.policy_tools.models.when import ALWAYS, When

#: Steps of a ladder, repeats counted: they are stored with every clock.
MOST_STEPS = 40

Kind = Literal["warn", "breach", "escalate", "pull_back"]

_NO_DAYS = (
    "a day of working time is not 24 hours: write its working hours, such as 8h for one working day"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a rung stands: a share of the target, or a distance from the deadline."""

    share: float | None = None
    before: timedelta | None = None
    after: timedelta | None = None

    def distance(self, within: timedelta) -> timedelta:
        """From the deadline of a target of *within*; negative is before it."""
        if self.share is not None:
            return within * self.share - within
        return self.after if self.after is not None else -(self.before or timedelta())


def spot(value: object) -> Spot:
    """``50%``, ``-10m`` (before the deadline), ``deadline``, ``+30m`` (after it)."""
    text = value.strip() if isinstance(value, str) else ""
    if text == "deadline":
        return Spot(after=timedelta())
    if match := re.fullmatch(r"(\d{1,2}) ?%", text, re.ASCII):
        if int(match[1]):
            return Spot(share=int(match[1]) / 100)
    elif text[:1] in {"+", "-"} and len(text) > 1:
        if counts_days(text):
            raise ValueError(_NO_DAYS)
        distance = duration(text[1:].strip())
        if not distance:
            raise ValueError("write deadline for the deadline itself")
        return Spot(after=distance) if text[0] == "+" else Spot(before=distance)
    right = "50% of the time, -10m before the deadline, deadline, or +30m after it"
    raise ValueError(f"must be {right}, not {quoted(value)}")


At = Annotated[
    Spot,
    BeforeValidator(spot),
    text_schema(r"^(\d{1,2} ?%|deadline|[-+].+)$", "50%", "-10m", "deadline", "+30m"),
]


class Repeat(Entry):
    """A step that comes again while nobody acts."""

    every: Annotated[
        Span,
        Field(
            description="Time between two repeats, such as 30m or 2h; counted as the step's "
            "own time."
        ),
    ]
    times: Annotated[int, Field(ge=1, le=10, description="How often it is repeated.")]


class Rung(Entry):
    """One step of a ladder."""

    at: Annotated[
        At,
        Field(
            description="When: 50% of the target's time, -10m before its deadline, deadline, or "
            "+30m after it."
        ),
    ]
    do: Annotated[
        Kind,
        Field(
            description="warn: the time is running out; breach: the deadline is missed; "
            "escalate: somebody higher is told; pull_back: take the lead and give "
            "it to the next rep."
        ),
    ]
    tell: Annotated[
        Recipient,
        Field(
            description="Who is told; backup: the owner's; director: the manager's manager; "
            "on_duty: the person on the rota of roster.yaml. If there is no such "
            "person, the next higher one is told, and finally the channel."
        ),
    ] = "owner"
    time: Annotated[
        Literal["working", "wall"] | None,
        Field(
            description="How its distance is counted: working time of the target's calendar, "
            "or every hour. Left out: as the target counts."
        ),
    ] = None
    repeat: Annotated[
        Repeat | None, Field(description="An escalation is repeated: {every: 30m, times: 3}.")
    ] = None

    @model_validator(mode="after")
    def _on_the_right_side(self) -> Self:
        after = self.at.after
        if self.do == "warn" and after is not None:
            raise ValueError("a warning comes before the deadline: at: 50%, or at: -10m")
        if self.do == "breach" and after != timedelta():
            raise ValueError("a breach is at the deadline: at: deadline")
        if self.do in {"escalate", "pull_back"} and after is None:
            raise ValueError(f"{self.do} comes at the deadline or after it: at: +30m")
        return self

    @model_validator(mode="after")
    def _repeats_what_may_come_again(self) -> Self:
        if self.repeat and self.do != "escalate":
            raise ValueError(f"{self.do} happens once: only do: escalate may have a repeat")
        if self.repeat and not self.repeat.every:
            raise ValueError("repeat needs an interval: add every: 30m")
        return self


class Ladder(Entry):
    """What happens, step by step, while nobody acts. Acting on the lead stops it."""

    id: Annotated[Id, Field(description="Name used by targets.")]
    rungs: Annotated[
        tuple[Rung, ...], Field(min_length=1, max_length=20, description="Steps in rising order.")
    ]
    ends_as: Annotated[
        Text,
        Field(description="What the digest calls a lead whose ladder has ended."),
    ] = "Nobody acted"

    @model_validator(mode="after")
    def _one_breach(self) -> Self:
        breaches = sum(rung.do == "breach" for rung in self.rungs)
        if breaches != 1:
            raise ValueError(f"needs exactly one rung with do: breach, has {breaches}")
        if sum(rung.do == "pull_back" for rung in self.rungs) > 1:
            raise ValueError("can pull a lead back only once: the next owner starts a new ladder")
        steps = sum(1 + (rung.repeat.times if rung.repeat else 0) for rung in self.rungs)
        if steps > MOST_STEPS:
            raise ValueError(
                f"has {steps} steps, repeats included; at most {MOST_STEPS} are allowed"
            )
        return self


class Target(Entry):
    """A deadline with the act or condition that stops it."""

    id: Annotated[PropertyId, Field(description="Name; its deadline is written to baton_<id>_due.")]
    label: Annotated[Text, Field(description="Name people see.")]
    time: Annotated[
        Literal["working", "wall"],
        Field(description="working: hours of the calendar; wall: every hour of the day."),
    ] = "working"
    calendar: Annotated[
        str,
        Field(
            description="Whose hours count: owner; team, the calendar of the owner's team in "
            "roster.yaml; territory, that of the lead's territory in routing.yaml; "
            "or a calendar id."
        ),
    ] = "owner"
    within: Annotated[
        Span,
        Field(
            description="Time allowed, such as 15m or 4h. In working time, give days as their "
            "working hours: 8h is one working day."
        ),
    ]
    starts_on: Annotated[
        Literal["assigned", "accept", "touch"],
        Field(description="What starts its time, once per assignment."),
    ] = "assigned"
    starts_when: Annotated[
        When,
        Field(
            description="Its time also needs this condition to start; for time in a "
            "stage: {stage: mql}"
        ),
    ] = ALWAYS
    stops_on: Annotated[
        Literal["accept", "touch", "disposition"] | None,
        Field(
            description="The act that stops the clock; disposition: the lead is qualified, "
            "rejected or recycled. Left out: only stops_when stops it."
        ),
    ] = None
    stops_when: Annotated[
        When,
        Field(
            description="The target is kept as long as this holds, such as {phone: {known: "
            "true}}; when it no longer holds, the clock continues with the time "
            "that was left."
        ),
    ] = ALWAYS
    ladder: Annotated[Id, Field(description="Ladder that is climbed while the clock runs.")]
    task: Annotated[
        str,
        Field(
            max_length=200,
            description="Subject of the HubSpot task; {name} and {company} are filled in. "
            "Left out: no task.",
        ),
    ] = ""

    @field_validator("within", mode="before")
    @classmethod
    def _hours_in_working_time(cls, value: Any, info: ValidationInfo) -> Any:
        if info.data.get("time", "working") == "working" and counts_days(value):
            raise ValueError(f"{_NO_DAYS}, or set time: wall")
        return value

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        if not self.stops_on and not self.stops_when:
            raise ValueError("nothing stops this target: give stops_on, stops_when, or both")
        if self.starts_on == self.stops_on:
            raise ValueError(f"starts and stops on {self.starts_on}: its clock would never run")
        return self

    @field_validator("task")
    @classmethod
    def _known_blanks(cls, value: str) -> str:
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", value)):
            raise ValueError(
                f"{quoted(value)} has an unmatched brace; write {{name}} or {{company}}"
            )
        for blank in re.findall(r"\{[^{}]*\}", value):
            if blank not in {"{name}", "{company}"}:
                raise ValueError(
                    f"{quoted(blank)} is not filled in; only {{name}} and {{company}} are"
                )
        return value


def _soon(amount: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= amount <= timedelta(days=7):
        raise ValueError("must be at least 1m and at most 7d")
    return amount


class Tier(Entry):
    """How hot a lead is. The first whose `when` holds; the last has none."""

    id: Annotated[Id, Field(description="Name used in `when: {tier: …}`.")]
    label: Annotated[Text, Field(description="Name people see.")]
    when: When = ALWAYS
    targets: Annotated[
        tuple[Target, ...], Field(min_length=1, max_length=10, description="Its targets.")
    ]
    told_within: Annotated[
        Annotated[Duration, AfterValidator(_soon)] | None,
        Field(description="As absence.told_within, for leads of this tier alone."),
    ] = None


class Pause(Entry):
    """Clocks are paused as long as this holds, and go on with the time they have left."""

    id: Annotated[Id, Field(description="Name of the pause.")]
    label: Annotated[Text, Field(description="Why the clock is paused, as shown to reps.")]
    when: Annotated[
        When,
        Field(description="Clocks are paused as long as it holds; pauses that overlap count once."),
    ]
    targets: Annotated[
        tuple[PropertyId, ...],
        Field(description="Targets whose clocks are paused. Left out: all of them."),
    ] = ()


def _limit_of_a_rest(amount: timedelta) -> timedelta:
    if not timedelta(hours=1) <= amount <= timedelta(days=365):
        raise ValueError("must be at least 1h and at most 365d")
    return amount


class Snooze(Entry):
    """Snoozed leads: their clocks are paused until an agreed time."""

    at_most: Annotated[
        Duration,
        AfterValidator(_limit_of_a_rest),
        Field(description="Longest time to snooze a lead, in calendar time: 30d."),
    ] = timedelta(days=30)


#: A value of one of HubSpot's pick-lists.
PickValue = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


def _values(text: str) -> Any:
    return Field(max_length=40, description=f"{text}. An empty list: none counts.")


class Touches(Entry):
    """Which records in HubSpot count as reaching out to the person: for the first touch, activity
    and evidence. A record without a value counts."""

    calls_made: Annotated[
        tuple[PickValue, ...], _values("hs_call_status of calls to the person that count")
    ] = compiled.Touches().calls_made
    calls_answered: Annotated[
        tuple[PickValue, ...], _values("hs_call_status of calls from the person that count")
    ] = compiled.Touches().calls_answered
    emails_sent: Annotated[
        tuple[PickValue, ...], _values("hs_email_status of sent e-mails that count")
    ] = compiled.Touches().emails_sent
    meetings: Annotated[
        tuple[PickValue, ...], _values("hs_meeting_outcome of meetings that count")
    ] = compiled.Touches().meetings
    messages: Annotated[
        tuple[PickValue, ...],
        _values("hs_communication_channel_type of logged messages that count"),
    ] = compiled.Touches().messages
    unlisted: Annotated[
        Literal["count", "ignore"],
        Field(
            description="Whether a value counts that HubSpot does not publish: one of the "
            "account's own, or one that HubSpot adds later."
        ),
    ] = "count"
    outcomes_ignored: Annotated[
        tuple[PickValue, ...],
        Field(
            max_length=40,
            description="hs_call_disposition of calls that do not count, by HubSpot's ids: an "
            "account's own outcomes, such as a wrong number.",
        ),
    ] = ()
    by: Annotated[
        Literal["owner", "backup", "team", "roster"],
        Field(
            description="Whose acts count as the owner's first touch besides their own. owner: "
            "nobody's; backup: their backup's; team: also those of their team; roster: those of "
            "anybody in the roster. The card and the history say whose it was."
        ),
    ] = "backup"


class Absence(Entry):
    """What happens to leads whose owner is not there."""

    told_within: Annotated[
        Duration,
        AfterValidator(_soon),
        Field(
            description="How long after the next instant at which anybody who answers for the lead "
            "works (the owner, who stands in for them, their pool; of a queue who is responsible) "
            "somebody who is there is told of it, unless the owner is there by then: 15m."
        ),
    ] = compiled.Attendance().told_within
    at_most: Annotated[
        Duration,
        AfterValidator(_soon),
        Field(description="If that instant is further ahead, the channel is told at once: 1d."),
    ] = compiled.Attendance().at_most
    leave_begins: Annotated[
        compiled.WhenLeaveBegins,
        Field(
            description="What happens when leave begins to the leads that the owner has neither "
            "accepted nor been in touch with. hand_over: they go to the next rep; cover: the "
            "backup has them, and gives back what they have not worked on when the owner is back; "
            "stay: they stay, and somebody who is there is told."
        ),
    ] = compiled.Attendance().leave_begins


class SlaFile(Entry):
    """By when the owner must act, and what happens when they do not."""

    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, description="Hottest first.")]
    ladders: Annotated[tuple[Ladder, ...], Field(min_length=1, description="Named ladders.")]
    pauses: Annotated[
        tuple[Pause, ...], Field(description="Conditions that pause clocks.", max_length=20)
    ] = ()
    snooze: Annotated[Snooze, Field(description="For how long a lead may be snoozed.")] = Snooze()
    touches: Annotated[
        Touches, Field(description="Which records in HubSpot count as reaching out.")
    ] = Touches()
    absence: Annotated[
        Absence, Field(description="Owners who are not there, and the promise to their leads.")
    ] = Absence()
