"""Which adapters deliver_slack uses, and the one place it takes time and chance from."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime
from functools import cache

import boto3
import msgspec
from botocore.config import Config

from baton.adapters.queues import Lane
from baton.adapters.secrets import Secrets
from baton.adapters.slack import SlackMessenger
from baton.adapters.slots import DynamoSlots
from baton.adapters.tokens import SecretToken

#: Together with Slack's own calls well inside the lease.
QUICK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    """The environment; one that lacks a variable stops the function and names it."""

    table_name: str
    slack_secret: str
    slack_api_url: str
    slack_dlq_url: str


@cache
def settings() -> Settings:
    return msgspec.convert(dict(os.environ), Settings)


@cache
def slots() -> DynamoSlots:
    return DynamoSlots(boto3.client("dynamodb", config=QUICK), settings().table_name)


@cache
def lane() -> Lane:
    return Lane(boto3.client("sqs", config=QUICK), settings().slack_dlq_url)


@cache
def secrets() -> Secrets:
    return Secrets(boto3.client("secretsmanager", config=QUICK))


@cache
def messenger() -> SlackMessenger:
    access = SecretToken(secrets(), settings().slack_secret, "bot_token")
    return SlackMessenger(access, settings().slack_api_url)


def warm() -> None:
    """Make what every effect needs. Nothing is read and no connection opened."""
    settings(), slots(), lane(), messenger()


def now() -> datetime:
    return datetime.now(UTC)


def token() -> str:
    """Names one attempt at one slot."""
    return uuid.uuid4().hex
