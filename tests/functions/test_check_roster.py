"""check_roster between moto's table, a fake bus and the sandbox's HubSpot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from baton.adapters.aws.bus import Bus
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.adapters.hubspot.census import HubspotCensus
from baton.adapters.hubspot.pace import Pace
from functions.check_roster import app, wiring
from infra.local.sandbox.config import Owner
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import NOW, POLICY
from tests.fakes.aws import FakeEvents
from tests.fakes.sandbox import CONFIG, FixedToken, Peer
from tests.functions.test_deliver import Context
from tests.http.requests import log_of


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch, peer: Peer) -> Iterator[FakeEvents]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    owners = tuple(
        Owner(id=person.hubspot_owner, archived=person.id == "anna") for person in POLICY.people
    )
    peer.configure(replace(CONFIG, owners=owners))
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        create_table(client)
        policies = PolicyStore(client, TABLE)
        policies.publish(POLICY, by="test", at=NOW, note="")
        found = FakeEvents()
        census = HubspotCensus(FixedToken(CONFIG.hubspot_access_token), peer.hubspot_url, Pace())
        given: dict[str, Any] = {
            "policies": policies,
            "people": RosterStore(client, TABLE),
            "owners": census,
            "bus": Bus(found, "baton", lambda _seconds: None),
            "now": NOW,
        }
        for name, value in given.items():
            monkeypatch.setattr(wiring, name, lambda value=value: value)
        yield found


def test_a_deactivated_owner_is_reported_on_the_bus(events: FakeEvents) -> None:
    log = log_of(app.logger)
    assert app.handler({}, Context()) == {"refused": 1, "taken": 0}
    (detail,) = events.details
    assert (detail["person"], detail["away"], detail["source"]) == ("anna", True, "hubspot")
    assert '"refused":1' in log.getvalue()


def test_without_refused_owners_there_are_no_events(events: FakeEvents, peer: Peer) -> None:
    owners = tuple(Owner(id=person.hubspot_owner) for person in POLICY.people)
    peer.configure(replace(CONFIG, owners=owners))
    assert app.handler({}, Context()) == {"refused": 0, "taken": 0}
    assert events.calls == []


def test_warming_up_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TABLE_NAME", "BUS_NAME", "HUBSPOT_SECRET", "HUBSPOT_API_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for cached in vars(wiring).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()
    wiring.warm()
