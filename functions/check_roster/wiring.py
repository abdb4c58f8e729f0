"""Which adapters check_roster uses, and its only source of time."""

from __future__ import annotations

from functools import cache

import msgspec

from baton.adapters.aws.bus import Bus
from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.aws.secrets import Secrets
from baton.adapters.aws.tokens import SecretToken
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.adapters.hubspot.census import HubspotCensus
from baton.adapters.hubspot.pace import Pace
from baton.adapters.slack.members import SlackMembers


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    table_name: str
    bus_name: str
    hubspot_secret: str
    hubspot_api_url: str
    slack_secret: str
    slack_api_url: str


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
def leads() -> LeadStore:
    return LeadStore(client("dynamodb"), settings().table_name)


@cache
def secrets() -> Secrets:
    return Secrets(client("secretsmanager"))


@cache
def pace() -> Pace:
    return Pace()


@cache
def owners() -> HubspotCensus:
    access = SecretToken(secrets(), settings().hubspot_secret, "access_token")
    return HubspotCensus(access, settings().hubspot_api_url, pace())


@cache
def members() -> SlackMembers:
    access = SecretToken(secrets(), settings().slack_secret, "bot_token")
    return SlackMembers(access, settings().slack_api_url)


def warm() -> None:
    """Create what every run needs. Reads nothing and opens no connection."""
    settings(), policies(), people(), leads(), bus(), owners(), members()
