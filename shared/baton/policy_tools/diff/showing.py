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
from baton.presentation.words import day, listed, number, quoted, span, spelled, utc

TIME = {"working": "working time", "wall": "wall-clock time"}


def said(value: Any) -> str:
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
            return listed(f"{key}: {said(item)}" for key, item in value.items()) or "nothing"
        case tuple() | list():
            return listed(map(said, value))
        case msgspec.Struct():
            told = msgspec.structs.asdict(value)
            return listed(f"{key} {said(item)}" for key, item in told.items() if item)
    return str(value)


def in_quotes(value: str) -> str:
    """Text from the policy, in quotes."""
    return quoted(value) if value else said(value)


def in_time(amount: timedelta, time: str) -> str:
    """*amount* in hours if *time* is "working", because a working day has no fixed length; else
    with days."""
    return span(amount, days=time != "working")


def if_any(when: When) -> str:
    """`` when role is CFO``; nothing for an empty condition."""
    return f" {clause(when)}" if when else ""


# --- lifecycle


def move(one: Transition) -> str:
    source, by = listed(one.source, " or "), listed(one.by, " or ")
    return f"from {source} to {one.to}, by {by}{if_any(one.when)}"


def closes(one: Disqualifier) -> str:
    return f"closes a lead for {one.reason} {clause(one.when)}"


def consequence(one: Reason) -> str:
    if one.pass_on:
        return "the next rep"
    return f"track {one.track}" if one.track else "disqualification"


def change_source(name: str) -> str:
    """HubSpot's change source, from its key in ``backward``."""
    return "anything else" if name == "*" else name.upper()


def sync(one: Sync) -> str:
    what = "everything that Baton writes" if one.property == "*" else one.property
    return f"Sync of {what}{if_any(one.when)}"


# --- routing and roster


def places(ownership: Sequence[str]) -> str:
    owners = (f"the owner of the {spelled(one)}" for one in ownership)
    return listed(owners, " then ") or "nobody"


def window(one: Window | None) -> str:
    if one is None:
        return "always"
    parts = [f"from {said(one.start)}"] if one.start else []
    parts += [f"until {said(one.end)}"] if one.end else []
    parts += [f"{one.hours} the hours of {one.calendar}"] if one.hours else []
    return listed(parts)


def steps(fallback: Sequence[Fallback]) -> str:
    return listed(map(_step, fallback), " then ")


def _step(one: Fallback) -> str:
    if one.wait is None:
        return f"pool {one.pool}" if one.pool else one.person
    warned = f", with a warning after {span(one.wait.warn_after)}" if one.wait.warn_after else ""
    return f"a wait of {span(one.wait.within)}{warned}"


def shift(one: Shift) -> str:
    takes = {
        "regardless": "regardless of their hours",
        "on_shift": "on shift only",
        "next_on_shift": f"on shift and {span(one.within)} before it",
    }
    return takes.get(one.takes) or said(one)


def catch_up(one: CatchUp) -> str:
    capped = f"{one.per_day} extra leads a day"
    return {"none": "nothing", "full": "every turn", "capped": capped}.get(one.kind) or said(one)


def duty(rota: Rota | None) -> str:
    if rota is None:
        return "nobody"
    turn = {1: "a day", 7: "a week"}.get(rota.days, f"{rota.days} days")
    return f"{listed(rota.people)}, {turn} each in {rota.calendar}, from {said(rota.starts)}"


def absence(one: TimeOff) -> str:
    return f"from {said(one.start)} to {said(one.end)}"


# --- promises


def promise(one: Target) -> str:
    """The deadline of a target, and what stops or keeps it."""
    ways = [f"stopped by {one.stops_on}"] if one.stops_on else []
    ways += [f"kept {clause(one.stops_when)}"] if one.stops_when else []
    return f"{deadline(one)}, {listed(ways)}"


def deadline(one: Target) -> str:
    return f"within {length(one)} of {TIME.get(one.time, one.time)}"


def length(one: Target) -> str:
    """The target's length, in its own kind of time."""
    return in_time(one.within, one.time)


def rung(one: Rung) -> str:
    """What a step of a ladder does, and when. Distances are in hours, because they may be working
    time."""
    to = "person on duty" if one.to == "on_duty" else spelled(one.to)
    does = {
        "warn": f"warns the {to}",
        "breach": f"tells the {to} of the breach",
        "escalate": f"escalates to the {to}",
        "pull_back": f"pulls the lead back, telling the {to},",
    }.get(one.kind) or f"{spelled(one.kind)}, telling the {to},"
    time = f", counted in {TIME.get(one.time, one.time)}" if one.time else ""
    again = (
        f", and again every {span(one.every, days=False)}, {one.again} times" if one.every else ""
    )
    return f"{does} {_moment(one)}{time}{again}"


def _moment(one: Rung) -> str:
    if one.share is not None:
        return f"at {number(one.share * 100)}% of its time"
    if one.before is not None:
        return f"{span(one.before, days=False)} before the deadline"
    return f"{span(one.after, days=False)} after the deadline" if one.after else "at the deadline"


def points(one: Any) -> str:
    """How many points a scoring rule gives, and for what."""
    what = f"for {listed(one.of, ' or ')}" if hasattr(one, "of") else clause(one.when)
    return f"{number(one.points)} points {what}"
