"""Lists in which the first match counts: finds entries that are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from baton.domain.policy import When
from baton.policy_tools.faults import Path
from baton.policy_tools.linting.findings import Found, Rule
from baton.policy_tools.linting.subject import Subject, holding, in_stage
from baton.policy_tools.models.lifecycle import Transition
from baton.policy_tools.models.when import Block
from baton.presentation.words import listed, quoted

SHADOWED = Rule(
    "shadowed",
    "error",
    "The first match decides, so this entry never does; it is misleading.",
)
MOVE_SHADOWED = Rule(
    "transition-shadowed",
    "error",
    "Of the moves that a lead could make from its stage, the first in the list is made.",
)


def check(subject: Subject) -> Iterator[Found]:
    for choices in subject.choices:
        for index, item in enumerate(choices.items):
            # A rule with an active window leaves the remaining time to the rules after it.
            earlier = [one for one in choices.items[:index] if not getattr(one, "active", None)]
            taken = _taken(subject, item.when, [one.when for one in earlier])
            if taken:
                first = listed((quoted(earlier[place].id) for place in taken), " or ")
                yield _shadowed(choices.file, (*choices.place, index), first, item.id)
    yield from _staleness(subject)
    yield from _sync(subject)
    for index, move in enumerate(subject.lifecycle.transitions):
        yield from _move(subject, index, move)


def _taken(
    subject: Subject, when: Block, earlier: Sequence[Block], given: When | None = None
) -> tuple[int, ...]:
    """
    The indexes of earlier entries that together cover a condition completely; empty: they do not.

    An entry without a condition is a catch-all, so only an earlier catch-all covers it.
    """
    if not when:
        return tuple(place for place, one in enumerate(earlier) if not one)[:1]
    fits, conditions = [when.compile(), given or {}], [[one.compile()] for one in earlier]
    for place, one in enumerate(conditions):
        if subject.prover.implies(fits, one):
            return (place,)
    return subject.prover.covering(fits, conditions) or ()


def _shadowed(file: str, path: Path, first: str, name: str) -> Found:
    return SHADOWED.found(
        file,
        path,
        f"is never reached: everything that matches {quoted(name)} matches {first} before it",
        f"put {quoted(name)} first, narrow what comes before it, or remove {quoted(name)}",
    )


def _staleness(subject: Subject) -> Iterator[Found]:
    rules = subject.files.recycling.staleness
    for index, rule in enumerate(rules):
        before: dict[str, None] = {}
        for stage in rule.stages:
            earlier = [one for one in rules[:index] if stage in one.stages]
            taken = _taken(subject, rule.when, [one.when for one in earlier], in_stage(stage))
            if not taken:
                break
            before |= {quoted(earlier[place].id): None for place in taken}
        else:
            yield _shadowed("recycling", ("staleness", index), listed(before, " or "), rule.id)


def _sync(subject: Subject) -> Iterator[Found]:
    rules = subject.lifecycle.sync
    for index, rule in enumerate(rules):
        earlier = [one for one in rules[:index] if one.property == rule.property]
        taken = _taken(subject, rule.when, [one.when for one in earlier])
        if taken:
            names = dict.fromkeys(quoted(earlier[place].property) for place in taken)
            first = listed(names, " or ")
            yield _shadowed("lifecycle", ("sync", index), first, rule.property)


def _move(subject: Subject, index: int, move: Transition) -> Iterator[Found]:
    """Find sources from which an earlier move is made whenever *move* could be."""
    if not move.when:
        return
    for source in move.source:
        before = subject.lifecycle.transitions[:index]
        first = next((one for one in before if _is_made(subject, one, source, move)), None)
        if first is not None:
            earlier = quoted(first.id)
            yield MOVE_SHADOWED.found(
                "lifecycle",
                ("transitions", index, "when"),
                f"is never made from {source}: whenever it could be, {earlier} comes first",
                f"put {quoted(move.id)} before {earlier}, or give {earlier} a narrower when",
            )


def _is_made(subject: Subject, first: Transition, source: str, move: Transition) -> bool:
    """Whether Baton makes *first* from *source* whenever *move* could be made. False if a lead
    might be held before the target of *first*."""
    target = subject.stage[first.to]
    if not first.when or source not in first.source:
        return False
    if subject.is_forward(first) and not subject.is_forward(move) and subject.stage[source].exit:
        return False
    if target.requires and target.if_missing == "hold":
        return False
    fits = [move.when.compile(), in_stage(source)]
    return subject.prover.implies(fits, [first.when.compile()]) and subject.prover.implies(
        [move.when.compile()], holding(target)
    )
