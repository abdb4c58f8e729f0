"""How a transition is triggered: by a click, a clock, a hold that times out, or a stage set in
HubSpot."""

from __future__ import annotations

from dataclasses import dataclass

from baton.domain.recycling.tracks import Closer, chosen_by_reason
from baton.policy_tools.docs.source import BY_HAND, Source
from baton.policy_tools.models.lifecycle import Reason, Transition


@dataclass(frozen=True, slots=True)
class MoveTriggers:
    """Every way in which a move is triggered, except its own `when`."""

    #: The owner's clicks.
    accept: bool
    qualify: bool
    reject: bool
    #: Deal stages that correspond to its target stage.
    deals: tuple[str, ...]
    #: Staleness rules that close a lead by it; ``idle`` stands for leads without a staleness rule.
    quiet: tuple[str, ...]
    #: Stages whose holds, when they time out, close a lead by it.
    held: tuple[str, ...]
    #: Stages with a disqualifying condition that closes a lead by it.
    closed: tuple[str, ...]
    #: Who may make the move by setting the stage in HubSpot: everybody, a person, other systems;
    #: or, if only some are accepted, change sources by name ("*": all others).
    everybody: bool
    person: bool
    systems: bool
    sources: tuple[str, ...]

    @property
    def closes(self) -> bool:
        """Whether a click, a clock or a condition closes leads by this transition."""
        return bool(self.reject or self.quiet or self.held or self.closed)


def move_triggers(source: Source, move: Transition) -> MoveTriggers:
    """Every way in which *move* is triggered."""
    goal, off = source.stages[move.to], source.stages[move.to].side
    ahead = not move.reverse and not off
    accept = ahead and goal is source.accepted
    everybody = not move.reverse and {"rep", "automatic"} <= {*move.by}
    by_hand = not move.reverse or (off and move.reason) or source.answer_by_hand == "accept"
    automatic = "automatic" in move.by and not everybody
    return MoveTriggers(
        accept=accept,
        qualify=ahead
        and not accept
        and goal is source.qualified
        and source.accepted.id in move.source,
        reject=off and _rejects(source, move),
        deals=goal.deal_stages if ahead else (),
        quiet=_quiet(source, move) if off else (),
        held=_held(source, move) if off else (),
        closed=_closed(source, move) if off else (),
        everybody=everybody,
        person=bool("rep" in move.by and by_hand and not everybody),
        systems=automatic and not move.reverse,
        sources=(
            *named_sources(move),
            *(_accepted_sources(source) if automatic and move.reverse else ()),
        ),
    )


def named_sources(move: Transition) -> tuple[str, ...]:
    """HubSpot's change sources that may make *move* by name."""
    return tuple(one for one in move.by if one[0].isupper())


def hands_over_again(source: Source, move: Transition) -> bool:
    """Whether *move* takes a lead without a rep back to a stage that needs one."""
    gone = {one.id for one in source.files.lifecycle.stages if one.side}
    gone |= {one.id for one in source.after_accepted}
    return source.stages[move.to] in source.with_rep and bool(gone & {*move.source})


def _quiet(source: Source, move: Transition) -> tuple[str, ...]:
    rules = tuple(
        rule.id
        for rule in source.files.recycling.staleness
        if _serves(source, move, source.reasons[rule.reason], rule.stages, "time")
    )
    left = _serves(source, move, source.idle_reason, source.files.left_to_idle, "time")
    return (*rules, "idle") if left else rules


def _held(source: Source, move: Transition) -> tuple[str, ...]:
    return tuple(
        stage.id
        for stage in source.working
        if stage.hold is not None
        and stage.hold.reason is not None
        and _serves(
            source, move, source.reasons[stage.hold.reason], _waits_in(source, stage.id), "time"
        )
    )


def _closed(source: Source, move: Transition) -> tuple[str, ...]:
    return tuple(
        stage.id
        for stage in source.working
        if any(
            _serves(source, move, source.reasons[one.reason], (stage.id,), "automatic")
            for one in stage.disqualified_by
        )
    )


def _waits_in(source: Source, stage: str) -> tuple[str, ...]:
    """The stages in which a lead held before *stage* may be: *stage* itself, or one move before
    it."""
    return (stage, *(one for move in source.moves_to(stage) for one in move.source))


def _rejects(source: Source, move: Transition) -> bool:
    """Whether the owner makes *move* by rejecting a lead for a reason that is offered."""
    stages = tuple(stage.id for stage in source.with_rep)
    offered = (one for one in source.files.lifecycle.reasons if one.offered)
    return any(_serves(source, move, why, stages, "rep") for why in offered)


def _serves(
    source: Source, move: Transition, why: Reason, stages: tuple[str, ...], by: Closer
) -> bool:
    """Whether closing a lead in one of *stages* for *why* makes *move*."""
    lifecycle = source.files.lifecycle
    if why.pass_on:
        return False
    to = lifecycle.disqualified if why.recycle_to is None else lifecycle.recycled
    return move.to == to and any(_leads_off(source, move, stage, why, by) for stage in stages)


def _leads_off(source: Source, move: Transition, stage: str, why: Reason, by: Closer) -> bool:
    """Whether *move* is the reverse transition from *stage* to its target that is for *why*."""
    ways = (one for one in source.moves_from(stage) if one.reverse and one.to == move.to)
    return chosen_by_reason(ways, why.id, by) is move


def _accepted_sources(source: Source) -> tuple[str, ...]:
    """HubSpot's change sources, other than people, whose backward changes are accepted."""
    backward = source.files.lifecycle.backward
    return tuple(
        origin
        for origin, answer in backward.items()
        if answer == "accept" and origin.casefold() != BY_HAND
    )
