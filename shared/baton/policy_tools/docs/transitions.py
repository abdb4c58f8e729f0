"""The transition matrix, and each transition in words."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools import saying
from baton.policy_tools.docs.aftercare import rest
from baton.policy_tools.docs.making import handed_anew, made, reason
from baton.policy_tools.docs.markdown import bullets, code, codes, joined, table, text
from baton.policy_tools.docs.source import Source, made_by, said
from baton.policy_tools.models.lifecycle import Transition

TOLD = {
    "owner": "the owner, in Slack",
    "manager": "the owner's manager, in Slack",
    "channel": "the SLA channel in Slack",
    "ops": "the RevOps channel in Slack",
}


def transitions(source: Source) -> str:
    lifecycle = source.files.lifecycle
    return joined(
        "# Transitions",
        "Rows are where a lead is, columns where it goes. Each cell names the move and who or what"
        " may make it: automatic (HubSpot, another system, a signal, or Baton itself), rep (a"
        " person, with a click or in HubSpot), time (a clock). ← marks a way back or off. A change"
        " back or off the way that no cell names is not followed, but answered as the automation"
        " reference says.",
        _matrix(source),
        "Forward changes between working stages that somebody or something makes in HubSpot are"
        " always followed, also past stages in between. The way into a side stage is by its named"
        " moves only; the way out of one is by its named moves, or past where they lead.",
        *(_transition(source, move) for move in lifecycle.transitions),
    )


def _matrix(source: Source) -> str:
    stages = source.files.lifecycle.stages
    goals = [stage for stage in stages if source.moves_to(stage.id)]
    starts = [stage for stage in stages if source.moves_from(stage.id)]
    return table(
        ("From \\ to", *(text(goal.label) for goal in goals)),
        (
            (
                f"**{text(start.label)}**",
                *(
                    "; ".join(
                        f"{'← ' if m.reverse else ''}{code(m.id)} ({', '.join(m.by)})"
                        for m in source.moves_from(start.id)
                        if m.to == goal.id
                    )
                    for goal in goals
                ),
            )
            for start in starts
        ),
    )


def _transition(source: Source, move: Transition) -> str:
    return joined(
        f"## {code(move.id)}",
        f"From {source.labels(move.source)} to {source.label(move.to)}.",
        table(("Item", "Definition"), _facts(source, move)),
    )


def _facts(source: Source, move: Transition) -> Iterator[tuple[str, str]]:
    goal = source.stages[move.to]
    yield "Status", source.standing(f"transition:{move.id}")
    yield "Made by", f"{made_by(move)} ({', '.join(move.by)})"
    yield "Direction", _direction(source, move)
    if move.when:
        yield "Baton makes it by itself if", said(move.when)
    yield "Else made by" if move.when else "How it is made", made(source, move)
    if goal.side:
        yield "Reason", reason(source, move)
    leaving = [
        f"out of {source.label(one)}: {said(source.stages[one].exit)}"
        for one in move.source
        if source.stages[one].exit and not move.reverse
    ]
    if leaving:
        yield "Must hold first", "; ".join(leaving)
    if goal.entry or goal.requires:
        needs = [said(goal.entry)] if goal.entry else []
        needs += [f"filled in: {'; '.join(map(source.required, goal.requires))}"]
        yield f"{source.label(move.to)} asks for", "; ".join(n for n in needs if n != "filled in: ")
    yield "What it does", "; ".join(_effects(source, move))
    yield "What undoes it", _undone_by(source, move)


def _direction(source: Source, move: Transition) -> str:
    if not move.reverse:
        return (
            "forward"
            if all(s in source.stages and not source.stages[s].side for s in move.source)
            else "back on the way"
        )
    way = "off the way" if source.stages[move.to].side else "back"
    return f"{way}, undoing {code(move.reverses)}" if move.reverses else way


def _effects(source: Source, move: Transition) -> Iterator[str]:
    goal, lifecycle = source.stages[move.to], source.files.lifecycle
    yield f"HubSpot's lifecycle stage becomes {code(goal.lifecyclestage)}"
    if goal.lead_status:
        yield f"its lead status {code(goal.lead_status)}"
    yield from (f"{code(name)} is set to {text(value)}" for name, value in move.sets.items())
    if move.reverse and handed_anew(source, move):
        yield "the lead is handed to its owner anew, with a new card and new clocks"
    elif move.reverse and not goal.side:
        yield "nothing else: it is worked from there as any lead in that stage"
    elif move.to == lifecycle.handoff:
        yield "the lead is handed to a rep and its clocks start"
    elif move.to == lifecycle.accepted:
        yield "the clocks that stop on accept stop"
    elif goal.side:
        yield "the owner's clocks stop, their tasks are closed and their card says how it ended"
    elif goal in source.working and source.working.index(goal) > source.working.index(
        source.accepted
    ):
        yield "the handoff ends: clocks stop, tasks are closed"
    if move.tell is not None:
        yield f"told: {TOLD[move.tell]}"


def _undone_by(source: Source, move: Transition) -> str:
    moves = source.files.lifecycle.transitions
    named = [other for other in moves if other.reverses == move.id]
    if named:
        return codes(other.id for other in named)
    back = [other for other in moves if move.to in other.source and other.to in move.source]
    if back:
        return f"no move by name; {codes(m.id for m in back)} leads back"
    off = [other for other in source.moves_from(move.to) if other.reverse]
    return f"nothing leads back; off the way: {codes(m.id for m in off)}" if off else "nothing"


def reasons(source: Source) -> str:
    """One catalogue of reasons, each with its consequence."""
    return joined(
        "# Reasons",
        "Why a lead is given back or closed. Each reason has exactly one consequence, so nobody"
        " has to choose twice.",
        table(
            ("Reason", "Id", "What becomes of the lead", "Offered to reps", "Status"),
            (
                (
                    text(one.label),
                    code(one.id),
                    source.consequence(one),
                    "yes" if one.offered else "no: for clocks and automations",
                    source.standing(f"reason:{one.id}"),
                )
                for one in source.files.lifecycle.reasons
            ),
        ),
        "## Nurture tracks",
        table(
            ("Track", "Id", "Value in HubSpot", "At rest for", "Rounds at most", "Owner"),
            (
                (
                    text(track.label),
                    code(track.id),
                    code(track.value),
                    saying.span(track.cool_off),
                    str(track.max_rounds),
                    "stays" if track.keep_owner else "is taken off",
                )
                for track in source.files.recycling.tracks
            ),
        ),
        bullets(
            (
                *rest(source),
                "HubSpot's workflows enrol leads by `baton_nurture_track`.",
            )
        ),
    )
