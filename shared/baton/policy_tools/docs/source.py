"""What the documents are written from, and what several of them say in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from baton.domain.policy import Definition, Idle
from baton.policy_tools import saying
from baton.policy_tools.definitions import definitions
from baton.policy_tools.docs.markdown import code, text
from baton.policy_tools.models import Files
from baton.policy_tools.models.lifecycle import LeadField, Reason, Required, Stage, Transition
from baton.policy_tools.models.recycling import Track
from baton.policy_tools.models.when import Block

#: Who or what may make a move, in a word each.
MAKES = {"automatic": "automation", "rep": "a rep", "time": "a clock"}


@dataclass(frozen=True)
class Source:
    """The policy's files, and the date that the sign-off sheet shows, if any."""

    files: Files
    on: date | None = None

    @property
    def company(self) -> str:
        return text(self.files.roster.company)

    @cached_property
    def working(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.files.lifecycle.stages if not stage.side)

    @cached_property
    def stages(self) -> dict[str, Stage]:
        return {stage.id: stage for stage in self.files.lifecycle.stages}

    @cached_property
    def fields(self) -> dict[str, LeadField]:
        return {one.id: one for one in self.files.lifecycle.fields}

    @cached_property
    def reasons(self) -> dict[str, Reason]:
        return {reason.id: reason for reason in self.files.lifecycle.reasons}

    @property
    def idle_reason(self) -> Reason:
        """Why a lead is closed of which no staleness rule speaks."""
        named = self.files.recycling.idle.reason or Idle().reason
        return self.reasons.get(named, self.files.lifecycle.reasons[0])

    @cached_property
    def tracks(self) -> dict[str, Track]:
        return {track.id: track for track in self.files.recycling.tracks}

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        return definitions(self.files)

    @cached_property
    def handoff(self) -> Stage:
        return self.stages[self.files.lifecycle.handoff]

    @cached_property
    def accepted(self) -> Stage:
        return self.stages[self.files.lifecycle.accepted]

    @cached_property
    def qualified(self) -> Stage:
        """The stage after the accepted one, or that one where it is the last."""
        after = self.working.index(self.accepted) + 1
        return self.working[min(after, len(self.working) - 1)]

    def label(self, stage: str) -> str:
        return text(self.stages[stage].label)

    def labels(self, stages: tuple[str, ...]) -> str:
        return saying.either(map(self.label, stages))

    def field(self, name: str) -> str:
        """A field's label, or its name where the policy knows it by no label."""
        return text(self.fields[name].label) if name in self.fields else code(name)

    def required(self, one: Required) -> str:
        return saying.either(map(self.field, one))

    def moves_from(self, stage: str) -> tuple[Transition, ...]:
        return tuple(m for m in self.files.lifecycle.transitions if stage in m.source)

    def moves_to(self, stage: str) -> tuple[Transition, ...]:
        return tuple(m for m in self.files.lifecycle.transitions if m.to == stage)

    def consequence(self, reason: Reason) -> str:
        """What a reason does to the lead."""
        if reason.pass_on:
            return "passed on: the next rep gets it"
        if reason.recycle_to is None:
            return f"closed as {self.label(self.files.lifecycle.disqualified)}"
        track = self.tracks[reason.recycle_to]
        return f"nurture track {text(track.label)}, at rest for {saying.span(track.cool_off)}"

    def standing(self, definition: str) -> str:
        """``CONFIRMED by … on …`` or ``ASSUMED; … has yet to approve``."""
        one = self.definitions[definition]
        by = f" by {saying.both(map(text, one.approved_by))}" if one.approved_by else ""
        on = f" on {one.approved_on}" if one.approved_on else ""
        if one.wanting:
            has = "has" if len(one.wanting) == 1 else "have"
            so_far = f"; approved{by}{on}" if by else ""
            return (
                f"**ASSUMED**{so_far}; {saying.both(map(text, one.wanting))} {has} yet to approve"
            )
        return f"**CONFIRMED**{by}{on}" if by else "**CONFIRMED**; the policy asks for no approval"


def said(block: Block) -> str:
    """A condition in words, as Markdown."""
    return text(saying.condition(block.compile()))


def made_by(move: Transition) -> str:
    return saying.either(MAKES[one] for one in move.by)
