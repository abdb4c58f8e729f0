"""The data of the documents: the policy files, and facts derived from several of them."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from itertools import pairwise

from markupsafe import Markup

from baton.domain.policy import Definition, Idle
from baton.policy_tools.compiling import compile_policy
from baton.policy_tools.definitions import definitions
from baton.policy_tools.docs.markdown import code, text
from baton.policy_tools.docs.trigger_matrix import TriggerMatrix
from baton.policy_tools.kinds import kinds
from baton.policy_tools.models import Files
from baton.policy_tools.models.lifecycle import LeadField, Reason, Required, Stage, Transition
from baton.policy_tools.models.routing import Pool, Rule
from baton.policy_tools.models.sla import Rung, Target, Tier
from baton.policy_tools.unattended import FROM, Bound, bounds
from baton.presentation.conditions import condition

#: HubSpot's usual change source for a person, as a key of ``backward``.
BY_HAND = "crm_ui"


class Source:
    """The policy in the form that templates use. *on*: the date shown on the sign-off sheet."""

    def __init__(self, files: Files, on: date | None = None) -> None:
        self.files, self.on = files, on
        lifecycle = files.lifecycle
        self.stages = {one.id: one for one in lifecycle.stages}
        self.reasons = {one.id: one for one in lifecycle.reasons}
        self.fields = {one.id: one for one in lifecycle.fields}
        self.tracks = {one.id: one for one in files.recycling.tracks}
        self.pools = {one.id: one for one in files.routing.pools}
        self.people = {one.id: one for one in files.roster.people}
        self.ladders = {one.id: one for one in files.sla.ladders}
        self.targets = {one.id: one for tier in files.sla.tiers for one in tier.targets}
        self.kinds = kinds(files)
        #: The zone in which a date is a whole day.
        self.zone = files.roster.zone or files.roster.calendars[0].zone
        self.definitions = definitions(files)
        #: How many definitions need approval.
        self.wanting = sum(bool(one.wanting) for one in self.definitions.values())

        self.handoff = self.stages[lifecycle.handoff]
        self.accepted = self.stages[lifecycle.accepted]
        row = self.working = tuple(one for one in lifecycle.stages if not one.side)
        first, last = row.index(self.handoff), row.index(self.accepted)
        #: The stages in which a rep has the lead, and those after them.
        self.with_rep, self.after_accepted = row[first : last + 1], row[last + 1 :]
        #: The stage after the accepted one; the accepted one if that is the last.
        self.qualified = row[min(last + 1, len(row) - 1)]
        #: Pairs of consecutive working stages.
        self.steps = tuple(pairwise(row))

    @cached_property
    def unattended(self) -> list[tuple[Pool, list[Bound]]]:
        """For each pool, how long a lead of each tier may be without anybody who knows of it."""
        found: dict[str, list[Bound]] = {}
        for bound in bounds(compile_policy(self.files, FROM.date())):
            found.setdefault(bound.pool.id, []).append(bound)
        return [(self.pools[pool], of_tiers) for pool, of_tiers in found.items()]

    # --- stages

    @property
    def gated(self) -> tuple[Stage, ...]:
        """The stages that have a gate."""
        return tuple(s for s in self.stages.values() if s.entry or s.exit or s.requires)

    @property
    def holding(self) -> tuple[Stage, ...]:
        """The stages whose gate can hold a lead."""
        return tuple(s for s in self.gated if s.entry or s.exit or s.if_missing == "hold")

    @property
    def flagging(self) -> tuple[Stage, ...]:
        """The stages that flag a lead with missing required fields, and let it go on."""
        return tuple(s for s in self.gated if s.requires and s.if_missing == "flag")

    def labels(self, stages: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.stages[stage].label for stage in stages)

    def required(self, fields: Required) -> tuple[Markup, ...]:
        """Labels of alternative required fields; a name that is not a field is shown as code."""
        return tuple(text(self.fields[f].label) if f in self.fields else code(f) for f in fields)

    def required_fields(self, stage: Stage) -> tuple[LeadField, ...]:
        names = (name for one in stage.requires for name in one)
        return tuple(self.fields[name] for name in names if name in self.fields)

    def definitions_of(self, kind: str) -> dict[str, Definition]:
        """The definitions of stages, transitions, reasons or scoring."""
        every = self.definitions.items()
        return {name: one for name, one in every if name.startswith(f"{kind}:")}

    # --- moves

    def moves_from(self, stage: str) -> tuple[Transition, ...]:
        return tuple(m for m in self.files.lifecycle.transitions if stage in m.source)

    def moves_to(self, stage: str) -> tuple[Transition, ...]:
        return tuple(m for m in self.files.lifecycle.transitions if m.to == stage)

    def moves_back(self, move: Transition) -> tuple[Transition, ...]:
        """The moves from the target of *move* back to one of its sources."""
        return tuple(one for one in self.moves_from(move.to) if one.to in move.source)

    def leaves_side(self, move: Transition) -> bool:
        """Whether *move* leads out of a side stage."""
        return any(self.stages[stage].side for stage in move.source)

    def exits(self, move: Transition) -> tuple[Stage, ...]:
        """The stages whose exit condition applies to *move*."""
        left = () if move.reverse else move.source
        return tuple(self.stages[stage] for stage in left if self.stages[stage].exit)

    @property
    def answer_by_hand(self) -> str:
        """The policy's answer when a person moves a stage back in HubSpot."""
        backward = self.files.lifecycle.backward
        answers = {origin.casefold(): answer for origin, answer in backward.items()}
        return answers.get(BY_HAND, answers.get("*", "report"))

    @property
    def followed_by_hand(self) -> tuple[Transition, ...]:
        """The moves to side stages that a person may make in HubSpot, whatever ``answer_by_hand``
        is."""
        moves = self.files.lifecycle.transitions
        return tuple(m for m in moves if self.stages[m.to].side and m.reason and "rep" in m.by)

    @cached_property
    def trigger_matrix(self) -> TriggerMatrix:
        """What becomes of each move by each trigger."""
        return TriggerMatrix(self.files)

    # --- reasons and idle leads

    @property
    def offered(self) -> dict[tuple[str | None, bool, bool], list[Reason]]:
        """Consequence -> the reasons with that consequence that reps may choose."""
        groups: dict[tuple[str | None, bool, bool], list[Reason]] = {}
        for one in self.files.lifecycle.reasons:
            if one.offered:
                groups.setdefault((one.recycle_to, bool(one.pass_on), one.credit), []).append(one)
        return groups

    def closed_as(self, reason: Reason) -> tuple[str, ...]:
        """The stages in which *reason*, which has no track, closes leads: that of disqualified
        leads if Baton closes for it, and those of the moves that name it."""
        moves = self.files.lifecycle.transitions
        named = [m.to for m in moves if m.reason == reason.id and self.stages[m.to].side]
        if self.is_used_by_baton(reason) or not named:
            named.insert(0, self.files.lifecycle.disqualified)
        return tuple(dict.fromkeys(named))

    def given_by(self, reason: Reason) -> str:
        """Who gives *reason*, which is not offered to reps."""
        moves = [m for m in self.files.lifecycle.transitions if m.reason == reason.id]
        if moves and not self.is_used_by_baton(reason):
            return "no: for a stage that is set in HubSpot"
        return "no: for clocks and automations"

    def is_used_by_baton(self, reason: Reason) -> bool:
        """Whether a click, a clock, a hold or a condition closes leads for *reason*."""
        files = self.files
        holds = [one.hold for one in files.lifecycle.stages if one.hold is not None]
        used = {hold.reason for hold in holds} | {s.reason for s in files.recycling.staleness}
        used |= {d.reason for s in files.lifecycle.stages for d in s.disqualified_by}
        used |= {m.reason for m in files.lifecycle.transitions if m.when and m.reason}
        if files.left_to_idle:
            used.add(self.idle_reason.id)
        return reason.offered or reason.id in used

    @property
    def idle_reason(self) -> Reason:
        """The reason for closing a lead to which no staleness rule applies."""
        named = self.files.recycling.idle.reason or Idle().reason
        return self.reasons.get(named, self.files.lifecycle.reasons[0])

    @property
    def named_by_staleness(self) -> tuple[str, ...]:
        """The stages after the accepted one that at least one staleness rule names."""
        named = {stage for rule in self.files.recycling.staleness for stage in rule.stages}
        return tuple(stage.id for stage in self.after_accepted if stage.id in named)

    # --- targets and routing

    @property
    def target_labels(self) -> tuple[str, ...]:
        tiers = self.files.sla.tiers
        return tuple(dict.fromkeys(target.label for tier in tiers for target in tier.targets))

    def stopped_by(self, act: str) -> tuple[str, ...]:
        """Labels of the targets that *act* stops."""
        tiers = self.files.sla.tiers
        found = (t.label for tier in tiers for t in tier.targets if t.stops_on == act)
        return tuple(dict.fromkeys(found))

    @property
    def pull_backs(self) -> tuple[tuple[Tier, Target, Rung], ...]:
        """Every pull-back step of a ladder, with its tier and target."""
        return tuple(
            (tier, target, rung)
            for tier in self.files.sla.tiers
            for target in tier.targets
            for rung in self.ladders[target.ladder].rungs
            if rung.do == "pull_back"
        )

    @property
    def told_apart_by_offer(self) -> bool:
        """Whether the tiers differ only by what the lead asked for."""
        return all(set(tier.when.compile()) <= {"offer"} for tier in self.files.sla.tiers)

    def offers(self, tier: Tier) -> tuple[str, ...]:
        """What the leads of *tier* asked for, if that is its only condition."""
        offer = tier.when.tests.get("offer")
        return offer.any_of if offer is not None and len(tier.when.compile()) == 1 else ()

    def rules_about(self, word: str) -> tuple[Rule, ...]:
        """The routing rules whose condition contains *word*."""
        return tuple(
            rule
            for rule in self.files.routing.rules
            if word in condition(rule.when.compile()).lower()
        )
