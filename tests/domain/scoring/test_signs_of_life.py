"""Signs of life: only what the person did, and not against us, makes interest recent."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.domain.conditions import Facts, holds
from baton.domain.lead import Evidence
from baton.domain.policy import BehaviourGroup, BehaviourRule, Count, Signal, Test
from baton.domain.scoring.score import next_crossing, score
from baton.domain.scoring.signs_of_life import newest_sign
from tests.builders import NOW
from tests.scored import (
    DAY,
    SCORED,
    SCORING,
    accepted,
    person,
    scored_world,
    signal,
    told,
)

AGAINST = BehaviourGroup(
    "against",
    "Against",
    (
        BehaviourRule("away", "Unsubscribed", -1, ("unsubscribed",), window=180 * DAY, at_most=1),
        BehaviourRule("job", "Applied for a job", -1, ("form",), what=("Job application",)),
    ),
)
RULES = replace(
    SCORING,
    behaviour=(*SCORING.behaviour, AGAINST),
    signals=(*SCORING.signals, Signal("unsubscribed", "Unsubscribed")),
)
POLICY = replace(SCORED, scoring=RULES)
#: Enough interest, but of five weeks ago.
OLD = tuple(Evidence(NOW - 35 * DAY + n * DAY / 99, "pricing_page") for n in range(60))
EASY = replace(RULES, behaviour_at_least=1)


@pytest.mark.parametrize(
    ("newest", "is_sign"),
    [
        pytest.param(Evidence(NOW, "form", "Newsletter"), True, id="a form"),
        pytest.param(Evidence(NOW, "pricing_page"), True, id="a visit"),
        pytest.param(Evidence(NOW, "meeting"), True, id="a meeting, which two agree to"),
        pytest.param(Evidence(NOW, "other"), True, id="a signal without points"),
        pytest.param(Evidence(NOW, "call"), False, id="our call"),
        pytest.param(Evidence(NOW, "email"), False, id="our e-mail"),
        pytest.param(Evidence(NOW, "message"), False, id="our message"),
        pytest.param(Evidence(NOW, "deal_created", "Deal 1"), False, id="a deal of ours"),
        pytest.param(Evidence(NOW, "deal_lost", "Deal 1"), False, id="a lost deal"),
        pytest.param(Evidence(NOW, "unsubscribed"), False, id="an unsubscribe"),
        pytest.param(Evidence(NOW, "form", "Job application"), False, id="a form against us"),
        pytest.param(Evidence(NOW, "form", "Careers: Job application"), False, id="on its page"),
    ],
)
def test_only_what_the_person_did_and_not_against_us_is_recent(
    newest: Evidence, is_sign: bool
) -> None:
    evidence = (*OLD, newest)
    found = score(EASY, Facts({"employees": "5000"}, evidence, NOW), ())
    assert (found.recent, found.qualified) == (is_sign, is_sign)
    assert newest_sign(RULES, evidence, NOW) == (NOW if is_sign else OLD[-1].at)


def test_recency_ends_with_the_newest_sign_whatever_else_came_later() -> None:
    evidence = (Evidence(NOW - 10 * DAY, "other"), Evidence(NOW, "email"))
    assert next_crossing(POLICY, evidence, NOW) == NOW + 20 * DAY
    assert next_crossing(POLICY, evidence[1:], NOW) is None


@pytest.mark.parametrize("kind", ["email", "call", "deal_lost"])
def test_a_count_without_kinds_counts_what_the_person_did(kind: str) -> None:
    any_of = {"events": Test(counts=(Count(within=7 * DAY),))}
    named = {"events": Test(counts=(Count((kind,), within=7 * DAY),))}
    facts = Facts({}, (Evidence(NOW, kind),), NOW)
    assert not holds(any_of, facts)
    assert holds(named, facts), "a kind that is named counts"
    assert holds(any_of, Facts({}, (Evidence(NOW, "form"),), NOW))


def test_an_unsubscribe_does_not_qualify_a_lead() -> None:
    """The lead has points enough, but its interest is five weeks old."""
    policy = replace(POLICY, scoring=EASY)
    its_world = replace(scored_world(person(numemployees="5000")), policy=policy)
    lead = None
    for n in range(3):
        old = NOW - 35 * DAY + n * DAY / 99
        lead, _ = told(lead, signal("pricing_page", old), its_world, NOW)
    assert lead is not None
    lead, _ = told(lead, signal("unsubscribed"), its_world)
    assert lead.state.stage == "lead"
    lead, _ = told(lead, signal("trial"), its_world)
    assert lead.state.stage == "mql"


def test_an_unsubscribe_does_not_restart_the_clock_of_inactivity() -> None:
    lead, its_world = accepted()
    its_world = replace(its_world, policy=POLICY)
    later = NOW + DAY
    same, _ = told(lead, signal("unsubscribed", later), its_world, later)
    assert same.last_activity == lead.last_activity
    other, _ = told(lead, signal("pricing_page", later), its_world, later)
    assert other.last_activity == later
