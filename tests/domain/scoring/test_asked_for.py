"""How long a wish lasts: an old form makes no lead hot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.domain.conditions import holds
from baton.domain.lead import Evidence, Lead
from baton.domain.policy import Count, Field, Policy, Test
from baton.domain.scoring.asked_for import LASTS, too_old
from baton.domain.scoring.facts import describe
from tests.builders import NOW, POLICY, became, contact, decided, owned, world
from tests.scored import DAY, SCORED, SCORING

HOT = {"offer": Test(any_of=("Demo request",))}
NOT_HOT = {"not": Test(blocks=(HOT,))}
DEMO = "Demo request"
SECOND = timedelta(seconds=1)


def lead(form: str, *evidence: Evidence) -> Lead:
    return Lead(id="101", fields={"offer": form, "company": "Acme"}, evidence=evidence)


def sent(ago: timedelta, form: str = DEMO) -> Evidence:
    return Evidence(NOW - ago, "form", form)


def raised_by(count: Count) -> Policy:
    return replace(SCORED, scoring=replace(SCORING, hand_raises=(count,)))


LONG = f"{'x' * 90}: {DEMO}"


@pytest.mark.parametrize(
    ("policy", "its_lead", "counts"),
    [
        pytest.param(POLICY, lead(DEMO, sent(61 * DAY)), False, id="61 days ago"),
        pytest.param(POLICY, lead(DEMO, sent(LASTS)), False, id="exactly as old"),
        pytest.param(POLICY, lead(DEMO, sent(LASTS - SECOND)), True, id="a second younger"),
        pytest.param(POLICY, lead(DEMO, sent(61 * DAY), sent(DAY)), True, id="sent again"),
        pytest.param(POLICY, lead(DEMO, sent(61 * DAY), sent(DAY, "News")), False,
                     id="another form later"),
        pytest.param(POLICY, lead(DEMO), True, id="nobody knows when"),
        pytest.param(POLICY, lead(LONG, sent(61 * DAY, LONG[-80:])), False, id="a long name, old"),
        pytest.param(POLICY, lead(LONG, sent(DAY, LONG[-80:])), True, id="a long name, new"),
        pytest.param(POLICY, lead(f"Page: {DEMO}", sent(61 * DAY)), True, id="of another page"),
        pytest.param(SCORED, lead(DEMO, sent(15 * DAY)), False, id="a raised hand, lowered"),
        pytest.param(SCORED, lead(DEMO, sent(13 * DAY)), True, id="a raised hand"),
        pytest.param(raised_by(Count(("form",), (DEMO,))), lead(DEMO, sent(400 * DAY)), True,
                     id="a hand that stays raised"),
        pytest.param(raised_by(Count(("form",), ("News",), 5 * DAY)), lead(DEMO, sent(20 * DAY)),
                     True, id="another form's raised hand"),
    ],
)  # fmt: skip
def test_what_makes_a_lead_hot_has_an_age(policy: Policy, its_lead: Lead, counts: bool) -> None:
    facts, _ = describe(policy, its_lead, NOW)
    assert (facts.get("offer") != "") == counts
    assert bool([*too_old(policy, its_lead, NOW)]) != counts
    if its_lead.fields["offer"] == DEMO:
        assert holds(HOT, facts) == counts
        assert not holds(NOT_HOT, facts), "unknown rules nothing in"
    assert facts.get("company") == "Acme"


def test_the_first_form_is_where_a_lead_came_from() -> None:
    field = Field("offer", "First form", "first_conversion_event_name")
    others = tuple(one for one in POLICY.lifecycle.fields if one.id != "offer")
    policy = replace(POLICY, lifecycle=replace(POLICY.lifecycle, fields=(*others, field)))
    assert describe(policy, lead(DEMO, sent(400 * DAY)), NOW)[0].get("offer") == DEMO


@pytest.mark.parametrize(("days", "hot"), [(1, True), (61, False)])
def test_an_old_demo_request_gives_no_hot_tier(days: int, hot: bool) -> None:
    """The returning lead's latest form in HubSpot is still the demo request."""
    at = (NOW - days * DAY).isoformat()
    its_contact = contact(recent_conversion_event_name=DEMO, recent_conversion_date=at)
    decision = decided(None, became(), world(contact=its_contact), NOW)
    assert (owned(decision.lead).tier == "hot") == hot
    assert decision.lead.fields["offer"] == DEMO, "what HubSpot shows is kept"
