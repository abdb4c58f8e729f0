"""A cleared stage is a move backward: recognised, answered, and not confused with Baton's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead, StageFact, Write
from baton.domain.lifecycle.stage_history import (
    ECHO,
    WRITES_KEPT,
    add_facts,
    is_own_clearing,
    state_of,
)
from baton.domain.lifecycle.stage_reports import SETTLED
from baton.domain.policy import Policy
from baton.domain.world.effects import ContactState, NoticeState
from baton.domain.world.world import Contact, SeenStage, World
from tests.builders import NOW, became, handed_off, hint, kinds, minutes
from tests.builders import contact as contact_of
from tests.builders import decided as decided_with
from tests.scored import SCORED
from tests.worded import lines, title

MQL = "marketingqualifiedlead"
SECOND = timedelta(seconds=1)


def answering(answer: str) -> tuple[Lead, World]:
    """Anna's lead, under a policy that has one *answer* for every source."""
    lead, world = handed_off()
    policy = world.policy
    lifecycle = replace(policy.lifecycle, backward={"*": answer})
    return lead, replace(world, policy=replace(policy, lifecycle=lifecycle))


def shown(*seen: tuple[str, float, str]) -> Contact:
    """The contact after this history: (value, minutes from now, source)."""
    stages = [(MQL, -2, "AUTOMATION_PLATFORM"), *seen]
    history = tuple(SeenStage(value, NOW + minutes(at), source) for value, at, source in stages)
    return contact_of("101", history, lifecyclestage=history[-1].value)


def read(lead: Lead, world: World, contact: Contact, minute: float, **event: Any) -> Decision:
    """The contact is read at *minute*, because HubSpot hinted at it."""
    now = NOW + minutes(minute)
    return decided_with(lead, hint("stage", now, **event), replace(world, contact=contact), now)


def written(decision: Decision) -> str:
    for effect in decision.effects:
        if isinstance(effect, ContactState) and "lifecyclestage" in effect.properties:
            value = effect.properties["lifecyclestage"]
            if value.since == decision.lead.version:
                return str(value.value)
    return ""


def notices(decision: Decision) -> list[NoticeState]:
    return [effect for effect in decision.effects if isinstance(effect, NoticeState)]


@pytest.mark.parametrize("source", ["IMPORT", "CRM_UI", "AUTOMATION_PLATFORM", "INTEGRATION", ""])
@pytest.mark.parametrize(
    ("answer", "stage", "told"),
    [("restore", MQL, None), ("ask", "", "warning"), ("report", "", "info"), ("accept", "", None)],
)
def test_a_cleared_stage_gets_the_answer_for_its_source(
    source: str, answer: str, stage: str, told: str | None
) -> None:
    lead, world = answering(answer)
    decision = read(lead, world, shown(("", 5, source)), 6)
    assert decision.lead.state.stage == "mql", "Baton keeps the stage, whatever the answer is"
    assert decision.lead.assignment == lead.assignment
    assert written(decision) == stage
    assert [notice.level for notice in notices(decision)] == ([told] if told else [])
    assert kinds(decision)[0] == "backward_refused"
    assert decision.outcomes[0].what == f"cleared:{source}"
    again = read(decision.lead, world, shown(("", 5, source)), 7)
    assert not again.changed, "answered once, however often the contact is read"


def test_the_question_says_what_was_done_and_what_to_do() -> None:
    lead, world = answering("ask")
    (notice,) = notices(read(lead, world, shown(("", 5, "CRM_UI")), 6))
    assert title(notice) == "The lifecycle stage of Ada Example was cleared in HubSpot"
    assert "keeps MQL" in lines(notice)[0]


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        pytest.param([(MQL, 5.1, "CRM_UI")], "mql", id="set to the same"),
        pytest.param([("salesqualifiedlead", 5.1, "CRM_UI")], "sql", id="set further on"),
        pytest.param([("lead", 5.1, "CRM_UI")], "mql", id="set further back, answered itself"),
    ],
)
def test_what_is_set_after_a_clearing_counts_not_the_clearing(
    after: list[tuple[str, float, str]], kept: str
) -> None:
    lead, world = answering("ask")
    decision = read(lead, world, shown(("", 5, "CRM_UI"), *after), 6)
    assert decision.lead.state.stage == kept
    assert not any(outcome.what.startswith("cleared") for outcome in decision.outcomes)
    backward = kinds(decision).count("backward_refused")
    assert backward == len(notices(decision)) == (after[0][0] == "lead")


def test_a_stage_just_cleared_is_looked_at_again_before_it_is_answered() -> None:
    """Workflows and the API move a lead back by clearing its stage and setting it right after."""
    lead, world = answering("restore")
    cleared = shown(("", 5, "AUTOMATION_PLATFORM"))
    early = read(lead, world, cleared, 5.1)
    assert not early.changed
    assert early.look_again == NOW + minutes(5) + SETTLED
    late = read(lead, world, cleared, 5.6)
    assert written(late) == MQL
    assert late.look_again is None


def test_a_contact_first_seen_with_a_cleared_stage_gets_it_back() -> None:
    start = replace(answering("restore")[1], contact=shown(("", 5, "IMPORT")))
    decision = decided_with(None, hint("fields"), start, NOW + minutes(6))
    assert written(decision) == MQL


def test_a_contact_that_never_had_a_stage_gets_the_first_one() -> None:
    """HubSpot may write down that nothing was set; nothing was cleared."""
    never = contact_of("101", (SeenStage("", NOW, "IMPORT"),), lifecyclestage="")
    start = replace(answering("ask")[1], contact=never)
    decision = decided_with(None, hint("created"), start, NOW + minutes(6))
    assert decision.lead.state.stage == "lead"
    assert notices(decision) == []


# --- Baton's own clearing, before it sets an earlier stage


def recycled() -> tuple[Lead, World]:
    """Anna's lead, whose stage an import set back, which Baton restores by clearing it first."""
    lead, world = answering("restore")
    back = shown(("lead", 5, "IMPORT"))
    decision = read(lead, world, back, 6)
    (write,) = decision.lead.writes["lifecyclestage"]
    assert write.clears
    return decision.lead, world


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([("", 6.1, "INTEGRATION")], id="it died between the two calls"),
        pytest.param([("", 6.1, "API")], id="under HubSpot's other name for an app"),
        pytest.param([("", 6.1, "INTEGRATION"), (MQL, 6.2, "INTEGRATION")], id="both were seen"),
        pytest.param([("", 6.1, "INTEGRATION"), (MQL, 300, "INTEGRATION")], id="hours between"),
    ],
)
@pytest.mark.parametrize("minute", [6.15, 10, 301, 1500])
def test_batons_own_clearing_is_no_move_back(
    history: list[tuple[str, float, str]], minute: float
) -> None:
    lead, world = recycled()
    past = [one for one in history if one[1] <= minute]
    decision = read(lead, world, shown(("lead", 5, "IMPORT"), *past), minute)
    assert decision.lead.state.stage == "mql"
    assert decision.outcomes == ()
    assert notices(decision) == []
    assert decision.look_again is None, "nothing to wait for"


@pytest.mark.parametrize(
    ("later", "source"),
    [
        pytest.param(6.1, "CRM_UI", id="a person, while Baton writes"),
        pytest.param(6.1, "IMPORT", id="an import, while Baton writes"),
        pytest.param(8, "INTEGRATION", id="another app, after what Baton set was seen"),
    ],
)
def test_a_clearing_by_somebody_else_is_one(later: float, source: str) -> None:
    lead, world = recycled()
    ours = [("", 6.05, "INTEGRATION"), (MQL, 6.08, "INTEGRATION")]
    history = sorted([*ours, ("", later, source)], key=lambda one: one[1])
    decision = read(lead, world, shown(("lead", 5, "IMPORT"), *history), later + 1)
    assert written(decision) == MQL
    assert "restored" in kinds(decision)


@pytest.mark.parametrize(
    ("write", "own"),
    [
        pytest.param(Write(MQL, NOW, clears=True), True, id="on its way"),
        pytest.param(Write(MQL, NOW, NOW + minutes(1), clears=True), True, id="just shown"),
        pytest.param(Write(MQL, NOW, NOW - minutes(1), clears=True), False, id="shown before"),
        pytest.param(Write(MQL, NOW), False, id="a write that clears nothing"),
        pytest.param(Write(MQL, NOW - ECHO - SECOND, clears=True), False, id="days ago"),
    ],
)
def test_a_clearing_is_batons_own_while_its_write_is_on_the_way(write: Write, own: bool) -> None:
    assert is_own_clearing(StageFact(NOW, "", source="INTEGRATION"), [write]) == own
    assert not is_own_clearing(StageFact(NOW, "", source="IMPORT"), [write])


def test_a_clearing_from_before_the_remembered_writes_is_not_judged() -> None:
    writes = [Write(MQL, NOW + minutes(10 * n)) for n in range(1, WRITES_KEPT + 1)]
    fact = StageFact(NOW, "", source="IMPORT")
    assert is_own_clearing(fact, writes)
    assert not is_own_clearing(fact, writes[1:])


# --- any order

FACTS = st.lists(
    st.builds(
        StageFact,
        at=st.integers(0, 20).map(lambda n: NOW + minutes(n)),
        stage=st.sampled_from(["", "", "lead", "mql", "sal", "sql", "evangelist", "recycled"]),
        source=st.sampled_from(["IMPORT", "CRM_UI", "INTEGRATION"]),
    ),
    max_size=12,
)


@given(st.data(), FACTS, st.sampled_from([SCORED]))
def test_any_order_and_repetition_of_the_facts_end_in_the_same_state(
    data: st.DataObject, facts: list[StageFact], policy: Policy
) -> None:
    known: tuple[StageFact, ...] = ()
    for fact in data.draw(st.permutations([*facts, *facts[:3]])):
        known = add_facts(known, [fact])
    state = state_of(policy, known)
    assert state == state_of(policy, add_facts((), facts))
    without = tuple(fact for fact in known if fact.stage)
    assert state.stage == state_of(policy, without).stage, "a clearing moves nobody"
    assert state.times == state_of(policy, without).times


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["", "", MQL, "lead", "salesacceptedlead", "evangelist"]),
        st.integers(2, 60),
        st.sampled_from(["IMPORT", "CRM_UI"]),
    ),
    max_size=6,
    unique_by=lambda change: change[1],
)


@given(st.data(), CHANGES)
def test_webhooks_in_any_order_and_number_end_in_the_same_lead(
    data: st.DataObject, changes: list[tuple[str, int, str]]
) -> None:
    """They arrive after the changes; each says to read the contact, or names its stage."""
    lead, world = answering("report")
    ordered = sorted(changes, key=lambda change: change[1])
    contact = shown(*((value, float(at), source) for value, at, source in ordered))
    news = [
        became(value, NOW + minutes(at), source=source)
        if value
        else hint("stage", NOW + minutes(at), id=f"cleared:{at}")
        for value, at, source in ordered
    ]
    late = replace(world, contact=contact)

    def worked(events: list[Any]) -> Lead:
        found = lead
        for event in events:
            answer = decided_with(found, event, late, NOW + minutes(90))
            found = answer.lead
        return found

    first = worked(news)
    other = worked(data.draw(st.permutations([*news, *news[:2]])))
    assert first.state == other.state
    assert first.facts == other.facts
