"""The watchdog on a real table: late clocks, leads without a wake-up, and leads that cannot be
read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from baton.adapters.dynamodb import index_audit
from baton.adapters.dynamodb.index_audit import OpenLeads
from baton.adapters.dynamodb.leads import NOBODY, LeadStore, lead_key
from baton.application.ports.leads import Flaw
from baton.application.sweep import sweep_fast
from baton.application.watchdog import Watched, watch
from baton.application.work_event import Contacts, EventWorker
from baton.domain.time import stamp
from baton.domain.world.events import ClockDue
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import NOW, PROPERTIES, after, became, contact, decided, minutes, world
from tests.fakes.crm import FakeCrm
from tests.fakes.store import FakeOutbox, FakeWakes
from tests.routed import routed


class Kennel:
    """A table with leads, and the watchdog."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.store, self.leads = LeadStore(client, TABLE), OpenLeads(client, TABLE)
        self.wakes = FakeWakes()
        self.flaws: list[Flaw] = []
        self.state = world()

    def arrive(self, *leads: str) -> None:
        for lead in leads:
            event = became(id=f"in-{lead}", lead_id=lead)
            decision = decided(None, event, replace(self.state, contact=contact(lead)))
            self.store.commit(decision, event, "v1", NOW)
            self.state = after(self.state, decision)

    def look(self, now: datetime = NOW, pages: int = 40) -> Watched:
        self.flaws.clear()
        return watch(self.store, self.leads, self.wakes, now, self.flaws.append, pages)

    def spoil(self, lead: str, expression: str, **values: str) -> None:
        given: dict[str, Any] = {"Key": lead_key(lead), "UpdateExpression": expression}
        if values:
            given["ExpressionAttributeValues"] = {f":{k}": {"S": v} for k, v in values.items()}
        self.client.update_item(TableName=TABLE, **given)

    def item(self, lead: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get_item(TableName=TABLE, Key=lead_key(lead))["Item"]
        return found


@pytest.fixture
def kennel() -> Iterator[Kennel]:
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        create_table(client)
        yield Kennel(client)


def test_a_pass_without_findings_is_completed_and_recorded(kennel: Kennel) -> None:
    kennel.arrive("1", "2", "3")
    assert kennel.look() == Watched(0, timedelta(), stood_in=False, checked=3, complete=True)
    assert kennel.flaws == []
    assert kennel.look(NOW + minutes(1)).checked == 0, "once a day"
    assert kennel.look(NOW + minutes(24 * 60)).checked == 3


def test_a_lead_that_lost_its_wake_up_is_repaired_and_reported(kennel: Kennel) -> None:
    kennel.arrive("1", "2")
    right = kennel.item("1")
    kennel.spoil("1", "REMOVE wakeShard, wakeAt")
    kennel.spoil("2", "SET wakeAt = :at", at=stamp(NOW + timedelta(days=3650)))
    seen = kennel.look()
    assert (seen.checked, seen.repaired, seen.broken) == (2, 2, ())
    assert {flaw.lead: flaw.what for flaw in kennel.flaws} == {
        "1": "index: wakeShard, wakeAt",
        "2": "index: wakeAt",
    }
    assert kennel.item("1") == right
    assert kennel.look(NOW + minutes(24 * 60)).repaired == 0


def test_a_needless_wake_up_is_removed(kennel: Kennel) -> None:
    kennel.arrive("1")
    kennel.spoil("1", "SET staleAt = :at REMOVE staleShard", at="never")
    assert kennel.look().repaired == 1
    assert kennel.item("1")["staleAt"]["S"] > stamp(NOW)


def test_a_lead_that_changed_meanwhile_is_left_alone(kennel: Kennel) -> None:
    kennel.arrive("1")
    kennel.spoil("1", "REMOVE wakeShard, wakeAt")
    (flaw,) = kennel.leads.flaws(["1"])
    assert not kennel.leads.repair(replace(flaw, version=flaw.version + 1))
    assert "wakeAt" not in kennel.item("1")
    assert kennel.leads.repair(flaw)


def test_an_unreadable_lead_is_reported_and_not_touched(kennel: Kennel) -> None:
    kennel.arrive("1", "2")
    kennel.spoil("1", "SET body = :body", body='{"id": "1", "assignment": 5}')
    seen = kennel.look()
    assert (seen.checked, seen.repaired, seen.broken) == (2, 0, ("1",))
    assert [flaw.what for flaw in kennel.flaws] == ["cannot be read: ValidationError"]


def test_an_open_lead_without_a_wake_up_cannot_even_be_read(kennel: Kennel) -> None:
    kennel.arrive("1")
    body = json.loads(kennel.item("1")["body"]["S"])
    for clock in ("clocks", "idle", "review_at"):
        body.pop(clock, None)
    body["assignment"].pop("forget_at", None)
    kennel.spoil("1", "SET body = :body", body=json.dumps(body))
    assert kennel.look().broken == ("1",)


def test_a_pass_goes_on_where_it_stopped(kennel: Kennel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_audit, "PAGE", 2)
    kennel.arrive(*map(str, range(1, 6)))
    runs = [kennel.look(NOW + minutes(n), pages=1) for n in range(4)]
    assert [run.checked for run in runs[:2]] == [2, 2]
    assert sum(run.checked for run in runs) == 5
    assert [run.complete for run in runs].count(True) == 1


def test_a_sweep_that_did_not_run_is_made_up_for_and_reported(kennel: Kennel) -> None:
    kennel.arrive("1")
    sweep_fast(kennel.store, kennel.wakes, NOW)
    kennel.wakes.sent.clear()
    assert not kennel.look(NOW + minutes(2)).stood_in
    seen = kennel.look(NOW + minutes(11))
    assert seen.stood_in
    assert seen.overdue == 1
    assert seen.latest == minutes(11) - minutes(7.5)
    assert [wake.lead_id for wake in kennel.wakes.sent if isinstance(wake, ClockDue)]
    assert not kennel.look(NOW + minutes(12)).stood_in, "its checkpoint was moved on"


def test_before_the_first_sweep_the_watchdog_sweeps_nothing(kennel: Kennel) -> None:
    assert not kennel.look(NOW + minutes(60)).stood_in


def test_a_lead_in_the_queue_is_checked_like_any_other(kennel: Kennel) -> None:
    policy, crm = routed(), FakeCrm()
    crm.now = NOW - minutes(2)
    work_event = EventWorker(kennel.store, FakeOutbox(), kennel.wakes, lambda attempt: None)
    for lead in map(str, range(1, 6)):
        crm.add(lead, None, **PROPERTIES)
        event = became(id=f"in-{lead}", lead_id=lead)
        work_event(event, policy, Contacts(crm, [lead]), NOW)
    assert kennel.item("5")["owner"]["S"] == NOBODY
    assert kennel.look().checked == 5
    kennel.spoil("5", "REMOVE wakeShard, wakeAt")
    assert kennel.look(NOW + minutes(24 * 60)).repaired == 1
