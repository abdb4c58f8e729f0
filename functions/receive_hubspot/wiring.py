"""Which adapters receive_hubspot uses, and its only source of time."""

from __future__ import annotations

import time
from functools import cache

import msgspec
from botocore.config import Config

from baton.adapters.aws.bus import Bus, TimeLeft
from baton.adapters.aws.runtime import client, environment
from baton.adapters.aws.runtime import now as now
from baton.adapters.aws.secrets import Secrets

#: Seconds in which a request is answered. HubSpot waits 5 s for the answer to a webhook ("Webhooks
#: API"), so a second is left for the way and a restored snapshot.
ANSWER_WITHIN = 4.0
#: One attempt per call: the bus adapter repeats only the entries that failed, while there is time.
#: A request reads a secret once at most, so even where that and the bus hang, the answer is a 503
#: in time.
QUICK = Config(connect_timeout=0.5, read_timeout=1.0, retries={"total_max_attempts": 1})
#: Seconds that one call takes at most.
CALL = 1.5
#: Seconds that only rise.
clock = time.monotonic


class Settings(msgspec.Struct, frozen=True, rename="upper"):
    bus_name: str
    public_url: str
    hubspot_signing_secret_name: str
    #: Empty: events of any account are taken.
    hubspot_portal_id: str = ""


@cache
def settings() -> Settings:
    return environment(Settings)


@cache
def bus() -> Bus:
    return Bus(client("events", QUICK), settings().bus_name, call_takes=CALL)


@cache
def secrets() -> Secrets:
    return Secrets(client("secretsmanager", QUICK))


def time_left() -> TimeLeft:
    """Counts down `ANSWER_WITHIN` from now."""
    until = clock() + ANSWER_WITHIN
    return lambda: until - clock()


def warm() -> None:
    """Create what every request needs. Reads nothing and opens no connection."""
    settings(), bus(), secrets()
