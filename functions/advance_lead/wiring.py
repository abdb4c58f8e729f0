"""Which adapters advance_lead uses, and the one place it takes time and chance from."""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime
from functools import cache

import boto3
import msgspec
from botocore.config import Config

from baton.adapters.hubspot import HubspotCrm
from baton.adapters.hubspot_http import HubspotHttp
from baton.adapters.policies import PolicyStore
from baton.adapters.queues import Lane, Outbox
from baton.adapters.secrets import Secrets
from baton.adapters.store import LeadStore
from baton.adapters.tokens import SecretToken
from baton.adapters.wakes import Wakes
from baton.core.effects import System
from baton.flows.advance import Advance

QUICK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    """The environment; one that lacks a variable stops the function and names it."""

    table_name: str
    wakes_queue_url: str
    hubspot_queue_url: str
    slack_queue_url: str
    events_dlq_url: str
    hubspot_secret: str
    hubspot_api_url: str


@cache
def settings() -> Settings:
    return msgspec.convert(dict(os.environ), Settings)


@cache
def dynamodb() -> object:
    return boto3.client("dynamodb", config=QUICK)


@cache
def sqs() -> object:
    return boto3.client("sqs", config=QUICK)


@cache
def policies() -> PolicyStore:
    return PolicyStore(dynamodb(), settings().table_name)


@cache
def advance() -> Advance:
    urls: dict[System, str] = {
        "hubspot": settings().hubspot_queue_url,
        "slack": settings().slack_queue_url,
    }
    return Advance(
        store=LeadStore(dynamodb(), settings().table_name),
        outbox=Outbox(sqs(), urls),
        wakes=Wakes(sqs(), settings().wakes_queue_url),
        pause=pause,
    )


@cache
def lane() -> Lane:
    return Lane(sqs(), settings().events_dlq_url)


@cache
def crm() -> HubspotCrm:
    secrets = Secrets(boto3.client("secretsmanager", config=QUICK))
    access = SecretToken(secrets, settings().hubspot_secret, "access_token")
    return HubspotCrm(HubspotHttp(access, settings().hubspot_api_url))


def warm() -> None:
    """Make what every event needs. Nothing is read and no connection opened."""
    settings(), policies(), advance(), lane(), crm()


def now() -> datetime:
    return datetime.now(UTC)


def pause(attempt: int) -> None:
    """Before the next attempt at a hot pool: longer each time, and not in step with the others."""
    time.sleep(random.uniform(0, min(0.02 * 2**attempt, 1.0)))  # noqa: S311 - chance, no secret
