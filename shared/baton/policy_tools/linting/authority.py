"""One authority says who is a marketing qualified lead."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain.policy import Test, When
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject, in_stage
from baton.policy_tools.models.scoring import ScoringFile
from baton.presentation.words import quoted

TWO_AUTHORITIES = Rule(
    "two-authorities",
    "error",
    "Two systems then say who is an MQL, and marketing and sales report different numbers.",
)
NO_AUTHORITY = Rule(
    "no-authority", "error", "Leads qualify, but nothing moves them: there is never an MQL."
)
_QUALIFIED: When = {"qualified": Test(any_of=("true",))}


def check(subject: Subject) -> Iterator[Found]:
    scoring = subject.files.scoring
    if scoring is None:
        return
    if scoring.authority == "hubspot":
        yield from _hubspot_only(subject)
    else:
        yield from _baton_only(subject, scoring)


def _hubspot_only(subject: Subject) -> Iterator[Found]:
    handoff = subject.lifecycle.handoff
    for index, move in subject.leads_into(handoff):
        if move.when:
            yield TWO_AUTHORITIES.found(
                "lifecycle",
                ("transitions", index, "when"),
                f"{quoted(move.id)} makes leads {handoff} by itself, but scoring.yaml leaves "
                "that to HubSpot (authority: hubspot)",
                "remove the when, or set authority: baton and require qualified: true to enter "
                f"{handoff}",
            )


def _baton_only(subject: Subject, scoring: ScoringFile) -> Iterator[Found]:
    handoff = subject.lifecycle.handoff
    prover = subject.prover
    moves = [
        (in_stage(*move.source), move.when.compile())
        for _, move in subject.leads_into(handoff)
        if {"automatic", "baton"} & {*move.by} and move.when
    ]
    if not any(prover.implies(one, [_QUALIFIED]) for one in moves):
        yield NO_AUTHORITY.found(
            "scoring",
            ("authority",),
            f"says that the score makes leads {handoff}, but no automatic transition to "
            f"{handoff} requires it",
            f"give a transition to {handoff} by: [automatic] and when: {{qualified: true}}, or "
            "set authority: hubspot",
        )
    index = next(i for i, stage in enumerate(subject.lifecycle.stages) if stage.id == handoff)
    entry = subject.stage[handoff].entry
    if not prover.implies([entry.compile()], [_QUALIFIED]):
        yield TWO_AUTHORITIES.found(
            "lifecycle",
            ("stages", index, *(("entry",) if entry else ())),
            f"lets leads into {handoff} that the score does not qualify, but scoring.yaml says "
            "that the score decides (authority: baton)",
            "let its entry require qualified: true",
        )
