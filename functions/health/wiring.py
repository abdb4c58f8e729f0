"""Which adapters health uses, and the one place it takes the time from."""

from __future__ import annotations

from functools import cache

import msgspec
from botocore.config import Config

from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.dynamodb.health import TableClient

#: A health check that hangs is an answer too, but a slow one.
QUICK = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    table_name: str


@cache
def settings() -> Settings:
    return environment(Settings)


@cache
def dynamodb() -> TableClient:
    found: TableClient = client("dynamodb", QUICK)
    return found


def warm() -> None:
    """Make what every request needs. Nothing is read and no connection opened."""
    settings(), dynamodb()
