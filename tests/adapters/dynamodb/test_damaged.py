"""One item that cannot be read (newer, or damaged) keeps no other from a sweep, the watchdog, a
digest or a preview."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from baton.adapters.dynamodb.index_audit import OpenLeads
from baton.adapters.dynamodb.leads import LeadStore, lead_key, shard_of
from baton.adapters.memory import MemoryStore
from baton.application.preview import Preview
from baton.application.send_digests import send_digests
from baton.application.sweep import sweep_fast
from baton.application.watchdog import watch
from baton.domain.world.events import Reassigned
from baton.failures import Retryable
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import NOW, POLICY, became, contact, decided, minutes, world
from tests.fakes.store import FakeOutbox, FakeWakes

GOOD, ODD = "101", "102"

#: How a lead's item may be damaged: attribute -> its new value; None: it is missing.
DAMAGE: dict[str, dict[str, Any]] = {
    "newer": {"schema": {"N": "999"}},
    "no JSON": {"body": {"S": "{"}},
    "another shape": {"body": {"S": '{"id": 5}'}},
    "no body": {"body": None},
    "no version": {"version": None},
    "version no number": {"version": {"S": "x"}},
}
EACH = pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())


class Rig:
    def __init__(self, client: Any) -> None:
        self.client = client
        self.store, self.open = LeadStore(client, TABLE), OpenLeads(client, TABLE)
        self.state = world(contact=contact())
        for lead_id in (GOOD, ODD):
            event = became(lead_id=lead_id, id=f"in-{lead_id}")
            decision = decided(None, event, world(contact=contact(lead_id)))
            fitting = [load for load in decision.loads if lead_id == GOOD]
            turns = [one for one in decision.turns if lead_id == GOOD]
            alone = {"loads": tuple(fitting), "turns": tuple(turns), "relied_on": ()}
            self.store.commit(type(decision)(**_fields(decision) | alone), event, "v1", NOW)

    def damage(self, changes: dict[str, Any], key: dict[str, Any] | None = None) -> None:
        key = key or lead_key(ODD)
        item = self.client.get_item(TableName=TABLE, Key=key)["Item"] | changes
        kept = {name: value for name, value in item.items() if value is not None}
        self.client.put_item(TableName=TABLE, Item=kept)


def _fields(decision: Any) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in decision.__struct_fields__}


@pytest.fixture
def rig() -> Iterator[Rig]:
    with mock_aws():
        make: Any = boto3.client
        client = make(
            "dynamodb", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        create_table(client)
        yield Rig(client)


@EACH
def test_the_watchdog_reports_the_damaged_lead_and_repairs_the_others(
    rig: Rig, damage: dict[str, Any]
) -> None:
    rig.damage({"wakeAt": None, "wakeShard": None}, lead_key(GOOD))
    rig.damage(damage)
    found: list[Any] = []
    seen = watch(rig.store, rig.open, FakeWakes(), NOW, found.append)
    assert (seen.checked, seen.repaired, seen.complete) == (2, 1, True)
    newer = damage == DAMAGE["newer"]
    assert [flaw.lead for flaw in found if flaw.right is None] == ([] if newer else [ODD])
    assert rig.client.get_item(TableName=TABLE, Key=lead_key(GOOD))["Item"]["wakeAt"]


@pytest.mark.parametrize("at", ["garbage", "2026-03-03T08:00:00.000000Zx", "~"])
def test_an_entry_without_an_instant_does_not_stop_the_sweep(rig: Rig, at: str) -> None:
    """A text that sorts into the range that the sweep asks for, and is no instant."""
    wake_at = rig.client.get_item(TableName=TABLE, Key=lead_key(ODD))["Item"]["wakeAt"]["S"]
    odd = f"{wake_at[:17]}{at}"
    rig.damage({"wakeAt": {"S": odd}, "wakeShard": {"S": f"wake#{shard_of(ODD)}"}})
    wakes = FakeWakes()
    sweep_fast(rig.store, wakes, datetime.fromisoformat(wake_at) + minutes(5))
    assert [event.lead_id for event in wakes.sent] == [GOOD]


@EACH
def test_a_digest_leaves_out_what_cannot_be_read_and_notes_it(
    rig: Rig, damage: dict[str, Any]
) -> None:
    rig.damage(damage)
    noted: list[dict[str, Any]] = []
    outbox = FakeOutbox()
    day_after = NOW + timedelta(days=1)
    sent = send_digests(
        POLICY, rig.store, outbox, day_after, lambda msg, **fields: noted.append(fields), True
    )
    assert len(sent) == len(outbox.sent) > 0
    readable = "version" in damage
    assert {one["item"] for one in noted} == (set() if readable else {f"LEAD#{ODD}"})


@pytest.mark.parametrize("report", ['{"batonSchema":99}', "{", None], ids=repr)
def test_a_digest_leaves_out_a_report_that_cannot_be_read(rig: Rig, report: str | None) -> None:
    key = {"pk": {"S": f"LEAD#{ODD}"}, "sk": {"S": f"EVENT#in-{ODD}"}}
    rig.damage({"report": {"S": report} if report else None}, key)
    noted: list[dict[str, Any]] = []
    day_after = NOW + timedelta(days=1)
    send_digests(
        POLICY,
        rig.store,
        FakeOutbox(),
        day_after,
        lambda msg, **fields: noted.append(fields),
        True,
    )
    assert {one["item"] for one in noted} == {f"LEAD#{ODD}"}


def test_a_digest_that_cannot_be_sent_keeps_no_other_and_is_tried_again(rig: Rig) -> None:
    class Refusing(FakeOutbox):
        def send(self, effects: Any) -> None:
            if effects[0].subject == "MANAGER#mona":
                raise Retryable("outbox: down")
            super().send(effects)

    outbox, noted = Refusing(), list[Any]()
    morning = NOW.replace(hour=7, minute=30) + timedelta(days=1)

    def note(msg: object, **fields: Any) -> None:
        noted.append((msg, fields))

    with pytest.raises(Retryable):
        send_digests(POLICY, rig.store, outbox, morning, note)
    assert [effect.subject for effect in outbox.sent] == ["MANAGER#dora"]
    assert noted == [("digests.not_sent", {"manager": "mona", "why": "Retryable"})]
    later = FakeOutbox()
    assert send_digests(POLICY, rig.store, later, morning + minutes(15), note) == ["mona"]


@EACH
def test_a_preview_shows_the_others_and_a_fault(rig: Rig, damage: dict[str, Any]) -> None:
    rig.damage(damage)
    events = [
        Reassigned(id=f"r-{lead}", lead_id=lead, at=NOW, by="kim") for lead in (ODD, GOOD, ODD)
    ]
    odd, good, _ = Preview(MemoryStore(rig.store), POLICY, NOW).play(events)
    assert good.after is not None
    assert good.fault == ""
    if "version" not in damage:
        assert odd.unreadable
        assert odd.fault
