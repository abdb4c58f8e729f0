"""Which adapters health uses, and the one place it takes the time from."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache

import boto3
import msgspec
from botocore.config import Config

from baton.adapters.vitals import TableClient

#: A health check that hangs is an answer too, but a slow one.
QUICK = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    """The environment; one that lacks a variable stops the function and names it."""

    table_name: str


@cache
def settings() -> Settings:
    return msgspec.convert(dict(os.environ), Settings)


@cache
def dynamodb() -> TableClient:
    client: TableClient = boto3.client("dynamodb", config=QUICK)
    return client


def warm() -> None:
    """Make what every request needs. Nothing is read and no connection opened."""
    settings(), dynamodb()


def now() -> datetime:
    return datetime.now(UTC)
