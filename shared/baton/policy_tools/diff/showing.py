"""How the table shows kinds of values that need wording of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from baton.domain.policy import (
    CatchUp,
    Disqualifier,
    Fallback,
    Reason,
    Rota,
    Rung,
    Shift,
    Sync,
    Target,
    TimeOff,
    Transition,
    When,
    Window,
)
from baton.presentation.conditions import clause
from baton.presentation.words import counted, day, listed, number, quoted, span, spelled, utc

TIME = {"working": "working time", "wall": "wall-clock time"}


def value_text(value: Any) -> str:
    """Any value of a compiled policy. Different values may read the same; callers compare first."""
    match value:
        case None | "" | () | []:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return span(value)
        case datetime():
            return utc(value)
        case date():
            return day(value, year=True)
        case float():
            return number(value)
        case dict():
            return listed(f"{key}: {value_text(item)}" for key, item in value.items()) or "nothing"
        case tuple() | list():
            return listed(map(value_text, value))
        case msgspec.Struct():
            told = msgspec.structs.asdict(value)
            return listed(f"{key} {value_text(item)}" for key, item in told.items() if item)
    return str(value)


def in_quotes(value: str) -> str:
    """Text from the policy, in quotes."""
    return quoted(value) if value else value_text(value)


def in_time(amount: timedelta, time: str) -> str:
    """*amount* in hours if *time* is "working", because a working day has no fixed length; else
    with days."""
    return span(amount, days=time != "working")


def if_any(when: When) -> str:
    """`` when role is CFO``; nothing for an empty condition."""
    return f" {clause(when)}" if when else ""


# --- lifecycle


def move(transition: Transition) -> str:
    source, by = listed(transition.source, " or "), listed(transition.by, " or ")
    return f"from {source} to {transition.to}, by {by}{if_any(transition.when)}"


def closes(disqualifier: Disqualifier) -> str:
    return f"closes a lead for {disqualifier.reason} {clause(disqualifier.when)}"


def consequence(reason: Reason) -> str:
    if reason.pass_on:
        return "the next rep"
    return f"track {reason.track}" if reason.track else "disqualification"


def change_source(name: str) -> str:
    """HubSpot's change source, from its key in ``backward``."""
    return "anything else" if name == "*" else name.upper()


def sync(sync: Sync) -> str:
    what = "everything that Baton writes" if sync.property == "*" else sync.property
    return f"Sync of {what}{if_any(sync.when)}"


# --- routing and roster


def places(ownership: Sequence[str]) -> str:
    owners = (f"the owner of the {spelled(one)}" for one in ownership)
    return listed(owners, " then ") or "nobody"


def window(window: Window | None) -> str:
    if window is None:
        return "always"
    parts = [f"from {value_text(window.start)}"] if window.start else []
    parts += [f"until {value_text(window.end)}"] if window.end else []
    parts += [f"{window.hours} the hours of {window.calendar}"] if window.hours else []
    return listed(parts)


def steps(fallback: Sequence[Fallback]) -> str:
    return listed(map(_step, fallback), " then ")


def _step(fallback: Fallback) -> str:
    if fallback.wait is None:
        return f"pool {fallback.pool}" if fallback.pool else fallback.person
    warned = (
        f", with a warning after {span(fallback.wait.warn_after)}"
        if fallback.wait.warn_after
        else ""
    )
    return f"a wait of {span(fallback.wait.within)}{warned}"


def shift(shift: Shift) -> str:
    takes = {
        "regardless": "regardless of their hours",
        "on_shift": "on shift only",
        "next_on_shift": f"on shift and {span(shift.within)} before it",
    }
    return takes.get(shift.takes) or value_text(shift)


def catch_up(catch_up: CatchUp) -> str:
    capped = f"{counted(catch_up.per_day, 'extra lead')} a day"
    return {"none": "nothing", "full": "every turn", "capped": capped}.get(
        catch_up.kind
    ) or value_text(catch_up)


def duty(rota: Rota | None) -> str:
    if rota is None:
        return "nobody"
    turn = {1: "a day", 7: "a week"}.get(rota.days, counted(rota.days, "day"))
    return f"{listed(rota.people)}, {turn} each in {rota.calendar}, from {value_text(rota.starts)}"


def absence(time_off: TimeOff) -> str:
    return f"from {value_text(time_off.start)} to {value_text(time_off.end)}"


# --- promises


def promise(target: Target) -> str:
    """The deadline of a target, and what stops or keeps it."""
    ways = [f"stopped by {target.stops_on}"] if target.stops_on else []
    ways += [f"kept {clause(target.stops_when)}"] if target.stops_when else []
    return f"{deadline(target)}, {listed(ways)}"


def deadline(target: Target) -> str:
    return f"within {length(target)} of {TIME.get(target.time, target.time)}"


def length(target: Target) -> str:
    """The target's length, in its own kind of time."""
    return in_time(target.within, target.time)


def rung(rung: Rung) -> str:
    """What a step of a ladder does, and when. Distances are in hours, because they may be working
    time."""
    to = "person on duty" if rung.to == "on_duty" else spelled(rung.to)
    does = {
        "warn": f"warns the {to}",
        "breach": f"tells the {to} of the breach",
        "escalate": f"escalates to the {to}",
        "pull_back": f"pulls the lead back, telling the {to},",
    }.get(rung.kind) or f"{spelled(rung.kind)}, telling the {to},"
    time = f", counted in {TIME.get(rung.time, rung.time)}" if rung.time else ""
    again = (
        f", and again every {span(rung.every, days=False)}, {counted(rung.again, 'time')}"
        if rung.every
        else ""
    )
    return f"{does} {_moment(rung)}{time}{again}"


def _moment(rung: Rung) -> str:
    if rung.share is not None:
        return f"at {number(rung.share * 100)}% of its time"
    if rung.before is not None:
        return f"{span(rung.before, days=False)} before the deadline"
    return f"{span(rung.after, days=False)} after the deadline" if rung.after else "at the deadline"


def points(one: Any) -> str:
    """How many points a scoring rule gives, and for what."""
    what = f"for {listed(one.of, ' or ')}" if hasattr(one, "of") else clause(one.when)
    return f"{counted(one.points, 'point')} {what}"
