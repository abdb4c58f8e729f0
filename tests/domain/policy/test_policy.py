"""What follows from a policy and is worked out once: who may wait for whom, which names mean whom,
and what time alone may change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.conditions import Facts
from baton.domain.phrase import Phrase
from baton.domain.policy import (
    Count,
    Disqualifier,
    Fallback,
    Handoff,
    Limits,
    Member,
    MessageLimits,
    Pause,
    Play,
    Pool,
    Rule,
    Staleness,
    Sync,
    Test,
    TimeOff,
    Wait,
    When,
    Window,
    shortened,
)
from baton.domain.policy.routing import UNLIMITED, Chain
from baton.domain.policy.rule_index import EXPLANATIONS_KEPT, RULES_EXPLAINED, RuleIndex
from baton.domain.values import Reading, Readings
from tests.builders import NOW, POLICY, minutes, office, rep
from tests.scored import SCORED

#: Of which nothing has been worked out yet, as of the one that other tests share.
FRESH = replace(POLICY)

# --- names


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("anna", "anna"),
        ("slack:UANNA", "anna"),
        ("hubspot:owner-anna", "anna"),
        ("slack:owner-anna", None),
        ("hubspot:UANNA", None),
        ("other:anna", None),
        ("nobody", None),
    ],
)
def test_a_name_means_somebody(name: str, person: str | None) -> None:
    found = FRESH.someone(name)
    assert (found.id if found else None) == person


def test_what_the_policy_has_dropped_is_called_by_its_id() -> None:
    assert FRESH.labels_of(("company", "gone")) == ("Company", "gone")
    assert FRESH.labels_of(("company/gone",)) == (Phrase("or", ("Company", "gone")),)
    policy = replace(POLICY, pauses=(Pause("waiting", "Waiting for them", {}),))
    assert policy.pause_labels(("waiting", "gone")) == ("Waiting for them", "gone")
    assert policy.pause_labels(()) == ()


def test_a_stage_is_known_by_its_value_and_by_its_id() -> None:
    mql = FRESH.stage["mql"]
    assert FRESH.stage_of_value["marketingqualifiedlead"] == FRESH.stage_of_value["mql"] == mql


def test_what_others_write_too_is_watched_but_for_the_stage() -> None:
    names = ("hs_lead_status", "lifecyclestage", "baton_tier", "hs_lead_status")
    rules = tuple(Sync(name, "crm") for name in names)
    policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, sync=rules))
    assert policy.watched == ("baton_tier", "hs_lead_status", "hubspot_owner_id")


def test_reps_choose_among_the_reasons_that_are_offered() -> None:
    offered = (("timing", "Not now"), ("competitor", "Competitor"))
    assert FRESH.offered_reasons == offered


def test_a_card_shows_the_fields_of_the_packet() -> None:
    shown = ["company", "country", "employees", "source", "offer", "product"]
    assert [field.id for field in FRESH.packet_fields] == shown


def test_the_first_handoff_is_called_by_its_stage() -> None:
    later = Handoff("sql", "To a closer", POLICY.rules)
    policy = replace(POLICY, handoffs=(later,))
    first = Handoff("mql", "MQL", POLICY.rules, ("contact",))
    assert policy.handoff == {"mql": first, "sql": later}
    gone = replace(POLICY.lifecycle, handoff="gone")
    assert replace(POLICY, lifecycle=gone).handoff["gone"].label == "gone"


# --- hours


def test_whose_hours_they_are() -> None:
    off = TimeOff(NOW, NOW + minutes(60))
    anna = rep("anna", time_off=(off,))
    calendars = POLICY.calendars | {"night": office("UTC", tue=[("20:00", "23:00")])}
    policy = replace(POLICY, people=(anna,), calendars=calendars)
    own = policy.hours_of("", anna)
    assert own is policy.hours_of("gone", anna) is policy.calendar_of(anna)
    assert (own.is_open(NOW), own.is_open(off.end)) == (False, True)
    assert policy.calendar["berlin"].is_open(NOW), "without anybody's time off"
    assert not policy.hours_of("night", anna).is_open(off.end)
    assert (policy.zone_of(anna), policy.zone_of(None)) == ("Europe/Berlin", "UTC")


@pytest.mark.parametrize(
    ("changes", "limits"),
    [
        pytest.param({"max_per_day": 2, "max_per_week": 1}, (10, 2, 1), id="limits"),
        pytest.param({"max_open": None}, (UNLIMITED,) * 3, id="none"),
        pytest.param({"active": False}, (0, UNLIMITED, UNLIMITED), id="not active"),
        pytest.param(
            {"time_off": (TimeOff(NOW, NOW),)}, (0, UNLIMITED, UNLIMITED), id="some time off"
        ),
    ],
)
def test_the_limits_of_a_pools_members(
    changes: dict[str, Any], limits: tuple[int, int, int]
) -> None:
    people = (rep("anna", **changes), rep("ben", max_open=1, max_per_day=2, max_per_week=3))
    pool = Pool("p", "P", (Member("ben"), Member("anna")), ())
    seats = replace(POLICY, people=people, pools=(pool,)).seats["p"]
    assert (seats.reps, seats.people) == (("ben", "anna"), people[::-1])
    assert seats.place == {"ben": 0, "anna": 1}
    columns = (seats.max_open, seats.max_per_day, seats.max_per_week)
    assert list(zip(*columns, strict=True)) == [(1, 2, 3), limits]


@pytest.mark.parametrize(
    ("limits", "any_"),
    [(Limits(), False), (Limits(open=0), True), (Limits(per_day=1), True),
     (Limits(per_week=1), True)],
)  # fmt: skip
def test_whether_a_pool_has_limits(limits: Limits, any_: bool) -> None:
    assert limits.any is any_


def test_each_severity_has_its_own_quiet_hours() -> None:
    limits = MessageLimits("wait", "backup", "through")
    assert [limits.in_quiet_hours(one) for one in ("warning", "breach", "escalation")] == [
        "wait",
        "backup",
        "through",
    ]


# --- chains

WAITS = Fallback(wait=Wait(minutes(60)))
DESK = Pool("desk", "Desk", (Member("anna"), Member("ben")),
            (Fallback(pool="next"), WAITS, Fallback(person="mona")))  # fmt: skip
NEXT = Pool("next", "Next", (Member("ben"), Member("cleo")), (Fallback(person="dora"),))
CHAINED = replace(FRESH, pools=(DESK, NEXT))


def test_a_chain_is_all_that_a_pool_and_its_fallbacks_reach() -> None:
    desk = CHAINED.chain["desk"]
    assert (desk.pools, desk.people) == (("desk", "next"), ("anna", "ben", "cleo", "mona"))
    assert desk.every_pool == frozenset(desk.pools)
    assert desk.everybody == frozenset(desk.people)
    assert (desk.waits, CHAINED.chain["next"].waits) == (True, False)
    assert CHAINED.seats["next"].place == {"ben": 0, "cleo": 1}


def test_in_a_chain_nobody_waits_unless_it_says_so() -> None:
    assert not Chain((), (), frozenset(), frozenset()).waits


def test_who_is_waited_for() -> None:
    assert CHAINED.waited_for == dict.fromkeys(("anna", "ben", "cleo", "mona"), ("desk",))
    assert CHAINED.pools_that_wait_for == {"desk": ("desk",), "next": ("desk",)}


# --- what the score is compared with


def at(mark: float) -> When:
    return {"behaviour": Test(at_least=mark)}


def test_every_number_that_the_score_is_compared_with_is_known() -> None:
    """Whatever compares it; its decay past any of them is looked at."""
    lifecycle, hot = POLICY.lifecycle, POLICY.tiers[0]
    by = (Disqualifier(at(3), "timing"),)
    stage = replace(lifecycle.stages[0], entry=at(1), exit=at(2), disqualified_by=by)
    move = replace(lifecycle.transitions[0], when=at(4))
    target = replace(hot.targets[0], starts_when=at(5), stops_when=at(6))
    both: When = {"not": Test(blocks=({"behaviour": Test(at_least=7, below=8)},)), "fit": Test(
        at_least=99)}  # fmt: skip
    policy = replace(
        SCORED,
        lifecycle=replace(lifecycle, stages=(stage,), transitions=(move,)),
        tiers=(replace(hot, when=both, targets=(target,)),),
        rules=(Rule("r", at(9), "everyone"),),
        staleness=(Staleness(("mql",), at(10), timedelta(1), timedelta(), "timing"),),
        notifications=replace(POLICY.notifications, plays=(Play(at(11), "A"),)),
        pauses=(Pause("p", "P", at(12)),),
        handoffs=(Handoff("sql", "S", (Rule("s", at(13), "everyone"),)),),
    )
    assert policy.behaviour_marks == (*range(1, 14), 30)
    assert replace(policy, scoring=None).behaviour_marks == tuple(range(1, 14))


# --- conditions, and the index of rules by their words


def test_a_long_list_is_told_by_its_first_three() -> None:
    assert shortened(("a", "b", "c")) == Phrase("any_of", (0, "a", "b", "c"))
    assert shortened(("a", "b", "c", "d", "e")) == Phrase("any_of", (2, "a", "b", "c"))


@pytest.mark.parametrize(
    ("test", "only"),
    [
        (Test(any_of=("a",)), True),
        (Test(), False),
        (Test(known=True), False),
        (Test(any_of=("a",), known=True), False),
        (Test(any_of=("a",), at_least=1), False),
        (Test(any_of=("a",), below=1), False),
        (Test(any_of=("a",), matches=("a",)), False),
        (Test(any_of=("a",), within=minutes(1)), False),
        (Test(any_of=("a",), blocks=({},)), False),
        (Test(any_of=("a",), counts=(Count(),)), False),
    ],
)
def test_a_rule_is_found_by_words_where_it_asks_for_nothing_else(test: Test, only: bool) -> None:
    assert test.only_words is only
    index = RuleIndex((Rule("r", {"x": test}, "p"),))
    assert index.candidates(facts({"x": "b"})) == ([] if only else [0])
    assert index.candidates(facts({"x": "A"})) == [0]


def words(**fields: tuple[str, ...]) -> When:
    return {name: Test(any_of=some) for name, some in fields.items()}


RULES = (
    Rule("any", {}, "p"),
    Rule("one", words(x=("a", " B ")), "p"),
    Rule("two", words(x=("a",), y=("c", "d")), "p"),
    Rule("mixed", words(x=("a",)) | {"z": Test(known=True)}, "p"),
)


def facts(values: dict[str, str]) -> Facts:
    return Facts(values, (), NOW)


@pytest.mark.parametrize(
    ("values", "places"),
    [
        pytest.param({}, [0], id="nothing is known"),
        pytest.param({"x": "a", "y": "c"}, [0, 1, 2, 3], id="all may match, in their order"),
        pytest.param({"x": "b"}, [0, 1], id="one of the words, without space and case"),
        pytest.param({"x": "z"}, [0], id="another word"),
    ],
)
def test_which_rules_may_match(values: dict[str, str], places: list[int]) -> None:
    assert RuleIndex(RULES).candidates(facts(values)) == places


def test_each_of_several_values_finds_rules_and_none_twice() -> None:
    rules = (Rule("r", words(x=("a", "b")), "p"), Rule("s", words(x=("b",)), "p"))
    several = Facts({"x": "b;a"}, (), NOW, Readings(lambda _: Reading(("b", "a"), "b, a")))
    assert RuleIndex(rules).candidates(several) == [0, 1]
    assert RuleIndex(rules).word_failures(several) == [None, None]


def test_a_rule_is_found_by_the_test_that_rules_out_most() -> None:
    """Of two words that are asked for, one of five is rarer than one of one."""
    rules = (Rule("r", words(x=("a",), y=("1",)), "p"), Rule("s", words(y=("2", "3", "4")), "p"))
    assert RuleIndex(rules).candidates(facts({"x": "a"})) == []
    assert RuleIndex(rules).candidates(facts({"y": "1"})) == [0]


def test_the_word_test_that_fails_first_is_said_of_each_rule() -> None:
    found = RuleIndex(RULES).word_failures(facts({"x": "a", "y": "e"}))
    asked = shortened(RULES[2].when["y"].any_of)
    third = Phrase("rule.no", (RULES[2].id, Phrase("test.any_of", ("y", "e", asked))))
    assert found == [None, None, third, None]


def test_a_field_without_a_value_is_no_word() -> None:
    rule = Rule("r", words(a=("x",)), "p")
    missing = Phrase("test.any_of", ("a", "", shortened(("x",))))
    assert RuleIndex((rule,)).word_failures(facts({})) == [Phrase("rule.no", ("r", missing))]


def test_of_a_rule_with_a_window_the_words_say_nothing() -> None:
    rule = Rule("r", words(x=("a",)), "p", window=Window(start=NOW))
    assert RuleIndex((rule,)).word_failures(facts({})) == [None]


def test_only_the_first_rules_are_explained() -> None:
    rules = tuple(Rule(f"r{n}", words(x=("a",)), "p") for n in range(RULES_EXPLAINED + 1))
    assert len(RuleIndex(rules).word_failures(facts({}))) == RULES_EXPLAINED


def test_explanations_are_remembered_by_the_values_that_rules_ask_for() -> None:
    index = RuleIndex(RULES)
    known = index.word_failures(facts({"x": "a", "y": "e"}))
    assert index.word_failures(facts({"x": "a", "y": "e", "z": "another lead"})) is known
    assert index.word_failures(facts({"x": "z", "y": "e"})) != known


def test_no_more_explanations_are_remembered_than_there_is_room_for() -> None:
    index = RuleIndex(RULES)
    known = index.word_failures(facts({"x": "0"}))
    for number in range(1, EXPLANATIONS_KEPT):
        index.word_failures(facts({"x": str(number)}))
    assert index.word_failures(facts({"x": "0"})) is known
    index.word_failures(facts({"x": "one more"}))
    assert index.word_failures(facts({"x": "0"})) is not known
    assert index.word_failures(facts({"x": "0"})) == known
