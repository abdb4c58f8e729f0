"""The stage definitions, and the map of the stages."""

from __future__ import annotations

from collections.abc import Iterator

from baton.policy_tools import saying
from baton.policy_tools.docs.markdown import code, codes, joined, table, text
from baton.policy_tools.docs.source import Source, said
from baton.policy_tools.models.lifecycle import Hold, Stage

MAP_FILE = "process-map.svg"


def process_map(source: Source) -> str:
    return joined(
        "# Process map",
        f"How a lead moves at {source.company}: the working stages from left to right, the stages"
        " off the way below them. A solid line leads forward; a dashed one leads back or off the"
        " way. Below the name of each move stands who or what may make it.",
        f"![Process map of the lead lifecycle]({MAP_FILE})",
        table(
            ("Stage", "Id", "What it means"),
            ((text(s.label), code(s.id), text(s.purpose)) for s in source.files.lifecycle.stages),
        ),
    )


def definitions(source: Source) -> str:
    lifecycle = source.files.lifecycle
    skipped = {
        "fill": "A stage that a lead skips on its way forward counts as entered and left at that"
        " moment, so its timestamps are filled in.",
        "blank": "A stage that a lead skips on its way forward counts as never entered; its"
        " timestamps stay blank.",
    }[lifecycle.skipped]
    return joined(
        "# Stage definitions",
        f"A lead is handed to sales at **{text(source.handoff.label)}**; accepting it reaches"
        f" **{text(source.accepted.label)}**. A contact that is created without a stage is given"
        f" **{source.label(lifecycle.initial)}**. {skipped}",
        "A condition on a field that is not filled in does not hold, nor does its opposite; only"
        ' "is not known" does.',
        *(_stage(source, stage) for stage in lifecycle.stages),
    )


def _stage(source: Source, stage: Stage) -> str:
    return joined(
        f"## {text(stage.label)}",
        text(stage.purpose),
        table(("Item", "Definition"), _facts(source, stage)),
        *_required(source, stage),
    )


def _facts(source: Source, stage: Stage) -> Iterator[tuple[str, str]]:
    into = [
        f"{code(move.id)} from {source.labels(move.source)}" for move in source.moves_to(stage.id)
    ]
    out = [f"{code(move.id)} to {source.label(move.to)}" for move in source.moves_from(stage.id)]
    yield "Id", code(stage.id)
    yield "Status", source.standing(f"stage:{stage.id}")
    yield "Kind", _kind(source, stage)
    yield "Entered by", "; ".join(into) or "no move: contacts begin in it"
    yield "Left by", "; ".join(out) or "nothing: a lead stays here"
    yield "Entry criteria", said(stage.entry) if stage.entry else "none beyond the required fields"
    yield "Exit criteria", said(stage.exit) if stage.exit else "none"
    yield "Required fields", "; ".join(map(source.required, stage.requires)) or "none"
    if stage.entry or stage.exit or stage.requires:
        yield "If something is missing", _if_missing(source, stage)
    yield "Closed at once if", "; ".join(closing_conditions(source, stage)) or "no condition"
    yield "HubSpot lifecycle stage", code(stage.lifecyclestage)
    yield "HubSpot lead status", _lead_status(source, stage)
    yield "Deal stages that correspond", codes(stage.deal_stages, "none")


def _lead_status(source: Source, stage: Stage) -> str:
    """What is written with the stage; where a rep has the lead, as it is worked."""
    row, status = source.working, source.files.lifecycle.status
    with_rep = row[row.index(source.handoff) : row.index(source.accepted) + 1]
    values = (
        (status.new, "when a rep gets it"),
        (status.working, "at the first touch"),
        (status.meeting, "once a meeting is booked"),
    )
    worked = ", then ".join(f"{code(value)} {when}" for value, when in values if value)
    if stage not in with_rep or not worked:
        return code(stage.lead_status) if stage.lead_status else "not touched"
    return f"as the lead is worked: {worked}"


def _kind(source: Source, stage: Stage) -> str:
    if stage.side:
        return "off the way: entered and left by the moves named here only"
    place = source.working.index(stage) + 1
    roles = {
        source.files.lifecycle.initial: "contacts created without a stage start here",
        source.handoff.id: "handed to sales here",
        source.accepted.id: "reached by accepting",
    }
    role = roles.get(stage.id)
    return f"working stage {place} of {len(source.working)}{f'; {role}' if role else ''}"


def _if_missing(source: Source, stage: Stage) -> str:
    held = f"it is held: {hold(source, stage.hold)}"
    if stage.if_missing == "hold":
        return f"the lead stands in the stage but is not handed on; {held}"
    flagged = "the lead goes on, with the list of what is missing on its card"
    others = [
        word for word, block in (("to enter", stage.entry), ("to leave", stage.exit)) if block
    ]
    if not others:
        return flagged
    conditions = saying.both(f"the condition {word} it" for word in others)
    return f"of a required field: {flagged}; of {conditions}: {held}"


def hold(source: Source, hold: Hold | None) -> str:
    """What happens to a lead that is held, and when."""
    told = "its owner, or RevOps while it has none, is told what is missing"
    if hold is None:
        return f"{told}; every 2 days they are told again, until it is filled in"
    after = saying.span(hold.within)
    if hold.then == "wait":
        return f"{told}; every {after} they are told again, until it is filled in"
    if hold.then == "flag":
        return (
            f"{told}; after {after} it goes on all the same, flagged with what is missing, unless"
            " criteria do not hold"
        )
    reason = source.reasons[hold.reason or ""]
    then = f"it is closed for {text(reason.label)} ({source.consequence(reason)})"
    return f"{told}; after {after} {then}"


def _required(source: Source, stage: Stage) -> Iterator[str]:
    names = [name for one in stage.requires for name in one if name in source.fields]
    if not names:
        return
    fields = [source.fields[name] for name in names]
    yield "Where the required fields are, and where a missing one is looked for, in order:"
    yield table(
        ("Field", "HubSpot contact property", "Kind", "Looked for in"),
        (
            (text(one.label), code(one.property), one.kind, "; ".join(map(place, one.look_up)))
            for one in fields
        ),
    )


def place(where: str) -> str:
    """``company.industry``: the company's property industry."""
    kind, _, name = where.partition(".")
    return f"the {kind}'s {code(name)}" if name else "what an earlier form or import held"


def closing_conditions(source: Source, stage: Stage) -> Iterator[str]:
    """The disqualifying conditions, each with what becomes of the lead."""
    for one in stage.disqualified_by:
        reason = source.reasons[one.reason]
        yield f"{said(one.when)} ({text(reason.label)}: {source.consequence(reason)})"
