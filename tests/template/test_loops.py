"""Chains of runs that Lambda would take for an endless loop.

Lambda counts how often a function runs in one chain of messages, through SQS, SNS and S3, and drops
the run after the sixteenth unless the function says ``RecursiveLoop: Allow``. Events of the bus
begin a new chain. Source: AWS, "Lambda recursive loop detection".
"""

from __future__ import annotations

from tests.template.reading import FUNCTIONS, named, properties, resources
from tests.template.test_permissions import listed


def sends_to(function: str) -> set[str]:
    """The queues that the function's role may send to."""
    return {
        named(resource)
        for policy in properties(f"{function}Role")["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "sqs:SendMessage" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def reads_from(function: str) -> set[str]:
    """The queues whose messages start the function."""
    return {
        named(event["Properties"]["Queue"])
        for event in properties(function).get("Events", {}).values()
        if event["Type"] == "SQS"
    }


def started_by(function: str) -> set[str]:
    """The functions that the function's messages start, directly or through others."""
    found: set[str] = set()
    ahead = [function]
    while ahead:
        queues = sends_to(ahead.pop())
        new = {one for one in FUNCTIONS.values() if reads_from(one) & queues} - found
        found |= new
        ahead += new
    return found


def test_a_chain_of_wakes_may_be_longer_than_lambda_takes_for_a_loop() -> None:
    in_a_loop = {one for one in FUNCTIONS.values() if one in started_by(one)}
    assert in_a_loop == {"AdvanceLead"}
    allowed = {
        name
        for name, function in resources("AWS::Serverless::Function").items()
        if function.get("RecursiveLoop") == "Allow"
    }
    assert allowed == in_a_loop


def test_a_chain_that_lambda_stops_raises_an_alarm() -> None:
    """Of every function that messages start."""
    alarms = {
        named(alarm["Dimensions"][0]["Value"])
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "RecursiveInvocationsDropped" and alarm["Threshold"] == 1
    }
    assert alarms == {one for one in FUNCTIONS.values() if reads_from(one)}
