"""Which adapters receive_slack uses, and its only source of time."""

from __future__ import annotations

from functools import cache

import msgspec
from botocore.config import Config

from baton.adapters.aws.bus import Bus
from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.aws.secrets import Secrets

#: Slack waits 3 s. No retries here: the bus adapter repeats only the entries that failed.
QUICK = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    bus_name: str
    slack_secret: str


@cache
def settings() -> Settings:
    return environment(Settings)


@cache
def bus() -> Bus:
    return Bus(client("events", QUICK), settings().bus_name)


@cache
def secrets() -> Secrets:
    return Secrets(client("secretsmanager", QUICK))


def warm() -> None:
    """Create what every request needs. Reads nothing and opens no connection."""
    settings(), bus(), secrets()
