"""`baton doctor` says how the signing secrets of a stack are laid out, and shows none of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from baton.cli import _target
from baton.cli._signing import layouts, signing_lines
from tests.fakes.aws import FakeSecrets

OUTPUTS = {"HubSpotSigningSecret": "hs", "SlackSigningSecret": "sl"}


def test_each_layout_is_told_apart_and_no_value_is_shown() -> None:
    vault = FakeSecrets(
        [
            ("hs", {"access_token": "hidden-t", "client_secret": "hidden-c"}),
            ("sl", {"signing_secret": "hidden-n", "previous_signing_secret": "hidden-o"}),
        ]
    )
    hubspot, slack = layouts(OUTPUTS, vault)
    assert hubspot.startswith("HubSpot's signing secret in hs is beside the token: the door can")
    assert slack == "Slack's signing secret in sl is apart from the token (2 values pass)"
    assert "hidden" not in hubspot + slack


def test_a_secret_that_lacks_it_or_cannot_be_read_is_told() -> None:
    hubspot, slack = layouts(OUTPUTS, FakeSecrets([("hs", {"access_token": "t"})]))
    assert hubspot.startswith("HubSpot's signing secret in hs is missing: the door answers 503")
    assert slack.endswith("could not be looked at: sl: ResourceNotFoundException")
    for line in layouts({}, FakeSecrets()):
        assert line.endswith("was not looked at: the stack does not name it")


def test_the_running_stack_is_looked_at_unless_the_environment_names_an_account(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HUBSPOT_ACCESS_TOKEN", "TABLE_NAME"):
        monkeypatch.delenv(name, raising=False)
    stack = {"table": "leads", "aws_endpoint": "", "region": "eu-central-1", "outputs": OUTPUTS}
    monkeypatch.setattr(_target, "LOCAL", tmp_path / "stack.json")
    assert signing_lines(None)[0].startswith("signing secrets could not be looked at: no table")
    (tmp_path / "stack.json").write_text(json.dumps(stack))
    with mock_aws():
        make: Any = boto3.client
        vault = make("secretsmanager", region_name="eu-central-1")
        for name in OUTPUTS.values():
            vault.create_secret(Name=name, SecretString=json.dumps({"signing_secret": "x"}))
        assert [line.rsplit(" is ")[1] for line in signing_lines(None)] == [
            "apart from the token"
        ] * 2
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "real")
    assert signing_lines(None) == [
        "signing secrets were not looked at: --stack names the deployed stack"
    ]
