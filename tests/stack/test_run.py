"""`make run` as a process: it starts, reports faults in one line, keeps its state, and leaves
nothing running."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from samcli.cli.types import CfnParameterOverridesType

from baton.adapters.dynamodb.policies import PolicyStore
from infra.build import ROOT
from infra.local.stack import secrets
from infra.local.stack.deploy import overrides
from infra.local.stack.emulator import MEMORY, OWNER, clear, scratch_of
from infra.local.stack.policy import NOTE, chosen_by_hand
from infra.local.stack.preflight import check_python
from infra.local.stack.settings import RATES, Fault, Settings
from tests.builders import empty_policy
from tests.stack.conftest import free_port
from tests.template.reading import template

#: Seconds; far more than it takes, so that a busy machine does not fail the tests.
PATIENCE = 180


@dataclass(frozen=True)
class Place:
    """The state folder and the two ports of a stack, for several runs."""

    state: Path
    port: int
    sandbox_port: int
    runs: list[subprocess.Popen[str]] = field(default_factory=list)
    #: What the newest run has printed while it started.
    said: list[str] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | {
            "BATON_STATE": str(self.state),
            "BATON_PORT": str(self.port),
            "BATON_SANDBOX_PORT": str(self.sandbox_port),
            **more,
        }

    def start(self, *options: str, **more: str) -> subprocess.Popen[str]:
        run = subprocess.Popen(
            [sys.executable, "-m", "infra.local", "run", "--no-sample-day", *options],
            cwd=ROOT,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.runs.append(run)
        return run

    def facts(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """stack.json of *process*, which has removed that of the run before."""
        assert process.stdout is not None
        self.said.clear()
        for line in process.stdout:
            self.said.append(line)
            if line.startswith("Ctrl-C"):
                found: dict[str, Any] = json.loads((self.state / "stack.json").read_text("utf-8"))
                return found
        pytest.fail("the stack did not come up: " + "".join(self.said))

    def left_behind(self) -> list[str]:
        """What is left after a short wait for killed processes to end."""
        until = time.monotonic() + 30
        while (found := self._there()) and time.monotonic() < until:
            time.sleep(0.1)
        return found

    def _there(self) -> list[str]:
        """Processes of this place, ports in use, and unpacked functions."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            except OSError:
                continue  # it has just ended
            if str(self.state).encode() in told and int(process.name) != os.getpid():
                found.append((process / "cmdline").read_text("utf-8").replace("\0", " "))
        scratch = scratch_of(Settings(state_dir=self.state))
        found += [str(scratch)] if scratch.exists() else []
        for port in (self.port, self.sandbox_port):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    found.append(f"port {port}")
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place for several runs: the first deploys, the later ones find its state."""
    here = Place(tmp_path_factory.mktemp("run"), free_port(), free_port())
    yield here
    for run in here.runs:
        if run.poll() is None:  # its test has failed
            finish(run, signal.SIGTERM)


def table_of(facts: dict[str, Any]) -> Any:
    resource: Any = boto3.resource
    return resource("dynamodb", **_reaching(facts)).Table(facts["table"])


def policies_of(facts: dict[str, Any]) -> PolicyStore:
    client: Any = boto3.client
    return PolicyStore(client("dynamodb", **_reaching(facts)), facts["table"])


def _reaching(facts: dict[str, Any]) -> dict[str, str]:
    return {
        "endpoint_url": facts["aws_endpoint"],
        "region_name": facts["region"],
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }


@pytest.fixture
def policies() -> Iterator[PolicyStore]:
    with mock_aws():
        client: Any = boto3.client
        dynamodb = client("dynamodb", region_name="eu-central-1")
        dynamodb.create_table(
            TableName="leads",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
            ],
        )
        yield PolicyStore(dynamodb, "leads")


def finish(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str]:
    """End the process; returns its exit code and remaining output."""
    process.send_signal(number)
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output


def test_ctrl_c_ends_everything_and_the_next_start_finds_its_state(place: Place) -> None:
    first = place.start()
    facts = place.facts(first)
    table_of(facts).put_item(Item={"pk": "LEAD#1", "sk": "LEAD", "kept": "yes"})
    assert any(line.endswith("policy policy/ published\n") for line in place.said)
    policies_of(facts).publish(
        empty_policy("Anna's"), by="anna", at=datetime.now(UTC), note="longer SLA"
    )
    assert finish(first, signal.SIGINT) == (0, "")
    assert place.left_behind() == []

    second = place.start()
    again = place.facts(second)
    found = table_of(again).get_item(Key={"pk": "LEAD#1", "sk": "LEAD"})
    assert finish(second, signal.SIGTERM) == (0, "")
    assert found["Item"]["kept"] == "yes"
    assert again == facts
    kept = 'kept policy version 2 (by anna, "longer SLA"); --fresh publishes policy/'
    assert any(line.endswith(f"{kept}\n") for line in place.said)
    assert place.left_behind() == []


def test_once_stops_by_itself(place: Place) -> None:
    """With --fresh, which publishes the sample over what anna published."""
    process = place.start("--once", "--fresh")
    output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Traceback" in output) == (0, False), output
    assert "policy policy/ published" in output
    assert place.left_behind() == []


def test_ctrl_c_while_starting_leaves_nothing_behind(place: Place) -> None:
    process = place.start()
    assert process.stdout is not None
    for line in process.stdout:
        if "local AWS answers" in line:
            break
    code, output = finish(process, signal.SIGINT)
    assert code == 130, output
    assert output.splitlines()[-1].startswith("baton: interrupted")
    assert place.left_behind() == []


def test_a_step_that_fails_half_way_leaves_nothing_behind(place: Place) -> None:
    """The sandbox cannot write its log, and the emulator is running by then."""
    log = place.state / "logs" / "sandbox.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    log.mkdir()
    process = place.start()
    output, _ = process.communicate(timeout=PATIENCE)
    log.rmdir()
    assert process.returncode == 1
    assert "local AWS answers" in output
    assert output.splitlines()[-1].startswith("baton: [Errno 21] Is a directory")
    assert "Traceback" not in output
    assert place.left_behind() == []


def by(store: PolicyStore, who: str, note: str, company: str) -> None:
    store.publish(empty_policy(company), by=who, at=datetime.now(UTC), note=note)


def test_a_start_replaces_only_a_policy_that_a_start_has_published(
    policies: PolicyStore,
) -> None:
    assert chosen_by_hand(policies) is None, "nothing is published"
    by(policies, "start", NOTE, "First")
    assert chosen_by_hand(policies) is None
    by(policies, "start", NOTE, "Second, edited in its folder")
    assert chosen_by_hand(policies) is None
    policies.rollback(1, by="anna", at=datetime.now(UTC), note="")
    assert getattr(chosen_by_hand(policies), "version", 0) == 1, "anna's choice"
    by(policies, "start", NOTE, "Third")
    assert chosen_by_hand(policies) is None, "started with --fresh"
    by(policies, "anna", "", "Fourth")
    assert getattr(chosen_by_hand(policies), "version", 0) == 4


@pytest.mark.parametrize("which", ["port", "sandbox_port"])
def test_a_port_in_use_is_one_clear_line(place: Place, which: str) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", getattr(place, which)))
        taken.listen()
        process = place.start()
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    variable = {"port": "BATON_PORT", "sandbox_port": "BATON_SANDBOX_PORT"}[which]
    assert output.splitlines() == [
        f"baton: port {getattr(place, which)} is in use: stop what uses it, "
        f"or choose another with {variable}=…"
    ]


def test_a_policy_folder_that_is_not_there_is_one_clear_line(place: Place) -> None:
    process = place.start(BATON_POLICY="/nowhere")
    output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (1, "baton: BATON_POLICY=/nowhere is not a folder\n")


@pytest.mark.parametrize("version", [(3, 10), (3, 15)])
def test_a_wrong_python_is_one_clear_line(version: tuple[int, int]) -> None:
    with pytest.raises(Fault, match=r"^Python 3\.1[05] will not do: use 3\.11 to 3\.14 "):
        check_python(version)


@pytest.mark.parametrize(
    ("given", "hubspot", "slack", "sandbox"),
    [
        pytest.param({}, None, None, True, id="nothing: the sandbox plays both"),
        pytest.param(
            {"HUBSPOT_ACCESS_TOKEN": "t"}, "https://api.hubapi.com", None, True, id="a token: real"
        ),
        pytest.param(
            {"HUBSPOT_API_URL": "http://h", "SLACK_API_URL": "http://s/"},
            "http://h",
            "http://s/",
            False,
            id="two addresses: no sandbox",
        ),
        pytest.param(
            {"SLACK_SIGNING_SECRET": "s"}, None, None, True, id="a secret alone replaces a secret"
        ),
    ],
)
def test_the_environment_says_what_replaces_the_sandbox(
    given: dict[str, str], hubspot: str | None, slack: str | None, sandbox: bool
) -> None:
    settings = Settings.from_environment(given)
    assert settings.hubspot_api_url == hubspot
    assert settings.slack_api_url == slack
    assert settings.wants_sandbox is sandbox


def test_sam_takes_each_parameter_whole() -> None:
    """It splits what is not quoted at its spaces: of ``rate(1 minute)`` only ``rate(1`` came."""
    given = Settings().parameters | {"Empty": "", "Cron": "cron(0 9 ? * MON-FRI *)"}
    taken = CfnParameterOverridesType().convert(tuple(overrides(given)), None, None)
    assert taken == given


def test_every_schedule_fires_each_minute_here() -> None:
    rates = {name for name in template()["Parameters"] if name.endswith("Rate")}
    assert set(RATES) == rates
    assert {Settings().parameters[name] for name in rates} == {"rate(1 minute)"}


@pytest.mark.parametrize("text", ["http", "80", "65536", "-1"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Fault, match=f"^BATON_PORT={text} is not a port"):
        Settings.from_environment({"BATON_PORT": text})


def test_secrets_are_made_up_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    first = secrets.load(settings)
    assert secrets.load(settings) == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_secret_from_outside_is_used_and_not_kept(tmp_path: Path) -> None:
    outside = Settings(home=tmp_path, secrets=(("slack_bot_token", "xoxb-real"),))
    assert secrets.load(outside)["slack_bot_token"] == "xoxb-real"
    assert "xoxb-real" not in (tmp_path / "secrets.json").read_text("utf-8")


@pytest.mark.skipif(not MEMORY.is_dir(), reason="this system has no /dev/shm")
def test_what_a_killed_run_unpacked_goes_and_what_a_living_one_unpacked_stays(
    tmp_path: Path,
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    folders = {}
    for name, pid in (("dead", ended.pid), ("alive", os.getpid())):
        folders[name] = MEMORY / f"baton-{name}-{tmp_path.name}-{os.getpid()}"
        folders[name].mkdir()
        (folders[name] / OWNER).write_text(str(pid))
    clear(Settings(state_dir=tmp_path))
    there = {name for name, folder in folders.items() if folder.exists()}
    shutil.rmtree(folders["alive"])
    assert there == {"alive"}
