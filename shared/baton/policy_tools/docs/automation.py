"""The automation reference: what fires when, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools.docs.aftercare import backward, quiet, recycling, sync
from baton.policy_tools.docs.ladders import ladders, pauses
from baton.policy_tools.docs.markdown import code, joined, steps, table, text
from baton.policy_tools.docs.rules import owners_first, rule_table
from baton.policy_tools.docs.source import Source, made_by, said
from baton.policy_tools.docs.stages import hold


def automation(source: Source) -> str:
    return joined(
        "# Automation reference",
        "What happens by itself, when, and in which order. Messages, tasks and HubSpot's properties"
        " are delivered independently of each other: when one system is down, the others still"
        " get theirs, and what is late is delivered later.",
        *_stage_change(source),
        *_by_itself(source),
        *_assignment(source),
        "## While the owner does not act",
        *ladders(source),
        *pauses(source),
        *_acts(source),
        *_holds(source),
        *quiet(source),
        *recycling(source),
        *sync(source),
        *backward(source),
    )


def _stage_change(source: Source) -> Iterator[str]:
    lifecycle = source.files.lifecycle
    yield "## When a stage changes"
    yield steps(
        (
            "What HubSpot and others report is put in the order in which it happened. A change"
            " that arrives late or twice gives the same result.",
            f"A contact that has no stage is given {source.label(lifecycle.initial)}.",
            "Forward changes and named moves are followed. Any other change backward is answered as"
            " set out at the end of this document.",
            "If another system is ahead of HubSpot, HubSpot's stage is brought up to it.",
            "Conditions under which the stage closes a lead at once are tried.",
            "What the stage asks for is looked at. What is missing is looked up first; what is"
            " missing then, holds the lead or flags it.",
            f"A lead that has reached {text(source.handoff.label)} and has no owner in sales is"
            f" handed off. One that has moved past {text(source.accepted.label)} leaves its"
            " owner's list: clocks stop and tasks are closed, save that of a quiet lead where a"
            " rule names its stage.",
            "Moves that Baton makes by itself are tried in the order below. The first whose"
            " condition holds is made, if the stage it leads to lets the lead in, and the new stage"
            " is looked at in the same way. A lead that is held moves no further.",
            "The dates of entry, the number of entries and the time spent are written for every"
            " stage: `baton_first_entered_…`, `baton_last_entered_…`, `baton_times_entered_…`,"
            " `baton_seconds_in_…`.",
        )
    )


def _by_itself(source: Source) -> Iterator[str]:
    yield "## Moves"
    yield table(
        ("Move", "From", "To", "Made by", "By itself if"),
        (
            (
                code(move.id),
                source.labels(move.source),
                source.label(move.to),
                made_by(move),
                said(move.when) if move.when else "",
            )
            for move in source.files.lifecycle.transitions
        ),
    )


def _assignment(source: Source) -> Iterator[str]:
    files = source.files
    yield "## When a lead is handed off"
    yield steps(
        (
            *owners_first(files.routing.ownership),
            "The first rule that holds names a pool, and its members take turns. Who is"
            " inactive, away, at their limit, or has let this lead go in this round is passed"
            " over.",
            "If nobody in the pool can take it, its fallbacks are tried in order; the last is a"
            " manager, who always can. Where one says wait, the lead waits in the pool's queue: the"
            " hottest and then the oldest gets the first rep with room, and nobody overtakes.",
            "The first tier that fits sets the promises, and their clocks start, in the owner's"
            " own working hours.",
            "The owner gets the card in Slack and the tasks in HubSpot; HubSpot gets owner,"
            " territory, segment, tier, rule and deadlines"
            + (
                f", and the lead status {code(files.lifecycle.status.new)}."
                if files.lifecycle.status.new
                else "."
            ),
        )
    )
    yield rule_table(source, files.routing.rules)
    for handoff in files.routing.handoffs:
        yield f"### When it becomes {source.label(handoff.stage)}: {text(handoff.label)}"
        if handoff.ownership:
            yield steps(owners_first(handoff.ownership))
        yield rule_table(source, handoff.rules)


def _acts(source: Source) -> Iterator[str]:
    status, targets = source.files.lifecycle.status, _stopped(source)
    working = f"; the lead status becomes {code(status.working)}" if status.working else ""
    meeting = (
        f" Once a meeting is booked, the lead status becomes {code(status.meeting)}."
        if status.meeting
        else ""
    )
    yield "## When the owner acts"
    yield table(
        ("Act", "Seen in", "Clocks it stops", "What else happens"),
        (
            (
                "Accept",
                "the card, or HubSpot's stage",
                targets["accept"],
                f"the lead becomes {text(source.accepted.label)}",
            ),
            (
                "First touch",
                "a call, e-mail or meeting of the owner's in HubSpot, or the card",
                targets["touch"],
                f"somebody else's does not count{working}.{meeting}",
            ),
            (
                "Qualified",
                "the card, once accepted, or HubSpot's stage",
                "all of them",
                _qualified(source),
            ),
            (
                "Reject, with a reason",
                "the card",
                "all of them",
                "tasks are closed, and the reason's consequence follows",
            ),
        ),
    )


def _qualified(source: Source) -> str:
    """What the click on Qualified does, which is what the stage in HubSpot does."""
    stage = source.qualified
    becomes = f"the lead becomes {text(stage.label)}; the handoff ends and its tasks are closed"
    if not (stage.entry or stage.requires):
        return becomes
    flag = "required fields that are missing are flagged and it goes on"
    wait = (
        "the lead is held before the stage, the rep gets the list of what is missing, and it goes"
        " on by itself once that is filled in, or as the hold says"
    )
    if stage.if_missing == "hold":
        return f"{becomes}. If something is missing: {wait}"
    return f"{becomes}; {flag}" + (f". If a condition does not hold: {wait}" * bool(stage.entry))


def _stopped(source: Source) -> dict[str, str]:
    """Act -> the labels of the targets that it alone stops."""
    found: dict[str, dict[str, None]] = {"accept": {}, "touch": {}}
    for tier in source.files.sla.tiers:
        for target in tier.targets:
            if target.stops_on:
                found.setdefault(target.stops_on, {})[text(target.label)] = None
    return {act: ", ".join(labels) for act, labels in found.items()}


def _holds(source: Source) -> Iterator[str]:
    stages = [s for s in source.files.lifecycle.stages if s.entry or s.exit or s.requires]
    yield "## When a lead is held, and when that runs out"
    if not stages:
        yield "No stage asks for anything, so no lead is held."
        return
    yield table(
        ("Stage", "Asks for", "If it is missing"),
        (
            (
                text(stage.label),
                "; ".join(
                    [f"to enter: {said(stage.entry)}"] * bool(stage.entry)
                    + [f"to leave forward: {said(stage.exit)}"] * bool(stage.exit)
                    + [f"filled in: {', '.join(map(source.required, stage.requires))}"]
                    * bool(stage.requires)
                ),
                "goes on, flagged; conditions apart"
                if stage.if_missing == "flag" and (stage.entry or stage.exit)
                else "goes on, with the list of what is missing on its card"
                if stage.if_missing == "flag"
                else hold(source, stage.hold),
            )
            for stage in stages
        ),
    )
