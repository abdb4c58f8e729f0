"""The fewest and the most points that a lead can have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from baton.policy_tools.models.scoring import BehaviourGroup, BehaviourRule, FitGroup, ScoringFile


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds: no lead has less than *least* or more than *most*; they need not be reached."""

    least: float
    most: float


def of_fit(file: ScoringFile) -> Range:
    return _range((group, [rule.points for rule in group.rules]) for group in file.fit)


def of_behaviour(file: ScoringFile) -> Range:
    return _range((group, [_most_points(rule) for rule in group.rules]) for group in file.behaviour)


def _range(groups: Iterable[tuple[FitGroup | BehaviourGroup, list[float]]]) -> Range:
    least = most = 0.0
    for group, points in groups:
        gained = sum(one for one in points if one > 0)
        most += gained if group.cap is None else min(gained, group.cap)
        least += sum(one for one in points if one < 0)
    return Range(least, most)


def _most_points(rule: BehaviourRule) -> float:
    """The most points of a behaviour rule: fresh evidence, as often as it counts."""
    if rule.at_most is not None:
        return rule.points * rule.at_most
    return rule.points * inf if rule.points else 0.0
