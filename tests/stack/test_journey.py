"""The whole journey on the deployed template: from a signed webhook to HubSpot, Slack and back."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import MAX_AGE
from infra.local import sample_day
from infra.local.stack import Stack
from infra.local.stack.settings import FAST_POLICY

#: Seconds; far more than it takes, so that a busy machine does not fail the tests.
PATIENCE = 300.0


class Outside:
    """The sandbox as people see and use it."""

    def __init__(self, stack: Stack) -> None:
        self._url = f"{stack.sandbox}/_sandbox"
        self.store = LeadStore(stack.client("dynamodb"), stack.outputs["TableName"])

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self._url}/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=180) as answer:
            return json.load(answer)

    def new_lead(self, **properties: str) -> str:
        given = {
            "firstname": "Test",
            "lastname": "Lead",
            "email": "test.lead@example.com",
            "country": "Germany",
            "numemployees": "5000",
            "lifecyclestage": "marketingqualifiedlead",
        }
        body = {"properties": given | properties, "form": "Demo request"}
        return str(self.ask("POST", "contacts", body)["id"])

    def contact(self, lead_id: str) -> dict[str, Any]:
        contacts = self.ask("GET", "state")["contacts"]
        found: dict[str, Any] = next(c for c in contacts if c["id"] == lead_id)
        return found

    def messages(self, lead_id: str, slot: str) -> list[dict[str, Any]]:
        wanted = {"subject": f"LEAD#{lead_id}", "slot": slot}
        found = []
        for message in self.ask("GET", "state")["messages"]:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if wanted.items() <= payload.items():
                found.append(message)
        return found

    def outcomes(self, lead_id: str) -> list[str]:
        return [o.kind for record in self.store.history(lead_id) for o in record.outcomes]

    def click(self, message: dict[str, Any], action: str, value: str = "") -> None:
        dms = self.ask("GET", "state")["dms"]
        user = next(user for user, channel in dms.items() if channel == message["channel"])
        body = {
            "channel": message["channel"],
            "ts": message["ts"],
            "action_id": f"baton:{action}",
            "user": user,
        }
        self.ask("POST", "click", body | ({"value": value} if value else {}))

    def fault(self, **fault: Any) -> None:
        self.ask("POST", "faults", fault)


def eventually(look: Callable[[], Any], what: str) -> Any:
    """The first result of *look* that is not empty."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"never happened: {what}")


@contextmanager
def overlaid(stack: Stack, overlay: Path) -> Iterator[None]:
    """The stack under *overlay*; restored afterwards."""
    assert stack.settings.policy is not None
    settings, folder = stack.settings, stack.settings.policy
    stack.settings = replace(settings, overlay=overlay)
    stack.publish(folder, overlay)
    yield
    stack.settings = settings
    stack.publish(folder, settings.overlay)


@pytest.fixture(scope="module")
def outside(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """
    The stack with everybody at work and never full, day and night.

    Clocks and cool-offs are those of the policy, because in seconds they could end on a busy
    machine before the test sees what it waits for.
    """
    calm = tmp_path_factory.mktemp("calm")
    for name in ("roster", "notifications"):
        shutil.copy(FAST_POLICY / f"{name}.yaml", calm)
    with overlaid(stack, calm):
        yield Outside(stack)


@pytest.fixture
def fast_clocks(stack: Stack, outside: Outside) -> Iterator[None]:
    """Clocks in seconds; afterwards waits until all functions use the normal policy again."""
    with overlaid(stack, FAST_POLICY):
        yield
    time.sleep(MAX_AGE.total_seconds() + 1)


@pytest.fixture(autouse=True)
def no_faults_left(outside: Outside) -> Iterator[None]:
    yield
    for system in ("hubspot", "slack"):
        outside.fault(system=system, mode="none")


def card(outside: Outside, lead_id: str, number: int = 1) -> dict[str, Any]:
    found = eventually(lambda: outside.messages(lead_id, f"card:{number}"), f"card {number}")
    assert len(found) == 1, "a card is posted once"
    first: dict[str, Any] = found[0]
    return first


@pytest.mark.usefixtures("fast_clocks")
def test_the_sample_day_comes_out_as_meant(
    stack: Stack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample day covers segments, acceptance, touch, warning, breach, pull-back, fallback,
    rejection and digest."""
    monkeypatch.setattr(sample_day, "PATIENCE", 2 * PATIENCE)
    monkeypatch.setattr(sample_day, "DIGESTS_WITHIN", PATIENCE)
    assert sample_day.run(stack, once=True) == 0
    printed = capsys.readouterr().out
    for word in (
        "assigned emea-enterprise",
        "assigned emea-mid-market",
        "assigned emea-smb",
        "assigned americas-enterprise",
        "assigned americas-mid-market",
        "assigned americas-smb",
        "accepted slack",
        "touched hubspot",
        "touched slack",
        "warned accept",
        "breached accept",
        "escalated accept",
        "pulled back accept",
        "recycled timing",
        "disqualified bad_fit",
        "3 digests posted",
    ):
        assert word in printed, word
    queues = ("UnworkedEventsUrl", "UndeliveredHubSpotUrl", "UndeliveredSlackUrl")
    for name in queues:
        assert parked(stack, name) == 0, name


def parked(stack: Stack, output: str) -> int:
    answer = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs[output], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def test_hubspot_is_told_owner_status_deadlines_and_tasks(outside: Outside) -> None:
    lead_id = outside.new_lead()
    first = card(outside, lead_id)
    assert "Test Lead" in first["text"]
    told = eventually(
        lambda: (c := outside.contact(lead_id))["properties"].get("hubspot_owner_id") and c,
        "an owner in HubSpot",
    )["properties"]
    assert told["hs_lead_status"] == "NEW"
    assert told["baton_accept_due"] < told["baton_first_touch_due"]
    assert told["baton_first_entered_mql"]
    tasks = eventually(lambda: len(t := outside.contact(lead_id)["tasks"]) == 2 and t, "two tasks")
    assert {t["properties"]["hs_task_status"] for t in tasks} == {"NOT_STARTED"}

    outside.click(first, "accept")
    eventually(lambda: "accepted" in outside.outcomes(lead_id), "the acceptance")
    eventually(
        lambda: outside.contact(lead_id)["properties"]["lifecyclestage"] == "salesacceptedlead",
        "the accepted stage in HubSpot",
    )
    done = eventually(
        lambda: [
            t
            for t in outside.contact(lead_id)["tasks"]
            if t["properties"]["hs_task_status"] == "COMPLETED"
        ],
        "the completed task",
    )
    assert len(done) == 1
    owner = outside.contact(lead_id)["properties"]["hubspot_owner_id"]
    outside.ask("POST", f"contacts/{lead_id}/engagements", {"type": "call", "owner_id": owner})
    eventually(lambda: "touched" in outside.outcomes(lead_id), "the call, seen in HubSpot")
    eventually(
        lambda: outside.contact(lead_id)["properties"]["hs_lead_status"] == "IN_PROGRESS",
        "the working status",
    )


def test_an_owner_set_in_hubspot_gets_the_card(outside: Outside) -> None:
    """A signed webhook tells of the change; HubSpot's history says who made it."""
    lead_id = outside.new_lead()
    card(outside, lead_id)
    owner = eventually(
        lambda: outside.contact(lead_id)["properties"].get("hubspot_owner_id"), "an owner"
    )
    other = next(one for one in ("510000011", "510000012") if one != owner)
    change = {"properties": {"hubspot_owner_id": other}, "user": 2}
    outside.ask("POST", f"contacts/{lead_id}", change)
    eventually(
        lambda: "reassigned" in outside.outcomes(lead_id),
        "the reassignment",
    )
    eventually(lambda: outside.messages(lead_id, "card:2"), "the new owner's card")
    told = [one.by for r in outside.store.history(lead_id) for one in r.outcomes if one.by]
    assert told == ["userId:2"]


def test_a_rejected_lead_goes_to_its_nurture_track(outside: Outside) -> None:
    lead_id = outside.new_lead(numemployees="40")
    outside.click(card(outside, lead_id), "reject", "timing")
    told = eventually(
        lambda: (p := outside.contact(lead_id)["properties"]).get("baton_nurture_track") and p,
        "the nurture track in HubSpot",
    )
    assert told["lifecyclestage"] == "recycled"
    assert told["baton_reason"] == "timing"
    shown = outside.messages(lead_id, "card:1")
    assert [
        block["type"] for m in shown for block in m["blocks"] if block["type"] == "actions"
    ] in (
        [],
        ["actions"],  # until Slack has the new state
    )


def test_an_import_that_moves_a_lead_back_is_restored(outside: Outside) -> None:
    lead_id = outside.new_lead(numemployees="40")
    outside.click(card(outside, lead_id), "accept")
    eventually(
        lambda: outside.contact(lead_id)["properties"]["lifecyclestage"] == "salesacceptedlead",
        "the accepted stage in HubSpot",
    )
    time.sleep(1.1)  # HubSpot's history has whole seconds: the import must be later
    outside.ask(
        "POST",
        f"contacts/{lead_id}",
        {"source": "IMPORT", "properties": {"lifecyclestage": "lead"}},
    )
    eventually(lambda: "backward_refused" in outside.outcomes(lead_id), "the refusal")
    eventually(
        lambda: outside.contact(lead_id)["properties"].get("lifecyclestage") == "salesacceptedlead",
        "the stage restored",
    )


def test_an_outage_of_slack_delays_and_loses_nothing(outside: Outside) -> None:
    outside.fault(system="slack", mode="down")
    lead_id = outside.new_lead(numemployees="300")
    eventually(lambda: "assigned" in outside.outcomes(lead_id), "the assignment")
    time.sleep(3)
    assert outside.messages(lead_id, "card:1") == []
    outside.fault(system="slack", mode="none")
    card(outside, lead_id)


def test_a_message_whose_answer_was_lost_is_not_posted_twice(outside: Outside) -> None:
    """Slack takes the message, then the connection breaks: the next attempt looks, and finds it."""
    outside.fault(system="slack", mode="500", count=1, path="chat.postMessage", then_apply=True)
    lead_id = outside.new_lead(numemployees="300")
    first = card(outside, lead_id)
    outside.click(first, "accept")
    eventually(lambda: "accepted" in outside.outcomes(lead_id), "the acceptance")
    time.sleep(3)
    assert len(outside.messages(lead_id, "card:1")) == 1


def test_a_task_whose_answer_was_lost_is_not_created_twice(outside: Outside) -> None:
    outside.fault(
        system="hubspot", mode="500", count=1, path="objects/2026-09/tasks", then_apply=True
    )
    lead_id = outside.new_lead(numemployees="300")
    card(outside, lead_id)
    eventually(lambda: len(outside.contact(lead_id)["tasks"]) >= 2, "the tasks")
    time.sleep(4)
    subjects = [t["properties"]["hs_task_subject"] for t in outside.contact(lead_id)["tasks"]]
    assert len(subjects) == len(set(subjects)) == 2
