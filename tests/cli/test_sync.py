"""`baton sync test`: values come back as written, and the test contact is removed."""

from __future__ import annotations

import json
import urllib.request

import pytest

from baton.adapters.hubspot.round_trip import HubspotSync
from baton.application.round_trip import ADDRESS
from baton.cli.__main__ import main
from infra.local.sandbox.server import Sandbox
from tests.cli.accounts import Open, account
from tests.policy_tools.conftest import SAMPLE

__all__ = ["account"]


def sync(*flags: str) -> int:
    return main(["sync", "test", str(SAMPLE), *flags])


def emails(sandbox: Sandbox) -> list[str]:
    with urllib.request.urlopen(f"{sandbox.url}/_sandbox/state", timeout=60) as answer:
        contacts = json.load(answer)["contacts"]
    return [one.get("properties", one).get("email", "") for one in contacts]


def test_every_mapped_property_makes_the_round_trip(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    assert sync("--all") == 0
    out = capsys.readouterr().out
    assert "baton_accept_due" in out
    assert "baton_pain" in out
    assert "hs_last_sales_activity_timestamp" in out
    assert out.splitlines()[-1].endswith(" 0 did not")
    assert ADDRESS not in emails(sandbox), "the test contact is deleted"


def test_a_property_that_the_account_lacks_is_named(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account(custom_properties=("baton_pain",))
    assert sync() == 1
    out = capsys.readouterr().out
    assert "baton_budget" in out
    assert "refused" in out
    assert "baton_pain" not in out
    assert ADDRESS not in emails(sandbox)


def test_a_value_that_comes_back_changed_is_named(
    account: Open, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something in the account rewrites what is written there."""
    sandbox = account()
    read = HubspotSync.read

    def rewritten(self: HubspotSync, contact_id: str, names: list[str]) -> dict[str, str]:
        return read(self, contact_id, names) | {"baton_pain": "something else"}

    monkeypatch.setattr(HubspotSync, "read", rewritten)
    assert sync() == 1
    out = capsys.readouterr().out
    (line,) = (line for line in out.splitlines() if "baton_pain" in line)
    assert line.split() == ["baton_pain", "sync", "test", "something", "else", "changed"]
    assert out.splitlines()[-1].endswith(" 1 did not")
    assert ADDRESS not in emails(sandbox)


def test_where_there_is_no_account_it_says_so(
    account: Open, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUBSPOT_ACCESS_TOKEN", raising=False)
    assert sync() == 2
    assert "no account" in capsys.readouterr().err
