"""Triggers: who or what may make a move, and the answer to a forward move that none allows."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead, StageFact
from baton.domain.lifecycle.stage_history import add_facts, state_of
from baton.domain.lifecycle.triggers import allows, verdict
from baton.domain.policy import ForwardAnswer, Policy, Test, Transition
from baton.domain.world.effects import NoticeState
from baton.domain.world.world import Contact, SeenStage
from tests.builders import (
    BECAME_MQL,
    LIFECYCLE,
    NOW,
    POLICY,
    became,
    click,
    contact,
    decided,
    hint,
    minutes,
    owned,
    world,
)

MQL, SAL, SQL = "marketingqualifiedlead", "salesacceptedlead", "salesqualifiedlead"
LATER = NOW + minutes(5)
MOVES = (
    *LIFECYCLE.transitions,
    Transition("confirm", ("sal",), "sql", ("rep", "automatic")),
    Transition("win", ("sql",), "customer", ("automatic",)),
)


def asking(
    answer: ForwardAnswer = "ask", moves: tuple[Transition, ...] = MOVES, **stages: Any
) -> Policy:
    """The small policy with triggers asked: the same answer to every source."""
    lifecycle = replace(
        LIFECYCLE,
        transitions=moves,
        forward={"*": answer},
        stages=tuple(replace(one, **stages.get(one.id, {})) for one in LIFECYCLE.stages),
    )
    return replace(POLICY, lifecycle=lifecycle)


ASKING = asking()


def shows(*stages: tuple[str, datetime, str]) -> Contact:
    """The contact in the last of *stages*, with all of them in its history."""
    seen = tuple(SeenStage(*one) for one in stages)
    return contact(stages=seen, lifecyclestage=stages[-1][0])


def assigned(policy: Policy) -> Lead:
    return decided(None, became(), world(policy, contact())).lead


def then(lead: Lead, policy: Policy, stage: str, source: str, at: datetime = LATER) -> Decision:
    """The decision on *stage* set by *source* in HubSpot."""
    history = (MQL, BECAME_MQL, "AUTOMATION_PLATFORM"), (stage, at, source)
    event = became(stage, at, source=source)
    return decided(lead, event, world(policy, shows(*history)), at)


def notices(decision: Decision) -> list[NoticeState]:
    return [one for one in decision.effects if isinstance(one, NoticeState)]


def titles(decision: Decision) -> list[str]:
    return [one.title.id for one in notices(decision) if not isinstance(one.title, str)]


# --- who may


@pytest.mark.parametrize(
    ("by", "source", "source_id", "may"),
    [
        pytest.param("rep", "CRM_UI", "", True, id="a person"),
        pytest.param("rep", "MOBILE_IOS", "", True, id="a person on the way"),
        pytest.param("rep", "IMPORT", "", False, id="an import is no person"),
        pytest.param("automatic", "IMPORT", "", True, id="an import is automatic"),
        pytest.param("automatic", "CRM_UI", "", False, id="a person is not automatic"),
        pytest.param("automatic", "", "", True, id="an unnamed source is automatic"),
        pytest.param("baton", "baton", "", True, id="Baton"),
        pytest.param("baton", "INTEGRATION", "", False, id="an app is not Baton"),
        pytest.param("time", "IMPORT", "", False, id="time is no source"),
        pytest.param("IMPORT", "import", "", True, id="a source by name, in any case"),
        pytest.param("IMPORT", "INTEGRATION", "", False, id="another source"),
        pytest.param("INTEGRATION:77", "INTEGRATION", "77", True, id="an app by its id"),
        pytest.param("INTEGRATION:77", "INTEGRATION", "7", False, id="another app"),
        pytest.param("INTEGRATION:77", "INTEGRATION", "", False, id="an app without its id"),
        pytest.param("INTEGRATION", "INTEGRATION", "7", True, id="any app"),
        pytest.param("IMPORT:581", "IMPORT", "import:581", True, id="an import by its id"),
        pytest.param(
            "AUTOMATION_PLATFORM:40",
            "AUTOMATION_PLATFORM",
            "enrollmentId:40;actionExecutionIndex:0",
            True,
            id="one of several ids",
        ),
        pytest.param("CRM_UI", "CRM_UI", "userId:7", True, id="HubSpot's page by name"),
    ],
)
def test_a_trigger_is_allowed_by_its_word_or_source(
    by: str, source: str, source_id: str, may: bool
) -> None:
    assert allows(Transition("a", ("mql",), "sal", (by,)), source, source_id) is may


@pytest.mark.parametrize(
    ("start", "to", "source", "answer", "at_fault"),
    [
        pytest.param("mql", "sal", "CRM_UI", "allowed", "", id="a person accepts"),
        pytest.param("mql", "sal", "IMPORT", "ask", "accept", id="an import does not"),
        pytest.param("sal", "sql", "IMPORT", "allowed", "", id="automatic"),
        pytest.param("lead", "sql", "CRM_UI", "allowed", "", id="a row of moves"),
        pytest.param("lead", "sql", "IMPORT", "ask", "accept", id="one of a row may not"),
        pytest.param("lead", "customer", "CRM_UI", "ask", "win", id="the last of a row"),
        pytest.param("lead", "customer", "deal", "allowed", "", id="a deal"),
        pytest.param("lead", "customer", "baton", "allowed", "", id="Baton"),
        pytest.param("recycled", "mql", "IMPORT", "allowed", "", id="out of a side stage"),
        pytest.param("recycled", "sal", "CRM_UI", "allowed", "", id="out of it and on"),
        pytest.param("recycled", "sal", "IMPORT", "ask", "accept", id="out of it, but not on"),
        pytest.param("recycled", "lead", "CRM_UI", "back", "", id="to before where it leads"),
        pytest.param("disqualified", "mql", "CRM_UI", "back", "", id="no way out"),
    ],
)
def test_a_move_is_judged_by_the_way_there(
    start: str, to: str, source: str, answer: str, at_fault: str
) -> None:
    found = verdict(ASKING, ASKING.stage[start], ASKING.stage[to], source)
    assert (found.answer, found.transition) == (answer, at_fault)


def test_a_forward_move_that_no_transition_names_is_not_allowed() -> None:
    policy = asking(moves=MOVES[:1])
    found = verdict(policy, policy.stage["mql"], policy.stage["sal"], "CRM_UI")
    assert (found.answer, found.transition) == ("ask", "")


def test_an_answer_of_the_transition_comes_before_the_policys() -> None:
    accept = replace(MOVES[1], otherwise="hold")
    policy = asking("restore", (MOVES[0], accept, *MOVES[2:]))
    assert verdict(policy, policy.stage["mql"], policy.stage["sal"], "IMPORT").answer == "hold"
    assert verdict(policy, policy.stage["sql"], policy.stage["customer"], "CRM_UI").answer == (
        "restore"
    )


def test_the_verdict_tells_ids_apart_that_the_policy_names() -> None:
    move = Transition("accept", ("mql",), "sal", ("INTEGRATION:77",))
    policy = asking(moves=(MOVES[0], move))
    stages = policy.stage["mql"], policy.stage["sal"]
    assert verdict(policy, *stages, "INTEGRATION", "8").answer == "ask"
    assert verdict(policy, *stages, "INTEGRATION", "77").answer == "allowed"
    assert verdict(policy, *stages, "INTEGRATION", "78").answer == "ask"


def test_verdicts_are_forgotten_when_there_are_too_many() -> None:
    policy = asking()
    for number in range(2_100):
        verdict(policy, policy.stage["mql"], policy.stage["sal"], f"SOURCE_{number}")
    assert len(policy.verdicts) <= 2_000


# --- what becomes of it


@pytest.mark.parametrize("answer", ["hold", "restore", "ask", "report", "follow"])
def test_an_import_is_no_acceptance(answer: ForwardAnswer) -> None:
    """Whatever the answer, the accept clock goes on, and is breached in its time."""
    policy = asking(answer)
    lead = assigned(policy)
    made = then(lead, policy, SAL, "IMPORT")
    assert owned(made.lead).accepted_at is None
    accept = next(clock for clock in made.lead.clocks if clock.target == "accept")
    assert accept.running
    assert accept.due_at == lead.clocks[0].due_at


@pytest.mark.parametrize(
    ("answer", "stage", "said", "kept"),
    [
        pytest.param("hold", "mql", ["held.is"], ["hold"], id="hold"),
        pytest.param("restore", "mql", [], [], id="restore"),
        pytest.param("ask", "mql", ["forward.title"], ["forward"], id="ask"),
        pytest.param("report", "mql", ["forward.title"], [], id="report"),
        pytest.param("follow", "sal", ["forward.followed_title"], [], id="follow"),
    ],
)
def test_the_answers_to_a_forward_move(
    answer: ForwardAnswer, stage: str, said: list[str], kept: list[str]
) -> None:
    policy = asking(answer)
    made = then(assigned(policy), policy, SAL, "IMPORT")
    assert made.lead.state.stage == stage
    assert titles(made) == said
    assert [one.kind for one in made.lead.questions] == kept
    written = made.lead.written.get("lifecyclestage")
    assert (written is not None and written.value == MQL) is (answer == "restore")


def test_what_is_asked_is_kept_on_the_lead() -> None:
    at = NOW + minutes(5)
    lead = then(assigned(ASKING), ASKING, SAL, "IMPORT", at).lead
    (asked,) = lead.questions
    assert (asked.kind, asked.kept, asked.to) == ("forward", "mql", "sal")
    assert (asked.source, asked.at) == ("IMPORT", at)


def test_it_is_asked_once() -> None:
    made = then(assigned(ASKING), ASKING, SAL, "IMPORT")
    history = (MQL, BECAME_MQL, "AUTOMATION_PLATFORM"), (SAL, NOW + minutes(5), "IMPORT")
    again = decided(
        made.lead,
        hint("fields", NOW + minutes(9)),
        world(ASKING, shows(*history)),
        NOW + minutes(9),
    )
    assert notices(again) == []
    assert again.lead.questions == made.lead.questions


def test_a_question_answers_itself_when_the_owner_accepts() -> None:
    lead = then(assigned(ASKING), ASKING, SAL, "IMPORT").lead
    at = NOW + minutes(7)
    made = decided(lead, click("accept", at), world(ASKING), at)
    assert made.lead.state.stage == "sal"
    assert made.lead.questions == ()


def test_a_question_answers_itself_when_hubspot_shows_another_stage() -> None:
    lead = then(assigned(ASKING), ASKING, SAL, "IMPORT").lead
    at = NOW + minutes(9)
    seen = (MQL, BECAME_MQL, "WORKFLOWS"), (SAL, NOW + minutes(5), "IMPORT"), (MQL, at, "CRM_UI")
    made = decided(lead, became(MQL, at, source="CRM_UI"), world(ASKING, shows(*seen)), at)
    assert made.lead.questions == ()


def test_a_question_stays_while_hubspots_values_are_behind_its_webhooks() -> None:
    lead, at = assigned(ASKING), NOW + minutes(5)
    made = decided(lead, became(SAL, at, source="IMPORT"), world(ASKING, contact()), at)
    assert [one.to for one in made.lead.questions] == ["sal"]


def test_a_held_move_goes_on_when_somebody_makes_it_who_may() -> None:
    policy = asking("hold")
    lead = then(assigned(policy), policy, SAL, "IMPORT").lead
    assert lead.held is not None
    assert lead.held.stage == "sal"
    at = NOW + minutes(7)
    made = decided(lead, click("accept", at), world(policy), at)
    assert made.lead.held is None
    assert made.lead.state.stage == "sal"


def test_a_hold_for_a_trigger_lists_what_the_stage_asks_for_too() -> None:
    policy = asking("hold", sal={"requires": (("product",),)})
    lead = then(assigned(policy), policy, SAL, "IMPORT").lead
    assert lead.held is not None
    assert lead.held.missing == ("product",)
    assert len(lead.held.unmet) == 1


def test_a_hold_for_a_trigger_never_lets_the_lead_go_on_or_closes_it_by_itself() -> None:
    policy = asking("hold")
    lead = then(assigned(policy), policy, SAL, "IMPORT").lead
    assert lead.held is not None
    at = lead.held.clock.due_at
    seen = (MQL, BECAME_MQL, "AUTOMATION_PLATFORM"), (SAL, NOW + minutes(5), "IMPORT")
    made = decided(lead, hint("fields", at), world(policy, shows(*seen)), at)
    assert made.lead.held is not None
    assert made.lead.held.told == 2
    assert made.lead.state.stage == "mql"


def test_an_import_to_customer_passes_no_gate_in_silence() -> None:
    start = became("lead", NOW - minutes(60), source="FORM")
    before = (("lead", NOW - minutes(60), "FORM"),)
    lead = decided(None, start, world(ASKING, shows(*before))).lead
    made = decided(
        lead,
        became("customer", NOW, source="IMPORT"),
        world(ASKING, shows(*before, ("customer", NOW, "IMPORT"))),
    )
    assert made.lead.state.stage == "lead"
    assert titles(made) == ["forward.title"]


@pytest.mark.parametrize("source", ["CRM_UI", "AUTOMATION_PLATFORM"])
def test_what_must_be_filled_in_binds_a_move_by_every_source(source: str) -> None:
    """Also of stages that are skipped, and past the accepted stage."""
    by: tuple[Transition, ...] = tuple(
        replace(one, by=("rep", "automatic")) if not one.reverse else one for one in MOVES
    )
    policy = asking(moves=by, sal={"requires": (("product",),)})
    before = (("lead", NOW - minutes(60), "FORM"),)
    lead = decided(None, became("lead", NOW - minutes(60)), world(policy, shows(*before))).lead
    seen = shows(*before, (SQL, NOW, source))
    made = decided(lead, became(SQL, NOW, source=source), world(policy, seen))
    assert made.lead.held is not None
    assert made.lead.held.missing == ("product",)


def test_criteria_bind_a_move_by_a_person() -> None:
    policy = asking(sql={"entry": {"product": Test(any_of=("Archive",))}})
    before = (("lead", NOW - minutes(60), "FORM"),)
    lead = decided(None, became("lead", NOW - minutes(60)), world(policy, shows(*before))).lead
    seen = shows(*before, (SQL, NOW, "CRM_UI"))
    made = decided(lead, became(SQL, NOW, source="CRM_UI"), world(policy, seen))
    assert made.lead.held is not None
    assert made.lead.held.stage == "sql"


def test_nobody_outside_speaks_for_baton_or_a_deal() -> None:
    for source in ("baton", "Deal"):
        event = became(SAL, LATER, source=source)
        made = decided(assigned(ASKING), event, world(ASKING, contact()), LATER)
        assert made.lead.state.stage == "mql"


# --- in any order, and through changes of the policy

FACTS = (
    StageFact(NOW, "lead", source="FORM"),
    StageFact(NOW + minutes(1), "mql", source="WORKFLOWS"),
    StageFact(NOW + minutes(2), "sal", source="IMPORT"),
    StageFact(NOW + minutes(3), "sal", source="CRM_UI"),
    StageFact(NOW + minutes(4), "sql", source="INTEGRATION"),
    StageFact(NOW + minutes(5), "customer", source="CRM_UI"),
)


def test_facts_give_the_same_stage_in_any_order() -> None:
    wanted = state_of(ASKING, FACTS)
    assert (wanted.stage, [one.stage for one in wanted.refused]) == ("sql", ["sal", "customer"])
    for order in permutations(FACTS):
        facts: tuple[StageFact, ...] = ()
        for one in order:
            facts = add_facts(facts, (one,))
        assert state_of(ASKING, facts) == wanted


def test_the_webhook_and_the_history_are_one_fact_also_if_only_one_has_an_id() -> None:
    bare, full = FACTS[2], replace(FACTS[2], source_id="import:1")
    assert add_facts((bare,), (full,)) == (bare,)
    assert add_facts((), (bare, full)) == (full,)


def test_what_was_followed_stays_followed_when_the_policy_changes() -> None:
    """A policy of before did not ask for triggers; its leads do not fall back."""
    lead = then(assigned(POLICY), POLICY, SAL, "IMPORT").lead
    assert lead.state.stage == "sal"
    seen = (MQL, BECAME_MQL, "AUTOMATION_PLATFORM"), (SAL, NOW + minutes(5), "IMPORT")
    at = NOW + minutes(30)
    made = decided(lead, hint("fields", at), world(ASKING, shows(*seen)), at)
    assert made.lead.state.stage == "sal"
    assert notices(made) == []
    later = decided(made.lead, hint("fields", at), world(ASKING, shows(*seen)), at)
    assert later.lead.state == made.lead.state


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("lead", "mql", "sal", "sql", "customer")),
            st.sampled_from(("IMPORT", "INTEGRATION", "AUTOMATION_PLATFORM", "FORM", "")),
        ),
        max_size=6,
    )
)
def test_no_source_but_a_person_ever_makes_an_acceptance(moves: list[tuple[str, str]]) -> None:
    facts: list[StageFact] = [StageFact(NOW, "mql", source="WORKFLOWS")]
    facts += [
        StageFact(NOW + timedelta(minutes=at), stage, source=source)
        for at, (stage, source) in enumerate(moves, 1)
    ]
    assert state_of(ASKING, tuple(facts)).stage == "mql"
