"""Choosing an owner: the account, rules and their active times, pools and their limits."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.domain.decide import decide
from baton.domain.draft.decision import Considered, Decision
from baton.domain.policy import Fallback, Member, Person, Policy, Pool, Rule, Shift, TimeOff, Window
from baton.domain.world.world import Account, Away, Load, Needs
from tests.builders import (
    NOW,
    POLICY,
    after,
    became,
    contact,
    decided,
    manager,
    minutes,
    owned,
    rep,
    world,
)
from tests.worded import reasons


@pytest.mark.parametrize("n", [1, 7, 40])
def test_a_batch_of_leads_equals_single_leads(n: int) -> None:
    """Turns depend on the leads, not on how they are batched."""
    state, owners = world(contact=contact()), []
    for i in range(n):
        event = became(id=f"e{i}", lead_id=str(i))
        decision = decided(None, event, replace(state, contact=contact(str(i))))
        owners.append(owned(decision.lead).person)
        state = after(state, decision)
    expected = ["anna", "ben"] * 10 + ["dan", "cleo", "dan"] * 10
    assert Counter(owners[: min(n, 20)]) == Counter(expected[: min(n, 20)])


@given(
    st.dictionaries(st.sampled_from([p.id for p in POLICY.people]), st.integers(0, 12)),
    st.sets(st.sampled_from([p.id for p in POLICY.people])),
    st.sampled_from(["Germany", "Chile", ""]),
    st.sampled_from(["5000", "12", "many", ""]),
    st.sampled_from(["PARTNER", "PAID_SEARCH", ""]),
    st.sampled_from(["owner-dan", "owner-anna", "owner-gone", ""]),
)
def test_every_lead_is_somewhere_and_no_rep_is_over_capacity(
    loads: dict[str, int],
    inactive: set[str],
    country: str,
    employees: str,
    source: str,
    owner: str,
) -> None:
    policy = replace(
        POLICY,
        people=tuple(replace(p, active=p.id not in inactive) for p in POLICY.people),
    )
    state = world(
        policy,
        contact(
            country=country,
            numemployees=employees,
            hs_analytics_source=source,
            hubspot_owner_id=owner,
        ),
        loads={name: Load(name, open=n) for name, n in loads.items()},
    )
    decision = decided(None, became(), state)
    chosen = policy.person[owned(decision.lead).person]
    assert chosen.max_open is None or loads.get(chosen.id, 0) < chosen.max_open
    assert chosen.active or all(p.id in inactive for p in policy.people if p.role == "manager")
    assert decision.because
    assert decided(None, became(), state) == decision, "the same state gives the same owner"


def test_64_leads_into_room_for_40_never_exceed_a_capacity() -> None:
    """Two pools with 4 reps and a limit of 10; the other leads go to the manager."""
    state = world(contact=contact())
    owners: Counter[str] = Counter()
    for i in range(64):
        decision = decided(None, became(id=f"e{i}", lead_id=str(i)), state, NOW)
        owners[owned(decision.lead).person] += 1
        state = after(state, decision)
    assert owners == {"anna": 10, "ben": 10, "cleo": 10, "dan": 10, "mona": 24}
    assert {name: state.loads[name].open for name in owners} == dict(owners)


# --- the account


def told(decision: Decision) -> str:
    return "\n".join(reasons(decision))


OWNERS: Any = {
    "open_deal": ("owner-dan", "77"),
    "company": ("owner-cleo", "12"),
    "domain": ("owner-ben", "13"),
}


@pytest.mark.parametrize(
    ("order", "loads", "owner", "rule"),
    [
        (("open_deal", "contact", "company"), {}, "dan", "open-deal-owner"),
        (("contact", "company"), {}, "pia", "existing-owner"),
        (("company", "contact"), {}, "cleo", "company-owner"),
        (("parent_company", "domain"), {}, "ben", "domain-owner"),
        (("company", "domain"), {"cleo": 10}, "ben", "domain-owner"),
        (("company",), {"cleo": 10}, "anna", "emea-enterprise"),
        ((), {}, "anna", "emea-enterprise"),
    ],
)
def test_ownership_of_the_account_decides_before_any_rule(
    order: Any, loads: dict[str, int], owner: str, rule: str
) -> None:
    policy = replace(POLICY, ownership=order)
    state = world(
        policy,
        contact(hubspot_owner_id="owner-pia"),
        loads={name: Load(name, open=n) for name, n in loads.items()},
        account=Account(OWNERS),
    )
    assignment = owned(decided(None, became(), state).lead)
    assert (assignment.person, assignment.rule) == (owner, rule)


def test_missing_hubspot_data_does_not_block_routing() -> None:
    policy = replace(POLICY, ownership=("company",))
    state = world(policy, contact(), account=Account(denied="the scope is missing"))
    decision = decided(None, became(), state)
    assert owned(decision.lead).rule == "emea-enterprise"
    assert "account: could not be read, the scope is missing" in told(decision)


def test_the_account_is_asked_for_only_where_the_policy_names_it() -> None:
    state = world(POLICY, contact())
    assert isinstance(decide(None, became(), state, NOW), Decision)
    policy = replace(POLICY, ownership=("open_deal", "contact"))
    answer = decide(None, became(), replace(state, policy=policy), NOW)
    assert answer == Needs(account=("open_deal",))
    policy = replace(POLICY, ownership=("contact", "company"))
    owned = contact(hubspot_owner_id="owner-pia")
    answer = decide(None, became(), replace(world(policy, owned), policy=policy), NOW)
    assert isinstance(answer, Decision), "found before anybody was asked"


def test_account_sources_are_tried_in_turn_until_an_owner_is_available() -> None:
    policy = replace(POLICY, ownership=("open_deal", "contact", "company", "domain"))
    deal = Account({"open_deal": ("owner-nobody", "7")}, looked=("open_deal",))
    state = world(policy, contact(), account=deal)
    assert decide(None, became(), state, NOW) == Needs(account=("company", "domain"))
    company = Account({"company": ("owner-pia", "8")}, looked=("company",))
    decision = decide(None, became(), replace(state, account=deal.merged_with(company)), NOW)
    assert isinstance(decision, Decision)
    assert owned(decision.lead).person == "pia"


def test_the_backup_takes_over_the_ownership_of_an_absent_owner() -> None:
    out = TimeOff(NOW - minutes(60), NOW + minutes(60))
    people = tuple(
        replace(p, time_off=(out,), backup="dan") if p.id == "cleo" else p for p in POLICY.people
    )
    policy = replace(POLICY, people=people, ownership=("company",))
    state = world(policy, contact(), account=Account(OWNERS))
    decision = decided(None, became(), state)
    assert owned(decision.lead).person == "dan"
    assert "Cleo is away" in told(decision)


def test_backups_that_name_each_other_end() -> None:
    out = (TimeOff(NOW - minutes(60), NOW + minutes(60)),)
    other = {"cleo": "dan", "dan": "cleo"}
    people = tuple(
        replace(p, time_off=out, backup=other[p.id]) if p.id in other else p for p in POLICY.people
    )
    policy = replace(POLICY, people=people, ownership=("company",))
    decision = decided(None, became(), world(policy, contact(), account=Account(OWNERS)))
    assert owned(decision.lead).person == "anna"


# --- rules with active times


@pytest.mark.parametrize(
    ("window", "counts", "why"),
    [
        (Window(start=NOW), True, ""),
        (Window(start=NOW + minutes(1)), False, "the rule is active from Tue 3 Mar 2026"),
        (Window(end=NOW), False, "the rule was active until Tue 3 Mar 2026"),
        (Window(end=NOW + minutes(1)), True, ""),
        (Window(calendar="berlin", hours="inside"), True, ""),
        (Window(calendar="berlin", hours="outside"), False, "the rule is active outside the hours"),
    ],
)
def test_a_rule_counts_in_its_window(window: Window, counts: bool, why: str) -> None:
    event = Rule("event", {}, "partners", "Fair", window=window)
    policy = replace(POLICY, rules=(event, *POLICY.rules))
    decision = decided(None, became(), world(policy, contact()))
    assert owned(decision.lead).person == ("pia" if counts else "anna")
    assert why in told(decision)


# --- people and pools


def one_pool(*people: Person, **changes: Any) -> Policy:
    pool = Pool("desk", "Desk", tuple(Member(p.id) for p in people), (Fallback(person="mona"),))
    return replace(
        POLICY,
        pools=(replace(pool, **changes),),
        rules=(Rule("all", {}, "desk", "All"),),
        people=(*people, manager("mona"), manager("dora", manager="")),
    )


def test_the_least_loaded_is_measured_by_what_they_can_carry() -> None:
    """Anna carries 3 of 10, Ben 2 of 4: her share is lower. At 5 of 10 they are equal, and Ben was
    not served yet."""
    policy = one_pool(rep("anna"), rep("ben", max_open=4), choose="least_loaded")
    loads = {"anna": Load("anna", open=3), "ben": Load("ben", open=2)}
    state, owners = world(policy, contact(), loads=loads), []
    for number in range(6):
        decision = decided(None, became(id=f"e{number}", lead_id=str(number)), state)
        owners.append(owned(decision.lead).person)
        state = after(state, decision)
    assert owners == ["anna", "anna", "ben", "anna", "anna", "anna"]


@pytest.mark.parametrize(
    ("fields", "load", "code", "said"),
    [
        ({"active": False}, Load("anna"), "i", "Anna is not active"),
        (
            {"time_off": (TimeOff(NOW - minutes(1), NOW + minutes(1)),)},
            Load("anna"),
            "l",
            "Anna is away",
        ),
        ({}, Load("anna", away=Away(NOW, None, "slack")), "a", "Anna is marked as away"),
        ({}, Load("anna", away=Away(NOW, NOW, "slack")), "2", ""),
        ({}, Load("anna", refused=Away(NOW, None, "hubspot")), "r", "not accepted as owner"),
        ({}, Load("anna", open=10), "o", "Anna is full (10 of 10 open leads)"),
        (
            {"max_per_day": 3},
            Load("anna", day="2026-03-03", today=3),
            "d",
            "Anna is full for today (3 of 3)",
        ),
        ({"max_per_day": 3}, Load("anna", day="2026-03-02", today=3), "2", ""),
        (
            {"max_per_week": 9},
            Load("anna", week="2026-W10", this_week=9),
            "w",
            "Anna is full for this week (9 of 9)",
        ),
        ({"max_per_week": 9}, Load("anna", week="2026-W09", this_week=9), "2", ""),
    ],
)
def test_the_first_obstacle_is_kept(
    fields: dict[str, Any], load: Load, code: str, said: str
) -> None:
    policy = one_pool(rep("ben"), rep("anna", **fields))
    decision = decided(None, became(), world(policy, contact(), loads={"anna": load}))
    assert owned(decision.lead).person == "ben"
    assert decision.considered == (Considered("desk", f"1{code}"),)
    assert said in told(decision)


@pytest.mark.parametrize(
    ("shift", "hour", "owner"),
    [
        (Shift(), 3, "anna"),
        (Shift("on_shift"), 8, "anna"),
        (Shift("on_shift"), 7, "mona"),
        (Shift("next_on_shift", minutes(60)), 7, "anna"),
        (Shift("next_on_shift", minutes(59)), 7, "mona"),
        (Shift("next_on_shift", minutes(600)), 17, "mona"),
    ],
)
def test_who_is_not_on_shift_takes_leads_as_the_pool_says(
    shift: Shift, hour: int, owner: str
) -> None:
    policy = one_pool(rep("anna"), shift=shift)
    at = NOW.replace(hour=hour)
    decision = decided(None, became(at=at), world(policy, contact()), at)
    assert owned(decision.lead).person == owner


def test_a_manager_on_holiday_is_passed_over_for_their_backup() -> None:
    policy = one_pool(rep("anna", max_open=0))
    out = (TimeOff(NOW - minutes(1), NOW + minutes(1)),)
    people = tuple(
        replace(p, time_off=out, backup="dora") if p.id == "mona" else p for p in policy.people
    )
    decision = decided(None, became(), world(replace(policy, people=people), contact()))
    assert owned(decision.lead).person == "dora"
    # Without a backup another manager gets it, and the director last.
    people = tuple(replace(p, backup="") if p.id == "mona" else p for p in people)
    decision = decided(None, became(), world(replace(policy, people=people), contact()))
    assert owned(decision.lead).person == "dora"
    # If all are absent, who is back first: every lead has an owner.
    later = (TimeOff(NOW - minutes(1), NOW + minutes(60)),)
    people = tuple(replace(p, time_off=later) if p.id == "dora" else p for p in people)
    decision = decided(None, became(), world(replace(policy, people=people), contact()))
    assert owned(decision.lead).person == "mona"


def test_what_is_stored_of_500_reps_is_small() -> None:
    people = tuple(rep(f"rep{n}", max_open=0 if n % 2 else 9) for n in range(500))
    decision = decided(None, became(), world(one_pool(*people), contact()))
    (considered,) = decision.considered
    assert len(considered.codes) == 500
    assert Counter(considered.codes) == {"o": 250, "+": 241} | {str(n): 1 for n in range(1, 10)}
    assert len(msgspec.json.encode(decision.because)) < 2_000
    assert len(decision.relied_on) == 60
