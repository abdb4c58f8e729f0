"""The promises of each tier, and what happens step by step while nobody keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from baton.domain.policy import Time
from baton.policy_tools import saying
from baton.policy_tools.diff import words
from baton.policy_tools.docs.markdown import code, table, text
from baton.policy_tools.docs.source import Source, said
from baton.policy_tools.models.sla import Rung, Spot, Target
from baton.policy_tools.names import HOURS_OF

STOPS = {
    "accept": "accepting the lead",
    "touch": "the first touch",
    "disposition": "qualifying, rejecting or recycling the lead",
}
WHO = {
    "owner": "the owner",
    "backup": "the owner's backup",
    "on_duty": "whoever is on duty",
    "manager": "the owner's manager",
    "director": "the manager's manager",
    "channel": "the channel",
}


def ladders(source: Source) -> Iterator[str]:
    """A table for each target of each tier."""
    known = {ladder.id: ladder for ladder in source.files.sla.ladders}
    channel = source.files.notifications.channel
    yield (
        f"The channel is {code(channel)}. It is also told where there is no manager, or none above"
        " them; the manager is where there is no backup. Acting on the lead stops the ladder. In"
        " working time only the hours of the calendar count: 24 h are three days of 8 working"
        " hours."
    )
    yield _outside_hours(source)
    yield an_hour(source)
    for tier in source.files.sla.tiers:
        yield f"### {text(tier.label)}"
        when = f"if {said(tier.when)}" if tier.when else "every other lead"
        yield f"{code(tier.id)}: {when}."
        for target in tier.targets:
            yield (
                f"**{text(target.label)}** ({code(target.id)}): within {promise(target)}"
                f"{begins(target)}; {kept(target)}. Ladder {code(target.ladder)}:"
            )
            yield table(
                ("When", "What", "Who is told"),
                (
                    (_moment(rung, target), what(rung), _told(rung, channel))
                    for rung in known[target.ladder].rungs
                ),
            )
            yield f"Nobody acted to the end: {text(known[target.ladder].ends_as)}."


def _outside_hours(source: Source) -> str:
    outside = source.files.notifications.respect.outside_hours
    ways = {
        "wait": "waits until they are at work",
        "backup": "goes to their backup if that one is at work, else it waits",
        "through": "goes through at once",
    }
    return (
        f"To somebody outside their hours a warning {ways[outside.warning]}; a breach"
        f" {ways[outside.breach]}; an escalation {ways[outside.escalation]}. Channels are told at"
        " once, and nothing waits for more than four days."
    )


def an_hour(source: Source) -> str:
    """How many messages one person gets, and what becomes of more."""
    most = source.files.notifications.respect.an_hour
    return (
        f"Nobody gets more than {most} message{'s' * (most > 1)} in any hour: what is more is"
        " gathered in one summary. Cards, digests and notices of held leads are not counted and"
        " come at once."
    )


def rest(source: Source) -> str:
    """For how long a lead may rest, and what that means."""
    at_most, capacity = source.files.sla.snooze.at_most, source.files.routing.capacity
    counts = "" if capacity.count_snoozed else ", and it is none of its owner's open leads"
    return (
        "A lead may rest until an agreed time (`baton snooze`), for at most"
        f" {saying.span(at_most)}: its clocks stand still meanwhile{counts}."
    )


def begins(target: Target) -> str:
    """`` from the accepting on, once stage is mql``; empty: from the assignment on."""
    act = {"assigned": "", "accept": " from accepting on", "touch": " from the first touch on"}
    once = f", once {said(target.starts_when)}" if target.starts_when else ""
    return act[target.starts_on] + once


def kept(target: Target) -> str:
    """By what the clock stops."""
    ways = [f"stopped by {STOPS[target.stops_on]}"] if target.stops_on else []
    ways += [f"kept as long as {said(target.stops_when)}"] * bool(target.stops_when)
    return ", or ".join(ways)


def _moment(rung: Rung, target: Target) -> str:
    at = moment(rung.at, target, rung.time)
    if rung.repeat is None:
        return at
    every = length(rung.repeat.every, rung.time or target.time)
    return f"{at}, and again every {every}, {rung.repeat.times} times"


def pauses(source: Source) -> Iterator[str]:
    """What makes clocks stand still."""
    yield "## When clocks stand still"
    yield rest(source)
    if not source.files.sla.pauses:
        return
    yield (
        "They also stand still as long as one of these holds. However many hold, it is one pause,"
        " and the clock goes on with the time that it had left."
    )
    labels = {t.id: t.label for tier in source.files.sla.tiers for t in tier.targets}
    yield table(
        ("Pause", "As long as", "Stops"),
        (
            (
                text(pause.label),
                said(pause.when),
                ", ".join(text(labels[one]) for one in pause.targets) or "every clock",
            )
            for pause in source.files.sla.pauses
        ),
    )


def promise(target: Target) -> str:
    """``15 min of the owner's working time``."""
    kind = f"of {counted_in(target)}" if target.time == "working" else "by the clock"
    return f"{length(target.within, target.time)} {kind}"


def counted_in(target: Target) -> str:
    """``the owner's working time``, or ``every hour``."""
    if target.time == "wall":
        return "every hour"
    whose = target.calendar if target.calendar in HOURS_OF else f"calendar {code(target.calendar)}"
    return f"the {whose}'s working time"


def length(amount: timedelta, time: Time) -> str:
    """*amount* as *time* counts: in hours of work, or in hours and days of the calendar."""
    return words.working(amount) if time == "working" else words.span(amount)


def moment(spot: Spot, target: Target, own: Time | None = None) -> str:
    """When a rung of *target*'s ladder is climbed; it may count in a time of its *own*."""
    time = own or target.time
    how = (
        ""
        if time == target.time
        else {"working": " (working time)", "wall": " (by the clock)"}[time]
    )
    if spot.share is not None:
        return f"after {saying.number(round(spot.share * 100))}% of the time{how}"
    if spot.before is not None:
        return f"{length(spot.before, time)} before the deadline{how}"
    if spot.after:
        return f"{length(spot.after, time)} after the deadline{how}"
    return "at the deadline"


def what(rung: Rung) -> str:
    return {
        "warn": "a warning that time runs out",
        "breach": "the promise counts as broken",
        "escalate": "it is escalated",
        "pull_back": "the lead is taken back and given to the next rep, unless the owner has been"
        " in touch or is the manager of last resort",
    }[rung.do]


def _told(rung: Rung, channel: str) -> str:
    if rung.do == "pull_back":
        return "the owner who had it and the one who gets it, on their cards"
    return code(channel) if rung.tell == "channel" else WHO[rung.tell]
