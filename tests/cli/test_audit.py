"""`baton audit` from the command line, against a sandbox account with planted faults."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from baton.adapters.hubspot import pace
from baton.cli import _crm, hubspot
from baton.cli.__main__ import main
from infra.local.sandbox.server import Sandbox
from tests.cli.accounts import TOKEN, Open, account, add, fill
from tests.fakes.sandbox import Peer
from tests.policy_tools.conftest import SAMPLE

__all__ = ["account"]


def audit(*arguments: str) -> int:
    return main(["audit", str(SAMPLE), "--budget", "10000", *arguments])


def as_json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def counts(report: Any) -> dict[str, int]:
    return {one["code"]: one["count"] for one in report["findings"]}


def test_every_planted_fault_is_found_and_nothing_else(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    messy = fill(account())
    assert audit("--json") == 1
    report = as_json(capsys)
    assert counts(report) == messy.planted
    assert (report["contacts"], report["deals"]) == (300, len(messy.deals))
    assert report["unchecked"] == []


def test_a_person_reads_what_is_wrong_why_and_what_to_do(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(account())
    assert audit("--limit", "2") == 1
    out = capsys.readouterr().out
    assert "300 contacts" in out
    for part in (
        "leads 90 days or longer in one stage",
        "why it matters: ",
        "how to fix it: ",
        "not in the policy",
        "sql to mql by ",
        "in the policy, but never seen in HubSpot: ",
        "Demo request to MQL",
        "on: switch it off",
        "Settings > Objects > Companies > Lifecycle Stage",
    ):
        assert part in out
    assert ".example" not in out, "no address of a lead is shown"


def test_values_that_cannot_be_read_come_with_examples_and_add_up(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    countries = ["DACH"] * 4 + ["Mordor", "Rohan"]
    ids = add(sandbox, *({"country": value} for value in countries))
    audit("--limit", "3")
    out = capsys.readouterr().out
    assert "6 contacts with a country that is no country: DACH: 4; and 2 with other values" in out
    assert f"  for example {ids[0]}, {ids[1]} and {ids[2]}" in out


def test_an_empty_account_is_clean(account: Open, capsys: pytest.CaptureFixture[str]) -> None:
    account()
    assert audit() == 0
    assert "nothing found" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["audit", "doctor", "hubspot setup"])
@pytest.mark.parametrize("accepts", [True, False])
def test_an_account_that_does_not_answer_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    accepts: bool,
) -> None:
    """The port is closed, or whoever accepts says nothing."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        if accepts:
            door.listen()
        monkeypatch.setattr(hubspot, "PROBE", 0.2)
        monkeypatch.setattr(pace, "pause", lambda _: pytest.fail("it waits for another attempt"))
        monkeypatch.setenv("HUBSPOT_API_URL", f"http://127.0.0.1:{door.getsockname()[1]}")
        monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", TOKEN)
        assert main([*command.split(), str(SAMPLE)]) == 2
    err = capsys.readouterr().err
    assert "does not answer" in err
    assert "`make run`" in err
    assert "created" not in err


def test_it_changes_nothing(account: Open) -> None:
    sandbox = account()
    fill(sandbox)
    before = sandbox.world.state.rev
    audit("--json")
    assert sandbox.world.state.rev == before


@pytest.mark.parametrize(
    ("scope", "what", "gone"),
    [
        ("crm.objects.deals.read", "deals", "deal_without_contact"),
        ("crm.objects.owners.read", "owners", "owner_gone"),
        ("automation", "workflows", "workflows"),
        ("crm.schemas.contacts.read", "others' date fields", "other_dates"),
    ],
)
def test_what_may_not_be_read_is_named_and_the_rest_goes_on(
    account: Open, capsys: pytest.CaptureFixture[str], scope: str, what: str, gone: str
) -> None:
    messy = fill(account(missing_scopes=(scope,)))
    assert audit("--json") == 1
    report = as_json(capsys)
    assert report["unchecked"] == [f"{what}: the token lacks {scope}"]
    found = counts(report)
    assert gone not in found
    assert found["stuck"] == messy.planted["stuck"]


def test_a_missing_scope_is_shown_in_the_text_too(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    account(missing_scopes=("automation",))
    assert audit() == 0
    assert "could not be checked: workflows: the token lacks automation" in capsys.readouterr().out


def test_an_account_outside_the_beta_is_told_of_the_switch(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    account(flows=False)
    audit("--json")
    (told,) = as_json(capsys)["unchecked"]
    assert told.startswith("workflows: HubSpot 404: OBJECT_NOT_FOUND")
    assert told.endswith("--no-workflows leaves them out")


def test_with_the_switch_off_no_workflow_is_read(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    fill(sandbox)
    audit("--json", "--no-workflows")
    report = as_json(capsys)
    assert report["unchecked"] == ["workflows: left out (--no-workflows)"]
    assert not [path for path in Peer(sandbox).calls("hubspot") if "flows" in path]


def test_a_429_is_waited_out(
    account: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    messy = fill(sandbox)
    waits: list[float] = []
    monkeypatch.setattr(pace, "pause", waits.append)
    Peer(sandbox).fault("hubspot", "429", count=3, path="/batch/read")
    assert audit("--json") == 1
    assert waits == [10.0, 10.0, 10.0], "the rolling window of ten seconds"
    assert counts(as_json(capsys)) == messy.planted


def test_an_outage_of_hubspot_is_reported_in_one_line(
    account: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    monkeypatch.setattr(pace, "pause", lambda _seconds: None)
    Peer(sandbox).fault("hubspot", "500")
    assert audit() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "try again later" in line


def test_a_wrong_token_is_reported_in_one_line(
    account: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account()
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "wrong")
    assert audit() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "does not accept the token" in line
    assert TOKEN not in line


def test_a_faulty_policy_stops_it(account: Open, capsys: pytest.CaptureFixture[str]) -> None:
    account()
    assert main(["audit", "no-such-folder"]) == 2
    assert "in the policy" in capsys.readouterr().err


def test_names_from_outside_are_shown_as_they_are(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    """Markup in a status is shown as text, and no escape sequence reaches the terminal."""
    sandbox: Sandbox = account()
    add(sandbox, {"hs_lead_status": "[red]x[/red]\x1b[2J"})
    assert audit() == 1
    out = capsys.readouterr().out
    assert "[red]x[/red]" in out
    assert "\x1b[2J" not in out


def test_the_budget_given_here_is_used() -> None:
    assert _crm.BUDGET == pace.BUDGET
