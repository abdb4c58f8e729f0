"""Nurture tracks: the transition to one, and the limit of rounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol, TypeVar

from baton.domain.lead import Lead
from baton.domain.policy import Policy, Reason, Track, Transition

#: Who or what closes a lead: a person, a clock, or a condition.
Closer = Literal["rep", "time", "automatic"]


class _Move(Protocol):
    """What of a transition says for which reasons it is."""

    @property
    def by(self) -> tuple[str, ...]: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


M = TypeVar("M", bound=_Move)


def closing_transition(
    policy: Policy, stage: str, reason: Reason, by: Closer = "rep"
) -> Transition | None:
    """The transition that closes a lead in *stage* for *reason*: to recycled if the reason has a
    track, else to disqualified. None: there is no such transition.
    """
    to = policy.lifecycle.recycled if reason.track else policy.lifecycle.disqualified
    moves = (
        t for t in policy.lifecycle.transitions if t.reverse and t.to == to and stage in t.source
    )
    return chosen_by_reason(moves, reason.id, by)


def chosen_by_reason(moves: Iterable[M], reason: str, by: Closer) -> M | None:
    """Which of *moves*, all from and to the same stage, is made for *reason*: one that names it,
    else one for any reason, in doubt one that *by* may make, then the first. One that is for other
    reasons only is the last resort.
    """

    def rank(move: M) -> tuple[bool, bool, bool]:
        names = reason in move.reasons if move.reasons else move.reason == reason
        return (not names, bool(move.reasons), by not in move.by)

    return min(moves, key=rank, default=None)


def rounds_used_up(track: Track | None, lead: Lead) -> bool:
    """Whether the lead has been recycled as often as *track* allows."""
    return track is not None and lead.state.rounds >= track.max_rounds
