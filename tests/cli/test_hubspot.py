"""`baton hubspot setup` from the command line, against a sandbox account."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from baton.adapters.hubspot.http import HubspotHttp
from baton.adapters.hubspot.schema import READ_SCOPE, WRITE_SCOPE, HubspotSchema, Known, Option
from baton.cli.__main__ import main
from baton.cli._hubspot_gaps import Finding, findings
from baton.domain.lifecycle.hubspot_properties import properties, property_names
from baton.domain.policy import Policy
from baton.policy_tools import compile_policy, load
from infra.local.sandbox.config import LEAD_STATUSES, SandboxConfig
from infra.local.sandbox.server import Sandbox
from infra.local.stack.policy import cast
from tests.fakes.sandbox import FixedToken
from tests.policy_tools.conftest import SAMPLE, edited

__all__ = ["edited"]

Edited = Callable[..., Path]
TOKEN = "made-up"
#: The sample company's account before anybody has set it up.
BARE = SandboxConfig(
    hubspot_access_token=TOKEN,
    custom_properties=("acme_score",),
    lead_statuses=(*LEAD_STATUSES, "MEETING_SET"),
)
Open = Callable[..., Sandbox]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return compile_policy(load(SAMPLE), date(2026, 11, 22))


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    """Opens an account, and sets the environment to it."""
    for name in ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)  # where no running stack is found
    opened: list[Sandbox] = []

    def start(config: SandboxConfig = BARE) -> Sandbox:
        sandbox = Sandbox(config)
        sandbox.start()
        opened.append(sandbox)
        monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", TOKEN)
        monkeypatch.setenv("HUBSPOT_API_URL", sandbox.hubspot_url)
        return sandbox

    yield start
    for sandbox in opened:
        sandbox.stop()


def setup(*arguments: str) -> int:
    return main(["hubspot", "setup", str(SAMPLE), *arguments])


def schema(sandbox: Sandbox) -> HubspotSchema:
    return HubspotSchema(FixedToken(TOKEN), sandbox.hubspot_url)


def test_a_dry_run_lists_what_is_missing_and_makes_nothing(
    account: Open, policy: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    before = set(schema(sandbox).properties())
    assert setup() == 1
    out = capsys.readouterr().out
    assert all(name in out for name in property_names(policy))
    assert "baton_pain" in out, "a field that the policy reads and that is ours to make"
    assert "`baton hubspot setup --apply` creates" in out
    assert set(schema(sandbox).properties()) == before
    assert "baton" not in schema(sandbox).groups()


def test_apply_makes_what_is_missing_and_then_all_is_in_order(
    account: Open, policy: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    assert setup("--apply") == 0
    out = capsys.readouterr().out
    assert "created" in out
    assert "in order" in out
    known = schema(sandbox).properties()
    for one in properties(policy):
        assert (known[one.name].type, known[one.name].label) == (one.kind, one.label)
    assert "baton" in schema(sandbox).groups()
    assert setup() == 0


def test_apply_twice_changes_nothing_the_second_time(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    setup("--apply")
    before = schema(sandbox).properties()
    capsys.readouterr()
    assert setup("--apply") == 0
    assert "created" not in capsys.readouterr().out
    assert schema(sandbox).properties() == before


def test_apply_goes_on_where_an_earlier_run_ended(account: Open, policy: Policy) -> None:
    sandbox = account()
    schema(sandbox).create_group()
    schema(sandbox).create(properties(policy)[:7])
    assert setup("--apply") == 0


def test_every_property_baton_writes_is_taken_after_setup(account: Open, policy: Policy) -> None:
    """This is why the command exists: HubSpot refuses a write that has one unknown property."""
    sandbox = account()
    setup("--apply")
    http = HubspotHttp(FixedToken(TOKEN), sandbox.hubspot_url)
    sample = {"datetime": "2026-03-02T09:00:00Z", "number": "3", "string": "x"}
    values = {one.name: sample[one.kind] for one in properties(policy)}
    contact = http.create("contacts", {"firstname": "Ada"}, [])
    http.update("contacts", contact, values)
    (found,) = http.read("contacts", [contact], list(values))
    assert all(found.properties[name] for name in values)


def test_the_local_stacks_account_is_in_order(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    config = msgspec.convert({**cast(SAMPLE), "hubspot_access_token": TOKEN}, SandboxConfig)
    account(config)
    assert setup() == 0
    assert "in order" in capsys.readouterr().out


def test_stages_and_statuses_are_reported_with_the_place_to_make_them(
    account: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    account(
        msgspec.structs.replace(
            BARE,
            lifecycle_stages=("subscriber", "lead", "marketingqualifiedlead", "customer"),
            lead_statuses=("NEW", "OPEN_DEAL"),
        )
    )
    assert setup("--apply") == 1
    out = capsys.readouterr().out
    assert "salesacceptedlead" in out
    assert "Settings > Objects > Contacts > Lifecycle Stage" in out
    assert "IN_PROGRESS" in out
    assert "Settings > Properties > Lead status" in out
    assert "--apply` creates" not in out, "nothing of what is left can be created"


@pytest.mark.parametrize("flags", [[], ["--apply"]], ids=["dry run", "apply"])
def test_a_property_of_another_type_is_left_alone_and_told(
    account: Open, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    custom = (*BARE.custom_properties, "baton_accept_due")
    sandbox = account(msgspec.structs.replace(BARE, custom_properties=custom))
    assert setup(*flags) == 1
    out = capsys.readouterr().out
    assert "different type" in out
    assert "is string, must be datetime" in out
    assert schema(sandbox).properties()["baton_accept_due"].type == "string"


def test_a_field_of_the_accounts_own_is_reported_and_not_made(
    account: Open, edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    folder = edited(("lifecycle", "property: hs_predictivecontactscore_v2", "property: acme_scoer"))
    assert main(["hubspot", "setup", str(folder), "--apply"]) == 1
    assert "acme_scoer" in capsys.readouterr().out
    assert "acme_scoer" not in schema(sandbox).properties()


def test_everything_is_listed_on_request(account: Open, capsys: pytest.CaptureFixture[str]) -> None:
    account()
    setup("--apply")
    capsys.readouterr()
    assert setup("--all") == 0
    out = capsys.readouterr().out
    assert "baton_territory" in out
    assert "marketingqualifiedlead" in out


def test_the_running_local_stack_is_the_account_where_none_is_named(
    account: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    monkeypatch.delenv("HUBSPOT_ACCESS_TOKEN")
    monkeypatch.delenv("HUBSPOT_API_URL")
    Path(".local").mkdir()
    Path(".local/stack.json").write_text(json.dumps({"sandbox": sandbox.url}), encoding="utf-8")
    secrets = {"hubspot_access_token": TOKEN}
    Path(".local/secrets.json").write_text(json.dumps(secrets), encoding="utf-8")
    assert setup("--apply") == 0
    assert sandbox.url in capsys.readouterr().out


@pytest.mark.parametrize(
    ("missing", "flags", "made"),
    [
        pytest.param(READ_SCOPE, [], 0, id="reading"),
        pytest.param(WRITE_SCOPE, ["--apply"], 0, id="writing"),
    ],
)
def test_a_missing_scope_is_named_in_one_line(
    account: Open,
    capsys: pytest.CaptureFixture[str],
    missing: str,
    flags: list[str],
    made: int,
) -> None:
    account(msgspec.structs.replace(BARE, missing_scopes=(missing,)))
    assert setup(*flags) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"the token lacks a scope: {missing}" in line


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        pytest.param({}, "no account: set HUBSPOT_ACCESS_TOKEN", id="nothing"),
        pytest.param(
            {"HUBSPOT_API_URL": "https://x.test"}, "HUBSPOT_ACCESS_TOKEN is not", id="no token"
        ),
        pytest.param(
            {"HUBSPOT_API_URL": "http://x.test", "HUBSPOT_ACCESS_TOKEN": TOKEN},
            "must begin with https://",
            id="a token in clear text",
        ),
        pytest.param(
            {"HUBSPOT_API_URL": "http://127.0.0.1:1", "HUBSPOT_ACCESS_TOKEN": TOKEN},
            "does not answer",
            id="nobody there",
        ),
    ],
)
def test_a_missing_setting_is_reported_in_one_line(
    account: Open,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    message: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert setup() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert TOKEN not in line


def test_a_wrong_token_is_reported_in_one_line(
    account: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account()
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "wrong")
    assert setup() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "does not accept the token" in line


def test_a_faulty_policy_is_reported_before_anything_is_made(
    account: Open, edited: Edited, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = account()
    folder = edited(("lifecycle", "handoff: mql", "handoff: mgl"))
    assert main(["hubspot", "setup", str(folder), "--apply"]) == 1
    assert "in the policy" in capsys.readouterr().err
    assert "baton" not in schema(sandbox).groups()


# ---------------------------------------------------------------- what the findings say


def of_stage(policy: Policy, options: list[Option], value: str) -> Finding:
    known = {"lifecyclestage": Known("lifecyclestage", "enumeration", options=options)}
    (found,) = [
        one
        for one in findings(policy, known, ())
        if one.what == "lifecyclestage" and one.name == value
    ]
    return found


@pytest.mark.parametrize("label", ["SAL", "sal", "SalesAcceptedLead"])
def test_a_stage_made_in_the_settings_is_found_by_its_name(policy: Policy, label: str) -> None:
    """HubSpot gives such a stage a number as its value, which the policy has to name."""
    found = of_stage(policy, [Option("938271", label)], "salesacceptedlead")
    assert found.state == "missing"
    assert "lifecyclestage: 938271" in found.advice


def test_a_stage_of_another_name_is_no_twin(policy: Policy) -> None:
    found = of_stage(policy, [Option("938271", "Somewhere"), Option("1", None)], "recycled")
    assert "938271" not in found.advice
    assert "Settings > Objects" in found.advice


def test_no_property_is_wanted_twice(policy: Policy) -> None:
    names = [one.name for one in findings(policy, {}, ()) if one.what == "property"]
    assert len(names) == len(set(names))


def test_labels_tell_the_properties_apart(policy: Policy) -> None:
    labels = [one.label for one in properties(policy)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("baton_accept_due", "datetime", id="due"),
        pytest.param("baton_assigned_at", "datetime", id="at"),
        pytest.param("baton_cool_off_until", "datetime", id="until"),
        pytest.param("baton_first_entered_mql", "datetime", id="first entered"),
        pytest.param("baton_last_entered_mql", "datetime", id="last entered"),
        pytest.param("baton_times_entered_mql", "number", id="times"),
        pytest.param("baton_seconds_in_mql", "number", id="seconds"),
        pytest.param("baton_sla_status", "string", id="status"),
    ],
)
def test_a_property_has_the_type_of_what_is_written(policy: Policy, name: str, kind: str) -> None:
    assert {one.name: one.kind for one in properties(policy)}[name] == kind
