"""Which adapters deliver_slack uses, and its only source of time and chance."""

from __future__ import annotations

import uuid
from functools import cache

import msgspec

from baton.adapters.aws.bus import Bus
from baton.adapters.aws.queues import Lane
from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.aws.secrets import Secrets
from baton.adapters.aws.tokens import SecretToken
from baton.adapters.dynamodb.boards import Boards
from baton.adapters.dynamodb.slots import DynamoSlots
from baton.adapters.slack.messenger import SlackMessenger


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    table_name: str
    slack_secret: str
    slack_api_url: str
    slack_dlq_url: str
    bus_name: str


@cache
def settings() -> Settings:
    return environment(Settings)


@cache
def slots() -> DynamoSlots:
    return DynamoSlots(client("dynamodb"), settings().table_name)


@cache
def boards() -> Boards:
    return Boards(client("dynamodb"), settings().table_name)


@cache
def bus() -> Bus:
    return Bus(client("events"), settings().bus_name)


@cache
def lane() -> Lane:
    return Lane(client("sqs"), settings().slack_dlq_url)


@cache
def secrets() -> Secrets:
    return Secrets(client("secretsmanager"))


@cache
def messenger() -> SlackMessenger:
    access = SecretToken(secrets(), settings().slack_secret, "bot_token")
    return SlackMessenger(access, settings().slack_api_url)


def warm() -> None:
    """Create what every effect needs (so not the bus). Reads nothing and opens no connection."""
    settings(), slots(), boards(), lane(), messenger()


def token() -> str:
    """Names one attempt at one slot."""
    return uuid.uuid4().hex
