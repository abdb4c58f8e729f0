"""Which adapters health uses, and its only source of time."""

from __future__ import annotations

from functools import cache

import msgspec
from botocore.config import Config

from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.dynamodb.health import TableClient

#: Short, because a health check that hangs answers too late.
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
    """Create what every request needs. Reads nothing and opens no connection."""
    settings(), dynamodb()
