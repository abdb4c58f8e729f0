"""The channels of a policy, looked up in the workspace when it is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import boto3
import pytest
from msgspec.structs import replace

from baton.adapters.dynamodb.policies import PolicyStore
from baton.application.ports.slack import Channel, ChannelList
from baton.cli.__main__ import main
from baton.domain.policy import Notifications, Policy
from baton.policy_tools import compile_policy, load
from baton.policy_tools.channels import look_up, unresolved, with_ids
from baton.policy_tools.diff import difference
from infra.local.sandbox import config as sandbox_config
from infra.local.sandbox.config import SandboxConfig, stable_id
from infra.local.sandbox.server import Sandbox
from tests.policy_tools.conftest import SAMPLE, line_of

Edited = Callable[..., Path]
TODAY = date(2026, 11, 25)
ALERTS = Channel("C0ALERTS", "sla-alerts", member=True)
REVOPS = Channel("C0REVOPS", "revops", private=True, member=True)
BOTH = ChannelList((ALERTS, REVOPS, Channel("C0RANDOM", "random")))


def messages(account: ChannelList, folder: Path = SAMPLE) -> list[tuple[str, str, str, str]]:
    """(key, message, how to fix it, severity) of each finding."""
    found = look_up(load(folder), account).findings
    return [(one.key, one.message, one.fix, one.severity) for one in found]


def among(*channels: Channel, private: bool = True) -> ChannelList:
    return ChannelList((*channels, REVOPS), private)


def test_names_become_ids_and_are_kept_beside_them() -> None:
    files = load(SAMPLE)
    found = look_up(files, BOTH)
    assert found.findings == ()
    told = with_ids(compile_policy(files, TODAY), found.found).notifications
    assert (told.channel, told.channel_name) == ("C0ALERTS", "#sla-alerts")
    assert (told.ops_channel, told.ops_channel_name) == ("C0REVOPS", "#revops")
    assert told.called("C0ALERTS") == "#sla-alerts"
    assert told.called("U0ANNA") == "U0ANNA"


def test_an_id_is_taken_as_it_is_and_gets_its_name(edited: Edited) -> None:
    files = load(edited(("notifications", '"#sla-alerts"', "C0ALERTS")))
    found = look_up(files, BOTH)
    assert found.findings == ()
    told = with_ids(compile_policy(files, TODAY), found.found).notifications
    assert (told.channel, told.channel_name) == ("C0ALERTS", "#sla-alerts")
    assert unresolved(files) == ("#revops",)


INVITE = "invite the app there: /invite @Baton"


@pytest.mark.parametrize(
    ("account", "message", "fix", "severity"),
    [
        pytest.param(
            among(Channel("C0", "sla-alert", member=True)),
            'the workspace has no channel #sla-alerts; did you mean "#sla-alert"?',
            f"if it is private, {INVITE}",
            "error",
            id="no such name",
        ),
        pytest.param(
            among(Channel("C0", "alerts", earlier=("sla-alerts",))),
            "no channel is called #sla-alerts any more; it is #alerts now",
            "",
            "error",
            id="renamed",
        ),
        pytest.param(
            among(replace(ALERTS, archived=True)),
            "the channel #sla-alerts is archived",
            "unarchive it, or name another",
            "error",
            id="archived",
        ),
        pytest.param(
            among(replace(ALERTS, member=False)),
            "Baton is not in the channel #sla-alerts, and Slack takes no message for it",
            INVITE,
            "warning",
            id="the app was not invited",
        ),
        pytest.param(
            among(private=False),
            "the app sees no channel #sla-alerts, so the policy keeps what is written",
            "if it is private, add the scope groups:read to the app, reinstall it, publish again",
            "warning",
            id="private channels are not seen",
        ),
        pytest.param(
            ChannelList(()),
            "the workspace has no channel #sla-alerts; there are none yet",
            f"if it is private, {INVITE}",
            "error",
            id="none at all",
        ),
    ],
)
def test_a_channel_that_does_not_fit_is_found(
    account: ChannelList, message: str, fix: str, severity: str
) -> None:
    assert ("channel", message, fix, severity) in messages(account)


def test_a_finding_names_file_line_and_key(edited: Edited) -> None:
    folder = edited(("notifications", '"#sla-alerts"', "C0NOWHERE"))
    (finding,) = look_up(load(folder), BOTH).findings
    line = line_of(folder, "notifications", "channel:")
    assert str(finding) == (
        f"{folder}/notifications.yaml:{line} channel: the workspace has no channel with the id"
        " C0NOWHERE"
    )


def test_a_name_that_was_taken_again_is_the_channel_of_today() -> None:
    old = replace(ALERTS, id="C0OLD", archived=True)
    for channels in ((old, ALERTS, REVOPS), (ALERTS, old, REVOPS)):
        assert look_up(load(SAMPLE), ChannelList(channels)).found["channel"] == ALERTS


# ---------------------------------------------------------------- differences


def policy(**notifications: str) -> Policy:
    found = compile_policy(load(SAMPLE), TODAY)
    return replace(found, notifications=replace(found.notifications, **notifications))


#: Of the channel, before and after: (what is kept, its name).
NAME, ID = ("#sla-alerts", ""), ("C0ALERTS", "#sla-alerts")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (NAME, NAME, []),
        (ID, ID, []),
        (NAME, ID, ["The channel #sla-alerts is now known by its id, C0ALERTS."]),
        (
            ID,
            NAME,
            ["The channel #sla-alerts is now known by its name only, no longer by C0ALERTS."],
        ),
        (ID, ("C0ALERTS", "#sla"), ["The channel #sla-alerts is now called #sla."]),
        (
            ID,
            ("C0OTHER", "#sla-alerts"),
            ["#sla-alerts is now another channel, C0OTHER instead of C0ALERTS."],
        ),
        (ID, ("C0NEW", "#new"), ["Baton now alerts the channel #new instead of #sla-alerts."]),
        (("C0ALERTS", ""), ID, ["The channel C0ALERTS is now called #sla-alerts."]),
    ],
)
def test_differences_are_told_by_name(
    before: tuple[str, str], after: tuple[str, str], told: list[str]
) -> None:
    old, new = (policy(channel=one[0], channel_name=one[1]) for one in (before, after))
    assert [change.text for change in difference(old, new)] == told


# ---------------------------------------------------------------- the commands


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch, quiet_environment: None) -> Iterator[Sandbox]:
    """The sample company's Slack."""
    board = sandbox_config.Channel(name="revops", private=True)
    with Sandbox(SandboxConfig(channels=("sla-alerts", board))) as sandbox:
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-sandbox-bot-token")
        monkeypatch.setenv("SLACK_API_URL", sandbox.slack_url)
        yield sandbox


def publish(folder: Path = SAMPLE) -> int:
    return main(["policy", "publish", str(folder), "--table", "leads", "--by", "ada"])


def active(table: str) -> Notifications:
    store = PolicyStore(boto3.client("dynamodb", region_name="eu-central-1"), table)
    return store.get(store.active_version()).notifications


def test_a_policy_is_published_with_the_ids_of_its_channels(slack: Sandbox, table: str) -> None:
    assert publish() == 0
    told = active(table)
    assert (told.channel, told.channel_name) == (stable_id("C", "sla-alerts"), "#sla-alerts")
    assert told.ops_channel == stable_id("C", "revops")


def test_without_a_workspace_names_stay_and_a_note_says_so(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish() == 0
    assert "note: #sla-alerts and #revops stay names" in capsys.readouterr().out
    assert active(table).channel == "#sla-alerts"


def test_a_channel_that_is_not_there_stops_publishing(
    slack: Sandbox, table: str, edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(edited(("notifications", '"#revops"', '"#revop"'))) == 1
    err = capsys.readouterr().err
    assert 'ops_channel: the workspace has no channel #revop; did you mean "#revops"?' in err
    assert err.splitlines()[-1] == "nothing was published"


def test_check_looks_channels_up_where_it_is_told_to(
    slack: Sandbox, edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = edited(("notifications", '"#revops"', '"#revop"'))
    assert main(["policy", "check", str(folder)]) == 0
    assert main(["policy", "check", str(folder), "--account"]) == 1
    assert "did you mean" in capsys.readouterr().err
    assert main(["policy", "check", str(folder), "--account", "--json"]) == 1
    assert '"refused": true' in capsys.readouterr().out
    assert main(["policy", "check", str(SAMPLE), "--account", "--json"]) == 0


@pytest.mark.usefixtures("quiet_environment")
def test_check_of_the_account_needs_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(SAMPLE), "--account"]) == 2
    assert "no workspace: set SLACK_BOT_TOKEN" in capsys.readouterr().err


def test_a_token_is_not_sent_in_clear_text(
    monkeypatch: pytest.MonkeyPatch, quiet_environment: None, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_API_URL", "http://slack.example/api/")
    assert main(["policy", "check", str(SAMPLE), "--account"]) == 2
    assert "must begin with https://" in capsys.readouterr().err
