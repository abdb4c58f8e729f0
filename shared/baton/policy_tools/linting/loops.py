"""Automatic moves whose conditions hold at once and lead in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from baton.domain.policy import DAYS_IN_STAGE, Test, When
from baton.policy_tools.faults import Path
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject, holding
from baton.presentation.words import listed, quoted

CIRCLE = Rule(
    "moves-in-circles",
    "error",
    "The lead is moved round at one event, until Baton parks it: nobody works it, and each of these"
    " moves has told somebody.",
)
#: Circles that are looked at.
MOST = 500
#: In the second round of a circle, a lead has been in each stage for no time.
_NO_TIME = Test(below=0.001)


@dataclass(frozen=True, slots=True)
class Step:
    """A move from one stage that Baton makes by itself."""

    name: str
    source: str
    to: str
    path: Path
    conditions: tuple[When, ...]


def check(subject: Subject) -> Iterator[Found]:
    steps = [*_steps(subject)]
    told: set[frozenset[str]] = set()
    for number, circle in enumerate(_circles(steps)):
        if number >= MOST:
            return
        names = frozenset(one.name for one in circle)
        if names in told or subject.prover.conflict(*_together(circle)) is not None:
            continue
        told.add(names)
        way = " → ".join([*(one.source for one in circle), circle[0].source])
        yield CIRCLE.found(
            "lifecycle",
            circle[0].path,
            f"{listed(quoted(one.name) for one in circle)} may hold at once, and lead in a circle:"
            f" {way}",
            "let one of them require what another rules out, such as {qualified: true} and"
            " {qualified: false}",
        )


def _steps(subject: Subject) -> Iterator[Step]:
    for index, move in enumerate(subject.lifecycle.transitions):
        if not move.when:
            continue
        path: Path = ("transitions", index, "when")
        for source in move.source:
            gates: list[When] = []
            if subject.is_forward(move):
                gates = [subject.stage[source].exit.compile(), *holding(subject.stage[move.to])]
            conditions = (move.when.compile(), *gates)
            yield Step(move.id, source, move.to, path, conditions)
    for place, stage in enumerate(subject.lifecycle.stages):
        for number, one in enumerate(stage.disqualified_by):
            to = subject.closes_to(one.reason)
            path = ("stages", place, "disqualified_by", number)
            name = f"disqualified_by of {stage.id}"
            yield Step(name, stage.id, to, path, (one.when.compile(),))


def _circles(steps: list[Step]) -> Iterator[tuple[Step, ...]]:
    """Every circle that passes each stage once, beginning at its first stage by name."""
    starts = sorted({one.source for one in steps})
    for start in starts:
        ways: list[tuple[Step, ...]] = [(one,) for one in steps if one.source == start]
        while ways:
            way = ways.pop()
            last = way[-1].to
            if last == start:
                yield way
            elif last > start and all(one.source != last for one in way):
                ways += [(*way, one) for one in steps if one.source == last]


def _together(circle: tuple[Step, ...]) -> Iterator[When]:
    """The conditions of a circle. The stage, and the time in it, differ from step to step."""
    for number, one in enumerate(circle):
        yield {f"stage {number}": Test(any_of=(one.source,))}
        yield {f"{DAYS_IN_STAGE} {number}": _NO_TIME}
        for when in one.conditions:
            yield _renamed(when, number)


def _renamed(when: When, number: int) -> When:
    renamed: When = {}
    for name, test in when.items():
        if test.blocks:
            test = replace(test, blocks=tuple(_renamed(one, number) for one in test.blocks))
        own = name in ("stage", DAYS_IN_STAGE)
        renamed[f"{name} {number}" if own else name] = test
    return renamed
