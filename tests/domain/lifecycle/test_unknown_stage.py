"""A stage that the policy does not know is a question: nothing is parked, and nothing is lost."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead
from baton.domain.policy import Stage
from baton.domain.world.effects import NoticeState
from baton.domain.world.world import Contact, SeenStage, World
from tests.builders import NOW, became, contact, decided, handed_off, hint, minutes
from tests.worded import lines, reasons, title

MQL = "marketingqualifiedlead"
DAY = minutes(1440)


def seen(*stages: tuple[str, float], lead_id: str = "101") -> Contact:
    history = tuple(SeenStage(value, NOW + minutes(at), "CRM_UI") for value, at in stages)
    return contact(lead_id, history, lifecyclestage=stages[-1][0])


EVANGELIST = seen((MQL, -2), ("evangelist", 5))


def read(lead: Lead | None, world: World, found: Contact, minute: float) -> Decision:
    now = NOW + minutes(minute)
    event = replace(hint("stage", now), lead_id=found.id)
    return decided(lead, event, replace(world, contact=found), now)


def questions(decision: Decision) -> list[NoticeState]:
    return [effect for effect in decision.effects if isinstance(effect, NoticeState)]


@pytest.mark.parametrize("value", ["evangelist", "other", "1166849832", "Partner stage"])
def test_the_lead_keeps_what_it_has_and_revops_is_asked(value: str) -> None:
    lead, world = handed_off()
    found = seen((MQL, -2), (value, 5))
    event = became(value, NOW + minutes(5), source="CRM_UI")
    decision = decided(lead, event, replace(world, contact=found), NOW + minutes(5))
    assert decision.unworkable is None
    assert decision.lead.state.stage == "mql"
    assert decision.lead.assignment == lead.assignment
    assert decision.lead.clocks == lead.clocks, "promises go on"
    (question,) = questions(decision)
    assert question.to == world.policy.notifications.ops_channel
    assert value in title(question)
    assert "clocks go on" in lines(question)[0]
    assert f'stage "{value}" is not in the policy' in " ".join(reasons(decision))


def test_a_contact_that_is_read_again_says_nothing_new() -> None:
    lead, world = handed_off()
    first = read(lead, world, EVANGELIST, 6)
    assert questions(first)
    assert not read(first.lead, world, EVANGELIST, 7).changed


def test_all_leads_ask_in_one_message_a_month() -> None:
    _, world = handed_off()
    slots = {
        (question.subject, question.slot, question.version)
        for number in range(3)
        for question in questions(
            read(None, world, seen(("evangelist", number), lead_id=f"{201 + number}"), 10)
        )
    }
    assert len(slots) == 1, "later ones are repeats of the first"
    other = seen(("evangelist", 1), lead_id="301")
    (question,) = questions(read(None, world, other, 31 * 1440))
    assert (question.subject, question.slot, question.version) not in slots


def test_another_value_is_another_question() -> None:
    _, world = handed_off()
    found = [
        questions(read(None, world, seen((value, 1)), 10))[0].subject
        for value in ("evangelist", "other")
    ]
    assert len(set(found)) == 2


def test_a_stage_of_long_ago_is_no_question() -> None:
    _, world = handed_off()
    decision = read(None, world, seen(("evangelist", -9000), ("", -8000), (MQL, -2)), 6)
    assert questions(decision) == []


def test_a_contact_with_no_other_stage_is_not_given_the_first_one() -> None:
    _, world = handed_off()
    decision = read(None, world, seen(("evangelist", 1)), 6)
    assert decision.lead.state.stage == ""
    assert len(questions(decision)) == 1


def test_once_the_policy_knows_the_stage_the_next_read_counts_it() -> None:
    lead, world = handed_off()
    asked = read(lead, world, EVANGELIST, 6).lead
    stages = (*world.policy.lifecycle.stages, Stage("fan", "Fan", 6, "evangelist"))
    lifecycle = replace(world.policy.lifecycle, stages=stages)
    knowing = replace(world, policy=replace(world.policy, lifecycle=lifecycle))
    decision = read(asked, knowing, EVANGELIST, 30)
    assert decision.lead.state.stage == "fan"
    assert decision.lead.state.since == NOW + minutes(5), "since it was set, not since it is known"
    assert decision.lead.state.times["fan"].count == 1


def test_a_stage_without_a_history_is_asked_about_once() -> None:
    _, world = handed_off()
    bare = contact("101", (), lifecyclestage="evangelist")
    first = read(None, world, bare, 6)
    assert len(questions(first)) == 1
    assert questions(read(first.lead, world, bare, 7)) == []
