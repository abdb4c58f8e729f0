"""What is different about tiers (sla.yaml), nurturing (recycling.yaml) and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from baton.domain.policy import Policy, Rung, Staleness, Target, Tier, When
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
from baton.policy_tools.diff.conditions import say_changed, say_when
from baton.policy_tools.diff.words import joined, number, quoted, span, working


def differences(old: Policy, new: Policy) -> Iterator[Change]:
    yield from _tiers(old.tiers, new.tiers)
    yield from _PAUSES.compare(old.pauses, new.pauses)
    if old.snooze_at_most != new.snooze_at_most:
        most = f"{span(new.snooze_at_most)} instead of {span(old.snooze_at_most)}"
        yield Change("sla", f"A lead may now rest for at most {most}.")
    yield from _TRACKS.compare(old.tracks, new.tracks)
    yield from _STALENESS.compare(old.staleness, new.staleness)
    for told in fields(old.idle, new.idle, _IDLE):
        yield Change("recycling", f"A lead of which no rule for quiet leads speaks {told}.")
    before, after = old.notifications, new.notifications
    for told in fields(before, after, _NOTIFICATIONS, skip=["plays"]):
        yield Change("notifications", f"Baton {told}.")
    yield from _PLAYS.compare(before.plays, after.plays)


# --- tiers


def _tiers(before: Sequence[Tier], after: Sequence[Tier]) -> Iterator[Change]:
    yield from _TIERS.compare(before, after)
    was = {tier.id: tier for tier in before}
    for tier in after:
        if tier.id in was:
            targets = Things(
                "sla",
                name=partial(_target_name, tier),
                changed=_target,
                summary=lambda one: f"{_due(one)}, {_kept(one)}",
            )
            yield from targets.compare(was[tier.id].targets, tier.targets)


def _target_name(tier: Tier, target: Target) -> str:
    return f"Tier {tier.label}: {target.label}"


def _due(target: Target) -> str:
    return f"within {_length(target)} of {_TIME[target.time]}"


def _kept(target: Target) -> str:
    ways = [f"stopped by {target.stops_on}"] * bool(target.stops_on)
    ways += [f"kept when {say_when(target.stops_when)}"] * bool(target.stops_when)
    return joined(ways)


def _length(target: Target) -> str:
    return working(target.within) if target.time == "working" else span(target.within)


_TIME = {"working": "working time", "wall": "time by the wall clock"}


def _target(old: Target, new: Target) -> Iterator[str]:
    if old.within != new.within:
        yield f"is due within {_length(new)} instead of {_length(old)}"
    yield from fields(old, new, _TARGET, skip=["within"])


def _ladder(before: tuple[Rung, ...], after: tuple[Rung, ...]) -> list[str]:
    phrase = items(
        lambda word: f"now {word}",
        lambda word: f"no longer {word}",
        "climbs its ladder in another order",
    )
    return [*phrase([*map(_rung, before)], [*map(_rung, after)])]


def _rung(rung: Rung) -> str:
    if rung.share is not None:
        at = f"at {number(rung.share * 100)}% of its time"
    elif rung.before is not None:
        at = f"{working(rung.before)} before the deadline"
    elif rung.after:
        at = f"{working(rung.after)} after the deadline"
    else:
        at = "at the deadline"
    if rung.time:
        at += f", counted in {_TIME[rung.time]}"
    if rung.every:
        at += f", and again every {working(rung.every)}, {rung.again} times"
    to = rung.to.replace("_", " ")
    does = {
        "warn": f"warns the {to}",
        "breach": f"tells the {to} of the breach",
        "escalate": f"escalates to the {to}",
        "pull_back": f"takes the lead away, telling the {to},",
    }[rung.kind]
    return f"{does} {at}"


def _when(now: str, none: str) -> Phrase:
    def phrase(before: When, after: When) -> list[str]:
        return [f"{now} when {say_when(after)}" if after else none]

    return phrase


_TARGET: dict[str, Phrase] = {
    "label": instead("is now called"),
    "stops_on": optional("is now stopped by", "is now stopped by no act"),
    "stops_when": _when("is now kept", "is not kept by a condition any more"),
    "starts_on": instead("now begins when"),
    "starts_when": _when("now begins", "now begins whatever holds"),
    "calendar": instead("now counts by the hours of", lambda one: one or "the owner"),
    "ends_as": instead("now ends as", quoted),
    "ladder": _ladder,
    "time": instead("now counts", lambda time: _TIME[time]),
    "task": optional("now makes the task", "now makes no task", show=quoted),
}
_TIERS = Things(
    "sla",
    name=lambda one: f"Tier {one.label}",
    changed=lambda old, new: fields(
        old, new, {"when": say_changed, "label": instead("is now called")}, skip=["targets"]
    ),
    summary=lambda one: joined(f"{target.label} {_due(target)}" for target in one.targets),
    tried=True,
)


_PAUSES = Things(
    "sla",
    name=lambda one: f"Pause {one.label}",
    changed=lambda old, new: fields(
        old,
        new,
        {
            "when": say_changed,
            "label": instead("is now called"),
            "targets": instead(
                "now stops the clocks of", lambda targets: joined(targets) or "every target"
            ),
        },
    ),
    summary=lambda one: f"clocks stand still when {say_when(one.when)}",
)


# --- recycling


_TRACKS = Things(
    "recycling",
    name=lambda one: f"Track {one.label}",
    changed=lambda old, new: fields(
        old,
        new,
        {
            "label": instead("is now called"),
            "value": instead("is now written to HubSpot as"),
            "cool_off": instead("now cools off for"),
            "max_rounds": instead("may now be gone round at most this often:"),
            "keep_owner": switch("now keeps the owner", "no longer keeps the owner"),
        },
    ),
    summary=lambda one: f"it cools off for {span(one.cool_off)}",
)


def _quiet(rule: Staleness) -> str:
    return f"closed after {span(rule.after)} for {rule.reason}"


_STALENESS = Things(
    "recycling",
    name=lambda one: (
        f"Closing quiet leads in {joined(one.stages)}"
        + (f" when {say_when(one.when)}" if one.when else "")
    ),
    changed=lambda old, new: fields(
        old,
        new,
        {
            "after": instead("now happens after"),
            "warn_before": instead("now warns the owner this long before:"),
            "reason": instead("now has the reason"),
        },
    ),
    summary=_quiet,
    key=lambda one: f"{joined(one.stages)} {msgspec.json.encode(one.when).decode()}",
    tried=True,
)


_IDLE: dict[str, Phrase] = {
    "after": instead("is now closed after"),
    "reason": instead("is now closed for"),
}


# --- notifications


_NOTIFICATIONS: dict[str, Phrase] = {
    "channel": instead("now alerts the channel"),
    "ops_channel": instead("now tells RevOps in"),
    "respect": lambda before, after: [
        *fields(
            before,
            after,
            {
                "warning": instead("now treats a warning outside hours with"),
                "breach": instead("now treats a breach outside hours with"),
                "escalation": instead("now treats an escalation outside hours with"),
                "an_hour": instead("now sends one person at most this many messages an hour:"),
            },
        )
    ],
    "digest": lambda before, after: [
        *fields(
            before,
            after,
            {
                "at": instead("now sends the digest at"),
                "every_day": switch(
                    "now sends the digest every day", "now sends the digest on working days only"
                ),
            },
        )
    ],
}
_PLAYS = Things(
    "notifications",
    name=lambda one: f"The play when {say_when(one.when)}" if one.when else "The play for the rest",
    changed=lambda old, new: fields(old, new, {"text": instead("is now", quoted)}),
    summary=lambda one: quoted(one.text),
    key=lambda one: msgspec.json.encode(one.when).decode(),
    tried=True,
)
