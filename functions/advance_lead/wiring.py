"""Which adapters advance_lead uses, and its only source of time and chance."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from baton.adapters.aws.outbox import Outbox
from baton.adapters.aws.queues import Lane, bodies, returned
from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.aws.secrets import Secrets
from baton.adapters.aws.tokens import SecretToken
from baton.adapters.aws.wakes import EARLY, Wakes
from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.adapters.dynamodb.roster import RosterStore
from baton.adapters.hubspot.crm import HubspotCrm
from baton.adapters.hubspot.http import HubspotHttp
from baton.application.ports.log import Note
from baton.application.work_batch import Batch, Tools
from baton.application.work_event import EventResult, EventWorker
from baton.domain.world.effects import System
from baton.domain.world.events import AnyEvent


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    table_name: str
    wakes_queue_url: str
    hubspot_queue_url: str
    slack_queue_url: str
    events_dlq_url: str
    hubspot_secret: str
    hubspot_api_url: str


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
def people() -> RosterStore:
    return RosterStore(client("dynamodb"), settings().table_name)


@cache
def outbox() -> Outbox:
    urls: dict[System, str] = {
        "hubspot": settings().hubspot_queue_url,
        "slack": settings().slack_queue_url,
    }
    return Outbox(client("sqs"), urls)


@cache
def wakes() -> Wakes:
    return Wakes(client("sqs"), settings().wakes_queue_url, now)


@cache
def work_event() -> EventWorker:
    return EventWorker(store=store(), outbox=outbox(), wakes=wakes(), pause=pause)


@cache
def lane() -> Lane:
    return Lane(client("sqs"), settings().events_dlq_url)


@cache
def crm() -> HubspotCrm:
    secrets = Secrets(client("secretsmanager"))
    access = SecretToken(secrets, settings().hubspot_secret, "access_token")
    return HubspotCrm(HubspotHttp(access, settings().hubspot_api_url))


def batch(
    event: dict[str, Any], on_result: Callable[[AnyEvent, EventResult], None], note: Note
) -> Batch:
    """The messages of an SQS event, ready to be worked."""
    tools = Tools(
        work_event=work_event(),
        crm=crm(),
        queues=store(),
        people=people(),
        outbox=outbox(),
        wakes=wakes(),
        policy=lambda at: policies().active(at),
        now=now,
        wait_for=wait_for,
        owned_by=store().owned_by,
    )
    return Batch(bodies(event), returned(event), tools, on_result, note)


def warm() -> None:
    """Create what every event needs. Reads nothing and opens no connection."""
    settings(), policies(), work_event(), lane(), crm()


def wait_for(at: datetime) -> None:
    """Return at *at*, because a wake is received a little early. A wake that is much too early is
    sent again instead."""
    while timedelta() < (left := at - now()) <= EARLY:
        time.sleep(left.total_seconds())


def pause(attempt: int) -> None:
    """Wait before the next attempt at a contended pool: longer each time, with jitter."""
    time.sleep(random.uniform(0, min(0.02 * 2**attempt, 0.25)))  # noqa: S311 - chance, no secret
