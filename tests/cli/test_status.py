"""`baton status migrate` from the command line, against a sandbox account."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from baton.adapters.hubspot import pace
from baton.adapters.hubspot.census import HubspotCensus
from baton.cli.__main__ import main
from infra.local.sandbox.server import Sandbox
from tests.cli.accounts import Open, account, add
from tests.fakes.sandbox import Peer
from tests.policy_tools.conftest import SAMPLE, edited

__all__ = ["account", "edited"]

CHECKPOINT = Path(".local/status-migration.json")
OLD = {"OPEN": "NEW", "ATTEMPTED_TO_CONTACT": "IN_PROGRESS", "CONNECTED": "IN_PROGRESS"}


def migrate(*arguments: str, folder: Path = SAMPLE) -> int:
    return main(["status", "migrate", str(folder), "--budget", "10000", *arguments])


def statuses(sandbox: Sandbox) -> list[str | None]:
    return [one.value("hs_lead_status") for one in sandbox.app.crm.all("contacts")]


def old_contacts(sandbox: Sandbox, count: int, *more: str) -> list[str]:
    """*count* contacts with old values in turn, and one for each value of *more*."""
    values = [*(list(OLD)[n % 3] for n in range(count)), *more]
    return add(sandbox, *({"hs_lead_status": value} for value in values))


def writes(sandbox: Sandbox) -> int:
    found, _ = sandbox.app.requests(0)
    return sum(one["path"].endswith("/batch/update") for one in found)


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    old_contacts(sandbox, 7, "In progres", "NEW")
    before = statuses(sandbox)
    assert migrate() == 1
    out = capsys.readouterr().out
    assert "7 of 9 contacts would move; 1 have a value that is not mapped" in out
    assert 'did you mean "IN_PROGRESS"?' in out
    assert statuses(sandbox) == before
    assert writes(sandbox) == 0
    assert not CHECKPOINT.exists()


def test_apply_moves_everybody_who_is_mapped(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    old_contacts(sandbox, 250, "NEW", "UNQUALIFIED")
    assert migrate("--apply") == 0
    assert "250 of 252 contacts moved" in capsys.readouterr().out
    assert set(statuses(sandbox)) == {"NEW", "IN_PROGRESS", "UNQUALIFIED"}
    assert writes(sandbox) == 3, "a hundred at a time"
    assert not CHECKPOINT.exists(), "it is done"


def test_a_second_migration_writes_nothing(account: Open) -> None:
    sandbox = account()
    old_contacts(sandbox, 20)
    migrate("--apply")
    before = writes(sandbox)
    assert migrate("--apply") == 0
    assert migrate() == 0
    assert writes(sandbox) == before


def test_what_is_not_mapped_is_left_alone_and_listed(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    old_contacts(sandbox, 3, "call back", "call back", "zz")
    assert migrate("--apply") == 1
    out = capsys.readouterr().out
    assert "call back" in out
    assert "3 have a value that is not mapped" in out
    assert statuses(sandbox)[3:] == ["call back", "call back", "zz"]


def killed_after(pages: int, monkeypatch: pytest.MonkeyPatch, *, written: bool) -> None:
    """Let a number of writes succeed; then the process dies, before or after one more."""
    real = HubspotCensus.set_statuses
    left = [pages]

    def dying(census: HubspotCensus, wanted: dict[str, str]) -> set[str]:
        left[0] -= 1
        if left[0] < 0:
            if written:
                real(census, wanted)
            raise KeyboardInterrupt
        return real(census, wanted)

    monkeypatch.setattr(HubspotCensus, "set_statuses", dying)


@pytest.mark.parametrize("written", [False, True], ids=["before a write", "after a write"])
def test_killed_in_the_middle_it_goes_on_where_it_stopped(
    account: Open,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    written: bool,
) -> None:
    sandbox = account()
    old_contacts(sandbox, 450)
    with monkeypatch.context() as dying:
        killed_after(2, dying, written=written)
        assert migrate("--apply") == 130
    assert json.loads(CHECKPOINT.read_bytes())["seen"] == 200
    assert migrate("--apply") == 0
    out = capsys.readouterr().out
    assert "continuing after 200 contacts" in out
    assert set(statuses(sandbox)) == {"NEW", "IN_PROGRESS"}
    changes = [len(one.history["hs_lead_status"]) for one in sandbox.app.crm.all("contacts")]
    assert set(changes) == {2}, "nobody is moved twice"
    assert not CHECKPOINT.exists()
    if not written:
        assert "450 of 450 contacts moved" in out


def test_a_checkpoint_of_another_mapping_is_refused(
    account: Open,
    edited: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sandbox = account()
    old_contacts(sandbox, 150)
    with monkeypatch.context() as dying:
        killed_after(1, dying, written=False)
        migrate("--apply")
    folder = edited(("lifecycle", "OPEN: NEW", "OPEN: UNQUALIFIED"))
    assert migrate("--apply", folder=folder) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "another mapping" in line
    assert migrate("--apply", "--checkpoint", "other.json", folder=folder) == 0


def test_a_checkpoint_of_another_account_is_refused(
    account: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as dying:
        old_contacts(account(), 150)
        killed_after(1, dying, written=False)
        migrate("--apply")
    account(portal_id=1)
    assert migrate("--apply") == 2
    assert "another account" in capsys.readouterr().err


def test_an_invalid_checkpoint_is_refused(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    account()
    CHECKPOINT.parent.mkdir()
    CHECKPOINT.write_text("{", encoding="utf-8")
    assert migrate("--apply") == 2
    assert "cannot be used" in capsys.readouterr().err


def test_429s_are_waited_out(account: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = account()
    old_contacts(sandbox, 30)
    waits: list[float] = []
    monkeypatch.setattr(pace, "pause", waits.append)
    Peer(sandbox).fault("hubspot", "429", count=2, path="/batch/update")
    assert migrate("--apply") == 0
    assert waits == [10.0, 10.0]
    assert set(statuses(sandbox)) == {"NEW", "IN_PROGRESS"}


def test_a_write_whose_answer_is_lost_counts_once(
    account: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    old_contacts(sandbox, 30)
    monkeypatch.setattr(pace, "pause", lambda _seconds: None)
    Peer(sandbox).fault("hubspot", "500", count=1, path="/batch/update", then_apply=True)
    assert migrate("--apply") == 0
    assert "30 of 30 contacts moved" in capsys.readouterr().out
    assert writes(sandbox) == 1


def test_a_value_that_changed_in_between_is_left_alone(
    account: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody changes a contact while the migration waits for its next call."""
    sandbox = account()
    first, second, *_ = old_contacts(sandbox, 10)
    crm, real = sandbox.app.crm, HubspotCensus.statuses

    def meanwhile(census: HubspotCensus, ids: Sequence[str]) -> dict[str, str]:
        with sandbox.world.lock:
            one, two = crm.find("contacts", first), crm.find("contacts", second)
            assert one is not None
            assert two is not None
            crm.update(one, {"hs_lead_status": "BAD_TIMING"}, "CRM_UI")
            crm.archive(two, "CRM_UI")
        return real(census, ids)

    monkeypatch.setattr(HubspotCensus, "statuses", meanwhile)
    assert migrate("--apply") == 1
    out = capsys.readouterr().out
    assert "8 of 10 contacts moved" in out
    assert "2 had changed" in out
    assert f"left alone: contact {first}" in out
    assert statuses(sandbox)[0] == "BAD_TIMING"


def test_a_missing_option_is_reported_before_anything_is_written(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account(lead_statuses=("NEW", "OPEN"))
    old_contacts(sandbox, 5)
    assert migrate("--apply") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "no option IN_PROGRESS" in line
    assert writes(sandbox) == 0


def test_without_a_mapping_there_is_nothing_to_apply(
    account: Open, edited: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    old_contacts(account(), 1)
    mapping = "".join(f"  {old}: {new}\n" for old, new in OLD.items())
    folder = edited(("lifecycle", "old_statuses: ", "# no old ones: "), ("lifecycle", mapping, ""))
    assert migrate("--apply", folder=folder) == 2
    assert "no old_statuses" in capsys.readouterr().err
    assert migrate(folder=folder) == 1, "the values in use are listed all the same"
