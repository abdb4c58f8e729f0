"""Why-not: each reason for being skipped has a sentence, and the smallest change that would
help."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from baton.application.audit.why_not import Answer, Decided, why_not
from baton.domain.draft.decision import Decision
from baton.domain.policy import Member, Policy, Rule, Shift, Test, TimeOff, Window
from baton.domain.routing.obstacles import Obstacle, obstacle_phrase
from baton.domain.scoring.facts import describe
from tests.builders import NOW, manager, minutes, rep
from tests.routed import Desk, routed, waiting_pool
from tests.worded import words

CAREFREE = (rep("anna"), rep("ben"), rep("carl"), rep("cora"), manager("mona"), manager("dora"))


def answer(desk: Desk, decision: Decision, who: str) -> Answer:
    policy = desk.policy
    facts, _ = describe(policy, decision.lead, NOW)
    assigned = [o for o in decision.outcomes if o.kind == "assigned"]
    got, rule = (assigned[-1].person, assigned[-1].what) if assigned else ("", "")
    handoff = policy.handoff[policy.lifecycle.handoff]
    decided = Decided(policy, handoff, facts, decision.considered, got, rule, NOW)
    return why_not(decided, policy.person[who])


def asked(policy: Policy, who: str = "anna", **changes: Any) -> Answer:
    """The answer about a first lead, with *changes* to the person asked about."""
    people = tuple(replace(p, **changes) if p.id == who else p for p in policy.people)
    desk = Desk(replace(policy, people=people))
    return answer(desk, desk.arrive("101"), who)


DESK = routed(waiting_pool(), people=CAREFREE)
OFF = (TimeOff(NOW, NOW + minutes(24 * 60)),)


@pytest.mark.parametrize(
    ("changes", "why", "change"),
    [
        ({"active": False}, "Anna is not active.", "`active: true` in roster.yaml."),
        ({"time_off": OFF}, "Anna is away.", "Without the time off until Wed 4 Mar"),
        ({"max_open": 0}, "Anna is full.", "One open lead fewer, or a `max_open` higher by one."),
        ({"max_per_day": 0}, "Anna is full for today.", "a `max_per_day` higher by one."),
        ({"max_per_week": 0}, "Anna is full for this week.", "a `max_per_week` higher by one."),
    ],
)
def test_why_not_names_the_obstacle_and_the_change_that_removes_it(
    changes: dict[str, Any], why: str, change: str
) -> None:
    found = asked(DESK, **changes)
    assert found.why == why
    assert change in found.change


def test_who_said_that_they_are_away_can_say_that_they_are_back() -> None:
    desk = Desk(DESK)
    desk.away("anna")
    found = answer(desk, desk.arrive("101"), "anna")
    assert found == Answer(
        "Anna is marked as away.", "`/baton back` in Slack, or `baton roster back anna`."
    )


def test_out_of_hours_says_when_they_begin() -> None:
    policy = routed(waiting_pool(shift=Shift("on_shift")), people=CAREFREE)
    desk = Desk(policy)
    desk.now = NOW - minutes(60)
    decision = desk.arrive("101")
    facts, _ = describe(policy, decision.lead, desk.now)
    handoff = policy.handoff[policy.lifecycle.handoff]
    decided = Decided(policy, handoff, facts, decision.considered, "", "", desk.now)
    found = why_not(decided, policy.person["anna"])
    assert found.why == "Anna is not on shift."
    assert found.change.startswith("From Tue 3 Mar, 09:00 CET, when their hours begin")


def test_why_not_names_whose_turn_it_was_and_the_persons_place() -> None:
    desk = Desk(DESK)
    decision = desk.arrive("101")
    assert answer(desk, decision, "anna") == Answer("Anna got it.", "")
    found = answer(desk, decision, "ben")
    assert "it was Anna's turn in Desk; Ben was the second in the order of turns" in found.why
    assert found.change.startswith("1 more lead to Desk")


def test_places_after_the_ninth_in_the_order_of_turns_are_not_counted() -> None:
    names = [f"rep{n}" for n in range(12)]
    pool = waiting_pool(members=tuple(Member(name) for name in names))
    desk = Desk(routed(pool, people=(*map(rep, names), *CAREFREE)))
    found = answer(desk, desk.arrive("101"), "rep11")
    assert "was a later one in the order of turns" in found.why
    assert found.change.startswith("Ten or more leads")


def test_the_least_loaded_is_measured_by_what_each_may_carry() -> None:
    people = (rep("anna", max_open=10), rep("ben", max_open=10), *CAREFREE[2:])
    desk = Desk(routed(waiting_pool(choose="least_loaded"), people=people))
    desk.arrive("101")
    found = answer(desk, desk.arrive("102"), "anna")
    assert "carried more than Ben" in found.why


def test_why_not_names_a_queue_or_a_full_pool() -> None:
    desk = Desk(routed())
    for n in range(5):
        desk.arrive(f"{n}")
    assert "no lead overtakes another" in answer(desk, desk.arrive("9"), "anna").why


def test_the_owner_of_the_account_comes_before_every_rule() -> None:
    desk = Desk(replace(DESK, ownership=("contact",)))
    found = answer(desk, desk.arrive("101", hubspot_owner_id="owner-cora"), "anna")
    assert found.why == "Cora owns the contact, and that comes before every rule."
    assert "Anna as owner of the contact" in found.change


def ruled(*rules: Rule) -> Policy:
    other = waiting_pool(id="other", label="Other", members=(Member("ben"),))
    policy = routed(waiting_pool(members=(Member("anna"),)), other, people=CAREFREE)
    return replace(policy, rules=rules)


GERMAN = Rule("german", {"country": Test(any_of=("Germany",))}, "desk", "German")
FRENCH = Rule("french", {"country": Test(any_of=("France",))}, "other", "French")
ALL = Rule("all", {}, "other", "All")


def test_a_rule_that_lacks_something_names_it() -> None:
    found = asked(ruled(FRENCH, GERMAN), "ben")
    assert found.why == (
        "The rules that lead to Ben did not match: rule french: country is Germany, not France."
    )
    assert found.change == "What rule french lacks: country is Germany, not France."


def test_why_not_suggests_an_earlier_place_for_a_matching_rule() -> None:
    found = asked(ruled(GERMAN, ALL), "ben")
    assert "Rule all leads to Ben and matches, but rule german stands before it" in found.why
    assert found.change == "Rule all before rule german in routing.yaml."


def test_a_rule_out_of_its_window_says_so() -> None:
    late = replace(FRENCH, when={}, window=Window(start=NOW + minutes(60 * 24 * 30)))
    assert "the rule is active from Thu 2 Apr 2026" in asked(ruled(late, GERMAN), "ben").why


def test_why_not_says_that_no_rule_leads_to_the_persons_pool() -> None:
    found = asked(DESK, "cora")
    assert "No rule for MQL leads to a pool with Cora." in found.why
    assert found.change == "Cora as a member of Desk."


def test_the_manager_comes_only_where_nobody_else_can() -> None:
    found = asked(DESK, "mona")
    assert "reaches Mona only if nobody in Desk can take a lead" in found.why


def test_every_obstacle_has_a_change() -> None:
    for code in set(Obstacle) - {Obstacle.POOL_FULL, Obstacle.OTHERS_WAIT}:
        people = tuple(replace(p, time_off=OFF) for p in DESK.people)
        policy = replace(DESK, people=people)
        desk = Desk(DESK)
        decision = desk.arrive("101")
        considered = (replace(decision.considered[0], codes=f"{code}1"),)
        facts, _ = describe(policy, decision.lead, NOW)
        handoff = policy.handoff[policy.lifecycle.handoff]
        decided = Decided(policy, handoff, facts, considered, "ben", "all", NOW)
        found = why_not(decided, policy.person["anna"])
        assert found.why == f"{words(obstacle_phrase(policy.person['anna'], None, code))}."
        assert found.why.startswith("Anna ")
        assert found.change not in ("", "Room there.")
