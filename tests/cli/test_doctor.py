"""`baton doctor` from the command line, against a sandbox account."""

from __future__ import annotations

import pytest

from baton.cli.__main__ import main
from infra.local.sandbox.config import SLACK_SCOPES, Channel
from infra.local.sandbox.server import Sandbox
from tests.cli.accounts import Open, account, fill
from tests.fakes.sandbox import Peer
from tests.policy_tools.conftest import SAMPLE

__all__ = ["account"]


def doctor(*options: str) -> int:
    return main(["doctor", *options, str(SAMPLE)])


def test_an_account_that_fits_is_well(account: Open, capsys: pytest.CaptureFixture[str]) -> None:
    account()
    assert doctor() == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "all is well"
    assert "Lifecycle Stage" in out, "what no API tells is named"


def test_a_workflow_that_writes_what_baton_keeps_is_a_conflict(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(account(), 200)
    assert doctor() == 1
    out = capsys.readouterr().out
    assert "conflict: workflow" in out
    assert "switch it off" in out


def test_a_gap_is_named(account: Open, capsys: pytest.CaptureFixture[str]) -> None:
    account(lead_statuses=("NEW",))
    assert doctor() == 1
    assert "missing: hs_lead_status MEETING_SET" in capsys.readouterr().out


def test_sources_that_may_not_be_read_are_reported(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    account(missing_scopes=("automation",))
    assert doctor() == 1
    assert "workflows could not be read" in capsys.readouterr().out


def test_touches_that_may_not_be_read_are_named(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    account(missing_scopes=("sales-email-read",))
    assert doctor() == 1
    out = capsys.readouterr().out
    assert "not seen as first touch or activity: emails: HubSpot 403: MISSING_SCOPES sales" in out
    assert "calls" not in out


def test_an_account_outside_the_beta_is_told_of_the_switch(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    account(flows=False)
    assert doctor() == 1
    out = capsys.readouterr().out
    assert "could not be read: workflows: HubSpot 404: OBJECT_NOT_FOUND" in out
    assert "--no-workflows leaves them out" in out


def test_with_the_switch_off_no_workflow_is_read(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    fill(sandbox, 200)
    assert doctor("--no-workflows") == 0
    assert "workflows: left out (--no-workflows)" in capsys.readouterr().out
    assert not [path for path in Peer(sandbox).calls("hubspot") if "flows" in path]


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch, account: Open) -> Open:
    """As account, with its Slack."""

    def start(**changed: object) -> Sandbox:
        sandbox = account(**changed)
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-sandbox-bot-token")
        monkeypatch.setenv("SLACK_API_URL", sandbox.slack_url)
        return sandbox

    return start


def test_slack_is_not_asked_without_a_token(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    account()
    assert doctor() == 0
    assert "Slack was not asked: set SLACK_BOT_TOKEN" in capsys.readouterr().out


def test_a_workspace_that_fits_is_well(workspace: Open, capsys: pytest.CaptureFixture[str]) -> None:
    workspace()
    assert doctor() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "all is well"


@pytest.mark.parametrize("scope", ["groups:history", "groups:read", "channels:read"])
def test_a_scope_that_the_slack_app_lacks_is_named(
    workspace: Open, capsys: pytest.CaptureFixture[str], scope: str
) -> None:
    workspace(slack_scopes=tuple(one for one in SLACK_SCOPES if one != scope))
    assert doctor() == 1
    assert f"missing: Slack scope {scope}: " in capsys.readouterr().out


def test_a_channel_that_does_not_fit_is_named(
    workspace: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace(channels=(Channel(name="sla-alerts", member=False), "revop"))
    assert doctor() == 1
    out = capsys.readouterr().out
    assert "channel: Baton is not in the channel #sla-alerts" in out.replace(
        f"{SAMPLE}/notifications.yaml:4 ", ""
    )
    assert 'the workspace has no channel #revops; did you mean "#revop"?' in out


def test_a_token_that_slack_does_not_know_is_said(
    workspace: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace()
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    assert doctor() == 2
    assert "does not accept the token: check SLACK_BOT_TOKEN" in capsys.readouterr().err
