"""The sandbox for contract tests: acts of people in it, and faults."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from inspect import isfunction, signature
from typing import Any
from urllib.request import Request, urlopen

import pytest
from msgspec.structs import replace

from baton.adapters.hubspot import paths
from infra.local.sandbox.config import Owner, SandboxConfig
from infra.local.sandbox.server import Sandbox

ANNA = Owner(id="70001", email="anna@example.com", first_name="Anna", slack_user="U0ANNA")
KIM = Owner(id="70002", email="kim@example.com", first_name="Kim", slack_user="U0KIM")

CONFIG = SandboxConfig(
    owners=(ANNA, KIM),
    channels=("leads",),
    custom_properties=("baton_tier", "baton_rule"),
    slack_channel_burst=1000,
    slack_tier_3_per_minute=10_000,
    slack_workspace_per_minute=10_000,
    hubspot_limit=10_000,
)


class Peer:
    """A running sandbox in which tests act as people."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    @property
    def hubspot_url(self) -> str:
        return f"{self._sandbox.url}/hubspot"

    @property
    def slack_url(self) -> str:
        return f"{self._sandbox.url}/slack/api/"

    def do(self, path: str, /, **body: Any) -> Any:
        request = Request(
            f"{self._sandbox.url}/_sandbox/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def associate(self, kind: str, one: str, to_kind: str, other: str, type_id: int) -> None:
        """Associate two objects, through HubSpot's own API."""
        path = f"/crm/objects/2026-09/{kind}/{one}/associations/{to_kind}/{other}"
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
        request = Request(
            self.hubspot_url + path,
            data=json.dumps(types).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {CONFIG.hubspot_access_token}",
            },
            method="PUT",
        )
        urlopen(request, timeout=60).close()

    def see(self, path: str) -> Any:
        with urlopen(f"{self._sandbox.url}/_sandbox/{path}", timeout=60) as answer:
            return json.load(answer)

    def fault(self, system: str, mode: str, **more: Any) -> None:
        self.do("faults", system=system, mode=mode, **more)

    def configure(self, config: SandboxConfig) -> None:
        """Use another account configuration until the next test."""
        self._sandbox.configure(config)

    def revoke(self, *scopes: str) -> None:
        """Remove HubSpot scopes from the token."""
        self.configure(replace(CONFIG, missing_scopes=scopes))

    def calls(self, system: str) -> list[str]:
        """Paths requested so far."""
        return [one["path"] for one in self.see("requests")["requests"] if one["system"] == system]


class FixedToken:
    """A token that is replaced when it is refused, if the test gave another."""

    def __init__(self, token: str, next_one: str | None = None) -> None:
        self._token, self._next = token, next_one

    def __call__(self) -> str:
        return self._token

    def renewed(self) -> str | None:
        if self._next is not None:
            self._token, self._next = self._next, None
            return self._token
        return None


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all contract tests of a folder, whose conftest.py imports this and
    ``peer``."""
    with Sandbox(CONFIG) as running:
        yield running


#: By tests themselves; see Peer.associate.
_BY_TESTS = r"/crm/objects/2026-09/[^/]+/[^/]+/associations/[^/]+/[^/]+"


@pytest.fixture
def peer(sandbox: Sandbox) -> Iterator[Peer]:
    """The running sandbox, emptied, with every scope. Whatever a test makes Baton do, it calls no
    path of HubSpot's that is not one of `adapters.hubspot.paths`."""
    sandbox.configure(CONFIG)
    peer = Peer(sandbox)
    peer.do("reset")
    yield peer
    strange = {path for path in peer.calls("hubspot") if not is_ours(path)}
    assert not strange, f"not a path of adapters.hubspot.paths: {sorted(strange)}"


def is_ours(path: str) -> bool:
    """Whether Baton's module of paths makes such a path."""
    return any(re.fullmatch(pattern, path) for pattern in (*_ours(), _BY_TESTS))


@cache
def _ours() -> tuple[str, ...]:
    """A pattern for each function of the module of paths."""
    making = [
        one
        for one in vars(paths).values()
        if isfunction(one) and one.__module__ == paths.__name__ and one.__name__[0] != "_"
    ]
    examples = (make(*["X"] * len(signature(make).parameters)) for make in making)
    return tuple(example.replace("X", "[^/]+") for example in examples)
