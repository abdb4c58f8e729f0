"""A lead's profile is remembered by all that it depends on, and not where it depends on more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baton.domain.lead import Evidence, Lead, LifecycleState
from baton.domain.policy import (
    Count,
    FitGroup,
    FitRule,
    Never,
    Policy,
    Segment,
    Territory,
    Test,
    When,
)
from baton.domain.scoring.facts import PROFILES_KEPT, describe
from tests.builders import NOW
from tests.scored import DAY, SCORED, SCORING

LATER = NOW + 10 * DAY


def lead(**fields: str) -> Lead:
    return Lead(id="1", fields=fields, state=LifecycleState("lead", NOW))


def known(policy: Policy, one: Lead, now: datetime = NOW) -> dict[str, str]:
    return describe(policy, one, now)[0].values


def with_territory(when: When) -> Policy:
    """A policy in which *when* is the first territory's condition, and the first fit rule's."""
    fit = FitGroup("g", "G", (FitRule("r", "R", 10, when),))
    return replace(
        SCORED,
        territories=(Territory("first", "First", when), Territory("rest", "Rest", {})),
        scoring=replace(SCORING, fit=(fit,), never=()),
    )


RECENT: When = {"seen": Test(within=5 * DAY)}
SEEN: When = {"events": Test(counts=(Count(of=("trial",)),))}


@pytest.mark.parametrize(
    ("when", "before", "after"),
    [
        pytest.param(RECENT, (lead(seen=NOW.isoformat()), NOW), (lead(seen=NOW.isoformat()), LATER),
                     id="a date"),
        pytest.param({"days_in_stage": Test(below=5)}, (lead(), NOW), (lead(), LATER),
                     id="the days in its stage"),
        pytest.param({"any": Test(blocks=({"days_in_stage": Test(below=5)},))}, (lead(), NOW),
                     (lead(), LATER), id="the days in its stage, nested"),
        pytest.param({"not": Test(blocks=({"seen": Test(known=False)}, {"all": Test(blocks=(
                         {"seen": Test(within=5 * DAY)},))}))},
                     (lead(seen=(NOW - 20 * DAY).isoformat()), NOW),
                     (lead(seen=NOW.isoformat()), NOW), id="another value, nested"),
        pytest.param(SEEN, (replace(lead(), evidence=(Evidence(NOW, "trial"),)), NOW),
                     (lead(), NOW), id="evidence"),
        pytest.param({"country": Test(any_of=("Chile",))}, (lead(country="Chile"), NOW),
                     (lead(country="Peru"), NOW), id="a field"),
    ],
)  # fmt: skip
def test_a_profile_follows_all_that_its_conditions_test(
    when: When, before: tuple[Lead, datetime], after: tuple[Lead, datetime]
) -> None:
    policy = with_territory(when)
    for one, now, territory, fit in (
        (*before, "first", "10"),
        (*after, "rest", "0"),
        (*before, "first", "10"),
    ):
        found = known(policy, one, now)
        assert (found["territory"], found["fit"]) == (territory, fit)


def test_a_profile_follows_what_disqualifies() -> None:
    never = (Never("rival", "A rival", {"company": Test(any_of=("Rival",))}),)
    policy = replace(SCORED, scoring=replace(SCORING, never=never))
    labels = []
    for company in ("Rival", "Acme", "Rival"):
        score = describe(policy, lead(company=company), NOW)[1]
        assert score is not None
        labels.append(score.never)
    assert labels == ["A rival", "", "A rival"]


def test_a_profile_follows_the_segments() -> None:
    large = Segment("large", "Large", {"employees": Test(at_least=1000)})
    policy = replace(SCORED, segments=(large,), scoring=None)
    assert known(policy, lead(employees="2000")).get("segment") == "large"
    assert known(policy, lead(employees="20")).get("segment") is None
    assert known(policy, lead(employees="2000")).get("segment") == "large"


def test_no_more_profiles_are_remembered_than_there_is_room_for() -> None:
    policy = with_territory({"country": Test(any_of=("Chile",))})
    for number in range(PROFILES_KEPT + 1):
        known(policy, lead(country=str(number)))
    assert len(policy.profiles) == 1
    assert known(policy, lead(country="Chile"))["territory"] == "first"


def test_a_policy_that_asks_for_time_or_evidence_remembers_no_profile() -> None:
    for when in (RECENT, SEEN, {"all": Test(blocks=(RECENT,))}):
        policy = with_territory(when)
        known(policy, lead(), NOW + timedelta(days=1))
        assert (policy.profile_fields, policy.profiles) == (None, {})
