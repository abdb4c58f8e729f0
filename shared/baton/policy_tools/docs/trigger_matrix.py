"""The matrix of triggers and transitions: what becomes of each move when the stage is set in
HubSpot, by change source. It asks the code that decides, so it cannot differ from it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from baton.domain.lifecycle.stage_history import answer_to, is_followed_back
from baton.domain.lifecycle.triggers import verdict
from baton.domain.policy import Policy
from baton.domain.policy import Transition as Move
from baton.policy_tools.compiling import compile_policy
from baton.policy_tools.models import Files
from baton.policy_tools.models.lifecycle import Transition

#: Change sources that are shown in any case, as people know them; the rest are shown by name.
USUAL = {
    "CRM_UI": "a person",
    "AUTOMATION_PLATFORM": "a workflow",
    "IMPORT": "an import",
    "INTEGRATION": "an app",
}
#: Stands for every source that the policy does not name.
OTHER = "ANY_OTHER"
#: Answer -> what becomes of the move.
BECOMES = {
    "allowed": "followed",
    "follow": "followed, reported",
    "hold": "held",
    "restore": "restored",
    "ask": "asked about",
    "report": "reported",
    "accept": "noted",
}


class TriggerMatrix:
    """What becomes of each transition by each change source of HubSpot."""

    def __init__(self, files: Files) -> None:
        self.policy = _compiled(files)
        lifecycle = files.lifecycle
        self.transitions = lifecycle.transitions
        named = [one for move in lifecycle.transitions for one in move.by if one[0].isupper()]
        named += [one for one in (*lifecycle.forward, *lifecycle.backward) if one != "*"]
        every = dict.fromkeys([*USUAL, *(one.upper() for one in named), OTHER])
        self.sources = tuple(every)

    def heading(self, source: str) -> str:
        return "any other" if source == OTHER else USUAL.get(source, source)

    @property
    def rows(self) -> tuple[tuple[Transition, str], ...]:
        """Each transition from each of its stages."""
        return tuple((move, stage) for move in self.transitions for stage in move.source)

    def cell(self, move: Transition, start: str, source: str) -> str:
        """What becomes of a lead in *start* when *source* sets the stage that *move* leads to."""
        return BECOMES[_answer(self.policy, self.policy.transition[move.id], start, source)]


def _answer(policy: Policy, move: Move, start: str, source: str) -> str:
    name, _, id_ = source.partition(":")
    stage, target = policy.stage[start], policy.stage[move.to]
    if not target.side and (stage.side or target.rank > stage.rank):
        found = verdict(policy, stage, target, name, id_)
        if found.answer != "back":
            return found.answer
    if is_followed_back(policy, stage, target, name, id_):
        return "allowed"
    return answer_to(policy, name)


def _compiled(files: Files) -> Policy:
    """Compiled without people and calendars, which do not matter here and are slow to compute."""
    nobody = files.roster.model_copy(update={"people": (), "calendars": ()})
    nowhere = files.routing.model_copy(update={"rules": (), "handoffs": (), "pools": ()})
    return compile_policy(replace(files, roster=nobody, routing=nowhere), date(2000, 1, 1))
