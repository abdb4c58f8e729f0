"""What is different about moves, reasons and fields (lifecycle.yaml)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from baton.domain.policy import Lifecycle, Policy, Transition
from baton.policy_tools.diff import stages
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
from baton.policy_tools.diff.stages import FILE, either
from baton.policy_tools.diff.words import quoted

#: Compared one by one, or said of signatures; the rest of a lifecycle is settings.
_LISTS = ("stages", "transitions", "reasons", "fields", "sync", "sign_off")


def differences(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = old.lifecycle, new.lifecycle
    yield from stages.differences(before, after)
    yield from _TRANSITIONS.compare(before.transitions, after.transitions)
    yield from _REASONS.compare(before.reasons, after.reasons)
    yield from _FIELDS.compare(before.fields, after.fields)
    yield from _SYNC.compare(before.sync, after.sync)
    for told in _settings(before, after):
        yield Change(FILE, told)


# --- moves


def _move(one: Transition) -> str:
    text = f"from {either(one.source)} to {one.to}, by {either(one.by)}"
    return text + (f" when {say_when(one.when)}" if one.when else "")


def _by_itself(before: Any, after: Any) -> list[str]:
    if before and after:
        return [*say_changed(before, after)]
    if after:
        return [f"is now made by Baton itself when {say_when(after)}"]
    return [f"is no longer made by Baton itself when {say_when(before)}"]


def _sets(before: dict[str, str], after: dict[str, str]) -> list[str]:
    told = [
        f"now writes {quoted(value)} to {name}"
        for name, value in after.items()
        if before.get(name) != value
    ]
    told += [f"no longer writes to {name}" for name in before if name not in after]
    return told or ["writes the same in another order"]


_WHO = {"automatic": "HubSpot or a signal", "rep": "a rep", "time": "a clock"}
_TRANSITION: dict[str, Phrase] = {
    "source": items(
        lambda word: f"may now start from {word}",
        lambda word: f"may no longer start from {word}",
        "names the stages it starts from in another order",
    ),
    "to": instead("now leads to"),
    "by": items(
        lambda word: f"may now be made by {_WHO.get(word, word)}",
        lambda word: f"may no longer be made by {_WHO.get(word, word)}",
        "names who makes it in another order",
    ),
    "reverse": switch("now leads back", "no longer leads back"),
    "when": _by_itself,
    "sets": _sets,
    "tell": optional("now tells the", "now tells nobody"),
    "reason": optional("now has the reason", "now has no reason"),
    "reverses": optional("now undoes", "now undoes no other move"),
}
_TRANSITIONS = Things(
    FILE,
    name=lambda one: f"Transition {one.id}",
    changed=lambda old, new: fields(old, new, _TRANSITION),
    summary=_move,
    definition=lambda one: f"transition:{one.id}",
    tried=True,
)


# --- reasons


def _consequence(track: str) -> str:
    return f"recycles to track {track}" if track else "disqualifies"


def _track(before: str, after: str) -> list[str]:
    if before and after:
        return [f"now recycles to track {after} instead of {before}"]
    return [f"now {_consequence(after)}; before it {_consequence(before)}"]


_REASON: dict[str, Phrase] = {
    "label": instead("is now called", quoted),
    "value": instead("is now written to HubSpot as"),
    "track": _track,
    "pass_on": switch("now passes the lead on to the next rep", "no longer passes the lead on"),
    "offered": switch("is now offered to reps", "is no longer offered to reps"),
}
_REASONS = Things(
    FILE,
    name=lambda one: f'Reason "{one.label}"',
    changed=lambda old, new: fields(old, new, _REASON),
    summary=lambda one: "passes on to the next rep" if one.pass_on else _consequence(one.track),
    definition=lambda one: f"reason:{one.id}",
)


# --- fields, and who wins


_FIELD: dict[str, Phrase] = {
    "label": instead("is now called", quoted),
    "property": instead("now is HubSpot's property"),
    "packet": switch("is now shown in the handoff packet", "is no longer shown in the packet"),
    "kind": instead("now holds a value of kind"),
    "look_up": optional("is now looked up in", "is no longer looked up"),
}
_FIELDS = Things(
    FILE,
    name=lambda one: f"Field {one.id}",
    changed=lambda old, new: fields(old, new, _FIELD),
    summary=lambda one: f"HubSpot's property {one.property}",
)
_SYNC = Things(
    FILE,
    name=lambda one: (
        f"Sync of {'everything that Baton writes' if one.property == '*' else one.property}"
        + (f" when {say_when(one.when)}" if one.when else "")
    ),
    changed=lambda old, new: fields(old, new, {"wins": instead("is now won by")}),
    summary=lambda one: f"won by {one.wins}",
    key=lambda one: f"{one.property} {msgspec.json.encode(one.when).decode()}",
    tried=True,
)


# --- settings


def _settings(before: Lifecycle, after: Lifecycle) -> Iterator[str]:
    for told in fields(before, after, _SETTINGS, skip=_LISTS):
        yield f"The lifecycle {told}."


def _answers(before: dict[str, str], after: dict[str, str]) -> list[str]:
    told = [
        f"now answers a backward change by {_source(source)} with {answer}"
        + (f" instead of {before[source]}" if source in before else "")
        for source, answer in after.items()
        if before.get(source) != answer
    ]
    told += [
        f"no longer has an answer of its own to a backward change by {_source(source)}"
        for source in before
        if source not in after
    ]
    return told or ["names the answers to backward changes in another order"]


def _source(source: str) -> str:
    return "anything else" if source == "*" else source.upper()


def _renamed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    told = [
        f"now turns the old lead status {old} into {new or 'none'}"
        for old, new in after.items()
        if before.get(old) != new
    ]
    return told + [
        f"no longer knows the old lead status {old}" for old in before if old not in after
    ]


_STATUS: dict[str, Phrase] = {
    "new": optional("of a new lead", "of a new lead is left alone"),
    "working": optional("of a lead that is worked", "of a lead that is worked is left alone"),
    "meeting": optional("once a meeting is booked", "once a meeting is booked is left alone"),
}

_SETTINGS: dict[str, Phrase] = {
    "handoff": instead("now hands a lead to sales at stage"),
    "accepted": instead("now takes a lead to another stage when it is accepted:"),
    "initial": instead("now gives contacts created without a stage the stage"),
    "recycled": instead("now recycles to stage"),
    "disqualified": instead("now disqualifies to stage"),
    "status": lambda before, after: [
        f"now writes another lead status: {told}" for told in fields(before, after, _STATUS)
    ],
    "backward": _answers,
    "old_statuses": _renamed,
    "restore_at_most": instead("now puts a property right within 30 days at most this often:"),
    "skipped": lambda _before, after: [
        "now enters and leaves skipped stages at the same moment instead of leaving them blank"
        if after == "fill"
        else "now leaves skipped stages blank instead of entering and leaving them"
    ],
}
