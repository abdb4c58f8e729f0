"""advance_lead and the three schedules, from the event to the table and the queues."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from baton.adapters.aws.outbox import Outbox, decode_effect
from baton.adapters.aws.queues import REDRIVEN, Lane
from baton.adapters.aws.wakes import Wakes
from baton.adapters.dynamodb.index_audit import OpenLeads
from baton.adapters.dynamodb.leads import LeadStore, lead_key
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.application.ports.crm import Deal
from baton.application.work_event import EventWorker
from baton.domain.world.effects import CardState, ContactState, NoticeState, TaskState
from baton.domain.world.events import ClockDue, DealMoved
from baton.domain.world.wakes import fast_wake
from baton.wire.schema import SCHEMAS
from baton.wire.vocabulary import decode_message, encode_message
from functions.advance_lead import app as advance_app
from functions.advance_lead import wiring as advance_wiring
from functions.escalate_breaches import app as escalate_app
from functions.escalate_breaches import wiring as escalate_wiring
from functions.recycle_stale_leads import app as recycle_app
from functions.recycle_stale_leads import wiring as recycle_wiring
from functions.send_digests import app as digests_app
from functions.send_digests import wiring as digests_wiring
from functions.watch_leads import app as watch_app
from functions.watch_leads import wiring as watch_wiring
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import POLICY, PROPERTIES
from tests.fakes.crm import FakeCrm
from tests.functions.test_deliver import Context
from tests.http.requests import log_of
from tests.worded import title

EVENTS = Path(__file__).parents[2] / "events"
#: A Tuesday morning in Berlin, within working hours.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LEAD = "90210011"


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


class Aws:
    """The handlers with moto's AWS and a HubSpot in memory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.dynamodb = boto3.client("dynamodb", region_name="eu-central-1")
        self.sqs = boto3.client("sqs", region_name="eu-central-1")
        create_table(self.dynamodb)
        self.store = LeadStore(self.dynamodb, TABLE)
        self.policies = PolicyStore(self.dynamodb, TABLE)
        self.policies.publish(POLICY, by="test", at=NOW, note="")
        self.urls = {
            name: self.sqs.create_queue(QueueName=f"baton-{name}")["QueueUrl"]
            for name in ("wakes", "events", "bulk", "hubspot", "slack", "unworked")
        }
        self.crm = FakeCrm()
        self.crm.now = NOW - timedelta(minutes=1)
        self.crm.add(LEAD, None, **PROPERTIES)
        outbox = Outbox(self.sqs, {"hubspot": self.urls["hubspot"], "slack": self.urls["slack"]})
        wakes = Wakes(self.sqs, self.urls["wakes"], lambda: self.now)
        work_event = EventWorker(self.store, outbox, wakes, lambda attempt: None)

        def use(wiring: Any, **given: Any) -> None:
            for name, value in given.items():
                monkeypatch.setattr(wiring, name, lambda value=value: value)
            monkeypatch.setattr(wiring, "now", lambda: self.now)

        use(
            advance_wiring,
            settings=None,
            policies=self.policies,
            store=self.store,
            work_event=work_event,
            crm=self.crm,
            people=RosterStore(self.dynamodb, TABLE),
            outbox=outbox,
            wakes=wakes,
            lane=Lane(self.sqs, self.urls["unworked"]),
        )
        use(escalate_wiring, store=self.store, wakes=wakes)
        use(
            recycle_wiring,
            store=self.store,
            wakes=Wakes(self.sqs, self.urls["bulk"], lambda: self.now),
        )
        use(watch_wiring, store=self.store, leads=OpenLeads(self.dynamodb, TABLE), wakes=wakes)
        use(digests_wiring, policies=self.policies, store=self.store, outbox=outbox)

    def advance(self, given: dict[str, Any]) -> list[str]:
        """Ids of the messages that come back."""
        answer = advance_app.handler(given, Context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def taken(self, queue: str) -> list[dict[str, Any]]:
        """Take all messages out of the queue."""
        found: list[dict[str, Any]] = []
        while messages := self.sqs.receive_message(
            QueueUrl=self.urls[queue],
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=600,
        ).get("Messages"):
            found += messages
        return found

    def effects(self) -> list[Any]:
        bodies = [m["Body"] for name in ("hubspot", "slack") for m in self.taken(name)]
        return [decode_effect(body) for body in bodies]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield Aws(monkeypatch)


def test_a_stage_change_becomes_an_owner_a_deadline_a_task_and_a_message(aws: Aws) -> None:
    assert aws.advance(event("advance_lead.stage_changed")) == []
    lead, _ = aws.store.load(LEAD, "-")
    assert lead is not None
    assert lead.assignment is not None
    assert lead.assignment.person == "anna"
    kinds = sorted(type(effect).__name__ for effect in aws.effects())
    assert kinds == ["CardState", "ContactState", "TaskState", "TaskState"]


def test_the_same_message_twice_sends_its_effects_once_unless_it_came_back(aws: Aws) -> None:
    given = event("advance_lead.stage_changed")
    aws.advance(given)
    first = aws.effects()
    aws.advance(given)
    assert aws.effects() == [], "another message about the same event needs nothing"
    given["Records"][0]["attributes"]["ApproximateReceiveCount"] = "2"
    aws.advance(given)
    again = aws.effects()
    assert sorted(e.slot for e in again) == sorted(e.slot for e in first)
    assert {e.version for e in again} == {1}


def test_a_redriven_message_sends_what_its_first_worker_had_not_sent(aws: Aws) -> None:
    """The event was stored, its message parked before its effects were sent, and sent again by
    `baton redrive`: a new message, received for the first time."""
    given = event("advance_lead.stage_changed")
    aws.advance(given)
    first = aws.effects()
    given["Records"][0]["messageAttributes"] = {
        REDRIVEN: {"dataType": "String", "stringValue": "true"}
    }
    aws.advance(given)
    assert sorted(e.slot for e in aws.effects()) == sorted(e.slot for e in first)


def test_a_deals_news_reaches_each_of_its_contacts(aws: Aws) -> None:
    """The hint is worked twice; before the second time a worker may have died half-way."""
    aws.crm.add("90210012", None, **PROPERTIES)
    aws.crm.deals["77001122"] = Deal(
        id="77001122",
        stage="closedwon",
        pipeline="default",
        outcome="won",
        entered_at=NOW - timedelta(minutes=2),
        contacts=(LEAD, "90210012"),
    )
    given = event("advance_lead.deal")
    given["Records"][0]["attributes"]["ApproximateReceiveCount"] = "2"
    assert aws.advance(given) == []
    news = json.loads(given["Records"][0]["body"])["detail"]
    for lead_id in (LEAD, "90210012"):
        _, record = aws.store.load(lead_id, f"{news['eventId']}:{lead_id}")
        assert record is not None
        assert record.event == DealMoved(
            id=f"{news['eventId']}:{lead_id}",
            lead_id=lead_id,
            at=NOW - timedelta(minutes=2),
            deal="77001122",
            stage="closedwon",
            outcome="won",
        )
    assert aws.crm.calls == ["deal", "contacts"], "its contacts are read together"
    before = {lead_id: aws.store.load(lead_id, "-")[0] for lead_id in (LEAD, "90210012")}
    assert aws.advance(given) == []
    assert before == {lead_id: aws.store.load(lead_id, "-")[0] for lead_id in before}


def test_somebody_in_slack_is_away_and_gets_no_leads(aws: Aws) -> None:
    hint = json.loads((EVENTS / "bus.person_hint.json").read_text())
    hint["detail"] |= {"person": "slack:UANNA", "occurredAt": NOW.isoformat()}
    assert aws.advance(sqs_event(json.dumps(hint))) == []
    (notice,) = aws.effects()
    assert title(notice).startswith("You are away until Tue 1 Dec, 00:00")
    aws.advance(event("advance_lead.stage_changed"))
    lead, _ = aws.store.load(LEAD, "-")
    assert lead is not None
    assert lead.assignment is not None
    assert lead.assignment.person != "anna"


def test_a_deal_that_is_gone_is_nothing(aws: Aws) -> None:
    log = log_of(advance_app.logger)
    assert aws.advance(event("advance_lead.deal")) == []
    assert aws.taken("unworked") == []
    assert '"contacts":0' in log.getvalue()


def test_events_wait_for_the_first_policy(aws: Aws) -> None:
    aws.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "POLICY"}, "sk": {"S": "ACTIVE"}})
    given = event("advance_lead.stage_changed")
    assert aws.advance(given) == [given["Records"][0]["messageId"]]
    assert aws.taken("unworked") == []


def test_a_click_is_answered_by_the_only_writer(aws: Aws) -> None:
    aws.advance(event("advance_lead.stage_changed"))
    aws.effects()
    given = event("advance_lead.click")
    body = json.loads(given["Records"][0]["body"])
    body["detail"] |= {"user": "UANNA", "action": "accept"}
    given["Records"][0]["body"] = json.dumps(body)
    aws.now = NOW + timedelta(minutes=2)
    assert aws.advance(given) == []
    effects = aws.effects()
    shown = {type(e): e for e in effects}
    assert {e.slot: e.done for e in effects if isinstance(e, TaskState)} == {
        "task:1:accept": True,
        "task:1:first_touch": False,
    }
    assert shown[CardState].state == "accepted"
    assert shown[ContactState].properties["lifecyclestage"].value == "salesacceptedlead"


def test_wakes_come_a_little_early_and_are_worked_on_time_after_what_is_late(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three leads of one batch: the first record is due last, and the second one is late."""
    slept: list[float] = []
    really, here = time.sleep, threading.get_ident()

    def sleep(seconds: float) -> None:
        if threading.get_ident() != here:  # a sandbox of another test, in its own thread
            return really(seconds)
        slept.append(seconds)
        aws.now += timedelta(seconds=seconds)
        return None

    monkeypatch.setattr("time.sleep", sleep)
    aws.advance(event("advance_lead.stage_changed"))
    due = NOW + timedelta(minutes=7.5)
    wakes = [
        fast_wake(LEAD, due),
        fast_wake("900", due - timedelta(seconds=3)),
        fast_wake("901", due - timedelta(seconds=0.5)),
        fast_wake("902", due + timedelta(minutes=1)),
    ]
    records = [sqs_event(encode_message(wake))["Records"][0] for wake in wakes]
    aws.now = due - timedelta(seconds=1.75)
    aws.taken("wakes")
    aws.effects()
    worked = log_of(advance_app.logger)
    assert aws.advance({"Records": records}) == []
    assert slept == [1.25, 0.5]
    lines = [json.loads(line) for line in worked.getvalue().splitlines()]
    assert [line["lead_id"] for line in lines if "lead_id" in line] == ["900", "901", LEAD, "902"]
    (notice,) = (e for e in aws.effects() if e.slot.startswith("notice"))
    assert notice.at == due


def test_one_bad_message_does_not_hurt_the_others(aws: Aws) -> None:
    assert aws.advance(event("advance_lead.mixed_batch")) == []
    lead, _ = aws.store.load(LEAD, "-")
    assert lead is not None
    assert lead.open
    reasons = [m["MessageAttributes"]["reason"]["StringValue"] for m in aws.taken("unworked")]
    assert reasons == ["detail.leadId: expected str, got int"]
    assert aws.crm.calls == ["contacts"], "the batch's contacts are read together"


def test_a_message_of_a_newer_schema_comes_back_and_its_neighbours_are_worked(aws: Aws) -> None:
    """During a rolling deployment both versions run: newer code must work the message, and older
    code must not park it."""
    batch = event("advance_lead.stage_changed")
    newer = event("advance_lead.click")["Records"][0]
    body = json.loads(newer["body"])
    body["detail"] |= {"batonSchema": SCHEMAS["news"] + 1, "action": "applaud"}
    newer["body"] = json.dumps(body)
    assert aws.advance({"Records": [newer, *batch["Records"]]}) == [newer["messageId"]]
    assert aws.taken("unworked") == []
    lead, _ = aws.store.load(LEAD, "-")
    assert lead is not None
    assert lead.open


def test_hubspot_being_down_delays_what_needs_it_and_nothing_else(aws: Aws) -> None:
    from baton.failures import Retryable

    aws.advance(event("advance_lead.stage_changed"))
    aws.effects()

    def down(name: str) -> None:
        raise Retryable("hubspot does not answer")

    aws.crm.before = down
    stage, clock = event("advance_lead.stage_changed"), event("advance_lead.clock")
    body = json.loads(stage["Records"][0]["body"])
    body["detail"]["eventId"] = "another"
    stage["Records"][0]["body"] = json.dumps(body)
    aws.now = NOW + timedelta(minutes=8)
    came_back = aws.advance({"Records": stage["Records"] + clock["Records"]})
    assert came_back == [stage["Records"][0]["messageId"]]
    assert [e.slot.split(":")[0] for e in aws.effects()] == ["contact", "notice"]


def test_the_sweep_wakes_what_is_due(aws: Aws) -> None:
    aws.advance(event("advance_lead.stage_changed"))
    aws.taken("wakes")
    aws.now = NOW + timedelta(minutes=9)
    assert escalate_app.handler(event("schedule"), Context()) == {"sent": 1, "overdue": 1}
    (message,) = aws.taken("wakes")
    wake = decode_message(message["Body"])
    assert isinstance(wake, ClockDue)
    assert (wake.lead_id, wake.at) == (LEAD, NOW + timedelta(minutes=7.5))


def test_the_watchdog_repairs_a_lost_wake_up(aws: Aws) -> None:
    aws.advance(event("advance_lead.stage_changed"))
    aws.dynamodb.update_item(
        TableName=TABLE, Key=lead_key(LEAD), UpdateExpression="REMOVE wakeShard, wakeAt"
    )
    log = log_of(watch_app.logger)
    assert watch_app.handler(event("schedule"), Context()) == {
        "overdue": 0,
        "checked": 1,
        "repaired": 1,
    }
    assert f'"lead_id":"{LEAD}","what":"index: wakeShard, wakeAt"' in log.getvalue()
    assert len(aws.store.due("wakes", NOW, NOW + timedelta(days=1))) == 1


def test_a_commit_near_its_clock_sends_its_own_wake(aws: Aws) -> None:
    aws.advance(event("advance_lead.stage_changed"))
    waiting = aws.sqs.get_queue_attributes(
        QueueUrl=aws.urls["wakes"], AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )["Attributes"]
    assert waiting["ApproximateNumberOfMessagesDelayed"] == "1"


def test_stale_leads_go_to_the_bulk_queue(aws: Aws) -> None:
    aws.advance(event("advance_lead.stage_changed"))
    assert recycle_app.handler(event("schedule"), Context()) == {"sent": 0, "overdue": 0}
    aws.now = NOW + timedelta(days=86)
    assert recycle_app.handler(event("schedule"), Context())["sent"] == 1
    (message,) = aws.taken("bulk")
    assert aws.advance(sqs_event(message["Body"])) == []
    assert "no activity" in next(title(e) for e in aws.effects() if isinstance(e, NoticeState))


def test_digests_go_out_in_the_morning_and_on_request(aws: Aws) -> None:
    aws.now = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert digests_app.handler(event("schedule"), Context()) == {"sent": []}
    assert digests_app.handler({"digest": "now"}, Context()) == {"sent": ["mona", "dora"]}
    aws.now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert digests_app.handler(event("schedule"), Context()) == {"sent": ["mona", "dora"]}
    assert len({effect.slot for effect in aws.effects()}) == 2


def sqs_event(body: str) -> dict[str, Any]:
    given = event("advance_lead.clock")
    given["Records"][0]["body"] = body
    return given


def test_logs_name_no_person(aws: Aws) -> None:
    log = log_of(advance_app.logger)
    aws.advance(event("advance_lead.stage_changed"))
    aws.advance(event("advance_lead.mixed_batch"))
    printed = log.getvalue()
    assert LEAD in printed
    for personal in ("Ada", "Example", "Acme", "5000"):
        assert personal not in printed
