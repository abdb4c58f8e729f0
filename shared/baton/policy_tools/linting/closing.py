"""How leads are closed: the reasons, transitions and tracks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from baton.policy_tools.faults import Path
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.presentation.words import listed, quoted

NO_WAY_OUT = Rule(
    "no-way-out",
    "error",
    "The lead loses its owner and its clocks and stays in the stage, where nobody sees it.",
)
OTHER_REASONS = Rule(
    "move-for-other-reasons",
    "warning",
    "The lead is closed by a move that says something else happened, and reports count it there.",
)
UNUSED_REASON = Rule("unused-reason", "warning", "Reports list a reason that nobody can use.")
IDLE_CREDIT = Rule(
    "idle-credit", "warning", "Turns come back only where a rep rejects a lead for the reason."
)
UNUSED_TRACK = Rule(
    "unused-track", "warning", "A workflow in HubSpot waits for leads that never arrive."
)


@dataclass(frozen=True, slots=True)
class Closing:
    """A rule by which Baton closes leads in some stages by itself."""

    file: str
    path: Path
    stages: tuple[str, ...]
    reason: str


def closings(subject: Subject) -> Iterator[Closing]:
    for index, rule in enumerate(subject.files.recycling.staleness):
        yield Closing("recycling", ("staleness", index), rule.stages, rule.reason)
    idle = subject.files.recycling.idle
    if idle.reason is not None:
        yield Closing("recycling", ("idle",), subject.files.left_to_idle, idle.reason)
    for index, stage in enumerate(subject.lifecycle.stages):
        here: Path = ("stages", index)
        for number, one in enumerate(stage.disqualified_by):
            path = (*here, "disqualified_by", number)
            yield Closing("lifecycle", path, (stage.id,), one.reason)
        if stage.hold and stage.hold.reason:
            # A lead held before the stage is in one of the sources of the moves to it.
            sources = (source for _, move in subject.leads_into(stage.id) for source in move.source)
            waiting = tuple(dict.fromkeys(sources))
            yield Closing("lifecycle", (*here, "hold"), waiting, stage.hold.reason)


def check(subject: Subject) -> Iterator[Found]:
    ways = {
        (source, move.to)
        for move in subject.lifecycle.transitions
        for source in move.source
        if move.reverse
    }
    used: set[str] = set()
    for one in closings(subject):
        used.add(one.reason)
        to = subject.closes_to(one.reason)
        stuck = [stage for stage in one.stages if (stage, to) not in ways]
        if stuck:
            yield NO_WAY_OUT.found(
                one.file,
                (*one.path, "reason"),
                f"{quoted(one.reason)} closes leads to {to}, but no reverse transition leads "
                f"there from {listed(stuck)}",
                f"add a transition from {listed(stuck)} to {to} with reverse: true, or choose a "
                "reason that leads elsewhere",
            )
    yield from _other_reasons(subject)
    used |= {move.reason for move in subject.lifecycle.transitions if move.reason}
    used |= {reason for move in subject.lifecycle.transitions for reason in move.reasons}
    yield from _unused(subject, used)


def _other_reasons(subject: Subject) -> Iterator[Found]:
    """Stages with a rep in which a reason that is offered has only moves for other reasons."""
    lifecycle, working = subject.lifecycle, subject.working
    owned = working[working.index(lifecycle.handoff) : working.index(lifecycle.accepted) + 1]
    for index, reason in enumerate(lifecycle.reasons):
        if not reason.offered or reason.pass_on:
            continue
        to = subject.closes_to(reason.id)
        for stage in owned:
            ways = [
                one
                for one in lifecycle.transitions
                if one.reverse and one.to == to and stage in one.source
            ]
            if ways and all(one.reasons and reason.id not in one.reasons for one in ways):
                yield OTHER_REASONS.found(
                    "lifecycle",
                    ("reasons", index),
                    f"from {stage} to {to} only {listed(quoted(one.id) for one in ways)} leads,"
                    f" which {'is' if len(ways) == 1 else 'are'} not for {quoted(reason.id)}",
                    f"name {reason.id} in the reasons of one of them, or let a transition without"
                    f" reasons start from {stage}, too",
                )
                break


def _unused(subject: Subject, used: set[str]) -> Iterator[Found]:
    for index, reason in enumerate(subject.lifecycle.reasons):
        if reason.credit and not reason.offered:
            yield IDLE_CREDIT.found(
                "lifecycle",
                ("reasons", index, "credit"),
                f"no rep can reject a lead for {quoted(reason.id)}, so no turn is given back",
                "remove credit, or offer the reason (offered: true)",
            )
        if not reason.offered and reason.id not in used:
            yield UNUSED_REASON.found(
                "lifecycle",
                ("reasons", index),
                f"nobody can use {quoted(reason.id)}: it is not offered to reps, and no staleness "
                "rule, hold, disqualifier or transition names it, nor does idle",
                "offer it (offered: true), name it where leads are closed for it, or remove it",
            )
    led_to = {reason.recycle_to for reason in subject.lifecycle.reasons}
    for index, track in enumerate(subject.files.recycling.tracks):
        if track.id not in led_to:
            yield UNUSED_TRACK.found(
                "recycling",
                ("tracks", index),
                f"no reason leads to {quoted(track.id)}",
                f"let a reason of lifecycle.yaml recycle_to {track.id}, or remove the track",
            )
