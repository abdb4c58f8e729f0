"""The daily check: whom in the roster HubSpot accepts as owner, and what changed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from baton.application.ports.census import Owners
from baton.application.roster_check import Unbelievable, check_roster
from baton.domain.policy import Policy
from baton.domain.world.world import Away, Load
from baton.wire.details import PersonHint
from tests.builders import NOW, POLICY
from tests.fakes.roster import FakeRoster
from tests.fakes.store import FakeStore

EVERYBODY = {person.hubspot_owner for person in POLICY.people}


def check(*gone: str, policy: Policy = POLICY, loads: dict[str, Load] | None = None) -> list[str]:
    store = FakeStore()
    store.loads = loads or {}
    owners = Owners(dict.fromkeys(EVERYBODY - set(gone), "x"), dict.fromkeys(gone, "x"))
    hints = check_roster(policy, FakeRoster(store), owners, NOW)
    assert all(isinstance(hint, PersonHint) and hint.source == "hubspot" for hint in hints)
    assert len({hint.event_id for hint in hints}) == len(hints)
    return [f"{'-' if hint.away else '+'}{hint.person}" for hint in hints]


REFUSED = {"anna": Load("anna", refused=Away(NOW, None, "hubspot"))}
BACK = {"anna": Load("anna", refused=Away(NOW, NOW, "hubspot"))}


def test_an_owner_refused_by_hubspot_is_reported_once() -> None:
    assert check() == []
    assert check("owner-anna") == ["-anna"]
    assert check("owner-anna", loads=REFUSED) == []
    assert check("owner-anna", loads=BACK) == ["-anna"]


def test_an_owner_accepted_again_is_reported_once() -> None:
    assert check(loads=REFUSED) == ["+anna"]
    assert check(loads=BACK) == []


def test_an_inactive_person_of_the_roster_is_no_news() -> None:
    people = tuple(replace(one, active=one.id != "anna") for one in POLICY.people)
    assert check("owner-anna", policy=replace(POLICY, people=people)) == []


def test_a_list_that_lacks_most_is_not_believed() -> None:
    with pytest.raises(Unbelievable, match="HubSpot lists 0 of"):
        check(*EVERYBODY)
