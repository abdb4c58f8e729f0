"""Which adapters recycle_stale_leads uses, and its only source of time."""

from __future__ import annotations

from functools import cache

import msgspec

from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.aws.wakes import Wakes
from baton.adapters.dynamodb.leads import LeadStore


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    table_name: str
    bulk_queue_url: str


@cache
def settings() -> Settings:
    return environment(Settings)


@cache
def store() -> LeadStore:
    return LeadStore(client("dynamodb"), settings().table_name)


@cache
def wakes() -> Wakes:
    return Wakes(client("sqs"), settings().bulk_queue_url, now)


def warm() -> None:
    """Create what every run needs. Reads nothing and opens no connection."""
    settings(), store(), wakes()
