"""The end of a deal is answered once, for its own deal, and only when none of them is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Lead, StageFact
from baton.domain.lifecycle.stage_history import state_of
from baton.domain.policy import Count, Stage, Test, Transition
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import DealMoved
from baton.domain.world.world import SeenStage
from tests.builders import LIFECYCLE, NOW, POLICY, contact, decided, world

DAY = timedelta(days=1)
LOST = {"events": Test(counts=(Count(of=("deal_lost",), at_least=1, within=30 * DAY),))}
SALES = Stage("opportunity", "Opportunity", 6, "opportunity", deal_stages=("open",))
RULES = replace(
    POLICY,
    lifecycle=replace(
        LIFECYCLE,
        stages=(*LIFECYCLE.stages, SALES),
        transitions=(
            *LIFECYCLE.transitions,
            Transition(
                "lose",
                ("opportunity",),
                "recycled",
                ("automatic",),
                reverse=True,
                when=LOST,
                reason="timing",
            ),
        ),
    ),
)


def selling() -> Lead:
    fact = StageFact(NOW - DAY, "sql", source="FORM")
    return Lead(id="101", version=1, facts=(fact,), state=state_of(RULES, (fact,)))


def deal(name: str, day: float, outcome: str = "", created: bool = False) -> DealMoved:
    given = {"id": f"{name}:{day}", "lead_id": "101", "at": NOW + day * DAY, "deal": name}
    stage = f"closed{outcome}" if outcome else "open"
    return DealMoved(**given, stage=stage, outcome=outcome, created=created)  # type: ignore[arg-type]


def told(lead: Lead, *events: DealMoved, now: datetime | None = None) -> Decision:
    shown = contact(
        stages=(SeenStage("salesqualifiedlead", NOW - DAY, "FORM"),),
        lifecyclestage="salesqualifiedlead",
        hubspot_owner_id="owner-anna",
    )
    made: Decision | None = None
    for event in events:
        made = decided(lead, event, world(RULES, shown), now or event.at)
        lead = made.lead
    assert made is not None
    return made


def stage(*events: DealMoved) -> str:
    return told(selling(), *events).lead.state.stage


def test_one_deal_lost_beside_an_open_one_recycles_nobody() -> None:
    assert stage(deal("a", 0), deal("b", 1), deal("b", 2, "lost")) == "opportunity"


def test_a_lead_goes_back_when_none_of_its_deals_is_open() -> None:
    events = deal("a", 0), deal("b", 1), deal("b", 2, "lost")
    assert stage(*events, deal("a", 3, "lost")) == "recycled"
    assert stage(deal("a", 0), deal("a", 1, "lost")) == "recycled"


def test_the_order_of_the_losses_does_not_matter() -> None:
    opened = deal("a", 0), deal("b", 0.1), deal("c", 0.2)
    ended = deal("a", 1, "lost"), deal("b", 2, "lost"), deal("c", 3, "lost")
    for order in permutations(ended):
        made = told(selling(), *opened, *order, now=NOW + 4 * DAY)
        assert made.lead.state.stage == "recycled"
        assert made.lead.state.rounds == 1


def test_a_new_deal_soon_after_a_loss_is_not_recycled_at_each_of_its_moves() -> None:
    lead = told(selling(), deal("a", 0), deal("a", 1, "lost")).lead
    assert (lead.state.stage, lead.state.rounds) == ("recycled", 1)
    for day in (2, 3, 4, 5):
        made = told(lead, deal("b", day, created=day == 2))
        lead = made.lead
        assert (lead.state.stage, lead.state.rounds) == ("opportunity", 1)
    lead = told(lead, deal("b", 6, "lost")).lead
    assert (lead.state.stage, lead.state.rounds) == ("recycled", 2)


def test_a_loss_is_answered_once_however_often_it_is_told() -> None:
    lead = told(selling(), deal("a", 0), deal("a", 1, "lost")).lead
    again = told(lead, deal("a", 1.5, "lost"), deal("a", 1, "lost")).lead
    assert (again.state.stage, again.state.rounds) == ("recycled", 1)


@pytest.mark.parametrize("name", [pytest.param("b", id="new"), pytest.param("a", id="reopened")])
def test_a_new_or_reopened_deal_is_an_opportunity_and_its_owner_is_told(name: str) -> None:
    lead = told(selling(), deal("a", 0), deal("a", 1, "lost")).lead
    made = told(lead, deal(name, 2))
    assert made.lead.state.stage == "opportunity"
    (notice,) = [one for one in made.effects if isinstance(one, NoticeState)]
    assert (notice.to, notice.slot.partition(f":{name}:")[0]) == ("UANNA", "notice:deal")


def test_a_reopened_deal_that_is_lost_again_is_answered_again() -> None:
    events = deal("a", 0), deal("a", 1, "lost"), deal("a", 2), deal("a", 3, "lost")
    lead = told(selling(), *events).lead
    assert (lead.state.stage, lead.state.rounds) == ("recycled", 2)


def test_an_older_event_of_a_deal_does_not_open_it_again() -> None:
    lead = told(selling(), deal("a", 0), deal("a", 2, "lost")).lead
    assert not told(lead, deal("a", 1), now=NOW + 3 * DAY).lead.deals["a"].is_open


def test_a_lead_keeps_the_latest_deals() -> None:
    lead = told(selling(), *(deal(f"d{n}", n / 10) for n in range(25))).lead
    assert len(lead.deals) == 20
    assert "d24" in lead.deals
    assert "d0" not in lead.deals
