"""Points for fit and behaviour, and what it takes to qualify."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, NamedTuple

from msgspec import Struct

from baton.domain.policy.criteria import Count, When

#: How many pieces count for a rule that does not say. With it, the score is a function of what is
#: kept for each rule, so that what is kept for one never adds to another.
MOST_COUNTED = 40


class Claim(NamedTuple):
    """The newest ``most`` pieces of evidence that a rule or a condition asks for."""

    asked: Count | BehaviourRule
    most: int


class Signal(Struct, frozen=True):
    """A kind of evidence that other systems may send as ``LeadSignal``."""

    id: str
    label: str


class FitRule(Struct, frozen=True):
    """Points for who the lead is."""

    id: str
    label: str
    points: float
    when: When


class FitGroup(Struct, frozen=True):
    """Fit rules on one subject. The group gives at most ``cap`` points."""

    id: str
    label: str
    rules: tuple[FitRule, ...]
    cap: float | None = None


class BehaviourRule(Struct, frozen=True):
    """Points for each piece of evidence, worth less as it ages."""

    id: str
    label: str
    points: float
    of: tuple[str, ...]
    what: tuple[str, ...] = ()
    #: After this time a piece is worth half its points.
    half_life: timedelta | None = None
    #: After this time it is worth zero.
    window: timedelta | None = None
    #: How many of the newest pieces count; None: ``MOST_COUNTED``.
    at_most: int | None = None

    @property
    def most(self) -> int:
        """How many of the newest pieces count."""
        return self.at_most or MOST_COUNTED


class BehaviourGroup(Struct, frozen=True):
    id: str
    label: str
    rules: tuple[BehaviourRule, ...]
    cap: float | None = None


class Never(Struct, frozen=True):
    """A fit disqualifier: leads that never qualify, whatever they do."""

    id: str
    label: str
    when: When


class Profile(NamedTuple):
    """Who a lead is: what follows from its fields, whatever the person did."""

    #: Ids; empty: none matches.
    territory: str
    segment: str
    #: The fit rules that give points, with their groups.
    fit: tuple[tuple[FitGroup, FitRule], ...] = ()
    #: Label of the disqualifier that applies; empty: none.
    never: str = ""


class Scoring(Struct, frozen=True):
    """When a lead qualifies: by fit, behaviour and recency together, or by a raised hand; never
    against a fit disqualifier.
    """

    #: What makes a lead an MQL: this score, or HubSpot's stage, with the score for information.
    authority: Literal["baton", "hubspot"]
    fit_at_least: float
    behaviour_at_least: float
    #: The newest sign of life (``scoring.signs_of_life``) must be at most this old.
    recency: timedelta
    fit: tuple[FitGroup, ...] = ()
    behaviour: tuple[BehaviourGroup, ...] = ()
    hand_raises: tuple[Count, ...] = ()
    never: tuple[Never, ...] = ()
    signals: tuple[Signal, ...] = ()
    #: What becomes of a lead that never qualifies and that another system or a person makes an MQL:
    #: it is held before the handoff, or followed (policies of before).
    never_then: Literal["hold", "follow"] = "follow"
