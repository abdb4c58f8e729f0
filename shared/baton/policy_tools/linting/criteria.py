"""Criteria that no lead can meet, alone or together with others."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain.policy import When
from baton.policy_tools.faults import Path
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Condition, Subject, holding
from baton.policy_tools.models.lifecycle import Transition
from baton.presentation.words import listed

NEVER_HOLDS = Rule(
    "never-holds", "error", "What depends on it never happens, and nothing reports that."
)
CRITERIA_AT_ODDS = Rule(
    "criteria-at-odds",
    "error",
    "A lead that should make the move is held before the stage, whatever is filled in.",
)


def check(subject: Subject) -> Iterator[Found]:
    impossible: set[tuple[str, Path]] = set()
    for condition in subject.conditions:
        for found in _never_holds(subject, condition):
            impossible.add((condition.file, condition.path))
            yield found
    for index, move in enumerate(subject.lifecycle.transitions):
        if ("lifecycle", ("transitions", index, "when")) not in impossible:
            yield from _at_odds(subject, index, move)


def _never_holds(subject: Subject, condition: Condition) -> Iterator[Found]:
    names = subject.prover.conflict(condition.given, condition.when)
    if not condition.block or names is None:
        return
    yield NEVER_HOLDS.found(
        condition.file,
        condition.path,
        f"never holds: no lead passes its tests on {listed(names)}{_because(subject, names)}",
        f"loosen a test on {listed(names)}, or remove {condition.owner}",
    )


def _because(subject: Subject, names: tuple[str, ...]) -> str:
    """The reason why the tests fail, if it is not in the tests themselves."""
    scored = {"fit", "behaviour", "qualified", "hand_raise"} & set(names)
    if scored:
        return " and has the points that scoring.yaml gives"
    return " in the stages it applies to" if names == ("stage",) else ""


def _at_odds(subject: Subject, index: int, move: Transition) -> Iterator[Found]:
    """Criteria of the stages and of the transition that exclude each other for one of its
    sources."""
    for source in move.source:
        asked = dict(_asked(subject, move, source))
        needs = [one for part in asked.values() for one in part]
        names = subject.prover.conflict(*needs)
        if names is None or not _each_can_hold(subject, needs):
            continue
        yield CRITERIA_AT_ODDS.found(
            "lifecycle",
            ("transitions", index, *(("when",) if move.when else ())),
            f"can never be made from {source} to {move.to}: {listed(asked)} contradict each "
            f"other on {listed(names)}",
            f"make the tests on {listed(names)} agree, or remove one of them",
        )


def _asked(subject: Subject, move: Transition, source: str) -> Iterator[tuple[str, list[When]]]:
    """The criteria of the move, each with a description of where it comes from."""
    if move.when:
        yield "its when", [move.when.compile()]
    leaving = subject.stage[source].exit
    if leaving and subject.is_forward(move):
        yield f"the exit criteria of {source}", [leaving.compile()]
    entering = [one for one in holding(subject.stage[move.to]) if one]
    if entering:
        yield f"the entry criteria of {move.to}", entering


def _each_can_hold(subject: Subject, needs: list[When]) -> bool:
    """Whether each condition alone can hold; one that cannot is reported separately."""
    return all(subject.prover.conflict(one) is None for one in needs)
