"""The stack: it runs the template, enforces its roles, and can be restarted."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest

from infra.local.sandbox.signing import hubspot_v3, slack_v0
from infra.local.stack import Stack
from tests.template.reading import FUNCTIONS, template


def ask(
    stack: Stack, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    kind = {"content-type": "application/json"} | (headers or {})
    request = urllib.request.Request(stack.api + path, data=body, headers=kind)
    try:
        with urllib.request.urlopen(request, timeout=180) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_health_answers(stack: Stack) -> None:
    """The function answers whether or not a sweep has run."""
    status, body = ask(stack, "/health")
    assert status in (200, 503)
    assert json.loads(body)["status"] in ("ok", "starting", "degraded")


@pytest.mark.parametrize("path", ["/hubspot/webhooks", "/hubspot/workflow", "/slack/interactions"])
def test_a_door_refuses_who_does_not_sign(stack: Stack, path: str) -> None:
    status, _ = ask(stack, path, b"[]")
    assert status == 401


def test_the_doors_take_what_is_signed(stack: Stack) -> None:
    """Their roles let them read their signing secrets, which are apart from the tokens."""
    body, now = b"[]", int(time.time())
    url = f"{stack.public_url}/hubspot/webhooks"
    signature = hubspot_v3(stack.secrets["hubspot_client_secret"], "POST", url, body, now * 1000)
    signed = {
        "x-hubspot-signature-v3": signature,
        "x-hubspot-request-timestamp": str(now * 1000),
    }
    assert ask(stack, "/hubspot/webhooks", body, signed)[0] == 200
    form = b"ssl_check=1"
    signed = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-signature": slack_v0(stack.secrets["slack_signing_secret"], now, form),
        "x-slack-request-timestamp": str(now),
    }
    assert ask(stack, "/slack/interactions", form, signed)[0] == 200


@pytest.mark.parametrize(
    ("door", "apart", "token"),
    [
        ("ReceiveHubspot", "baton/hubspot-signing", "baton/hubspot"),
        ("ReceiveSlack", "baton/slack-signing", "baton/slack"),
    ],
)
def test_a_door_cannot_read_the_token(stack: Stack, door: str, apart: str, token: str) -> None:
    vault = lent_to(stack, f"{door}Name", "secretsmanager")
    assert "signing_secret" in vault.get_secret_value(SecretId=apart)["SecretString"]
    with pytest.raises(vault.exceptions.ClientError, match="AccessDenied"):
        vault.get_secret_value(SecretId=token)


def test_what_is_no_route_is_not_found(stack: Stack) -> None:
    assert ask(stack, "/nothing/here", b"")[0] == 404


def test_the_table_forgets_what_says_it_expires(stack: Stack) -> None:
    ttl = stack.client("dynamodb").describe_time_to_live(TableName=stack.outputs["TableName"])
    assert ttl["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expiresAt",
    }


def test_what_the_bus_takes_is_archived(stack: Stack) -> None:
    [archive] = stack.client("events").list_archives()["Archives"]
    assert archive["RetentionDays"] == 90
    assert archive["EventSourceArn"].endswith(f"event-bus/{stack.outputs['BusName']}")


def test_every_function_of_the_template_is_there_under_its_own_role(stack: Stack) -> None:
    client = stack.client("lambda")
    roles = set()
    for name in FUNCTIONS.values():
        function = client.get_function_configuration(FunctionName=stack.outputs[f"{name}Name"])
        assert function["State"] == "Active"
        roles.add(function["Role"])
    assert len(roles) == len(FUNCTIONS)


@pytest.mark.parametrize(
    "function",
    ["EscalateBreaches", "RecycleStaleLeads", "SendDigests", "CheckRoster", "WatchLeads"],
)
def test_a_clock_can_do_its_work_with_the_role_it_has(stack: Stack, function: str) -> None:
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs[f"{function}Name"], Payload=b"{}"
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


#: What a function logs when its schedule fires, by function.
FIRED = {
    "EscalateBreaches": "escalate_breaches.swept",
    "RecycleStaleLeads": "recycle_stale_leads.swept",
    "SendDigests": "digests.sent",
    "CheckRoster": "roster.checked",
    "WatchLeads": "leads.watched",
}


def test_each_schedule_of_the_template_fires(stack: Stack) -> None:
    """Each within three minutes of now: nothing else invokes these functions meanwhile."""
    functions = {
        name
        for name, resource in template()["Resources"].items()
        if any(
            event["Type"] == "Schedule"
            for event in resource.get("Properties", {}).get("Events", {}).values()
        )
    }
    assert functions == set(FIRED)
    logs, since = stack.client("logs"), int(time.time() * 1000)
    silent, until = set(functions), time.monotonic() + 180
    while silent and time.monotonic() < until:
        time.sleep(1)
        for name in tuple(silent):
            found = logs.filter_log_events(
                logGroupName=log_group(stack, name), startTime=since, filterPattern=""
            )
            if any(FIRED[name] in event["message"] for event in found["events"]):
                silent.remove(name)
    assert not silent


def log_group(stack: Stack, function: str) -> str:
    found = stack.client("lambda").get_function_configuration(
        FunctionName=stack.outputs[f"{function}Name"]
    )
    group: str = found["LoggingConfig"]["LogGroup"]
    return group


def test_a_message_that_is_no_event_is_parked_with_its_reason(stack: Stack) -> None:
    """From the bus to the queue to advance_lead to the dead letters, each with its permission."""
    stack.client("events").put_events(
        Entries=[
            {
                "EventBusName": stack.outputs["BusName"],
                "Source": "a.partner",
                "DetailType": "LeadStageChanged",
                "Detail": json.dumps({"this": "is not documented"}),
            }
        ]
    )
    sqs, parked = stack.client("sqs"), stack.outputs["UnworkedEventsUrl"]
    for _ in range(900):  # three minutes: the functions start cold
        found = sqs.receive_message(QueueUrl=parked, MessageAttributeNames=["All"])
        if messages := found.get("Messages"):
            break
        time.sleep(0.2)
    [message] = messages
    sqs.delete_message(QueueUrl=parked, ReceiptHandle=message["ReceiptHandle"])
    assert message["MessageAttributes"]["reason"]["StringValue"]
    assert "is not documented" in message["Body"]


def test_a_detail_type_of_others_does_not_reach_the_lead(stack: Stack) -> None:
    """The rule leaves it out, so no function sees it."""
    pattern = stack.client("events").list_rules(EventBusName=stack.outputs["BusName"])["Rules"]
    [rule] = [rule for rule in pattern if "LeadStageChanged" in rule.get("EventPattern", "")]
    found = stack.client("events").test_event_pattern(
        EventPattern=rule["EventPattern"],
        Event=json.dumps(
            {
                "id": "1",
                "account": "000000000000",
                "source": "a.partner",
                "time": "2026-11-02T08:00:00Z",
                "region": "us-east-1",
                "resources": [],
                "detail-type": "SomethingElse",
                "detail": {},
            }
        ),
    )
    assert found["Result"] is False


def test_the_emulator_refuses_what_a_role_does_not_allow(stack: Stack) -> None:
    """Otherwise the tests here would prove nothing about permissions."""
    health = lent_to(stack, "HealthName", "dynamodb")
    key = {"pk": {"S": "x"}, "sk": {"S": "x"}}
    health.get_item(TableName=stack.outputs["TableName"], Key=key)
    with pytest.raises(health.exceptions.ClientError, match="AccessDenied"):
        health.delete_item(TableName=stack.outputs["TableName"], Key=key)


def lent_to(stack: Stack, output: str, service: str) -> Any:
    """A client of *service* with the role of the function that *output* names."""
    role = stack.client("lambda").get_function_configuration(FunctionName=stack.outputs[output])
    lent = stack.client("sts").assume_role(RoleArn=role["Role"], RoleSessionName="test")
    client: Any = boto3.client
    return client(
        service,
        endpoint_url=stack.settings.endpoint,
        region_name="us-east-1",
        aws_access_key_id=lent["Credentials"]["AccessKeyId"],
        aws_secret_access_key=lent["Credentials"]["SecretAccessKey"],
        aws_session_token=lent["Credentials"]["SessionToken"],
    )


def test_stack_json_has_what_others_need(stack: Stack) -> None:
    facts = stack.facts()
    assert facts["api"].startswith("http://127.0.0.1:")
    assert facts["public_url"].startswith("https://")
    assert facts["aws_endpoint"] == stack.settings.endpoint
    assert facts["table"] == stack.outputs["TableName"]
    assert facts["sandbox"] == stack.settings.sandbox_url
    assert facts["region"]
    assert facts["hubspot_client_secret"]
    assert facts["slack_signing_secret"]
