"""The delivering functions, from the queue's event to what HubSpot and Slack show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace
from slack_sdk.errors import SlackApiError
from slack_sdk.web.client import WebClient

from baton.adapters.aws.bus import Bus, Entry, NotStored
from baton.adapters.aws.outbox import decode_effect, encode_effect
from baton.adapters.aws.queues import Lane
from baton.adapters.aws.secrets import Secrets
from baton.adapters.aws.tokens import SecretToken
from baton.adapters.dynamodb.boards import Boards
from baton.adapters.dynamodb.slots import DynamoSlots
from baton.adapters.hubspot.crm import HubspotWriter
from baton.adapters.hubspot.http import HubspotHttp
from baton.adapters.slack.messenger import SlackMessenger
from baton.application.ports.slack import Message
from baton.failures import Rejected
from functions.deliver_hubspot import app as hubspot_app
from functions.deliver_hubspot import wiring as hubspot_wiring
from functions.deliver_slack import app as slack_app
from functions.deliver_slack import wiring as slack_wiring
from tests.adapters.dynamodb.test_slots import TABLE, dynamo
from tests.fakes.aws import FakeEvents, FakeSecrets
from tests.fakes.effects import NOW, notice_state
from tests.fakes.sandbox import CONFIG, FixedToken, Peer
from tests.http.requests import log_of

EVENTS = Path(__file__).parents[2] / "events"

#: What is said of a Slack user who is not there, and how to fix it.
NOBODY = "channel_not_found: correct slack_user in roster.yaml: Slack knows no such member"


@dataclass
class Context:
    """The parts of a Lambda context that the handlers use."""

    milliseconds: int = 60_000
    function_name: str = "under-test"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:under-test"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


class Doors:
    """Both handlers with moto's AWS and the sandbox."""

    def __init__(self, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.peer = peer
        self.now = NOW
        self.dynamo = dynamo()
        self.sqs = boto3.client("sqs", region_name="eu-central-1")
        self.vault = FakeSecrets(
            [
                ("hubspot", {"access_token": CONFIG.hubspot_access_token}),
                ("slack", {"bot_token": CONFIG.slack_bot_token}),
            ]
        )
        secrets = Secrets(self.vault)
        writer = HubspotWriter(
            HubspotHttp(SecretToken(secrets, "hubspot", "access_token"), peer.hubspot_url)
        )
        messenger = SlackMessenger(SecretToken(secrets, "slack", "bot_token"), peer.slack_url)
        self.parked: dict[ModuleType, str] = {}
        for wiring, name in ((hubspot_wiring, "hubspot"), (slack_wiring, "slack")):
            self.sqs.create_queue(QueueName=f"baton-{name}")
            url = self.sqs.create_queue(QueueName=f"baton-undelivered-{name}")["QueueUrl"]
            self.parked[wiring] = url
            monkeypatch.setattr(wiring, "settings", lambda: None)
            monkeypatch.setattr(wiring, "slots", lambda: DynamoSlots(self.dynamo, TABLE))
            monkeypatch.setattr(wiring, "lane", lambda url=url: Lane(self.sqs, url))
            monkeypatch.setattr(wiring, "now", lambda: self.now)
        monkeypatch.setattr(hubspot_wiring, "writer", lambda: writer)
        self.events = FakeEvents()
        bus = Bus(self.events, "baton", lambda _seconds: None)
        monkeypatch.setattr(hubspot_wiring, "bus", lambda: bus)
        monkeypatch.setattr(slack_wiring, "bus", lambda: bus)
        monkeypatch.setattr(slack_wiring, "messenger", lambda: messenger)
        monkeypatch.setattr(slack_wiring, "boards", lambda: Boards(self.dynamo, TABLE))

    def lead(self) -> str:
        properties = {"firstname": "Nora", "lifecyclestage": "marketingqualifiedlead"}
        return str(self.peer.do("contacts", properties=properties, source="FORM")["id"])

    def deliver(
        self,
        name: str,
        contact_id: str = "501",
        milliseconds: int = 60_000,
        channel: str = "D0ANNA",
        user: str = "U0ANNA",
        manager: str = "U0KIM",
        tier: str = "baton_tier",
    ) -> list[str]:
        """Feed an event of events/ about *contact_id*; returns the ids of the messages that come
        back."""
        event = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
        for record in event["Records"]:
            body = record["body"].replace("501", contact_id).replace("D0ANNA", channel)
            body = body.replace("U0ANNA", user).replace("U0KIM", manager)
            record["body"] = body.replace("baton_tier", tier)
        app: Any = hubspot_app if name.startswith("deliver_hubspot") else slack_app
        answer = app.handler(event, Context(milliseconds))
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def contact(self, contact_id: str) -> dict[str, Any]:
        http = HubspotHttp(FixedToken(CONFIG.hubspot_access_token), self.peer.hubspot_url)
        wanted = ["hubspot_owner_id", "lifecyclestage", "baton_tier", "hs_lead_status"]
        (record,) = http.read("contacts", [contact_id], wanted)
        return record.properties

    def tasks(self, contact_id: str) -> list[str | None]:
        """The status of each task of the contact."""
        http = HubspotHttp(FixedToken(CONFIG.hubspot_access_token), self.peer.hubspot_url)
        ids = http.linked("contacts", contact_id, "tasks")
        return [
            one.properties["hs_task_status"] for one in http.read("tasks", ids, ["hs_task_status"])
        ]

    def messages(self, user: str) -> list[dict[str, Any]]:
        client = WebClient(token=CONFIG.slack_bot_token, base_url=self.peer.slack_url)
        channel = user
        if user.startswith("U"):
            channel = client.conversations_open(users=user)["channel"]["id"]
        else:
            found = client.conversations_list()["channels"]
            channel = next(one["id"] for one in found if one["name"] == user)
        return list(client.conversations_history(channel=channel)["messages"])

    def parked_reasons(self, wiring: ModuleType) -> list[str]:
        found = self.sqs.receive_message(
            QueueUrl=self.parked[wiring], MessageAttributeNames=["All"], MaxNumberOfMessages=10
        )
        return [
            message["MessageAttributes"]["reason"]["StringValue"]
            for message in found.get("Messages", [])
        ]


@pytest.fixture
def doors(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield Doors(peer, monkeypatch)


def test_hubspot_shows_what_was_decided(doors: Doors) -> None:
    lead = doors.lead()
    assert doors.deliver("deliver_hubspot.contact", lead) == []
    shown = doors.contact(lead)
    assert shown["hubspot_owner_id"] == "70001"
    assert shown["lifecyclestage"] == "salesacceptedlead"
    assert shown["baton_tier"] == "hot"


def test_a_task_is_made_once_and_ticked_off(doors: Doors) -> None:
    lead = doors.lead()
    for _ in range(2):
        assert doors.deliver("deliver_hubspot.task", lead) == []
    assert doors.tasks(lead) == ["NOT_STARTED"]
    assert doors.deliver("deliver_hubspot.task_done", lead) == []
    assert doors.deliver("deliver_hubspot.task", lead) == []
    assert doors.tasks(lead) == ["COMPLETED"]


def test_slack_shows_one_card_that_changes(doors: Doors) -> None:
    for name in ("card", "card", "card_accepted", "card"):
        assert doors.deliver(f"deliver_slack.{name}") == []
    (message,) = doors.messages("U0ANNA")
    assert message["text"].startswith("Your lead: Nora Lindqvist (Helvia Robotics)")
    assert "Anna Keller accepted" in message["text"]


def test_slack_shows_notices_and_digests(doors: Doors) -> None:
    assert doors.deliver("deliver_slack.notice") == []
    assert doors.deliver("deliver_slack.digest") == []
    assert len(doors.messages("leads")) == 1
    assert len(doors.messages("U0KIM")) == 1


def test_breaches_of_one_minute_share_a_message(doors: Doors) -> None:
    for lead in ("501", "502", "501", "503"):
        assert doors.deliver("deliver_slack.notice", lead) == []
        doors.now += timedelta(seconds=10)
    doors.now += timedelta(minutes=1)
    assert doors.deliver("deliver_slack.notice", "504") == []
    later, first = doors.messages("leads")
    assert first["text"].startswith("3 breaches. Breach: ")
    assert later["text"].startswith("Breach: ")
    assert [message["text"].count("Nora Lindqvist") for message in (first, later)] == [3, 1]
    assert doors.peer.calls("slack").count("chat.postMessage") == 2
    assert doors.peer.calls("slack").count("chat.update") == 2


def test_a_reply_is_shown_to_who_clicked_alone(doors: Doors) -> None:
    client = WebClient(token=CONFIG.slack_bot_token, base_url=doors.peer.slack_url)
    channel = client.conversations_open(users="U0ANNA")["channel"]["id"]
    assert doors.deliver("deliver_slack.reply", "501", channel=channel) == []
    assert doors.peer.calls("slack").count("chat.postEphemeral") == 1
    assert doors.parked_reasons(slack_wiring) == []
    assert doors.messages("U0ANNA") == [], "an ephemeral message is in nobody's history"


def test_a_system_that_is_down_keeps_its_effects_waiting_and_then_shows_them_once(
    doors: Doors,
) -> None:
    doors.peer.fault("slack", "down", path="chat.postMessage", then_apply=True)
    assert len(doors.deliver("deliver_slack.card")) == 1
    doors.now += timedelta(seconds=2)
    assert len(doors.deliver("deliver_slack.card")) == 1, "the slot has not settled yet"
    doors.peer.fault("slack", "none")
    # The message whose answer was lost has the time of the sandbox's clock, not of the test's.
    doors.now += timedelta(seconds=10)
    assert doors.deliver("deliver_slack.card") == []
    assert len(doors.messages("U0ANNA")) == 1


def test_a_permanent_refusal_is_parked_with_its_reason(doors: Doors) -> None:
    assert doors.deliver("deliver_hubspot.contact", doors.lead(), tier="no_such_property") == []
    (reason,) = doors.parked_reasons(hubspot_wiring)
    assert "no_such_property" in reason


@pytest.mark.parametrize("name", ["contact", "task"])
def test_what_belongs_to_a_contact_that_is_gone_is_counted_and_not_parked(
    doors: Doors, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logged = log_of(hubspot_app.logger)
    assert doors.deliver(f"deliver_hubspot.{name}", "999999") == []
    assert doors.parked_reasons(hubspot_wiring) == []
    assert '"DeliverHubspotExplained":[1.0]' in capsys.readouterr().out
    assert '"why":"the contact is gone from HubSpot"' in logged.getvalue()


def test_an_unreachable_person_is_reported_on_the_bus_and_the_card_is_parked(doors: Doors) -> None:
    assert doors.deliver("deliver_slack.card", user="U0GONE") == []
    (news,) = doors.events.details
    assert (news["lead_id"], news["to"], news["slot"]) == ("501", "U0GONE", "card:1")
    assert (news["level"], news["reason"]) == ("breach", "channel_not_found")
    assert doors.parked_reasons(slack_wiring) == [f"Slack: {NOBODY}"]


@pytest.mark.parametrize("name", ["card", "notice"])
def test_a_message_refused_for_its_content_is_reported_and_parked_alike(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    refuse(monkeypatch)
    assert doors.deliver(f"deliver_slack.{name}") == []
    (news,) = doors.events.details
    assert (news["lead_id"], news["reason"]) == ("501", "invalid_blocks")
    assert doors.parked_reasons(slack_wiring) == ["Slack: invalid_blocks /blocks/2/text"]


def test_of_notices_about_undelivered_messages_one_a_recipient_and_day_is_parked(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is passed on to the next recipient all the same, and what it tells of is parked."""
    refuse(monkeypatch)
    many = [
        notice_state(
            subject=f"LEAD#60{number}",
            slot="notice:undelivered:1:U0ANNA",
            to=to,
            level="warning",
        )
        for to in ("U0MONA", "C0LEADS")
        for number in range(3)
    ]
    for number, effect in enumerate(many):
        record = {
            "messageId": str(number),
            "receiptHandle": "r",
            "body": encode_effect(effect),
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1772442000000"},
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:baton-slack",
        }
        answer = slack_app.handler({"Records": [record]}, Context(60_000))
        assert answer["batchItemFailures"] == []
    assert len(doors.parked_reasons(slack_wiring)) == 2
    assert len(doors.events.details) == len(many)


def test_dying_before_parking_a_refused_message_reports_it_once(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch)

    class Death(BaseException):
        pass

    with monkeypatch.context() as dying:
        dying.setattr(Lane, "park", lambda *_: (_ for _ in ()).throw(Death()))
        with pytest.raises(Death):
            doors.deliver("deliver_slack.card")
    doors.now += timedelta(minutes=2)
    assert doors.deliver("deliver_slack.card") == []
    first, second = doors.events.details
    # The lead recognises the repeat by its id.
    assert first["id"] == second["id"]
    assert doors.parked_reasons(slack_wiring) == ["Slack: invalid_blocks /blocks/2/text"]


def test_a_refusal_that_the_bus_does_not_take_comes_back_and_is_not_parked(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch)

    def down(_bus: Bus, entries: Sequence[Entry]) -> None:
        raise NotStored(f"{len(entries)} of {len(entries)} entries")

    monkeypatch.setattr(Bus, "put", down)
    assert len(doors.deliver("deliver_slack.card")) == 1
    assert doors.parked_reasons(slack_wiring) == []


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed", "message_not_found"])
def test_a_message_that_cannot_be_edited_any_more_is_posted_anew_and_nobody_is_told(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def update(_client: WebClient, **_arguments: Any) -> None:
        answer = SimpleNamespace(data={"ok": False, "error": code}, status_code=200, headers={})
        raise SlackApiError(code, answer)  # type: ignore[no-untyped-call]

    assert doors.deliver("deliver_slack.card") == []
    monkeypatch.setattr(WebClient, "chat_update", update)
    assert doors.deliver("deliver_slack.card_accepted") == []
    assert "Anna Keller accepted" in doors.messages("U0ANNA")[0]["text"]
    assert doors.events.details == []
    assert doors.parked_reasons(slack_wiring) == []


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make Slack refuse each message because of its content."""

    def post(_messenger: SlackMessenger, _effect: Message) -> str:
        raise Rejected("Slack: invalid_blocks /blocks/2/text", code="invalid_blocks")

    monkeypatch.setattr(SlackMessenger, "post", post)


def test_a_digest_that_reaches_nobody_is_parked(doors: Doors) -> None:
    """A digest is not about a lead, so no decision can tell anybody else."""
    assert doors.deliver("deliver_slack.digest", manager="U0GONE") == []
    assert doors.parked_reasons(slack_wiring) == [f"Slack: {NOBODY}"]
    assert doors.events.details == []


def test_a_malformed_message_is_parked_and_the_next_one_is_shown(doors: Doors) -> None:
    assert doors.deliver("deliver_slack.malformed") == []
    (reason,) = doors.parked_reasons(slack_wiring)
    assert reason.startswith("$")
    assert "required" in reason
    assert len(doors.messages("leads")) == 1


def test_a_secret_that_cannot_be_read_loses_nothing(doors: Doors) -> None:
    doors.vault.down = True
    assert len(doors.deliver("deliver_slack.card")) == 1
    doors.vault.down = False
    doors.now += timedelta(minutes=2)
    assert doors.parked_reasons(slack_wiring) == []


def test_without_time_left_nothing_is_delivered(doors: Doors) -> None:
    assert len(doors.deliver("deliver_slack.card", milliseconds=5_000)) == 1
    assert doors.messages("U0ANNA") == []


@pytest.mark.parametrize("app", [hubspot_app, slack_app], ids=["hubspot", "slack"])
def test_the_log_names_slots_and_no_person(doors: Doors, app: Any) -> None:
    stream = log_of(app.logger)
    lead = doors.lead()
    if app is hubspot_app:
        doors.deliver("deliver_hubspot.task", lead)
        doors.deliver("deliver_hubspot.contact", "999999")
    else:
        doors.deliver("deliver_slack.card")
        doors.deliver("deliver_slack.malformed")
    log = stream.getvalue()
    assert '"slot":"' in log.replace(" ", "")
    for person in ("Nora", "Helvia", "helvia", "+41", "Head of Operations"):
        assert person not in log


def test_every_event_file_of_the_doors_out_holds_what_the_doors_read() -> None:
    for path in sorted(EVENTS.glob("deliver_*.json")):
        for record in json.loads(path.read_text("utf-8"))["Records"]:
            if "malformed" in path.name and '"version"' not in record["body"]:
                continue
            assert encode_effect(decode_effect(record["body"])) == record["body"]


def test_an_owner_refused_by_hubspot_is_reported_on_the_bus(doors: Doors) -> None:
    gone = replace(CONFIG.owners[0], archived=True)
    doors.peer.configure(replace(CONFIG, owners=(gone, *CONFIG.owners[1:])))
    contact_id = doors.lead()
    assert doors.deliver("deliver_hubspot.contact", contact_id) == []
    shown = doors.contact(contact_id)
    assert (shown["hubspot_owner_id"], shown["baton_tier"]) == (None, "hot")
    refused, person = doors.events.details
    assert (refused["lead_id"], refused["person"]) == (contact_id, f"hubspot:{gone.id}")
    assert (person["person"], person["away"], person["source"]) == (
        f"hubspot:{gone.id}",
        True,
        "hubspot",
    )
    assert doors.deliver("deliver_hubspot.contact", contact_id) == []
    assert len(doors.events.details) == 2, "shown once, told once"
    assert doors.parked_reasons(hubspot_wiring) == []


@pytest.mark.parametrize("wiring", [hubspot_wiring, slack_wiring], ids=["hubspot", "slack"])
def test_an_environment_that_lacks_a_variable_is_refused_by_its_name(
    wiring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = "HUBSPOT" if wiring is hubspot_wiring else "SLACK"
    monkeypatch.setenv("TABLE_NAME", "leads")
    monkeypatch.setenv("BUS_NAME", "baton")
    monkeypatch.setenv(f"{system}_SECRET", "s")
    monkeypatch.setenv(f"{system}_DLQ_URL", "http://127.0.0.1/q")
    monkeypatch.delenv(f"{system}_API_URL", raising=False)
    wiring.settings.cache_clear()
    with pytest.raises(Exception, match=f"{system}_API_URL"):
        wiring.settings()


@pytest.mark.parametrize("wiring", [hubspot_wiring, slack_wiring], ids=["hubspot", "slack"])
def test_warming_up_reads_nothing(wiring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    system = "HUBSPOT" if wiring is hubspot_wiring else "SLACK"
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "TABLE_NAME": "leads",
        "BUS_NAME": "baton",
        f"{system}_SECRET": "s",
        f"{system}_API_URL": "http://127.0.0.1:1",
        f"{system}_DLQ_URL": "http://127.0.0.1:1/000000000000/q",
    }.items():
        monkeypatch.setenv(name, value)
    for cached in vars(wiring).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()
    wiring.warm()
    tokens = {wiring.token() for _ in range(3)}
    assert len(tokens) == 3
    assert isinstance(wiring.now(), datetime)
