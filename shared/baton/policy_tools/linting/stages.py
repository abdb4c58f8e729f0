"""Stages: how many, the ways in and out, and required fields."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain import hubspot_names
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject
from baton.policy_tools.models.lifecycle import LeadField, Stage
from baton.policy_tools.proofs import MANY_STAGES
from baton.presentation.words import listed, quoted

MANY = Rule(
    "many-stages",
    "warning",
    "The difference between two neighbouring stages is then a matter of taste, and reports "
    "depend on who set them.",
)
UNREACHABLE = Rule(
    "unreachable-stage",
    "error",
    "A lead in this stage got there by no agreed transition.",
)
DEAD_END = Rule("dead-end-stage", "warning", "A lead that enters this stage stays there for ever.")
NOBODY_FILLS = Rule(
    "nobody-fills",
    "warning",
    "Every lead lacks it, so every lead is held or flagged, and nobody pays attention any more.",
)
IDLE_HOLD = Rule("idle-hold", "warning", "It looks as if leads were held there, but none ever is.")

#: HubSpot's stage after customer, in which nobody works a lead.
_BEYOND = "evangelist"


def check(subject: Subject) -> Iterator[Found]:
    working = subject.working
    worked = [name for name in working if subject.stage[name].lifecyclestage != _BEYOND]
    if len(worked) > MANY_STAGES:
        yield MANY.found(
            "lifecycle",
            ("stages",),
            f"{len(worked)} working stages; more than {MANY_STAGES} are seldom used correctly",
            "make a status (hs_lead_status) of a stage that only says how far work has got",
        )
    reached = _reached(subject)
    ends = {working[-1], subject.lifecycle.disqualified} if working else set()
    left = {source for move in subject.lifecycle.transitions for source in move.source}
    for index, stage in enumerate(subject.lifecycle.stages):
        if stage.id not in reached:
            yield UNREACHABLE.found(
                "lifecycle",
                ("stages", index),
                f"no transition leads to {quoted(stage.id)} from the stage in which a lead begins",
                f"add a transition to {stage.id}, or remove the stage",
            )
        elif stage.id not in left | ends:
            yield DEAD_END.found(
                "lifecycle",
                ("stages", index),
                f"no transition leads out of {quoted(stage.id)}",
                f"add a transition from {stage.id} onward"
                + ("" if stage.side else ", and one to a side stage for leads that end there"),
            )
        yield from _nobody_fills(subject, index, stage)
        if stage.hold and not stage.entry and not (stage.requires and stage.if_missing == "hold"):
            yield IDLE_HOLD.found(
                "lifecycle",
                ("stages", index, "hold"),
                f"no lead is held before {quoted(stage.id)}: it has no entry criteria, and "
                "requires "
                + ("nothing" if not stage.requires else "nothing that it holds leads for"),
                "give it an entry, or fields it requires (requires, if_missing: hold), or remove "
                "the hold",
            )


def _reached(subject: Subject) -> set[str]:
    """The stages a lead can reach: those up to the initial one, and all that transitions lead to
    from them."""
    reached = set(subject.working[:1]) | {subject.lifecycle.initial}
    if subject.lifecycle.initial in subject.working:
        reached |= set(subject.working[: subject.working.index(subject.lifecycle.initial)])
    while True:
        more = {
            move.to
            for move in subject.lifecycle.transitions
            if move.to not in reached and reached & set(move.source)
        }
        if not more:
            return reached
        reached |= more


def _nobody_fills(subject: Subject, index: int, stage: Stage) -> Iterator[Found]:
    """Required fields that nothing can fill in. HubSpot's own properties, and fields shown on the
    card, are filled in by people and forms."""
    fields = {field.id: field for field in subject.lifecycle.fields}
    written = {name for move in subject.lifecycle.transitions for name in move.sets}
    for number, choice in enumerate(stage.requires):
        if all(_has_no_source(fields[name], written) for name in choice):
            yield NOBODY_FILLS.found(
                "lifecycle",
                ("stages", index, "requires", number),
                f"nothing fills in {listed(choice)}: not shown to the rep, not looked up, not "
                "written by a transition",
                "show it (packet: true), look it up (look_up), let a transition set it (sets), or "
                "do not require it",
            )


def _has_no_source(field: LeadField, written: set[str]) -> bool:
    own = field.property.startswith(hubspot_names.OWN_PREFIX)
    return own and not field.packet and not field.look_up and field.property not in written
