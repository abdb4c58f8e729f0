"""A score just below a threshold is shown below it, wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from baton.cli._explain_lifecycle import asked_long_ago, scored
from baton.domain import hubspot_names
from baton.domain.conditions import Facts, holds, why_not
from baton.domain.lead import Evidence, Lead
from baton.domain.numbers import whole_beside
from baton.domain.policy import BehaviourGroup, BehaviourRule, FitGroup, FitRule, Policy, Test, When
from baton.domain.scoring.facts import describe
from baton.domain.scoring.score import score
from baton.domain.world.effects import ContactState
from baton.policy_tools.docs.rendering import _beside
from tests.builders import NOW
from tests.scored import DAY, SCORED, SCORING, scored_world, signal, told
from tests.worded import words

RULE = BehaviourRule("trial", "Started a trial", 30, ("trial",), half_life=10 * DAY)
LATE = replace(SCORED, scoring=replace(
    SCORING, fit_at_least=0, behaviour=(BehaviourGroup("all", "All", (RULE,)),)
))  # fmt: skip
#: 16 minutes after a trial, 29.977 of 30 points are left.
BEFORE = NOW - 16 * DAY / 1440
REACHED: When = {"behaviour": Test(at_least=30)}


def lead() -> Lead:
    return Lead(id="101", fields={}, evidence=(Evidence(BEFORE, "trial"),))


def shown(policy: Policy) -> Iterator[tuple[str, str]]:
    facts, found = describe(policy, lead(), NOW)
    assert found is not None
    assert found.behaviour == pytest.approx(29.977, abs=0.001)
    assert not found.qualified
    yield "value", facts.get("behaviour")
    yield "wanting", words(found.wanting[0])
    yield "condition", words(why_not(REACHED, facts))
    yield "explain", scored(lead(), policy, NOW)[0]
    yield "documents", str(_beside(found.behaviour, 30))


def test_it_is_below_wherever_it_is_shown() -> None:
    for place, said in shown(LATE):
        assert "29.98" in said, place


def test_hubspot_is_told_less() -> None:
    world = replace(scored_world(), policy=LATE)
    _, decision = told(None, signal("trial", BEFORE), world)
    (written,) = (one for one in decision.effects if isinstance(one, ContactState))
    assert written.properties[hubspot_names.BEHAVIOUR].value == "29"
    assert written.properties[hubspot_names.QUALIFIED].value == "no"


@pytest.mark.parametrize(
    ("value", "mark", "whole"),
    [
        (29.977, 30, 29),
        (30, 30, 30),
        (30.4, 30, 30),
        (29.4, 30, 29),
        (29.7, 29.9, 29),
        (29.7, 40, 30),
    ],
)
def test_a_whole_number_beside_a_mark(value: float, mark: float, whole: int) -> None:
    assert whole_beside(value, mark) == whole


def test_every_number_that_the_policy_asks_about_is_a_mark() -> None:
    """A tier may ask for another number than the threshold."""
    tiers = tuple(replace(one, when={"behaviour": Test(at_least=29.98)}) for one in SCORED.tiers)
    facts, _ = describe(replace(LATE, tiers=tiers), lead(), NOW)
    assert not holds(tiers[0].when, facts)
    assert float(facts.get("behaviour")) < 29.98


def test_points_that_add_up_to_the_threshold_reach_it() -> None:
    """0.7 and 0.1 are less than 0.8, in floating point."""
    assert 0.7 + 0.1 < 0.8
    rules = tuple(FitRule(f"rule-{n}", "Rule", points, {}) for n, points in enumerate((0.7, 0.1)))
    tenths = replace(SCORING, fit=(FitGroup("all", "All", rules),), fit_at_least=0.8)
    assert not [
        one for one in score(tenths, Facts({}, (), NOW), ()).wanting if one.id == "wanting.fit"
    ]


def test_explain_says_that_a_form_counts_no_more() -> None:
    old = Evidence(NOW - 61 * DAY, "form", "Demo request")
    asked = Lead(id="101", fields={"offer": "Demo request"}, evidence=(old,))
    (line,) = asked_long_ago(asked, SCORED, NOW)
    assert line.startswith("Asked for counts no more: Demo request was sent at Thu 1 Jan 2026, ")
    assert line.endswith(", and lasts 14 days.")
    assert asked_long_ago(asked, SCORED, NOW - 60 * DAY) == []
