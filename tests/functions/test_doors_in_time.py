"""The doors answer within the caller's limit even where AWS hangs: HubSpot waits 5 s, Slack 3 s."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.adapters.aws.bus import Bus
from baton.adapters.aws.secrets import Secrets
from functions.receive_hubspot import app as hubspot_app
from functions.receive_hubspot import wiring as hubspot
from functions.receive_slack import app as slack_app
from functions.receive_slack import wiring as slack
from tests.fakes.aws import FakeEvents, FakeSecrets
from tests.http.requests import HUBSPOT_SECRET, NOW, PORTAL, PUBLIC_URL, SLACK_SECRET, Context, load

#: Door -> seconds that its caller waits.
LIMITS = {hubspot: 5.0, slack: 3.0}
#: Seconds that are left for the way, a cold start and our own work.
MARGIN = 0.6
#: How long a call takes, as a share of what it can take at most; at 1 it times out.
SHARES = st.lists(st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1), max_size=12)


class Slow:
    """AWS, each of whose calls takes the next share of the most that a call can take."""

    def __init__(self, call: float) -> None:
        self.seconds = 0.0
        self._call = call
        self._shares: Iterator[float] = iter(())
        self.events = FakeEvents()
        self.vault = FakeSecrets([("name", {"signing_secret": ""})])

    def take(self, shares: list[float]) -> None:
        self._shares = iter(shares)

    def _wait(self) -> None:
        share = next(self._shares, 1.0)
        self.seconds += self._call * share
        if share >= 1:
            raise ReadTimeoutError(endpoint_url="https://aws.example.com")

    def put_events(self, *, Entries: Any) -> Mapping[str, Any]:  # noqa: N803 boto3's name
        self._wait()
        return self.events.put_events(Entries=Entries)

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803 boto3's name
        self._wait()
        return self.vault.get_secret_value(SecretId=SecretId)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Door(NamedTuple):
    wiring: Any
    handler: Callable[[dict[str, Any], Any], dict[str, Any]]
    requests: tuple[str, ...]
    secret: str


DOORS = [
    Door(
        hubspot,
        hubspot_app.handler,
        ("receive_hubspot.batch.json", "receive_hubspot.workflow.json"),
        HUBSPOT_SECRET,
    ),
    Door(
        slack,
        slack_app.handler,
        ("receive_slack.accept.json", "receive_slack.command_away.json"),
        SLACK_SECRET,
    ),
]
BY_NAME = pytest.mark.parametrize("door", DOORS, ids=["hubspot", "slack"])


def connected(door: Door, slow: Slow, patch: pytest.MonkeyPatch) -> None:
    wiring: ModuleType = door.wiring
    given = {"bus_name": "baton", "public_url": PUBLIC_URL, "hubspot_portal_id": PORTAL}
    names = {f: given.get(f, "name") for f in wiring.Settings.__struct_fields__}
    secrets = Secrets(slow, lambda: slow.seconds)
    bus = Bus(slow, "baton", slow.sleep, call_takes=wiring.CALL)
    patch.setattr(wiring, "settings", lambda: wiring.Settings(**names))
    patch.setattr(wiring, "secrets", lambda: secrets)
    patch.setattr(wiring, "bus", lambda: bus)
    patch.setattr(wiring, "now", lambda: NOW)
    patch.setattr(wiring, "clock", lambda: slow.seconds)


@BY_NAME
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cached=st.booleans(),
    known=st.booleans(),
    age=st.floats(0, 1000),
    which=st.integers(0, 1),
    shares=SHARES,
)
def test_a_request_is_answered_in_time_however_slow_secrets_and_bus_are(
    door: Door, cached: bool, known: bool, age: float, which: int, shares: list[float]
) -> None:
    slow = Slow(door.wiring.CALL)
    sent = load(door.requests[which])
    with pytest.MonkeyPatch.context() as patch:
        connected(door, slow, patch)
        slow.vault.values["name"] = {"signing_secret": door.secret if known else "another"}
        if cached:
            slow.take([0.0] * 20)
            door.handler(sent, Context())
            slow.seconds += age
        begun = slow.seconds
        slow.take(shares)
        answer = door.handler(sent, Context())
    assert answer["statusCode"] in ((200, 503) if known else (401, 503))
    assert slow.seconds - begun <= LIMITS[door.wiring] - MARGIN


@BY_NAME
def test_one_attempt_takes_no_longer_than_the_door_counts_with(door: Door) -> None:
    quick = door.wiring.QUICK
    assert quick.connect_timeout + quick.read_timeout == pytest.approx(door.wiring.CALL)
    assert quick.retries == {"total_max_attempts": 1}


@BY_NAME
@pytest.mark.parametrize("service", ["events", "secretsmanager"])
def test_a_service_that_does_not_answer_is_asked_once(door: Door, service: str) -> None:
    """With a real client and a server that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []
        server.settimeout(60)

        def take() -> None:
            try:
                while True:
                    taken.append(server.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        make: Any = boto3.client
        client = make(
            service,
            endpoint_url=f"http://127.0.0.1:{server.getsockname()[1]}",
            region_name="eu-central-1",
            aws_access_key_id="made-up",
            aws_secret_access_key="made-up",
            config=door.wiring.QUICK,
        )
        ask: Callable[[], Any] = {
            "events": lambda: client.put_events(Entries=[{"Source": "s", "DetailType": "t"}]),
            "secretsmanager": lambda: client.get_secret_value(SecretId="name"),
        }[service]
        with pytest.raises(ReadTimeoutError):
            ask()
        assert len(taken) == 1
        for one in taken:
            one.close()
