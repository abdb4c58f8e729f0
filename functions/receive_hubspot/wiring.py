"""Which adapters receive_hubspot uses, and the one place it takes the time from."""

from __future__ import annotations

from functools import cache

import msgspec
from botocore.config import Config

from baton.adapters.aws.bus import Bus
from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.aws.secrets import Secrets

#: HubSpot waits 5 s. The bus repeats what failed itself, and knows what that was.
QUICK = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    bus_name: str
    public_url: str
    hubspot_secret: str
    #: Empty: events of any account are taken.
    hubspot_portal_id: str = ""


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
    """Make what every request needs. Nothing is read and no connection opened."""
    settings(), bus(), secrets()
