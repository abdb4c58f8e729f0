"""check_roster between moto's table, a fake bus and the sandbox's HubSpot and Slack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from baton.adapters.aws.bus import Bus
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.adapters.hubspot import pace as hubspot_pace
from baton.adapters.hubspot.census import HubspotCensus
from baton.adapters.hubspot.pace import Pace
from baton.adapters.slack.members import SlackMembers
from functions.check_roster import app, wiring
from infra.local.sandbox.config import Owner
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import NOW, POLICY, became, contact, decided, world
from tests.fakes.aws import FakeEvents
from tests.fakes.sandbox import CONFIG, FixedToken, Peer
from tests.functions.test_deliver import Context
from tests.http.requests import log_of


def staffed(peer: Peer, **anna: Any) -> None:
    """Everybody is there; *anna* is Anna's difference."""
    owners = tuple(
        Owner(
            id=person.hubspot_owner,
            slack_user=person.slack_user,
            **(anna if person.id == "anna" else {}),
        )
        for person in POLICY.people
    )
    peer.configure(replace(CONFIG, owners=owners))


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch, peer: Peer) -> Iterator[FakeEvents]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    staffed(peer)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        create_table(client)
        policies = PolicyStore(client, TABLE)
        policies.publish(POLICY, by="test", at=NOW, note="")
        store = LeadStore(client, TABLE)
        event = became()
        decision = decided(None, event, world(contact=contact()), NOW)
        store.commit(decision, event, POLICY.version, NOW)
        found = FakeEvents()
        pace = Pace()
        access = FixedToken(CONFIG.hubspot_access_token)
        given: dict[str, Any] = {
            "policies": policies,
            "people": RosterStore(client, TABLE),
            "leads": store,
            "pace": pace,
            "owners": HubspotCensus(access, peer.hubspot_url, pace),
            "members": SlackMembers(FixedToken(CONFIG.slack_bot_token), peer.slack_url),
            "bus": Bus(found, "baton", lambda _seconds: None),
            "now": NOW,
        }
        for name, value in given.items():
            monkeypatch.setattr(wiring, name, lambda value=value: value)
        yield found


@pytest.mark.parametrize(
    ("anna", "systems", "whom"),
    [
        ({"archived": True}, 2, "hubspot:owner-anna"),
        ({"slack": "deactivated"}, 1, "slack:UANNA"),
        ({"slack": "guest"}, 1, "slack:UANNA"),
    ],
)
def test_a_refused_person_is_reported_and_their_lead_passed_on(
    events: FakeEvents, peer: Peer, anna: dict[str, Any], systems: int, whom: str
) -> None:
    """Who is archived in HubSpot is deactivated in the sandbox's Slack as well."""
    staffed(peer, **anna)
    log = log_of(app.logger)
    answer = app.handler({}, Context())
    assert answer == {"refused": systems, "taken": 0, "leads": systems}
    people = [one for one in events.details if "person" in one and "away" in one]
    leads = [one for one in events.details if "lead_id" in one]
    assert (people[0]["person"], people[0]["away"]) == (whom, True)
    assert (leads[0]["lead_id"], leads[0]["person"]) == ("101", whom)
    assert f'"refused":{systems}' in log.getvalue()


def test_while_everybody_is_there_there_are_no_events(events: FakeEvents) -> None:
    assert app.handler({}, Context()) == {"refused": 0, "taken": 0, "leads": 0}
    assert events.calls == []


def test_a_hubspot_that_is_down_ends_in_time_with_an_error_and_slack_is_asked(
    events: FakeEvents, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waits are counted, not waited. The error rings the function's alarm."""
    staffed(peer, slack="deactivated")
    elapsed = 0.0

    def pause(seconds: float) -> None:
        nonlocal elapsed
        elapsed += seconds

    monkeypatch.setattr(hubspot_pace, "now", lambda: elapsed)
    monkeypatch.setattr(hubspot_pace, "pause", pause)
    peer.fault("hubspot", "500", count=100)
    with pytest.raises(app.Unchecked, match="HubSpot"):
        app.handler({}, Context())
    assert elapsed < app.HUBSPOT
    assert [one["person"] for one in events.details if "away" in one] == ["slack:UANNA"]


def test_warming_up_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in wiring.Settings.__struct_encode_fields__:
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for cached in vars(wiring).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()
    wiring.warm()
