"""The matrix of triggers and transitions: each of its cells is played through the decision."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead, StageFact
from baton.domain.lifecycle.stage_history import state_of
from baton.domain.policy import Policy
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import StageChanged
from baton.domain.world.world import Account, Background, Contact, Load, SeenStage, Turns, World
from baton.policy_tools import compile_policy
from baton.policy_tools.docs.trigger_matrix import TriggerMatrix
from baton.policy_tools.loading import load
from tests.policy_tools.conftest import ROOT, SAMPLE

PRESETS = ROOT / "shared" / "baton" / "policy_tools" / "presets"
FOLDERS = {"sample": SAMPLE} | {n: PRESETS / n for n in ("simple", "standard", "advanced")}
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)


@cache
def compiled(name: str) -> Policy:
    return compile_policy(load(FOLDERS[name]), date(2026, 11, 24))


@cache
def matrix(name: str) -> TriggerMatrix:
    return TriggerMatrix(load(FOLDERS[name]))


def cells() -> Iterator[object]:
    for name in FOLDERS:
        one = matrix(name)
        for move, start in one.rows:
            for source in one.sources:
                yield pytest.param(name, move.id, start, source, id=f"{name}-{move.id}-{source}")


def set_in_hubspot(policy: Policy, start: str, to: str, source: str) -> Decision:
    """The decision on stage *to*, set by *source* for a lead in *start* whom nobody has."""
    fact = StageFact(BEFORE, start, source="FORM")
    lead = Lead(
        id="101",
        version=1,
        facts=(fact,),
        state=state_of(policy, (fact,)),
        admitted=start,
        judged_by=policy.trigger_rules,
        reason="" if not policy.stage[start].side else policy.lifecycle.reasons[0].id,
    )
    values = [policy.stage[one].lifecyclestage for one in (start, to)]
    name, _, id_ = source.partition(":")
    seen = (SeenStage(values[0], BEFORE, "FORM"), SeenStage(values[1], NOW, name, id_))
    shown = Contact("101", {"lifecyclestage": values[1], "firstname": "Ada"}, seen)
    world = World(
        policy,
        shown,
        touches=(),
        background=Background(),
        loads={person.id: Load(person.id) for person in policy.people},
        turns={pool.id: Turns(pool.id) for pool in policy.pools},
        account=Account(),
        first={pool.id: "" for pool in policy.pools},
    )
    event = StageChanged(
        id="e1", lead_id="101", at=NOW, stage=values[1], source=name, source_id=id_
    )
    decision = decide(lead, event, world, NOW)
    assert isinstance(decision, Decision), decision
    return decision


def becomes(decision: Decision, to: str, value: str) -> str:
    """What became of the move, in the words of the matrix."""
    lead = decision.lead
    said = {
        one.title.id
        for one in decision.effects
        if isinstance(one, NoticeState) and not isinstance(one.title, str)
    }
    reported = said & {"backward.title", "forward.title"}
    if lead.state.tolerated:
        return "followed, reported"
    if any(fact.stage == to for fact in lead.state.refused):
        written = lead.written.get("lifecyclestage")
        if written is not None and written.value != value:
            return "restored"
        if any(one.kind == "hold" for one in lead.questions):
            return "held"
        if lead.questions:
            return "asked about"
        return "reported" if reported else "noted"
    return "followed"


@pytest.mark.parametrize(("name", "move", "start", "source"), list(cells()))
def test_each_cell_is_what_the_decision_makes_of_it(
    name: str, move: str, start: str, source: str
) -> None:
    policy, one = compiled(name), matrix(name)
    made = next(m for m, s in one.rows if m.id == move and s == start)
    decision = set_in_hubspot(policy, start, made.to, source)
    shown = policy.stage[made.to].lifecyclestage
    assert becomes(decision, made.to, shown) == one.cell(made, start, source)


@pytest.mark.parametrize("answer", ["hold", "restore", "ask", "report", "follow"])
def test_every_answer_is_what_the_decision_makes_of_it(answer: str) -> None:
    files = load(SAMPLE)
    lifecycle = files.lifecycle.model_copy(update={"forward": {"*": answer}})
    one = TriggerMatrix(dataclasses.replace(files, lifecycle=lifecycle))
    policy = replace(
        compiled("sample"), lifecycle=replace(compiled("sample").lifecycle, forward={"*": answer})
    )
    accept = next(m for m, _ in one.rows if m.id == "accept")
    decision = set_in_hubspot(policy, "mql", "sal", "IMPORT")
    assert becomes(decision, "sal", policy.stage["sal"].lifecyclestage) == (
        one.cell(accept, "mql", "IMPORT")
    )
