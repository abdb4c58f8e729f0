"""Signs of life: what the person did, and not against us.

Recency asks for one. A lost deal, a call or an e-mail of our own, an unsubscribe: none of these
says that the person is interested. The policy says what is against us: what a behaviour rule gives
negative points.
"""

from __future__ import annotations

from datetime import datetime

from baton.domain.conditions import is_of
from baton.domain.lead import NOT_THEIRS, Evidence
from baton.domain.policy import Scoring
from baton.domain.time import SKEW


def newest_sign(scoring: Scoring, evidence: tuple[Evidence, ...], now: datetime) -> datetime | None:
    """When the person last showed interest, of *evidence* (oldest first); None: never."""
    latest = now + SKEW
    signs = (
        piece.at
        for piece in reversed(evidence)
        if piece.at <= latest and is_sign_of_life(scoring, piece)
    )
    return next(signs, None)


def is_sign_of_life(scoring: Scoring, piece: Evidence) -> bool:
    return piece.kind not in NOT_THEIRS and not is_against(scoring, piece)


def is_against(scoring: Scoring, piece: Evidence) -> bool:
    """Whether *piece* counts against the lead: a behaviour rule takes points for it."""
    return any(
        rule.points < 0 and is_of(piece, rule)
        for group in scoring.behaviour
        for rule in group.rules
    )
