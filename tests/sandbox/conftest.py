"""A sandbox, a receiver in place of Baton, and the real SDK clients for the sandbox."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hubspot import HubSpot
from slack_sdk import WebClient

from infra.local.sandbox import interactions, webhooks
from infra.local.sandbox.config import Owner, SandboxConfig
from infra.local.sandbox.server import Sandbox

from .receiver import Receiver

REP, MANAGER, GONE = "41629779", "81538190", "42103462"
CONFIG = SandboxConfig(
    public_url="https://baton.example.com/prod",
    owners=(
        Owner(id=REP, email="rep@example.com", first_name="Rep", last_name="One", slack_user="U1"),
        Owner(id=MANAGER, email="boss@example.com", first_name="The", last_name="Boss"),
        Owner(id=GONE, email="left@example.com", archived=True),
    ),
    channels=("leads", "alerts"),
    custom_properties=("baton_accept_due", "baton_track"),
    trigger_seconds=60,
    webhook_window_ms=30,
    webhook_retry_seconds=(0.05, 0.1),
)
Post = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def sandbox(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    # A receiver on a busy machine may answer later than HubSpot and Slack would wait.
    for module in (interactions, webhooks):
        monkeypatch.setattr(module, "TIMEOUT_SECONDS", 60.0)
    with Sandbox(msgspec.structs.replace(CONFIG, baton_api=receiver.url)) as sandbox:
        yield sandbox


@pytest.fixture
def hubspot(sandbox: Sandbox) -> HubSpot:
    client = HubSpot(access_token=CONFIG.hubspot_access_token)
    client.config["host"] = sandbox.hubspot_url
    return client


@pytest.fixture
def slack(sandbox: Sandbox) -> WebClient:
    return WebClient(token=CONFIG.slack_bot_token, base_url=sandbox.slack_url, timeout=60)


@pytest.fixture
def control(sandbox: Sandbox) -> Post:
    """POST to /_sandbox/…: (status, body)."""

    def post(path: str, /, **body: object) -> tuple[int, dict[str, Any]]:
        return call(sandbox, "POST", f"/_sandbox/{path}", body)

    return post


def call(
    sandbox: Sandbox,
    method: str,
    path: str,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    """Send one raw request, which the clients cannot make."""
    status, answer, _ = exchange(sandbox, method, path, body, headers)
    found: dict[str, Any] = json.loads(answer) if answer else {}
    return status, found


def exchange(
    sandbox: Sandbox,
    method: str,
    path: str,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, bytes, dict[str, str]]:
    parts = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    try:
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, data, sent)
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        return response.status, response.read(), names
    finally:
        connection.close()


def bearer(token: str = CONFIG.hubspot_access_token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
