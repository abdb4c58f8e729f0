"""Which adapters check_roster uses, and its only source of time."""

from __future__ import annotations

from functools import cache

import msgspec

from baton.adapters.aws.bus import Bus
from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.aws.secrets import Secrets
from baton.adapters.aws.tokens import SecretToken
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.adapters.hubspot.census import HubspotCensus
from baton.adapters.hubspot.pace import Pace


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    table_name: str
    bus_name: str
    hubspot_secret: str
    hubspot_api_url: str


@cache
def settings() -> Settings:
    return environment(Settings)


@cache
def policies() -> PolicyStore:
    return PolicyStore(client("dynamodb"), settings().table_name)


@cache
def people() -> RosterStore:
    return RosterStore(client("dynamodb"), settings().table_name)


@cache
def bus() -> Bus:
    return Bus(client("events"), settings().bus_name)


@cache
def owners() -> HubspotCensus:
    secrets = Secrets(client("secretsmanager"))
    access = SecretToken(secrets, settings().hubspot_secret, "access_token")
    return HubspotCensus(access, settings().hubspot_api_url, Pace())


def warm() -> None:
    """Create what every run needs. Reads nothing and opens no connection."""
    settings(), policies(), people(), bus(), owners()
