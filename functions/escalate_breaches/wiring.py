"""Which adapters escalate_breaches uses, and the one place it takes the time from."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache

import boto3
import msgspec
from botocore.config import Config

from baton.adapters.store import LeadStore
from baton.adapters.wakes import Wakes

QUICK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    """The environment; one that lacks a variable stops the function and names it."""

    table_name: str
    wakes_queue_url: str


@cache
def settings() -> Settings:
    return msgspec.convert(dict(os.environ), Settings)


@cache
def store() -> LeadStore:
    return LeadStore(boto3.client("dynamodb", config=QUICK), settings().table_name)


@cache
def wakes() -> Wakes:
    return Wakes(boto3.client("sqs", config=QUICK), settings().wakes_queue_url)


def warm() -> None:
    """Make what every run needs. Nothing is read and no connection opened."""
    settings(), store(), wakes()


def now() -> datetime:
    return datetime.now(UTC)
