"""Which adapters receive_slack uses, and the one place it takes the time from."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache

import boto3
import msgspec
from botocore.config import Config

from baton.adapters.bus import Bus
from baton.adapters.secrets import Secrets

#: Slack waits 3 s. The bus repeats what failed itself, and knows what that was.
QUICK = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    """The environment; one that lacks a variable stops the function and names it."""

    bus_name: str
    slack_secret: str


@cache
def settings() -> Settings:
    return msgspec.convert(dict(os.environ), Settings)


@cache
def bus() -> Bus:
    return Bus(boto3.client("events", config=QUICK), settings().bus_name)


@cache
def secrets() -> Secrets:
    return Secrets(boto3.client("secretsmanager", config=QUICK))


def warm() -> None:
    """Make what every request needs. Nothing is read and no connection opened."""
    settings(), bus(), secrets()


def now() -> datetime:
    return datetime.now(UTC)
