"""What is different about stages (lifecycle.yaml)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from baton.domain import hubspot_names
from baton.domain.policy import Disqualifier, Hold, Lifecycle, Stage
from baton.policy_tools.diff.compare import (
    Change,
    Phrase,
    Things,
    fields,
    instead,
    items,
    optional,
    switch,
)
from baton.policy_tools.diff.conditions import say_when
from baton.policy_tools.diff.words import joined, quoted, span

FILE = "lifecycle"


def differences(before: Lifecycle, after: Lifecycle) -> Iterator[Change]:
    # A stage that comes, goes or moves shifts the ranks of the others, which says nothing of them.
    shifted = [one.id for one in before.stages] != [one.id for one in after.stages]
    things = replace(_STAGES, changed=partial(_stage, skip=["rank"] if shifted else []))
    yield from things.compare(before.stages, after.stages)


def _stage(old: Stage, new: Stage, skip: Iterable[str] = ()) -> Iterator[str]:
    yield from fields(old, new, _STAGE, skip)


def _hold(before: Hold, after: Hold) -> list[str]:
    return [f"now {_held(after)}; before it {_held(before).replace('holds', 'held', 1)}"]


def _held(hold: Hold) -> str:
    then = {
        "wait": "those who can fill it in are told again",
        "flag": "it goes on, flagged",
        "close": f"it is closed for {hold.reason}",
    }[hold.then]
    return f"holds a lead for at most {span(hold.within)}, then {then}"


def _gate(verb: str, before: Any, after: Any) -> list[str]:
    """A condition at the door of a stage; an empty one lets everybody through."""
    was = f"when {say_when(before)}" if before else "always"
    return [
        f"may now be {verb} {f'when {say_when(after)}' if after else 'always'} instead of {was}"
    ]


def either(names: tuple[str, ...]) -> str:
    return joined(names, "or")


def _requires(before: tuple[tuple[str, ...], ...], after: tuple[tuple[str, ...], ...]) -> list[str]:
    phrase = items(
        lambda word: f"now requires {word}",
        lambda word: f"no longer requires {word}",
        "requires the same fields in another order",
    )
    return [*phrase([*map(either, before)], [*map(either, after)])]


def _disqualifiers(before: tuple[Disqualifier, ...], after: tuple[Disqualifier, ...]) -> list[str]:
    def worded(one: Disqualifier) -> str:
        return f"closes a lead for {one.reason} when {say_when(one.when)}"

    phrase = items(
        lambda word: f"now {word}",
        lambda word: f"no longer {word}",
        "tries what closes a lead at once in another order",
    )
    return [*phrase([*map(worded, before)], [*map(worded, after)])]


_STAGE: dict[str, Phrase] = {
    "label": instead("is now called"),
    "purpose": instead("now has the purpose", quoted),
    hubspot_names.STAGE: instead("now is HubSpot's stage"),
    "lead_status": optional("now writes the lead status", "now writes no lead status"),
    "side": switch("is now off the way (a side stage)", "is now a working stage"),
    "entry": partial(_gate, "entered"),
    "exit": partial(_gate, "left"),
    "requires": _requires,
    "if_missing": lambda _before, after: [
        "now holds a lead back for what it lacks instead of flagging it"
        if after == "hold"
        else "now lets a lead in flagged with what it lacks instead of holding it back"
    ],
    "hold": _hold,
    "disqualified_by": _disqualifiers,
    "deal_stages": items(
        lambda word: f"now corresponds to the deal stage {word}",
        lambda word: f"no longer corresponds to the deal stage {word}",
        "names its deal stages in another order",
    ),
}
_STAGES = Things(
    FILE,
    name=lambda one: f"Stage {one.label}",
    changed=_stage,
    summary=lambda one: f"HubSpot's stage {one.lifecyclestage}",
    definition=lambda one: f"stage:{one.id}",
)
