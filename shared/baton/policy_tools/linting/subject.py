"""The policy as lint rules use it: its conditions, and what is known before any test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, inf
from typing import Protocol

from baton.domain.policy import Test, When
from baton.domain.values import asked
from baton.policy_tools.faults import Path
from baton.policy_tools.kinds import kinds, spellings
from baton.policy_tools.linting import points
from baton.policy_tools.linting.prover import Prover
from baton.policy_tools.linting.values import Values
from baton.policy_tools.loading import Loaded
from baton.policy_tools.models.lifecycle import Stage, Transition
from baton.policy_tools.models.when import Block


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the policy."""

    file: str
    path: Path
    #: What it belongs to, in words.
    owner: str
    block: Block
    #: What is known to hold where the condition is tested.
    given: When

    @property
    def when(self) -> When:
        return self.block.compile()


class Named(Protocol):
    """An item of a list of choices."""

    @property
    def id(self) -> str: ...
    @property
    def when(self) -> Block: ...


@dataclass(frozen=True, slots=True)
class Choices:
    """A list of the policy in which the first match for a lead counts."""

    file: str
    place: Path
    #: The name of one item.
    kind: str
    items: Sequence[Named]


class Subject:
    """A loaded policy, with data that several lint rules share."""

    def __init__(self, files: Loaded) -> None:
        self.files = files
        self.lifecycle = files.lifecycle
        self.stage = {stage.id: stage for stage in files.lifecycle.stages}
        self.working = [stage.id for stage in files.lifecycle.stages if not stage.side]
        self.reason = {reason.id: reason for reason in files.lifecycle.reasons}
        #: Of which kind each field is, and what countries are called.
        self.kinds = kinds(files)
        spelled = spellings(files.lifecycle.countries) if "country" in self.kinds.values() else {}
        codes = {key: code for code, keys in spelled.items() for key in keys.split()}
        self.prover = Prover(dict(_known(files)), self.kinds, codes)

        self.choices = (
            Choices("routing", ("territories",), "territory", files.routing.territories),
            Choices("routing", ("segments",), "segment", files.routing.segments),
            Choices("routing", ("rules",), "rule", files.routing.rules),
            *(
                Choices("routing", ("handoffs", index, "rules"), "rule", handoff.rules)
                for index, handoff in enumerate(files.routing.handoffs)
            ),
            Choices("sla", ("tiers",), "tier", files.sla.tiers),
            Choices("notifications", ("plays",), "play", files.notifications.plays),
        )

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of the policy, including those that always hold."""
        return (*_of_lifecycle(self.files), *_of_choices(self.choices), *_of_others(self.files))

    def is_forward(self, move: Transition) -> bool:
        """Whether the transition leads to a working stage and does not move a lead back."""
        return not move.reverse and not self.stage[move.to].side

    def closes_to(self, reason: str) -> str:
        """The side stage to which the reason closes a lead."""
        recycled = self.reason[reason].recycle_to is not None
        return self.lifecycle.recycled if recycled else self.lifecycle.disqualified

    def leads_into(self, stage: str) -> Iterator[tuple[int, Transition]]:
        """The forward transitions into a stage, with their index in the list."""
        for index, move in enumerate(self.lifecycle.transitions):
            if move.to == stage and self.is_forward(move):
                yield index, move


def in_stage(*stages: str) -> When:
    return {"stage": Test(any_of=stages)}


def holding(stage: Stage) -> list[When]:
    """Conditions that hold for every lead in the stage: its entry criteria, and the required fields
    that leads are held for, without alternatives (one of a list)."""
    needs = [stage.entry.compile()]
    if stage.if_missing == "hold":
        needs += [{one[0]: Test(known=True)} for one in stage.requires if len(one) == 1]
    return needs


def _known(files: Loaded) -> Iterator[tuple[str, Values]]:
    for field in files.lifecycle.fields:
        if field.kind == "choice":
            words = (asked("choice", value, {}) for value in field.values)
            yield field.id, Values(words=frozenset(words))
        elif field.kind == "flag":
            yield field.id, Values(words=_FLAG)
    yield "stage", Values(words=frozenset(stage.id for stage in files.lifecycle.stages))
    for name, parts in (
        ("territory", files.routing.territories),
        ("segment", files.routing.segments),
        ("tier", files.sla.tiers),
    ):
        some = any(not part.when for part in parts)
        yield name, Values(missing=not some, words=frozenset(part.id for part in parts))
    yield "days_in_stage", Values(number=True, at_least=0)
    yield "rounds", Values(missing=False, number=True, at_least=0)
    if files.scoring is None:
        return
    fit, behaviour = points.of_fit(files.scoring), points.of_behaviour(files.scoring)
    yield "fit", _points(fit)
    yield "behaviour", _points(behaviour)
    raised = bool(files.scoring.hand_raises)
    wanted = files.scoring.qualified
    reachable = fit.most >= wanted.fit and behaviour.most >= wanted.behaviour
    yield "hand_raise", Values(missing=False, words=_FLAG if raised else _NO)
    yield "qualified", Values(missing=False, words=_FLAG if raised or reachable else _NO)


_FLAG = frozenset({"true", "false"})
_NO = frozenset({"false"})


def _points(found: points.Range) -> Values:
    """Bounds on points as whole numbers, because tests may see rounded points."""
    least = found.least if found.least == -inf else floor(found.least)
    most = found.most if found.most == inf else floor(found.most) + 1
    return Values(missing=False, number=True, at_least=least, below=most)


def _of_lifecycle(files: Loaded) -> Iterator[Condition]:
    for index, stage in enumerate(files.lifecycle.stages):
        here: Path = ("stages", index)
        label = f"stage {stage.id}"
        yield Condition("lifecycle", (*here, "entry"), f"entry of {label}", stage.entry, {})
        given = in_stage(stage.id)
        yield Condition("lifecycle", (*here, "exit"), f"exit of {label}", stage.exit, given)
        for number, one in enumerate(stage.disqualified_by):
            path = (*here, "disqualified_by", number, "when")
            owner = f"disqualifier {number + 1} of {label}"
            yield Condition("lifecycle", path, owner, one.when, given)
    for index, move in enumerate(files.lifecycle.transitions):
        path = ("transitions", index, "when")
        given = in_stage(*move.source)
        yield Condition("lifecycle", path, f"transition {move.id}", move.when, given)
    for index, sync in enumerate(files.lifecycle.sync):
        path = ("sync", index, "when")
        yield Condition("lifecycle", path, f"sync of {sync.property}", sync.when, {})


def _of_choices(lists: Iterable[Choices]) -> Iterator[Condition]:
    for one in lists:
        for index, item in enumerate(one.items):
            path: Path = (*one.place, index, "when")
            yield Condition(one.file, path, f"{one.kind} {item.id}", item.when, {})


def _of_others(files: Loaded) -> Iterator[Condition]:
    scoring = files.scoring
    path: Path
    for index, rule in enumerate(files.recycling.staleness):
        path = ("staleness", index, "when")
        given = in_stage(*rule.stages)
        yield Condition("recycling", path, f"staleness {rule.id}", rule.when, given)
    for number, tier in enumerate(files.sla.tiers):
        for index, target in enumerate(tier.targets):
            here = ("tiers", number, "targets", index)
            name = f"target {target.id} of {tier.id}"
            yield Condition(
                "sla", (*here, "starts_when"), f"start of {name}", target.starts_when, {}
            )
            yield Condition("sla", (*here, "stops_when"), f"stop of {name}", target.stops_when, {})
    for index, pause in enumerate(files.sla.pauses):
        yield Condition("sla", ("pauses", index, "when"), f"pause {pause.id}", pause.when, {})
    for number, group in enumerate(scoring.fit if scoring else ()):
        for index, fit in enumerate(group.rules):
            path = ("fit", number, "rules", index, "when")
            yield Condition("scoring", path, f"fit rule {fit.id}", fit.when, {})
    for index, never in enumerate(scoring.never if scoring else ()):
        yield Condition("scoring", ("never", index, "when"), f"never {never.id}", never.when, {})
