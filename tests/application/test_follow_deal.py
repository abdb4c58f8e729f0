"""A deal hint becomes one event for each contact, whatever fails on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baton.application.follow_deal import PATIENCE, deal_event, follow_deal
from baton.application.ports.crm import Deal
from baton.application.work_event import Contacts
from baton.domain.world.events import DealMoved
from baton.failures import Rejected, Retryable
from baton.wire.details import DealHint
from tests.builders import NOW, PROPERTIES, minutes
from tests.fakes.crm import FakeCrm
from tests.fakes.system import System

HINT = DealHint(event_id="hs:7:deal.creation:70:1:2", deal_id="70", occurred_at=NOW, created=True)
DEAL = Deal(
    id="70",
    stage="contractsent",
    pipeline="default",
    outcome="",
    entered_at=NOW - minutes(3),
    contacts=("101", "102", "103"),
)


class Rig:
    """Follows hints of one deal; an event's work fails as often as *failures* says."""

    def __init__(self, deal: Deal | None = DEAL) -> None:
        self.crm = FakeCrm()
        if deal is not None:
            self.crm.deals["70"] = deal
        self.worked: dict[str, DealMoved] = {}
        self.failures: dict[str, list[Exception]] = {}

    def __call__(self, after: timedelta = timedelta()) -> int:
        return follow_deal(HINT, self.crm, NOW + after, self._work_event)

    def _work_event(self, event: DealMoved, contacts: Contacts) -> None:
        if failures := self.failures.get(event.lead_id):
            raise failures.pop(0)
        self.worked.setdefault(event.id, event)


def test_every_contact_of_the_deal_gets_the_news_under_an_identity_of_its_own() -> None:
    rig = Rig()
    assert rig() == 3
    assert list(rig.worked.values()) == [
        DealMoved(
            id=f"hs:7:deal.creation:70:1:2:{contact}",
            lead_id=contact,
            at=NOW - minutes(3),
            deal="70",
            stage="contractsent",
            created=True,
        )
        for contact in ("101", "102", "103")
    ]


def test_a_deal_whose_history_does_not_say_moved_when_hubspot_said_so() -> None:
    rig = Rig(Deal("70", "contractsent", "default", "", None, ("101",)))
    rig()
    assert [event.at for event in rig.worked.values()] == [NOW]


def test_an_old_deal_is_news_of_today_for_who_joins_it_today() -> None:
    """Otherwise a deal of two months ago would rewrite the past of a contact that was a lead at
    that time."""
    old = replace(DEAL, entered_at=NOW - timedelta(days=60))
    assert deal_event(replace(HINT, joined=True), old, "101").at == NOW
    assert deal_event(HINT, old, "101").at == NOW - timedelta(days=60)


def test_one_contacts_failure_does_not_keep_the_others_from_the_news() -> None:
    rig = Rig()
    rig.failures["101"] = [Rejected("HubSpot has no such contact")]
    with pytest.raises(Rejected, match="no such contact"):
        rig()
    assert {event.lead_id for event in rig.worked.values()} == {"102", "103"}


def test_what_can_be_tried_again_is_before_anything_is_parked() -> None:
    rig = Rig()
    rig.failures = {"101": [Rejected("never")] * 2, "103": [Retryable("later")]}
    with pytest.raises(Retryable, match="later"):
        rig()
    with pytest.raises(Rejected, match="never"):
        rig()
    assert {event.lead_id for event in rig.worked.values()} == {"102", "103"}


def test_a_new_deal_that_is_nobodys_yet_is_looked_at_again() -> None:
    """A client that creates a deal by the API associates its contacts in a second call."""
    rig = Rig(Deal("70", "contractsent", "default", "", NOW, ()))
    with pytest.raises(Retryable) as early:
        rig(PATIENCE - timedelta(seconds=1))
    assert early.value.after is not None
    assert rig(PATIENCE) == 0, "it is nobody's: its next move is told as well"


def test_a_deal_that_is_gone_is_nobodys_news() -> None:
    assert Rig(None)() == 0


# ---------------------------------------------------------------- in all of Baton


def told(system: System) -> System:
    """Two leads with a deal, and the news of it."""
    system.crm.now = NOW - minutes(5)
    for contact in ("101", "102"):
        system.crm.add(contact, None, **PROPERTIES)
    system.crm.deals["70"] = replace(DEAL, contacts=("101", "102"))
    system.put(HINT)
    return system


def test_a_death_at_any_moment_tells_every_contact_once() -> None:
    """The worker dies before and after each of its calls, in turn."""
    calm = told(System())
    calm.run()
    events = {f"{HINT.event_id}:{contact}" for contact in ("101", "102")}
    assert {event for _, event in calm.store.records} == events
    assert calm.moments > 10
    for n in range(1, calm.moments + 1):
        system = told(System())
        system.die_at = n
        system.run()
        assert system.outside() == calm.outside(), f"died at moment {n}"
        assert system.store.lead == calm.store.lead, f"died at moment {n}"
        assert set(system.store.records) == set(calm.store.records)
        assert not system.parked


def test_a_repeated_deal_hint_changes_nothing() -> None:
    calm, system = told(System()), told(told(System()))
    calm.run()
    system.run()
    assert system.outside() == calm.outside()
    assert system.store.lead == calm.store.lead
