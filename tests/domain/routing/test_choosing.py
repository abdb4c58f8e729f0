"""Finding an owner: the account, the rule, the member of the pool, and the fallbacks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Considered
from baton.domain.lead import Lead
from baton.domain.phrase import Phrase
from baton.domain.policy import (
    CatchUp,
    Fallback,
    Limits,
    Member,
    Policy,
    Pool,
    Rule,
    Shift,
    Test,
    TimeOff,
    Wait,
    Window,
)
from baton.domain.routing.obstacles import Obstacle
from baton.domain.routing.route import route
from baton.domain.routing.routing_rules import needs_of_rules
from baton.domain.routing.search import Choice, Queued, Search, Wanted
from baton.domain.scoring.facts import describe
from baton.domain.world.world import Account, Away, Load, Needs, NeedsData, Turns, World
from tests.builders import NOW, POLICY, minutes, rep, world
from tests.routed import routed, waiting_pool
from tests.worded import all_words, words

WAIT = Wait(minutes(240))
EVENING = NOW.replace(hour=20)
OFF = (TimeOff(NOW - minutes(1), NOW + timedelta(days=1)),)


def desk(*members: str, people: dict[str, dict[str, Any]] | None = None, **pool: Any) -> Policy:
    """Leads go to a pool of *members* (by default Anna and Ben, two leads each), with *people*
    changed."""
    rows = tuple(map(Member, members or ("anna", "ben")))
    base = routed(
        waiting_pool(**({"members": rows, "fallback": (Fallback(person="mona"),)} | pool))
    )
    changed = tuple(replace(one, **(people or {}).get(one.id, {})) for one in base.people)
    return replace(base, people=changed)


def wanted(policy: Policy, **fields: Any) -> Wanted:
    facts, _ = describe(policy, Lead(id="101", fields={"company": "Acme"}), NOW)
    given: dict[str, Any] = {"handoff": policy.handoff[policy.lifecycle.handoff], "facts": facts}
    return Wanted("101", **(given | fields))


def found(
    policy: Policy,
    now: datetime = NOW,
    loads: dict[str, Load] | None = None,
    turns: dict[str, Turns] | None = None,
    known: dict[str, Any] | None = None,
    **fields: Any,
) -> Choice | Queued:
    there = world(policy, loads=loads, turns=turns, **(known or {}))
    return route(policy, wanted(policy, **fields), there, now)


def chosen(*args: Any, **fields: Any) -> Choice:
    answer = found(*args, **fields)
    assert isinstance(answer, Choice)
    return answer


def said(choice: Choice) -> tuple[str, ...]:
    """The reasons for the choice, without those about owners of the account."""
    told = all_words(choice.because)
    return tuple(line for line in told if not line.startswith("owner of"))


def full(*names: str) -> dict[str, Load]:
    return {name: Load(name, open=99) for name in names}


# --- the account


def test_ownership_of_the_contact_comes_before_any_pool() -> None:
    policy = replace(desk(), ownership=("contact",))
    choice = chosen(policy, existing_owner="owner-carl")
    assert (choice.person.id, choice.pool, choice.rule) == ("carl", "", "existing-owner")
    assert choice.because == (Phrase("owner.able", (Phrase("account.contact"), "Carl")),)
    taken = chosen(policy, existing_owner="owner-carl", by_ownership=False)
    assert taken.person.id == "anna", "it was taken from somebody"


def test_ownership_decides_nothing_without_an_owner() -> None:
    """Nor does the contact go to a person whose HubSpot owner id is empty as well."""
    policy = desk(people={"carl": {"hubspot_owner": ""}})
    choice = chosen(replace(policy, ownership=("contact",)))
    assert choice.person.id == "anna"
    assert choice.because[0] == Phrase("owner.none", (Phrase("account.contact"),))
    company = replace(policy, ownership=("company",))
    choice = chosen(company, known={"account": Account({})})
    assert choice.person.id == "anna"
    assert choice.because[0] == Phrase("owner.none", (Phrase("account.company"),))


@pytest.mark.parametrize(
    ("carl", "load", "person"),
    [
        pytest.param({"time_off": OFF}, {}, "cora", id="away: the backup"),
        pytest.param({"active": False}, {}, "cora", id="gone: the backup"),
        pytest.param({}, full("carl"), "anna", id="full: the rules"),
        pytest.param({"time_off": OFF, "backup": ""}, {}, "anna", id="away without one: the rules"),
    ],
)
def test_the_backup_stands_in_for_an_absent_owner(
    carl: dict[str, Any], load: dict[str, Load], person: str
) -> None:
    policy = replace(desk(people={"carl": {"backup": "cora"} | carl}), ownership=("contact",))
    assert chosen(policy, loads=load, existing_owner="owner-carl").person.id == person


@pytest.mark.parametrize("backup", ["", "cora"])
def test_loads_of_owner_backup_and_next_candidates_are_asked_for_together(backup: str) -> None:
    policy = replace(desk(people={"carl": {"backup": backup}}), ownership=("contact",))
    with pytest.raises(NeedsData) as asked:
        route(policy, wanted(policy, existing_owner="owner-carl"), World(policy), NOW)
    people = ("carl", *([backup] if backup else []), "anna", "ben", "mona")
    assert asked.value.lacks == Needs(pools=("desk",), people=people)


# --- the rule


def test_without_a_matching_rule_the_last_resort_gets_the_lead() -> None:
    never = Rule("never", {"company": Test(any_of=("Other",))}, "desk", "Never")
    policy = replace(desk(), rules=(never,))
    choice = chosen(policy)
    assert (choice.person.id, choice.pool, choice.rule) == ("mona", "", "last-resort")
    assert words(choice.why) == "Nobody else: nobody in the pools was free"
    handoff = policy.handoff[policy.lifecycle.handoff]
    assert needs_of_rules(policy, handoff, wanted(policy).facts, NOW) == Needs()


def test_a_rule_matches_when_all_its_conditions_hold() -> None:
    acme = {"company": Test(any_of=("Acme",))}
    rules = (
        Rule("product", acme | {"product": Test(known=True)}, "closers", "Product"),
        Rule("later", acme, "closers", "Later", window=Window(start=NOW + minutes(1))),
        Rule("acme", acme, "desk", "Acme"),
    )
    policy = replace(desk(), rules=rules)
    choice = chosen(policy)
    assert choice.rule == "acme"
    assert said(choice)[:3] == (
        "rule product: no, product is missing",
        "rule later: no, the rule is active from Tue 3 Mar 2026",
        "rule acme: yes",
    )
    assert chosen(policy, NOW + minutes(1)).rule == "later"


@pytest.mark.parametrize(
    ("before", "more"),
    [
        pytest.param(25, (), id="twenty-five are told"),
        pytest.param(26, ("rules: 1 more did not match",), id="of one more, how many"),
    ],
)
def test_the_rules_before_the_one_that_matches_are_told(before: int, more: tuple[str, ...]) -> None:
    never = {"company": Test(any_of=("Other",))}
    passed = tuple(Rule(f"no-{n}", never, "desk", "No") for n in range(before))
    rules = (*passed, Rule("all", {}, "desk", ""), Rule("later", {}, "desk", "Later"))
    choice = chosen(replace(desk(), rules=rules))
    assert said(choice) == (
        *(f"rule no-{n}: no, company is Acme, not Other" for n in range(25)),
        *more,
        "rule all: yes",
        "pool desk: it is Anna's turn among 2",
    )
    assert words(choice.why) == "all: next in Desk", "a rule without a label is called by its id"


# --- the member of the pool


def test_only_the_missing_loads_of_a_pool_are_asked_for() -> None:
    policy = desk(fallback=(Fallback(pool="closers"), Fallback(person="mona")))
    there = world(policy)

    def lacks(**without: Any) -> Needs:
        with pytest.raises(NeedsData) as asked:
            route(policy, wanted(policy), replace(there, **without), NOW)
        return asked.value.lacks

    some = {name: load for name, load in there.loads.items() if name != "cora"}
    assert lacks(loads=some) == Needs(people=("cora",))
    assert lacks(turns={"desk": Turns("desk")}) == Needs(pools=("closers",))


@pytest.mark.parametrize(
    ("people", "loads", "shift", "codes"),
    [
        pytest.param({}, {}, Shift(), "123", id="all are free"),
        pytest.param({"ben": {"time_off": OFF}}, {}, Shift(), "1l2", id="one is on leave"),
        pytest.param({}, full("anna"), Shift("on_shift"), "o12", id="the first is full"),
        pytest.param(
            {"ben": {"active": False}}, full("ben"), Shift("on_shift"), "1i2", id="the first reason"
        ),
        pytest.param(
            {},
            {"ben": Load("ben", refused=Away(NOW, None, "hubspot"))},
            Shift(),
            "1r2",
            id="refused",
        ),
    ],
)
def test_every_member_is_considered(
    people: dict[str, Any], loads: dict[str, Load], shift: Shift, codes: str
) -> None:
    policy = desk("anna", "ben", "cora", people=people, shift=shift)
    assert chosen(policy, loads=loads).considered == (Considered("desk", codes),)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param(10, [f"pool desk: R{n} is full (99 of 10 open leads)" for n in range(10)],
                     id="ten, each by name"),
        pytest.param(11, ["pool desk: 11 are full"], id="eleven, by their number"),
    ],
)  # fmt: skip
def test_the_members_who_cannot_take_it_are_told(size: int, expected: list[str]) -> None:
    names = [f"r{n}" for n in range(size)]
    policy = desk(*names)
    policy = replace(policy, people=(*policy.people, *map(rep, names)))
    told = said(chosen(policy, loads=full(*names)))
    assert list(told[1 : len(expected) + 2]) == [*expected, "pool desk: nobody can take it"]


@pytest.mark.parametrize("fact", ["away", "refused", "unreachable"])
def test_a_member_who_is_away_or_refused_takes_no_lead(fact: str) -> None:
    """Also one to whom only Slack brings nothing."""
    load = replace(Load("anna"), **{fact: Away(NOW, None, "cli")})
    assert chosen(desk(), loads={"anna": load}).person.id == "ben"


def test_former_owners_and_inactive_reps_are_skipped() -> None:
    policy = desk("anna", "ben", "cora", people={"ben": {"active": False}})
    choice = chosen(policy, excluded=frozenset({"anna", "ben"}))
    assert choice.considered == (Considered("desk", "hi1"),)


@pytest.mark.parametrize(
    ("shift", "now", "loads", "codes"),
    [
        pytest.param(Shift("on_shift"), NOW, {}, "12", id="on shift"),
        pytest.param(Shift("on_shift"), EVENING, {}, "ss", id="off shift"),
        pytest.param(
            Shift("on_shift", timedelta(hours=24)), EVENING, {}, "ss", id="the next does not count"
        ),
        pytest.param(
            Shift("next_on_shift", timedelta(hours=24)), EVENING, {}, "12", id="the next counts"
        ),
        pytest.param(Shift("on_shift"), EVENING, full("anna"), "os", id="full before off shift"),
    ],
)
def test_members_take_leads_on_their_shift(
    shift: Shift, now: datetime, loads: dict[str, Load], codes: str
) -> None:
    choice = chosen(desk(shift=shift), now, loads=loads)
    assert choice.considered[0] == Considered("desk", codes)


def test_only_loads_that_decided_something_are_checked() -> None:
    """Leave is policy and cannot change; a person who is full may have room by the time the
    decision is stored."""
    policy = desk("anna", "ben", "cora", people={"anna": {"time_off": OFF}})
    choice = chosen(policy, loads=full("ben"))
    assert choice.person.id == "cora"
    assert [load.person for load in choice.relied_on] == ["ben"]


def test_the_chosen_owners_load_is_not_checked_as_full() -> None:
    loads = full("anna", "ben") | {"mona": Load("mona", away=Away(NOW, None, "slack"))}
    nobody_else: dict[str, dict[str, Any]] = {"mona": {"backup": ""}, "dora": {"active": False}}
    choice = chosen(desk(people=nobody_else), loads=loads)
    assert choice.person.id == "mona"
    assert {load.person for load in choice.relied_on} == {"anna", "ben"}


def test_a_rep_without_counted_leads_is_least_loaded() -> None:
    """Without a limit there is nothing to measure a load by."""
    policy = desk(people={"ben": {"max_open": None}}, choose="least_loaded")
    loads = {"anna": Load("anna", open=1), "ben": Load("ben", open=50)}
    choice = chosen(policy, loads=loads)
    assert (choice.person.id, words(choice.why)) == ("ben", "All: the least loaded in Desk")
    loads = {"anna": Load("anna"), "ben": Load("ben", open=50)}
    assert chosen(policy, loads=loads).person.id == "anna", "a tie: the first in the pool"


@pytest.mark.parametrize(
    ("limits", "load", "counted"),
    [
        pytest.param(Limits(), Load("desk"), Load("desk"), id="without limits nothing is counted"),
        pytest.param(
            Limits(per_day=5),
            Load("desk", day="2026-03-04", today=4),
            Load("desk", 1, "2026-03-04", 5, week="2026-W10", this_week=1),
            id="by the day of its calendar, which has begun in Berlin",
        ),
    ],
)
def test_the_load_of_a_pool(limits: Limits, load: Load, counted: Load) -> None:
    policy = desk(limits=limits, calendar="berlin")
    turns = {"desk": Turns("desk", load=load)}
    choice = chosen(policy, NOW.replace(hour=23, minute=30), turns=turns)
    (after,) = choice.turns
    assert after.load == counted
    assert choice.counts_in_pool is limits.any
    assert said(choice) == ("rule all: yes", "pool desk: it is Anna's turn among 2")


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(open=3), "is full (3 of 3 open)"),
        (Limits(per_day=3), "is full for this day"),
        (Limits(per_week=3), "is full for this week"),
    ],
)
def test_a_full_pool_is_skipped(limits: Limits, why: str) -> None:
    load = Load("desk", 3, "2026-03-03", 3, week="2026-W10", this_week=3)
    choice = chosen(desk(limits=limits), turns={"desk": Turns("desk", load=load)})
    assert choice.person.id == "mona"
    assert choice.considered == (Considered("desk", Obstacle.POOL_FULL),)
    assert said(choice)[1] == f"pool desk: {why}"


@pytest.mark.parametrize(
    ("kind", "people", "loads", "leave"),
    [
        pytest.param("none", {"ben": {"time_off": OFF}}, {}, {}, id="nothing is owed for leave"),
        pytest.param("capped", {"ben": {"time_off": OFF}}, {}, {"ben": 0.5}, id="on leave: kept"),
        pytest.param("capped", {}, full("ben"), {}, id="full is no leave"),
    ],
)
def test_the_catch_up_owed_for_leave(
    kind: Any, people: dict[str, Any], loads: dict[str, Load], leave: dict[str, float]
) -> None:
    policy = desk(people=people, catch_up=CatchUp(kind, 1))
    (after,) = chosen(policy, loads=loads).turns
    assert after.leave == leave


def test_catch_up_is_limited_per_day_of_the_member() -> None:
    policy = desk(catch_up=CatchUp("capped", 1))
    turns = {"desk": Turns("desk", leave={"ben": 2.0}, paid_on={"ben": "2026-03-03"})}
    (after,) = chosen(policy, turns=turns).turns
    assert after.leave == {"ben": 2.0}, "today's part was paid"
    (after,) = chosen(policy, NOW.replace(hour=23, minute=30), turns=turns).turns
    assert (after.leave, after.paid_on) == ({"ben": 1.0}, {"ben": "2026-03-04"})


# --- fallbacks

CHAIN = (
    Fallback(pool="closers"),
    Fallback(wait=WAIT),
    Fallback(pool="late"),
    Fallback(person="mona"),
)
LATE = Pool("late", "Late", (Member("pia"),), (Fallback(person="mona"),))


def chained(*steps: Fallback) -> Policy:
    policy = desk(fallback=steps or CHAIN)
    return replace(
        policy, pools=(*policy.pools, LATE), people=(*policy.people, POLICY.person["pia"])
    )


EVERYBODY = full("anna", "ben", "carl", "cora")


@pytest.mark.parametrize(
    ("loads", "waiting", "fields", "person"),
    [
        pytest.param({}, 0, {}, "anna", id="somebody is free"),
        pytest.param(full("anna", "ben"), 0, {}, "carl", id="nobody: the next pool"),
        pytest.param(EVERYBODY, 0, {}, "", id="nor there: it waits"),
        pytest.param({}, 1, {}, "", id="others wait: behind them"),
        pytest.param({}, 1, {"waits_in": "desk"}, "anna", id="it waits itself, alone"),
        pytest.param({}, 2, {"waits_in": "desk"}, "", id="it waits itself, and is not the first"),
        pytest.param({}, 1, {"waits_in": "closers"}, "", id="it waits elsewhere"),
        pytest.param({}, 1, {"wait_timed_out": True}, "pia", id="it has waited: what comes after"),
        pytest.param(full("pia"), 0, {"wait_timed_out": True}, "mona", id="and so on"),
    ],
)
def test_a_lead_goes_along_the_fallbacks(
    loads: dict[str, Load], waiting: int, fields: dict[str, Any], person: str
) -> None:
    policy = chained()
    turns = {"desk": Turns("desk", waiting=waiting)}
    answer = found(policy, loads=loads, turns=turns, known={"first": {"desk": "9"}}, **fields)
    if person:
        assert isinstance(answer, Choice)
        assert answer.person.id == person
    else:
        assert isinstance(answer, Queued)
        assert (answer.pool.id, answer.wait, answer.rule) == ("desk", WAIT, "all")
        assert answer.responsible == policy.person["mona"]


def test_a_waiting_lead_asks_who_is_first_in_the_queue() -> None:
    policy = chained()
    turns = {"desk": Turns("desk", waiting=2)}
    with pytest.raises(NeedsData) as asked:
        found(policy, turns=turns, waits_in="desk")
    assert asked.value.lacks == Needs(queues=("desk",))
    assert isinstance(found(policy, turns=turns), Queued), "who comes new need not ask"
    first = found(policy, turns=turns, known={"first": {"desk": "101"}}, waits_in="desk")
    assert isinstance(first, Choice)


def test_fallbacks_before_the_queue_are_not_its_managers() -> None:
    policy = chained(Fallback(person="dora"), Fallback(wait=WAIT), Fallback(person="mona"))
    away = EVERYBODY | {"dora": Load("dora", away=Away(NOW, None, "slack"))}
    answer = found(policy, loads=away)
    assert isinstance(answer, Queued)
    assert answer.responsible == policy.person["mona"]
    assert {load.person for load in answer.relied_on} == {"anna", "ben", "dora"}
    assert answer.considered == (Considered("desk", "oo"),)
    nobody = found(chained(Fallback(wait=WAIT)), loads=away)
    assert isinstance(nobody, Queued)
    assert nobody.responsible is None


def test_backups_that_are_each_others_end_the_search() -> None:
    away = {
        name: {"time_off": OFF, "backup": other}
        for name, other in (("mona", "dora"), ("dora", "mona"))
    }
    policy = desk(people=away)
    assert chosen(policy, loads=full("anna", "ben")).person.id == "mona"


def test_a_backup_of_a_last_resort_is_asked_for_only_then() -> None:
    policy = desk(people={"mona": {"time_off": OFF, "backup": "dora"}})
    there = world(policy, loads=full("anna", "ben"))
    loads = {name: load for name, load in there.loads.items() if name != "dora"}
    with pytest.raises(NeedsData) as asked:
        route(policy, wanted(policy), replace(there, loads=loads), NOW)
    assert asked.value.lacks == Needs(people=("dora",))


def test_a_shift_matters_only_within_a_pool() -> None:
    """The owner of the account takes leads outside their shift, too."""
    policy = desk(shift=Shift("on_shift"))
    search = Search(policy, wanted(policy), world(policy), EVENING)
    anna, pool = policy.person["anna"], policy.pools[0]
    assert search.obstacle(Load("anna"), anna) is None
    assert search.obstacle(Load("anna"), anna, pool) == Obstacle.OFF_SHIFT


def test_leads_still_in_a_queue_without_a_wait_do_not_go_first() -> None:
    """The policy has dropped the wait; leads that still wait are counted."""
    turns = {"desk": Turns("desk", waiting=1)}
    assert chosen(desk(), turns=turns).person.id == "anna"


def test_rules_without_an_index_are_tried_in_order() -> None:
    policy = desk()
    handoff = replace(policy.handoff[policy.lifecycle.handoff], stage="made-up")
    assert chosen(policy, handoff=handoff).person.id == "anna"
