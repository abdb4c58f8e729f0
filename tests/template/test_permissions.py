"""Least privilege: the exact actions and resources of each function.

The stack tests find missing permissions, because the emulator enforces roles; only these tests find
unneeded ones.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.template.reading import FUNCTIONS, named, properties, resources

CONSUME = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
}
LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
SECRET = {"secretsmanager:GetSecretValue"}
SEND = {"sqs:SendMessage"}

#: Function -> resource -> actions.
ALLOWED: dict[str, dict[str, set[str]]] = {
    # The doors read signing secrets alone, unless a stack of before has them beside the token.
    "receive_hubspot": {
        "Bus": {"events:PutEvents"},
        "secret:HubSpotSigningSecretName or HubSpotSecretName": SECRET,
    },
    "receive_slack": {
        "Bus": {"events:PutEvents"},
        "secret:SlackSigningSecretName or SlackSecretName": SECRET,
    },
    "health": {"Leads": {"dynamodb:GetItem"}},
    "advance_lead": {
        "Leads/index/owners": {"dynamodb:Query"},
        "WakesQueue": CONSUME | SEND,
        "EventsQueue": CONSUME,
        "BulkQueue": CONSUME,
        "UnworkedEvents": SEND,
        "HubSpotQueue": SEND,
        "SlackQueue": SEND,
        "Leads": {
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:PutItem",
            "dynamodb:DeleteItem",
            "dynamodb:Query",
        },
        "secret:HubSpotSecretName": SECRET,
    },
    "deliver_hubspot": {
        "HubSpotQueue": CONSUME,
        "UndeliveredHubSpot": SEND,
        "Leads": {"dynamodb:UpdateItem"},
        "Bus": {"events:PutEvents"},
        "secret:HubSpotSecretName": SECRET,
    },
    "deliver_slack": {
        "SlackQueue": CONSUME,
        "UndeliveredSlack": SEND,
        "Bus": {"events:PutEvents"},
        "Leads": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "secret:SlackSecretName": SECRET,
    },
    "escalate_breaches": {
        "Leads": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "Leads/index/wakes": {"dynamodb:Query"},
        "WakesQueue": SEND,
    },
    "recycle_stale_leads": {
        "Leads": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "Leads/index/stale": {"dynamodb:Query"},
        "BulkQueue": SEND,
    },
    "send_digests": {
        "Leads": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"},
        "Leads/index/days": {"dynamodb:Query"},
        "Leads/index/wakes": {"dynamodb:Query"},
        "SlackQueue": SEND,
    },
    "check_roster": {
        "Leads": {"dynamodb:BatchGetItem", "dynamodb:GetItem"},
        "Leads/index/owners": {"dynamodb:Query"},
        "Bus": {"events:PutEvents"},
        "secret:HubSpotSecretName": SECRET,
        "secret:SlackSecretName": SECRET,
    },
    "watch_leads": {
        "Leads": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"},
        "Leads/index/wakes": {"dynamodb:Query"},
        "Leads/index/owners": {"dynamodb:Scan"},
        "WakesQueue": SEND,
    },
}


def statements(role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in properties(role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_a_function_may_do_exactly_what_it_needs(folder: str) -> None:
    function = FUNCTIONS[folder]
    found: dict[str, set[str]] = {}
    for statement in statements(f"{function}Role"):
        for resource in listed(statement["Resource"]):
            found.setdefault(named(resource), set()).update(listed(statement["Action"]))
    assert found == ALLOWED[folder] | {f"{function}Logs": LOG}


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_a_function_has_a_role_of_its_own_without_borrowed_policies(folder: str) -> None:
    """SAM's own roles come with managed policies whose resource is `*`."""
    function = FUNCTIONS[folder]
    settings = properties(function)
    assert named(settings["Role"]) == f"{function}Role"
    assert "Policies" not in settings
    assert "ManagedPolicyArns" not in properties(f"{function}Role")


@pytest.mark.parametrize("role", sorted(resources("AWS::IAM::Role")))
def test_only_lambda_may_take_a_role(role: str) -> None:
    [statement] = properties(role)["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }


@pytest.mark.parametrize("role", sorted(resources("AWS::IAM::Role")))
def test_no_role_has_a_wildcard(role: str) -> None:
    for statement in statements(role):
        assert statement["Effect"] == "Allow"
        assert set(statement) == {"Effect", "Action", "Resource"}
        assert not any("*" in action for action in listed(statement["Action"]))
        assert not any("*" in named(resource) for resource in listed(statement["Resource"]))


def test_there_is_a_role_for_each_function_and_no_other() -> None:
    assert set(resources("AWS::IAM::Role")) == {f"{name}Role" for name in FUNCTIONS.values()}


def test_only_advance_lead_may_write_whole_items() -> None:
    """advance_lead is the only writer of leads; other functions may only update their own items."""
    writers = {folder for folder, allowed in ALLOWED.items() if "dynamodb:PutItem" in str(allowed)}
    assert writers == {"advance_lead"}
