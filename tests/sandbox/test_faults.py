"""Faults, the request log, state and restarts."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hubspot import HubSpot
from slack_sdk import WebClient

from infra.local.sandbox.config import ConfigFile, SandboxConfig, load
from infra.local.sandbox.server import Sandbox

from .conftest import CONFIG, REP, Post, bearer, call, exchange
from .receiver import Receiver
from .test_hubspot_objects import make

OWNERS = "/hubspot/crm/v3/owners"
AUTH = "/slack/api/auth.test"
SLACK = {"Authorization": f"Bearer {CONFIG.slack_bot_token}"}


def test_each_fault_shows_as_the_real_system_would_show_it(sandbox: Sandbox, control: Post) -> None:
    control("faults", system="hubspot", mode="429")
    control("faults", system="slack", mode="429", seconds=7)
    status, body, headers = exchange(sandbox, "GET", OWNERS, headers=bearer())
    assert (status, json.loads(body)["errorType"]) == (429, "RATE_LIMIT")
    assert headers["x-hubspot-ratelimit-interval-milliseconds"] == "10000"
    assert headers["x-hubspot-ratelimit-remaining"] == "0"
    status, body, headers = exchange(sandbox, "POST", AUTH, headers=SLACK)
    assert (status, headers["retry-after"]) == (429, "7")
    for system, path, auth in (("hubspot", OWNERS, bearer()), ("slack", AUTH, SLACK)):
        control("faults", system=system, mode="500")
        assert exchange(sandbox, "POST", path, headers=auth)[0] == 500
        control("faults", system=system, mode="down")
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            exchange(sandbox, "POST", path, headers=auth)
        control("faults", system=system, mode="none")
    assert exchange(sandbox, "GET", OWNERS, headers=bearer())[0] == 200
    assert exchange(sandbox, "POST", AUTH, headers=SLACK)[0] == 200


def test_slack_refuses_with_a_code_or_a_gateways_page_on_request(
    sandbox: Sandbox, control: Post
) -> None:
    control("faults", system="slack", mode="refuse", code="migration_in_progress")
    status, body, _ = exchange(sandbox, "POST", AUTH, headers=SLACK)
    assert (status, json.loads(body)) == (200, {"ok": False, "error": "migration_in_progress"})
    _, state = call(sandbox, "GET", "/_sandbox/state")
    assert state["faults"]["slack"] == "migration_in_progress"
    control("faults", system="slack", mode="refuse", code="missing_scope")
    _, body, _ = exchange(sandbox, "POST", AUTH, headers=SLACK)
    assert json.loads(body)["needed"] == "groups:history"
    control("faults", system="slack", mode="page")
    status, body, headers = exchange(sandbox, "POST", AUTH, headers=SLACK)
    assert (status, headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert body.startswith(b"<!DOCTYPE html>")
    for wrong in (
        {"system": "slack", "mode": "refuse"},
        {"system": "slack", "mode": "500", "code": "is_archived"},
        {"system": "hubspot", "mode": "refuse", "code": "is_archived"},
    ):
        assert control("faults", **wrong)[0] == 400


def test_a_slow_answer_comes_late_and_right(sandbox: Sandbox, control: Post) -> None:
    control("faults", system="hubspot", mode="slow", seconds=0.2)
    assert exchange(sandbox, "GET", OWNERS, headers=bearer())[0] == 200
    _, log = call(sandbox, "GET", "/_sandbox/requests")
    assert log["requests"][-1]["ms"] >= 200


def test_a_fault_hits_only_its_system_its_path_and_its_count(
    sandbox: Sandbox, control: Post
) -> None:
    control("faults", system="hubspot", mode="500", path="objects/tasks", count=1)
    tasks = "/hubspot/crm/v3/objects/tasks"
    statuses = [
        exchange(sandbox, "GET", path, headers=bearer())[0] for path in (OWNERS, tasks, tasks)
    ]
    assert statuses == [200, 500, 200]
    assert exchange(sandbox, "POST", AUTH, headers=SLACK)[0] == 200


@pytest.mark.parametrize("mode", ["500", "429", "down"])
def test_then_apply_does_the_work_and_loses_the_answer(
    sandbox: Sandbox, control: Post, slack: WebClient, mode: str
) -> None:
    control("faults", system="slack", mode=mode, path="chat.postMessage", then_apply=True, count=1)
    body = {"channel": "U1", "text": "Hello"}
    try:
        status = exchange(sandbox, "POST", "/slack/api/chat.postMessage", body, SLACK)[0]
    except (http.client.RemoteDisconnected, ConnectionResetError):
        status = 0
    assert status == {"500": 500, "429": 429, "down": 0}[mode]
    channel = slack.conversations_open(users="U1")["channel"]["id"]
    found = slack.conversations_history(channel=channel)["messages"]
    assert [one["text"] for one in found] == ["Hello"]


def test_an_outage_with_a_length_ends_by_itself(sandbox: Sandbox, control: Post) -> None:
    control("faults", system="hubspot", mode="500", seconds=0.0)
    assert exchange(sandbox, "GET", OWNERS, headers=bearer())[0] == 200


def test_many_callers_at_once_lose_nothing(sandbox: Sandbox, receiver: Receiver) -> None:
    """Sixteen threads write and read; every contact has its own id and every event arrives."""

    def create(n: int) -> str:
        body = {"properties": {"email": f"p{n}@example.com", "hs_lead_status": "NEW"}}
        status, found = call(sandbox, "POST", "/hubspot/crm/v3/objects/contacts", body, bearer())
        assert status == 201
        call(sandbox, "GET", "/_sandbox/state")
        return str(found["id"])

    with ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(create, range(64)))
    assert len(ids) == 64

    def statuses() -> set[str]:
        seen = [e for e in receiver.events() if e.get("propertyName") == "hs_lead_status"]
        return {str(event["objectId"]) for event in seen}

    receiver.wait(lambda: statuses() == ids)


def test_without_then_apply_a_failed_request_did_nothing(sandbox: Sandbox, control: Post) -> None:
    control("faults", system="hubspot", mode="500", count=1)
    body = {"properties": {"email": "ada@example.com"}}
    path = "/hubspot/crm/v3/objects/contacts"
    assert exchange(sandbox, "POST", path, body, bearer())[0] == 500
    assert sandbox.app.crm.all("contacts") == []


def test_a_wrong_fault_is_refused_by_name(control: Post) -> None:
    status, answer = control("faults", system="hubspot", mode="sideways")
    assert status == 400
    assert "sideways" in answer["problem"]


def test_the_request_log_has_when_and_what_and_no_secret(
    sandbox: Sandbox, hubspot: HubSpot, slack: WebClient
) -> None:
    make(hubspot, email="ada@example.com")
    slack.chat_postMessage(channel="U1", text="Hello", token=CONFIG.slack_bot_token)
    _, log = call(sandbox, "GET", "/_sandbox/requests")
    seen = [(one["system"], one["path"], one["status"]) for one in log["requests"]]
    assert seen == [
        ("hubspot", "/crm/v3/objects/contacts", 201),
        ("slack", "chat.postMessage", 200),
    ]
    assert all(one["at"] > 1_700_000_000_000 for one in log["requests"])
    text = json.dumps(log)
    assert CONFIG.slack_bot_token not in text
    assert CONFIG.hubspot_access_token not in text
    assert "ada@" not in text
    _, later = call(sandbox, "GET", f"/_sandbox/requests?since={log['next']}")
    assert later["requests"] == []


def test_reset_forgets_everything_but_never_gives_an_id_twice(
    sandbox: Sandbox, hubspot: HubSpot, control: Post
) -> None:
    first = make(hubspot, email="ada@example.com")
    control("faults", system="hubspot", mode="500")
    control("reset")
    assert call(sandbox, "GET", "/_sandbox/state")[1]["contacts"] == []
    assert int(make(hubspot, email="ada@example.com")) > int(first)


def test_the_state_shows_leads_tasks_and_messages(
    sandbox: Sandbox, hubspot: HubSpot, slack: WebClient, control: Post
) -> None:
    _, made = control("contacts", properties={"firstname": "Ada"}, company={"name": "Acme"})
    control(f"contacts/{made['id']}/engagements", type="call", owner_id=REP)
    slack.chat_postMessage(channel="leads", text="Hello")
    _, state = call(sandbox, "GET", "/_sandbox/state")
    assert state["contacts"][0]["properties"]["company"] == "Acme"
    assert state["contacts"][0]["activities"][0]["properties"]["hubspot_owner_id"] == REP
    assert [one["text"] for one in state["messages"]] == ["Hello"]
    slack.chat_delete(channel=state["messages"][0]["channel"], ts=state["messages"][0]["ts"])
    control(f"contacts/{made['id']}/delete")
    _, state = call(sandbox, "GET", "/_sandbox/state")
    assert (state["contacts"], state["messages"]) == ([], [])
    _, news = call(sandbox, "GET", "/_sandbox/changes")
    assert (news["contacts"][0]["archived"], news["messages"][0]["deleted"]) == (True, True)


def test_state_survives_a_restart(tmp_path: Path) -> None:
    with Sandbox(CONFIG, state_dir=tmp_path) as sandbox, sandbox.world.lock:
        contact = sandbox.app.crm.create("contacts", {"firstname": "Ada"}, "FORM")
        channel = sandbox.app.workspace.resolve("leads")
        assert channel
        sandbox.app.workspace.post(channel, "Hello", [])
    with Sandbox(CONFIG, state_dir=tmp_path) as sandbox:
        _, state = call(sandbox, "GET", "/_sandbox/state")
    assert [one["id"] for one in state["contacts"]] == [contact.id]
    assert [one["text"] for one in state["messages"]] == ["Hello"]
    assert not list(tmp_path.glob("*.new"))


def test_a_stopped_sandbox_is_silent_also_on_open_connections(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=60)
    ask(connection)
    sandbox.stop()
    connection.auto_open = 0  # the old connection, not a new one
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(connection)
    connection.close()


def ask(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/_sandbox/health")
    connection.getresponse().read()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="a foreign page posts"),
        pytest.param({"Host": "evil.example:4580"}, id="a rebound name"),
    ],
)
def test_other_web_sites_cannot_press_buttons_here(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    assert exchange(sandbox, "POST", "/_sandbox/reset", {}, headers)[0] == 403


@pytest.mark.parametrize(
    "path", ["/../config.py", "/%2e%2e/config.py", "/page/../../config.py", "/x"]
)
def test_only_the_page_is_served(sandbox: Sandbox, path: str) -> None:
    assert exchange(sandbox, "GET", path)[0] == 404


def test_the_config_follows_its_file_and_keeps_the_last_good_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"baton_api": "http://one", "portal_id": "77"}))
    config = ConfigFile(file)
    assert (config().baton_api, config().portal_id) == ("http://one", 77)
    file.write_text(json.dumps({"baton_api": "http://second"}))
    assert config().baton_api == "http://second"
    file.write_text("{half")
    assert config().baton_api == "http://second"
    assert "keeping the previous config" in capsys.readouterr().err


def test_a_misspelt_config_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"batonapi": "x"}))
    with pytest.raises(ValueError, match="batonapi"):
        load(file)


def test_the_process_starts_answers_and_saves_on_sigterm(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"channels": ["leads"]}))
    command = [sys.executable, "-m", "infra.local.sandbox", "--port", "0"]
    command += ["--state", str(tmp_path / "state"), "--config", str(config)]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        url = process.stdout.readline().split()[-1]
        port = int(url.rsplit(":", 1)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = json.dumps({"properties": {"firstname": "Ada"}})
        connection.request("POST", "/_sandbox/contacts", body)
        assert connection.getresponse().status == 201
        connection.close()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.communicate()
    assert "Ada" in (tmp_path / "state" / "sandbox.json").read_text()


def test_a_taken_port_is_said_in_one_line(sandbox: Sandbox) -> None:
    port = sandbox.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "infra.local.sandbox", "--port", port]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        f"sandbox: port {port} on 127.0.0.1: Address already in use"
    ]


def test_the_defaults_are_a_whole_account() -> None:
    with Sandbox(SandboxConfig()) as sandbox:
        assert call(sandbox, "GET", "/_sandbox/state")[1]["channels"][0]["name"] == "leads"
