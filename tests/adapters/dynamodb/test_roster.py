"""Contract tests of people's loads and trails, for the table and the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.application.ports.people import Entry
from baton.domain.routing.availability import AvailabilityChange
from baton.domain.world.world import Away, Load
from baton.failures import AlreadyDone, Moved
from tests.adapters.dynamodb.test_leads import TABLE, create_table, first
from tests.builders import NOW
from tests.fakes.roster import FakeRoster
from tests.fakes.store import FakeStore

Stores = tuple[RosterStore | FakeRoster, LeadStore | FakeStore]


@pytest.fixture(params=["real", "fake"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "fake":
        leads = FakeStore()
        yield FakeRoster(leads), leads
        return
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        create_table(client)
        yield RosterStore(client, TABLE), LeadStore(client, TABLE)


def entry(word: str, minute: int = 0) -> Entry:
    at = NOW + timedelta(minutes=minute)
    return Entry(
        AvailabilityChange(id=word, at=at, away=True, by="RevOps"),
        at,
        "v1",
        "away",
        offers=("emea",),
    )


AWAY = Load("anna", away=Away(NOW, NOW + timedelta(days=1), "cli"))


def test_an_unknown_person_has_an_empty_load(stores: Stores) -> None:
    roster, _ = stores
    assert roster.load("anna", "w1") == (Load("anna"), None)
    assert roster.loads(["anna", "ben"]) == {"anna": Load("anna"), "ben": Load("ben")}
    assert roster.trail("anna") == []


def test_a_kept_load_is_read_back_with_the_next_version(stores: Stores) -> None:
    roster, leads = stores
    roster.keep(AWAY, entry("w1"))
    kept = replace(AWAY, version=1)
    assert roster.load("anna", "w1") == (kept, entry("w1"))
    assert roster.load("anna", "w2") == (kept, None)
    assert roster.loads(["anna"]) == {"anna": kept}
    assert leads.world([], ["anna"])[1] == {"anna": kept}, "routing reads the same"


def test_a_change_of_availability_is_stored_once(stores: Stores) -> None:
    roster, _ = stores
    roster.keep(AWAY, entry("w1"))
    with pytest.raises(AlreadyDone):
        roster.keep(replace(AWAY, version=1), entry("w1"))
    assert roster.load("anna", "w1")[0].version == 1


def test_a_load_that_moved_meanwhile_is_not_overwritten(stores: Stores) -> None:
    roster, leads = stores
    decision, event = first()
    leads.commit(decision, event, "v1", NOW)
    (given,) = (load.person for load in decision.loads)
    with pytest.raises(Moved):
        roster.keep(Load(given, away=AWAY.away), entry("w1"))
    assert roster.trail(given) == []
    load, _ = roster.load(given, "w1")
    roster.keep(replace(load, away=AWAY.away), entry("w1"))
    assert roster.load(given, "w1")[0].open == 1


def test_a_trail_is_in_order_and_one_persons(stores: Stores) -> None:
    roster, _ = stores
    roster.keep(Load("ben"), entry("other"))
    for version, (change, minute) in enumerate([("z", 1), ("a", 2)]):
        roster.keep(replace(AWAY, version=version), entry(change, minute))
    assert [one.change.id for one in roster.trail("anna")] == ["z", "a"]
