"""Which adapters send_digests uses, and its only source of time."""

from __future__ import annotations

from functools import cache

import msgspec

from baton.adapters.aws.outbox import Outbox
from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    table_name: str
    slack_queue_url: str


@cache
def settings() -> Settings:
    return environment(Settings)


@cache
def policies() -> PolicyStore:
    return PolicyStore(client("dynamodb"), settings().table_name)


@cache
def store() -> LeadStore:
    return LeadStore(client("dynamodb"), settings().table_name)


@cache
def outbox() -> Outbox:
    sqs = client("sqs")
    return Outbox(sqs, {"slack": settings().slack_queue_url})


def warm() -> None:
    """Create what every run needs. Reads nothing and opens no connection."""
    settings(), policies(), store(), outbox()
