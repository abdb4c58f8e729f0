"""The promises of each tier, and what happens step by step while nobody keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from baton.policy import saying
from baton.policy.difference import words
from baton.policy.docs.markdown import code, table, text
from baton.policy.docs.source import Source, said
from baton.policy.models.sla import Rung, Spot, Target

STOPS = {
    "accept": "accepting the lead",
    "touch": "the first touch",
    "disposition": "qualifying, rejecting or recycling the lead",
}
WHO = {
    "owner": "the owner",
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
        " them. Acting on the lead stops the ladder. In working time only the hours of the"
        " owner's calendar count: 24 h are three days of 8 working hours."
    )
    for tier in source.files.sla.tiers:
        yield f"### {text(tier.label)}"
        when = f"if {said(tier.when)}" if tier.when else "every other lead"
        yield f"{code(tier.id)}: {when}."
        for target in tier.targets:
            yield (
                f"**{text(target.label)}** ({code(target.id)}): within {promise(target)}; stopped"
                f" by {STOPS[target.stops_on]}. Ladder {code(target.ladder)}:"
            )
            yield table(
                ("When", "What", "Who is told"),
                (
                    (moment(rung.at, target), what(rung), _told(rung, channel))
                    for rung in known[target.ladder].rungs
                ),
            )


def pauses(source: Source) -> Iterator[str]:
    """What makes clocks stand still; nothing where the policy has nothing."""
    if not source.files.sla.pauses:
        return
    yield "## When clocks stand still"
    yield (
        "As long as one of these holds. However many hold, it is one pause, and the clock goes on"
        " with the time that it had left."
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
    kind = "of the owner's working time" if target.time == "working" else "by the clock"
    return f"{length(target.within, target)} {kind}"


def length(amount: timedelta, target: Target) -> str:
    """*amount* as *target* counts it: in hours of work, or in hours and days of the calendar."""
    return words.working(amount) if target.time == "working" else words.span(amount)


def moment(spot: Spot, target: Target) -> str:
    """When a rung of *target*'s ladder is climbed."""
    if spot.share is not None:
        return f"after {saying.number(round(spot.share * 100))}% of the time"
    if spot.before is not None:
        return f"{length(spot.before, target)} before the deadline"
    if spot.after:
        return f"{length(spot.after, target)} after the deadline"
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
