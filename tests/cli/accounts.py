"""A HubSpot account for commands: the sample company's, in a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from baton.policy_tools import compile_policy, load
from infra.local.messy import Messy, make
from infra.local.messy.loading import load_into, owners_of
from infra.local.sandbox import bulk
from infra.local.sandbox.config import Owner, SandboxConfig
from infra.local.sandbox.server import Sandbox
from infra.local.sandbox.world import Change
from infra.local.stack.policy import cast
from tests.policy_tools.conftest import SAMPLE

TOKEN = "made-up"
LEFT = Owner(id="510000098", email="left@quillhaven.example", first_name="Left", archived=True)
STRANGER = Owner(id="510000099", email="else@quillhaven.example", first_name="Somebody")

Open = Callable[..., Sandbox]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    """Opens the sample company's account and sets the environment to it; its limits are high unless
    *changed*."""
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("SLACK_BOT_TOKEN", "SLACK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)  # where no running stack is found
    opened: list[Sandbox] = []

    def start(**changed: object) -> Sandbox:
        config = msgspec.convert({**cast(SAMPLE), "hubspot_access_token": TOKEN}, SandboxConfig)
        owners = (*config.owners, LEFT, STRANGER)
        usual = msgspec.structs.replace(config, owners=owners, hubspot_limit=10_000)
        sandbox = Sandbox(msgspec.structs.replace(usual, **changed))
        sandbox.start()
        opened.append(sandbox)
        monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", TOKEN)
        monkeypatch.setenv("HUBSPOT_API_URL", sandbox.hubspot_url)
        return sandbox

    yield start
    for sandbox in opened:
        sandbox.stop()


def fill(sandbox: Sandbox, count: int = 300) -> Messy:
    """Put messy contacts into the account."""
    now = datetime.now(UTC)
    policy = compile_policy(load(SAMPLE), now.date())
    messy = make(policy, owners_of(sandbox.url), now, seed=11, count=count)
    load_into(sandbox.url, TOKEN, messy)
    return messy


def add(sandbox: Sandbox, *histories: dict[str, str]) -> list[str]:
    """Add contacts with these properties by the bulk endpoint; returns their ids."""
    at = 1_772_539_200_000
    grown = [
        bulk.Grown(created=at, history={n: [Change(v, at, "CRM_UI", "")] for n, v in one.items()})
        for one in histories
    ]
    return bulk.add(sandbox.world, sandbox.app.crm, bulk.Bulk(kind="contacts", objects=grown))
