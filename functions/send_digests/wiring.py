"""Which adapters send_digests uses, and the one place it takes the time from."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache

import boto3
import msgspec
from botocore.config import Config

from baton.adapters.policies import PolicyStore
from baton.adapters.queues import Outbox
from baton.adapters.store import LeadStore

QUICK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    """The environment; one that lacks a variable stops the function and names it."""

    table_name: str
    slack_queue_url: str


@cache
def settings() -> Settings:
    return msgspec.convert(dict(os.environ), Settings)


@cache
def dynamodb() -> object:
    return boto3.client("dynamodb", config=QUICK)


@cache
def policies() -> PolicyStore:
    return PolicyStore(dynamodb(), settings().table_name)


@cache
def store() -> LeadStore:
    return LeadStore(dynamodb(), settings().table_name)


@cache
def outbox() -> Outbox:
    sqs = boto3.client("sqs", config=QUICK)
    return Outbox(sqs, {"slack": settings().slack_queue_url})


def warm() -> None:
    """Make what every run needs. Nothing is read and no connection opened."""
    settings(), policies(), store(), outbox()


def now() -> datetime:
    return datetime.now(UTC)
