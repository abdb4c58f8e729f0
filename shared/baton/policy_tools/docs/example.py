"""A worked example of the score, computed from the policy by the rules of the engine.

Evidence loses half its points per half-life; a group gives at most its cap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from baton.domain.scoring.score import worth
from baton.policy_tools.models.scoring import BehaviourRule, ScoringFile

TODAY = timedelta()


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one rule, and the sum of its group so far."""

    group: str
    because: str
    #: How old the evidence is; None: the line is about who the lead is.
    age: timedelta | None
    points: float
    total: float


@dataclass(frozen=True, slots=True)
class Example:
    lines: tuple[Line, ...]
    fit: float
    behaviour: float
    #: Age of the newest evidence; None: there is none.
    newest: timedelta | None
    qualifies: bool


def example(file: ScoringFile) -> Example:
    """An example lead: it matches the best rule of each fit group, and has one piece of evidence
    for each behaviour rule with points. Alternately these are a half-life old and new."""
    fit_lines, fit = _fit(file)
    pieces = [
        (
            group.label,
            group.cap,
            [(rule, _age(rule, n)) for n, rule in enumerate(_good(group.rules))],
        )
        for group in file.behaviour
    ]
    lines: list[Line] = []
    behaviour = 0.0
    for label, cap, evidence in pieces:
        total = 0.0
        for rule, age in evidence:
            points = worth(rule, age)
            total = _capped(total + points, cap)
            lines.append(Line(label, rule.label, age, points, total))
        behaviour += total
    ages = [age for _, _, evidence in pieces for _, age in evidence]
    newest = min(ages, default=None)
    return Example(
        lines=(*fit_lines, *lines),
        fit=fit,
        behaviour=behaviour,
        newest=newest,
        qualifies=fit >= file.qualified.fit
        and behaviour >= file.qualified.behaviour
        and newest is not None
        and newest <= file.qualified.recency,
    )


def _fit(file: ScoringFile) -> tuple[list[Line], float]:
    lines = []
    for group in file.fit:
        best = max(group.rules, key=lambda rule: rule.points)
        if best.points > 0:
            total = _capped(best.points, group.cap)
            lines.append(Line(group.label, best.label, None, best.points, total))
    return lines, sum(line.total for line in lines)


def _good(rules: tuple[BehaviourRule, ...]) -> Iterator[BehaviourRule]:
    return (rule for rule in rules if rule.points > 0)


def _age(rule: BehaviourRule, number: int) -> timedelta:
    """Every other piece, beginning with the first, is a half-life old, to show the effect of
    age."""
    return (rule.half_life or TODAY) if number % 2 == 0 else TODAY


def _capped(points: float, cap: float | None) -> float:
    return points if cap is None else min(points, cap)
