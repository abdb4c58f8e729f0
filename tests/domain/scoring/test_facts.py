"""Conditions: whether they hold for a lead, and the sentence that says why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.domain.conditions import Facts, why_not
from baton.domain.lead import Evidence, Lead, LifecycleState
from baton.domain.policy import Test
from baton.domain.scoring.facts import describe, fields_of
from baton.domain.world.world import Contact
from tests.builders import NOW, POLICY
from tests.scored import SCORED
from tests.worded import words

LARGE = {"employees": Test(at_least=1000)}


@pytest.mark.parametrize(
    ("when", "facts", "fault"),
    [
        pytest.param({}, {}, "", id="nothing asked: every lead"),
        pytest.param(
            {"country": Test(any_of=("Germany",))}, {"country": "GERMANY"}, "", id="without case"
        ),
        pytest.param(
            {"country": Test(any_of=("Germany",))},
            {},
            "country is missing, not Germany",
            id="a missing field fails",
        ),
        pytest.param(
            {"country": Test(any_of=("A", "B", "C", "D", "E"))},
            {"country": "X"},
            "country is X, not A, B, C or 2 others",
            id="long lists are cut",
        ),
        pytest.param(LARGE, {"employees": "1000"}, "", id="at least means from there on"),
        pytest.param(LARGE, {"employees": "999"}, "employees is 999, below 1000", id="below"),
        pytest.param(LARGE, {"employees": "5 200"}, "", id="thousands"),
        pytest.param(
            LARGE, {"employees": "5,200"}, 'employees is "5,200", not a number', id="or a decimal"
        ),
        pytest.param(LARGE, {"employees": "1000+"}, "", id="an open range counts from its start"),
        pytest.param(
            LARGE, {"employees": "500-1000"}, "employees is 500-1000, below 1000", id="a range"
        ),
        pytest.param(
            LARGE, {"employees": "many"}, "employees is many, not a number", id="not a number"
        ),
        pytest.param(LARGE, {"employees": "nan"}, "employees is nan, not a number", id="NaN"),
        pytest.param(
            {"employees": Test(below=100)},
            {"employees": "100"},
            "employees is 100, not below 100",
            id="below leaves its end out",
        ),
        pytest.param({"partner": Test(known=True)}, {}, "partner is missing", id="known"),
        pytest.param(
            {"partner": Test(known=False)}, {"partner": "x"}, "partner is known", id="unknown"
        ),
        pytest.param({"partner": Test(known=False)}, {}, "", id="unknown and so it is"),
    ],
)
def test_why_a_condition_does_not_hold(
    when: dict[str, Test], facts: dict[str, str], fault: str
) -> None:
    assert words(why_not(when, Facts(facts, (), NOW))) == fault


def test_territory_segment_and_tier_follow_from_the_fields() -> None:
    fields = {"country": "France", "employees": "1000+", "offer": "Demo request"}
    lead = Lead(id="1", fields=fields, state=LifecycleState(stage="mql"))
    assert describe(POLICY, lead, NOW)[0].values == {
        **fields,
        "stage": "mql",
        "territory": "emea",
        "segment": "enterprise",
        "tier": "hot",
    }


def test_facts_are_derived_from_stages_and_evidence() -> None:
    state = LifecycleState("lead", NOW - timedelta(days=2, hours=6), rounds=3)
    looked = Evidence(NOW - timedelta(days=5), "pricing_page")
    raised = Evidence(NOW, "form", "Demo request")
    lead = Lead(id="1", fields={"employees": "5000"}, state=state, evidence=(looked, raised))
    facts, found = describe(SCORED, lead, NOW)
    assert found is not None
    assert facts.values == {
        "employees": "5000",
        "stage": "lead",
        "days_in_stage": "2.2",
        "rounds": "3",
        "territory": "world",
        "segment": "enterprise",
        "fit": "40",
        "behaviour": "12.1",
        "hand_raise": "true",
        "qualified": "true",
        "tier": "warm",
    }
    exact = {"days_in_stage": 2.25, "fit": 40.0, "behaviour": found.behaviour}
    assert (facts.exact, round(found.behaviour, 6)) == (exact, 12.071068)
    facts, _ = describe(SCORED, replace(lead, evidence=(), state=LifecycleState()), NOW)
    assert {"rounds", "days_in_stage"}.isdisjoint(facts.values)
    assert (facts.values["hand_raise"], facts.values["qualified"]) == ("false", "false")


def test_fields_are_the_properties_that_have_a_value() -> None:
    properties = {"company": "  Acme ", "country": " ", "product_interest": "x" * 2_001}
    found = fields_of(Contact("1", properties), POLICY.lifecycle)
    assert found == {"company": "Acme", "product": "x" * 2_000}
