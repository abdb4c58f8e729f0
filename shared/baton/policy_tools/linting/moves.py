"""Transitions: their triggers, what they write, and backward transitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from baton.domain import hubspot_names
from baton.domain.lifecycle.hubspot_properties import property_names
from baton.domain.lifecycle.triggers import PEOPLE
from baton.policy_tools.compiling import compile_policy
from baton.policy_tools.faults import Path
from baton.policy_tools.linting.closing import closings
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.policy_tools.models.lifecycle import Transition
from baton.presentation.words import listed, quoted

NO_TRIGGER = Rule(
    "no-trigger", "error", "Nothing ever makes the move, so leads that wait for it wait for ever."
)
OWN_PROPERTY = Rule(
    "sets-own-property",
    "error",
    "Baton writes the property by itself, so the two values would overwrite each other at "
    "every change.",
)
WRONG_REASON = Rule(
    "reason-elsewhere",
    "error",
    "The consequence of the reason differs from that of the move: the lead is in the wrong "
    "stage for its track.",
)
NO_REASON = Rule(
    "no-reason",
    "warning",
    "The lead is closed and no report can say why; a recycled one has no track to come back by.",
)
NOT_THE_REVERSE = Rule(
    "not-the-reverse", "warning", "The documents show the two as a pair, although they are not."
)
NOTHING_TO_ACCEPT = Rule(
    "nothing-to-accept",
    "warning",
    "A backward change is accepted only as a named transition; without one it is only reported.",
)

#: HubSpot's own contact properties that Baton writes -> where the policy gives their value.
_KEPT = {
    hubspot_names.STAGE: "the transition's own to",
    hubspot_names.LEAD_STATUS: "lead_status of the stage, or status",
    hubspot_names.OWNER: "routing.yaml",
}


def check(subject: Subject) -> Iterator[Found]:
    owned = _owned(subject)
    closed = {
        (stage, subject.closes_to(one.reason)) for one in closings(subject) for stage in one.stages
    }
    for index, move in enumerate(subject.lifecycle.transitions):
        here: Path = ("transitions", index)
        yield from _trigger(subject, here, move, closed)
        for name in move.sets:
            if name in owned or name in _KEPT:
                yield OWN_PROPERTY.found(
                    "lifecycle",
                    (*here, "sets", name),
                    f"{name} is written by Baton itself",
                    f"set it in {_KEPT[name]}" if name in _KEPT else "set another property",
                )
        yield from _reason(subject, here, move)
        yield from _pair(subject, here, move)
    yield from _accept(subject)


def _owned(subject: Subject) -> frozenset[str]:
    """The contact properties that Baton writes. Compiled without people and calendars, which do not
    matter here: public holidays are slow to compute."""
    nobody = subject.files.roster.model_copy(update={"people": (), "calendars": ()})
    nowhere = subject.files.routing.model_copy(update={"rules": (), "handoffs": (), "pools": ()})
    files = replace(subject.files, roster=nobody, routing=nowhere)
    policy = compile_policy(files, date(2000, 1, 1))
    return frozenset(property_names(policy))


def _trigger(
    subject: Subject, here: Path, move: Transition, closed: set[tuple[str, str]]
) -> Iterator[Found]:
    """Find a transition that is left to ``time`` but made by no clock. Clocks only close leads:
    idle leads, leads held for too long, and, between handoff and acceptance, leads whose owner does
    nothing."""
    if set(move.by) != {"time"}:
        return
    lifecycle, working = subject.lifecycle, subject.working
    owned = working[working.index(lifecycle.handoff) : working.index(lifecycle.accepted) + 1]
    sides = (lifecycle.recycled, lifecycle.disqualified)
    closed = closed | {(stage, side) for stage in owned for side in sides}
    if any((source, move.to) in closed for source in move.source):
        return
    if move.to in sides:
        fix = (
            f"add a staleness rule to recycling.yaml for {listed(move.source)} with a reason that "
            f"leads to {move.to}, or add rep or automatic to by"
        )
    else:
        fix = "add automatic (HubSpot, or a when) or rep to by"
    message = f"no clock makes {quoted(move.id)}: it is left to time, which only closes leads"
    yield NO_TRIGGER.found("lifecycle", (*here, "by"), f"{message} under a rule", fix)


def _reason(subject: Subject, here: Path, move: Transition) -> Iterator[Found]:
    sides = (subject.lifecycle.recycled, subject.lifecycle.disqualified)
    if move.reason is not None:
        right = subject.closes_to(move.reason)
        # No reason leads to a side stage of its own, such as HubSpot's "other"; it says why.
        own = move.to not in sides and subject.stage[move.to].side
        if move.to != right and not (own and right == subject.lifecycle.disqualified):
            yield WRONG_REASON.found(
                "lifecycle",
                (*here, "reason"),
                f"{quoted(move.reason)} leads to {right}, and {quoted(move.id)} to {move.to}",
                f"name a reason that leads to {move.to}, or let the move lead to {right}"
                if move.to in sides
                else "remove the reason: the move closes no lead",
            )
    elif move.to in sides:
        accepted = "accept" in subject.lifecycle.backward.values()
        if "automatic" in move.by or accepted:
            how = (
                "without anybody choosing a reason"
                if "automatic" in move.by
                else ("when a change in HubSpot is accepted (backward)")
            )
            yield NO_REASON.found(
                "lifecycle",
                here,
                f"{quoted(move.id)} may close a lead {how}, but names no reason",
                f"give it a reason that leads to {move.to}",
            )


def _pair(subject: Subject, here: Path, move: Transition) -> Iterator[Found]:
    others = {one.id: one for one in subject.lifecycle.transitions}
    other = others.get(move.reverses or "")
    if other is not None and (move.to not in other.source or other.to not in move.source):
        yield NOT_THE_REVERSE.found(
            "lifecycle",
            (*here, "reverses"),
            f"{quoted(other.id)} leads from {listed(other.source)} to {other.to}, but "
            f"{quoted(move.id)} does not lead back",
            f"name the move from {move.to} that it undoes, or remove reverses",
        )


def _accept(subject: Subject) -> Iterator[Found]:
    """Sources whose backward changes are accepted, although no reverse transition is open to
    them."""
    takers = {who for move in subject.lifecycle.transitions if move.reverse for who in move.by}
    for source, answer in subject.lifecycle.backward.items():
        who = "rep" if source.casefold() in PEOPLE else "automatic"
        both = {"rep", "automatic"} if source == "*" else {who}
        if any(one.partition(":")[0] == source.upper() for one in takers):
            continue
        if answer == "accept" and not takers & both:
            yield NOTHING_TO_ACCEPT.found(
                "lifecycle",
                ("backward", source),
                "accepts backward changes, but no reverse transition may be made by "
                f"{listed(sorted(both))}",
                "add the intended backward transitions (reverse: true), or write ask or report",
            )
