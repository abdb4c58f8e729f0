"""`baton redrive` from the command line to the queues and back, on moto's SQS."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from msgspec.structs import replace

from baton.adapters.aws.dead_letters import describe
from baton.adapters.aws.outbox import encode_effect
from baton.adapters.aws.queues import Lane
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.cli import CommandError, redrive
from baton.domain.world.events import Hinted
from baton.wire.vocabulary import encode_message
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import NOW, POLICY, became, contact, decided, world
from tests.fakes.effects import card_state, notice_state, task_state

NAMES = {
    "SLACK_QUEUE_URL": "slack",
    "SLACK_DLQ_URL": "undelivered-slack",
    "EVENTS_QUEUE_URL": "events",
    "BULK_QUEUE_URL": "bulk",
    "WAKES_QUEUE_URL": "wakes",
    "EVENTS_DLQ_URL": "unworked-events",
    "UNDELIVERED_EVENTS_URL": "undelivered-events",
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("baton.adapters.aws.dead_letters.WAIT", 0)
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "COLUMNS": "160",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "BATON_STACK", "TABLE_NAME", *NAMES):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


@pytest.fixture
def urls(aws: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    sqs = boto3.client("sqs")
    urls = {name: sqs.create_queue(QueueName=queue)["QueueUrl"] for name, queue in NAMES.items()}
    for name, url in urls.items():
        monkeypatch.setenv(name, url)
    return urls


def park(url: str, body: str, reason: str, queue: str) -> None:
    record = {
        "body": body,
        "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
        "attributes": {"SentTimestamp": "1772442000000"},
    }
    Lane(boto3.client("sqs"), url).park(record, reason, receives=3)


def bodies(url: str) -> list[str]:
    found = boto3.client("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return sorted(message["Body"] for message in found.get("Messages", []))


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    redrive.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(["redrive", *arguments])
    return int(parsed.run(parsed))


def test_parked_messages_go_back_to_their_queue(
    urls: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    body = encode_effect(card_state())
    park(urls["SLACK_DLQ_URL"], body, "Slack: is_archived", "slack")
    assert command("slack") == 0
    said = capsys.readouterr().out
    assert "slack.card LEAD#501 card:1 to U0ANNA" in said, "whose roster entry to correct"
    assert "Slack: is_archived" in said
    assert "1 sent again." in said
    assert "Nora" not in said, "no personal data on the screen"
    assert bodies(urls["SLACK_QUEUE_URL"]) == [body]
    assert bodies(urls["SLACK_DLQ_URL"]) == []


def test_a_dry_run_only_lists(urls: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    body = encode_effect(card_state())
    park(urls["SLACK_DLQ_URL"], body, "Slack: is_archived", "slack")
    assert command("slack", "--dry-run") == 0
    assert "1 parked; nothing was sent (dry run)." in capsys.readouterr().out
    assert bodies(urls["SLACK_QUEUE_URL"]) == []
    assert bodies(urls["SLACK_DLQ_URL"]) == [body], "seen by others again at once"


def test_each_event_goes_back_to_the_queue_it_came_from(urls: dict[str, str]) -> None:
    for queue in ("wakes", "events", "bulk"):
        park(urls["EVENTS_DLQ_URL"], f'{{"from": "{queue}"}}', "no", queue)
    boto3.client("sqs").send_message(
        QueueUrl=urls["UNDELIVERED_EVENTS_URL"], MessageBody='{"from": "the bus"}'
    )
    assert command("events") == 0
    assert bodies(urls["WAKES_QUEUE_URL"]) == ['{"from": "wakes"}']
    assert bodies(urls["BULK_QUEUE_URL"]) == ['{"from": "bulk"}']
    assert bodies(urls["EVENTS_QUEUE_URL"]) == ['{"from": "events"}', '{"from": "the bus"}']


def test_nothing_parked_is_said(urls: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command("slack") == 0
    assert capsys.readouterr().out.strip() == "Nothing is parked."


@pytest.fixture
def table(urls: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead 101 is Anna's, by its first assignment; the policy names #sales."""
    client = boto3.client("dynamodb")
    create_table(client)
    event = became()
    decision = decided(None, event, world(contact=contact()), NOW)
    LeadStore(client, TABLE).commit(decision, event, "v1", NOW)
    notifications = replace(POLICY.notifications, channel="C05F893E344", channel_name="#sales")
    policy = replace(POLICY, notifications=notifications)
    PolicyStore(client, TABLE).publish(policy, by="test", at=NOW, note="")
    monkeypatch.setenv("TABLE_NAME", TABLE)


def test_a_message_about_a_lead_that_moved_on_is_not_sent(
    table: None, urls: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    kept = encode_effect(card_state(subject="LEAD#101", lead_id="101"))
    lost = encode_effect(card_state(subject="LEAD#101", lead_id="101", assignment=2))
    for body in (kept, lost):
        park(urls["SLACK_DLQ_URL"], body, "Slack: is_archived", "slack")
    assert command("slack", "--dry-run") == 0
    assert "2 parked, 1 of them out of date; nothing was sent (dry" in capsys.readouterr().out
    assert command("slack") == 0
    assert "1 sent again, 1 out of date (taken off the list)." in capsys.readouterr().out
    assert bodies(urls["SLACK_QUEUE_URL"]) == [kept]
    assert bodies(urls["SLACK_DLQ_URL"]) == []


def test_a_parked_message_names_people_and_channels_as_the_policy_does(
    table: None, urls: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    body = encode_effect(notice_state(subject="LEAD#101", slot="notice:undelivered:1:UANNA"))
    park(urls["SLACK_DLQ_URL"], body, "Slack: channel C05F893E344 is archived", "slack")
    command("slack", "--dry-run")
    out = capsys.readouterr().out
    assert "channel #sales is archived" in out
    assert "notice:undelivered:1:Anna" in out


def test_what_cannot_be_mended_is_dropped_and_listed(
    urls: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    hint = '{"detail-type": "LeadHint", "detail": {"leadId": "7"}}'
    park(urls["EVENTS_DLQ_URL"], hint, "odd webhook: no objectId", "events")
    park(urls["EVENTS_DLQ_URL"], hint, "no such person", "events")
    assert command("events", "--drop", "--only", "ODD Webhook", "--dry-run") == 0
    assert "1 parked; nothing was dropped (dry run)." in capsys.readouterr().out
    assert command("events", "--drop", "--only", "ODD Webhook") == 0
    out = capsys.readouterr().out
    assert "odd webhook: no objectId" in out
    assert "1 dropped." in out
    assert bodies(urls["EVENTS_QUEUE_URL"]) == []
    assert bodies(urls["EVENTS_DLQ_URL"]) == [hint]
    assert command("events", "--only", "nothing like it") == 0
    assert "Nothing is parked that fits --only." in capsys.readouterr().out


def test_what_to_drop_must_be_said(urls: dict[str, str]) -> None:
    with pytest.raises(CommandError, match="--only"):
        command("events", "--drop")


def test_more_than_a_call_holds_goes_back_up_to_the_limit(urls: dict[str, str]) -> None:
    for number in range(14):
        park(urls["SLACK_DLQ_URL"], f"m{number}", "no", "slack")
    assert command("slack", "--limit", "12") == 0
    attributes = boto3.client("sqs").get_queue_attributes(
        QueueUrl=urls["SLACK_QUEUE_URL"], AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    assert attributes["ApproximateNumberOfMessages"] == "12"


def stacks(outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake CloudFormation that knows the stack baton-test (moto's needs many packages for
    that)."""

    class CloudFormation:
        def describe_stacks(self, *, StackName: str) -> Any:  # noqa: N803 boto3's name
            if StackName != "baton-test":
                error = {"Error": {"Code": "ValidationError", "Message": "does not exist"}}
                raise ClientError(error, "DescribeStacks")
            listed = [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()]
            return {"Stacks": [{"Outputs": listed}]}

    real: Any = boto3.client

    def client(name: str, **how: Any) -> Any:
        return CloudFormation() if name == "cloudformation" else real(name, **how)

    monkeypatch.setattr(boto3, "client", client)


def test_without_addresses_the_command_says_what_is_missing(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stacks({}, monkeypatch)
    with pytest.raises(CommandError) as refused:
        command("slack")
    said = str(refused.value)
    assert "\n" not in said
    for wanted in ("SLACK_QUEUE_URL", "SLACK_DLQ_URL", "--stack"):
        assert wanted in said


def test_addresses_come_from_the_stack(
    aws: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = boto3.client("sqs")
    home = sqs.create_queue(QueueName="home")["QueueUrl"]
    parked = sqs.create_queue(QueueName="parked")["QueueUrl"]
    stacks({"SlackQueueUrl": home, "UndeliveredSlackUrl": parked}, monkeypatch)
    sqs.send_message(QueueUrl=parked, MessageBody="m")
    assert command("slack", "--stack", "baton-test") == 0
    assert "1 sent again." in capsys.readouterr().out
    assert bodies(home) == ["m"]


def test_an_invalid_stack_json_is_one_clear_line(aws: None, tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_text("{}", "utf-8")
    with pytest.raises(CommandError, match=r"stack\.json"):
        command("slack")


def test_a_queue_that_is_not_there_is_one_line(
    urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_DLQ_URL", urls["SLACK_DLQ_URL"] + "-gone")
    with pytest.raises(CommandError, match="NonExistentQueue") as refused:
        command("slack")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("limit", ["0", "-3", "many"])
def test_a_limit_must_be_a_number_above_zero(limit: str, aws: None) -> None:
    with pytest.raises(SystemExit):
        command("slack", "--limit", limit)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(encode_effect(task_state()), "hubspot.task LEAD#501 task:1:accept", id="task"),
        pytest.param(
            '{"detail-type": "LeadStageChanged", "detail": {"leadId": "7", "stage": "x"}}',
            "LeadStageChanged 7",
            id="event of others",
        ),
        pytest.param(
            encode_message(Hinted(id="hs:1", lead_id="7", at=NOW, about="stage")),
            "LeadHint 7",
            id="event",
        ),
        pytest.param(
            '{"detail-type": "LeadHint", "detail": {"leadId": "7", "about": "stage"}}',
            "LeadHint 7",
            id="event of before",
        ),
        pytest.param("nonsense", "unreadable", id="nonsense"),
        pytest.param("[]", "unreadable", id="list"),
        pytest.param("{}", "unknown", id="empty"),
    ],
)
def test_a_message_is_described_by_ids_and_kinds(body: Any, said: str) -> None:
    assert describe(body) == said
