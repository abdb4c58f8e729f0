"""A lead's whole journey with scores, gates and sync, through stores, queues and deliverers: in any
order, repeated, and with a worker dying at any moment."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from baton.domain.lead import Lead
from baton.domain.world.events import AnyEvent, ClockDue, Deleted
from tests.builders import NOW, PROPERTIES, click, hint, minutes
from tests.fakes.system import System
from tests.scored import COMPLETE, DAY, SCORED, signal
from tests.worded import words


def interested(**fields: str) -> System:
    """A contact in HubSpot that looked at pricing four times, the signals not yet worked."""
    system = System(SCORED)
    known = {k: v for k, v in (PROPERTIES | COMPLETE | fields).items() if v}
    system.crm.now = NOW
    system.crm.add("101", NOW - 30 * DAY, **known)
    system.put(*(signal("pricing_page", NOW - minutes(4 - n)) for n in range(4)))
    return system


def lead_of(system: System) -> Lead:
    lead, _ = system.store.load("101", "-")
    assert lead is not None
    return lead


def test_from_interest_to_qualified() -> None:
    system = interested()
    system.run()
    shown = system.crm.properties["101"]
    assert shown["lifecyclestage"] == "marketingqualifiedlead"
    assert (shown["baton_fit"], shown["baton_qualified"]) == ("40", "yes")
    holder = SCORED.owner_by_hubspot[shown["hubspot_owner_id"]]
    system.now = NOW + minutes(5)
    system.put(click("accept", system.now, holder.slack_user))
    system.run()
    assert shown["lifecyclestage"] == "salesacceptedlead"
    system.now = NOW + minutes(9)
    system.put(click("qualify", system.now, holder.slack_user))
    system.run()
    assert shown["lifecyclestage"] == "salesacceptedlead", "the budget is not known yet"
    system.crm.set("101", system.now, baton_budget="50000")
    system.now = NOW + minutes(12)
    system.put(click("qualify", system.now, holder.slack_user))
    system.run()
    assert shown["lifecyclestage"] == "salesqualifiedlead"
    assert lead_of(system).assignment is None
    assert system.parked == []


def test_the_order_and_the_repetition_of_signals_do_not_matter() -> None:
    seen: list[Any] = []
    signals = [signal("pricing_page", NOW - minutes(4 - n)) for n in range(4)]
    for order in permutations(signals):
        system = interested()
        system.events.clear()
        system.put(*order, *order)
        system.run()
        lead = lead_of(system)
        assert lead.assignment is not None
        seen.append((lead.state.stage, lead.evidence, lead.assignment.person))
    assert all(one == seen[0] for one in seen)


def test_held_then_completed_in_hubspot() -> None:
    system = interested(industry="")
    system.run()
    shown = system.crm.properties["101"]
    assert shown["baton_held_for"] == "Industry"
    assert shown["lifecyclestage"] == "lead"
    (notice,) = system.messenger.states()
    assert "is held before MQL" in words(getattr(notice, "title", ""))
    system.crm.set("101", NOW, industry="Logistics")
    system.now = NOW + minutes(3)
    system.put(hint("fields", system.now))
    system.run()
    assert shown["lifecyclestage"] == "marketingqualifiedlead"
    assert "baton_held_for" not in shown
    titles = [words(getattr(m, "title", "card")) for m in system.messenger.states()]
    assert sorted(titles) == ["Ada Example (Acme) was held before MQL", "card"]


def story(system: System) -> list[AnyEvent]:
    """Play everything that happens after the signals were worked."""
    at = NOW + 2 * DAY
    return [ClockDue(id="wake:hold", lead_id="101", at=at)]


def outcome(die_at: int | None) -> tuple[System, int]:
    system = interested(industry="")
    system.die_at = die_at
    system.run()
    system.now = NOW + 2 * DAY + timedelta(seconds=1)
    system.put(*story(system))
    system.run()
    return system, system.moments


def test_a_worker_that_dies_anywhere_leaves_the_same_world() -> None:
    """The lead is held, people are told, and after the time limit it is handed off flagged: one
    card, one owner."""
    whole, moments = outcome(None)
    expected = whole.outside()
    assert lead_of(whole).flagged == ("industry",)
    for moment in range(1, moments + 1):
        system, _ = outcome(moment)
        assert system.outside() == expected, f"died at {moment}"
        assert system.parked == []


@pytest.mark.parametrize("told", [True, False], ids=["told", "found out"])
def test_a_contact_deleted_while_its_owner_has_it(told: bool) -> None:
    system = interested()
    system.run()
    del system.crm.properties["101"]
    system.now = NOW + minutes(5)
    event: AnyEvent = hint("stage", system.now)
    system.put(Deleted(id="gone", lead_id="101", at=system.now) if told else event)
    system.run()
    assert lead_of(system).assignment is None
    (card,) = system.messenger.states()
    assert getattr(card, "state", "") == "closed"
    carried = system.store.world([], [p.id for p in SCORED.people])[1]
    assert sum(load.open for load in carried.values()) == 0
