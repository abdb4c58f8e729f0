"""The score: who a lead is, what they did and how recently, point by point.

A lead qualifies by fit, behaviour and recency together, or by a raised hand, but never against a
disqualifier of the policy. Points for behaviour decay: by half each half-life, to zero at the end
of the window.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from baton.domain.conditions import Facts, counted, holds, is_of
from baton.domain.lead import Evidence
from baton.domain.numbers import MOST_PLACES
from baton.domain.phrase import Phrase, phrase
from baton.domain.policy import (
    BehaviourGroup,
    BehaviourRule,
    FitGroup,
    FitRule,
    Policy,
    Profile,
    Scoring,
)
from baton.domain.scoring.signs_of_life import newest_sign
from baton.domain.time import SKEW

#: A crossing is found to the second: no clock of Baton's is finer.
_EXACT = timedelta(seconds=1)
#: How far ahead crossings are searched; slower decay is reviewed again then.
HORIZON = timedelta(days=400)


class Point(Struct, frozen=True, gc=False):
    """The points that one rule gave, and why."""

    group: str
    rule: str
    label: str
    points: float
    #: The piece of evidence, whose age ends ``why``; None for fit.
    at: datetime | None = None
    what: str = ""


class Score(Struct, frozen=True, gc=False):
    """A score that explains itself."""

    fit: float
    behaviour: float
    #: Label of the form or signal that asks for a call; empty: none.
    hand_raise: str
    #: Label of the disqualifier that applies; empty: none.
    never: str
    recent: bool
    qualified: bool
    #: Every rule that gave points, before the caps of their groups; highest first.
    points: tuple[Point, ...]
    #: What the lead lacks to qualify; empty when it does.
    wanting: tuple[Phrase, ...]


def score(
    scoring: Scoring, facts: Facts, raising: tuple[Evidence, ...], profile: Profile | None = None
) -> Score:
    """
    The score of a lead at ``facts.now``.

    Args:
        raising: The evidence that may be a raised hand.
        profile: Who the lead is, if that is known already.
    """
    fit_rules, never = (profile.fit, profile.never) if profile else fit_of(scoring, facts)
    fit_points = [Point(group.id, rule.id, rule.label, rule.points) for group, rule in fit_rules]
    behaviour_points = _behaviour_points(scoring.behaviour, facts.evidence, facts.now)
    fit = _capped(scoring.fit, fit_points)
    behaviour = _capped(scoring.behaviour, behaviour_points)
    hand = _hand_raised(scoring, Facts(facts.values, raising, facts.now))
    newest = newest_sign(scoring, facts.evidence, facts.now)
    recent = newest is not None and newest > facts.now - scoring.recency
    wanting = tuple(_wanting(scoring, fit, behaviour, newest, facts.now))
    return Score(
        fit=fit,
        behaviour=behaviour,
        hand_raise=hand,
        never=never,
        recent=recent,
        qualified=not never and (bool(hand) or not wanting),
        points=tuple(sorted((*fit_points, *behaviour_points), key=lambda p: -abs(p.points))),
        wanting=(Phrase("wanting.never", (never,)),) if never else () if hand else wanting,
    )


def fit_of(scoring: Scoring, facts: Facts) -> tuple[tuple[tuple[FitGroup, FitRule], ...], str]:
    """The fit rules that give points, with their groups; and the label of the disqualifier that
    applies, empty if none does.
    """
    fit = tuple(
        (group, rule) for group in scoring.fit for rule in group.rules if holds(rule.when, facts)
    )
    return fit, next((one.label for one in scoring.never if holds(one.when, facts)), "")


def next_crossing(policy: Policy, evidence: tuple[Evidence, ...], now: datetime) -> datetime | None:
    """
    The next instant at which decay alone takes the behaviour score past a number that the policy
    asks about, makes the newest sign of life too old, or ends a raised hand. None: not within
    ``HORIZON``, or never.
    """
    scoring = policy.scoring
    if scoring is None or not evidence:
        return None
    newest = newest_sign(scoring, evidence, now)
    lapses = [] if newest is None else [newest + scoring.recency]
    lapses += [
        piece.at + count.within
        for count in scoring.hand_raises
        if count.within is not None
        for piece in evidence
        if is_of(piece, count)
    ]
    horizon = min((at for at in lapses if at > now), default=now + HORIZON)
    crossing = _crossing(scoring, policy.behaviour_marks, evidence, now, horizon)
    ahead = [at for at in (*lapses, crossing) if at is not None and at > now]
    return min(ahead, default=None)


# --- points


def _behaviour_points(
    groups: Iterable[BehaviourGroup], evidence: tuple[Evidence, ...], now: datetime
) -> list[Point]:
    if not evidence:
        return []
    kinds = {piece.kind for piece in evidence}
    return [
        Point(group.id, rule.id, rule.label, worth(rule, now - piece.at), piece.at, piece.what)
        for group in groups
        for rule in group.rules
        if not rule.of or not kinds.isdisjoint(rule.of)
        for piece in _worth_something(rule, evidence, now)
    ]


def _worth_something(
    rule: BehaviourRule, evidence: tuple[Evidence, ...], now: datetime
) -> Sequence[Evidence]:
    """The pieces of evidence for which *rule* gives points at *now*, newest first."""
    oldest = now - rule.window if rule.window is not None else None
    found = [piece for piece in _of_rule(rule, evidence) if piece.at <= now + SKEW]
    return [piece for piece in found[: rule.most] if oldest is None or piece.at > oldest]


class Decaying(Protocol):
    """A rule whose points decay, compiled or as in the policy files."""

    @property
    def points(self) -> float: ...
    @property
    def half_life(self) -> timedelta | None: ...
    @property
    def window(self) -> timedelta | None: ...


def worth(rule: Decaying, age: timedelta) -> float:
    """The points that a piece of evidence gives at this age."""
    if rule.window is not None and age >= rule.window:
        return 0.0
    if not rule.half_life or age <= timedelta():
        return rule.points
    return rule.points * float(0.5 ** (age / rule.half_life))


def _capped(groups: Sequence[FitGroup | BehaviourGroup], points: Sequence[Point]) -> float:
    """The sum of *points*, of each group at most its cap; to as many places as can be shown, as 0.7
    and 0.1 must reach 0.8.
    """
    if not points:
        return 0
    totals: dict[str, float] = {}
    for point in points:
        totals[point.group] = totals.get(point.group, 0.0) + point.points
    for group in groups:
        if group.cap is not None and totals.get(group.id, 0.0) > group.cap:
            totals[group.id] = group.cap
    return round(sum(totals.values()), MOST_PLACES)


def _hand_raised(scoring: Scoring, facts: Facts) -> str:
    for count in scoring.hand_raises:
        pieces = tuple(counted(count, facts))
        if len(pieces) >= count.at_least:
            return pieces[-1].what or pieces[-1].kind
    return ""


def _wanting(
    scoring: Scoring, fit: float, behaviour: float, newest: datetime | None, now: datetime
) -> Iterator[Phrase]:
    if fit < scoring.fit_at_least:
        yield Phrase("wanting.fit", (fit, scoring.fit_at_least))
    if behaviour < scoring.behaviour_at_least:
        yield Phrase("wanting.behaviour", (behaviour, scoring.behaviour_at_least))
    if newest is None:
        yield Phrase("wanting.nothing_yet")
    elif newest <= now - scoring.recency:
        yield phrase("wanting.nothing_lately", scoring.recency)


# --- decay


def _crossing(
    scoring: Scoring,
    marks: tuple[float, ...],
    evidence: tuple[Evidence, ...],
    now: datetime,
    horizon: datetime,
) -> datetime | None:
    """When the behaviour score next passes one of *marks*, before *horizon*. Between two window
    ends the score only falls, so checking each end and a binary search in between finds the first
    crossing.
    """
    groups = [
        (group.cap, [(rule, _of_rule(rule, evidence)) for rule in group.rules])
        for group in scoring.behaviour
    ]

    def level(at: datetime) -> int:
        return bisect_right(marks, sum(_worth_of(cap, rules, at) for cap, rules in groups))

    here = level(now)
    start = now
    ends = {
        piece.at + rule.window
        for _, rules in groups
        for rule, pieces in rules
        if rule.window is not None
        for piece in pieces
    }
    for end in sorted({*(at for at in ends if now < at < horizon), horizon}):
        before = end - _EXACT
        if before > start and level(before) != here:
            return _first(level, here, start, before)
        if end < horizon and level(end) != here:
            return end
        start = end
    return None


def _of_rule(rule: BehaviourRule, evidence: tuple[Evidence, ...]) -> list[Evidence]:
    """All evidence that matches *rule*, newest first, whatever its age."""
    return [piece for piece in reversed(evidence) if is_of(piece, rule)]


def _worth_of(
    cap: float | None, rules: list[tuple[BehaviourRule, list[Evidence]]], at: datetime
) -> float:
    """The points of a group at *at*."""
    total = sum(
        worth(rule, at - piece.at) for rule, pieces in rules for piece in pieces[: rule.most]
    )
    return total if cap is None else min(total, cap)


def _first(level: Callable[[datetime], int], here: int, start: datetime, end: datetime) -> datetime:
    """The first second after *start* at which the level is not *here*; at *end* it is not."""
    while end - start > _EXACT:
        middle = start + (end - start) / 2
        if level(middle) == here:
            start = middle
        else:
            end = middle
    return end
