"""With the sandbox at its most untidy, leads get their owners, and nothing is parked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.sandbox.leads import PRESETS
from infra.local.stack import Stack
from tests.stack.test_journey import Outside, eventually, no_faults_left, outside

__all__ = ["no_faults_left", "outside"]

#: Presets that are handed to sales, so that somebody must get them.
HANDED = [one for one in PRESETS if one["stage"] == "marketingqualifiedlead"]
QUEUES = ("UnworkedEventsUrl", "UndeliveredHubSpotUrl", "UndeliveredSlackUrl")


@pytest.fixture
def worse(outside: Outside) -> Iterator[None]:
    """The switch at its worst; afterwards tidy again."""
    outside.ask("POST", "untidiness", {"level": "worse"})
    yield
    outside.ask("POST", "untidiness", {"level": "tidy"})


def arrived(outside: Outside, number: int, preset: dict[str, Any]) -> str:
    name, _, domain = str(preset["properties"]["email"]).partition("@")
    own = {
        "email": f"{name}.{number}@{domain}",
        "lifecyclestage": preset["stage"],
        "numemployees": preset["company"]["numberofemployees"],
    }
    body = {
        **{key: preset[key] for key in ("source", "form", "page", "meeting") if preset.get(key)},
        "company": preset["company"],
        "properties": {**preset["properties"], **own},
    }
    return str(outside.ask("POST", "contacts", body)["id"])


def alive(outside: Outside) -> dict[str, dict[str, Any]]:
    """The contacts there are, by each id that they have had."""
    found: dict[str, dict[str, Any]] = {}
    for contact in outside.ask("GET", "state")["contacts"]:
        before = str(contact["properties"].get("hs_merged_object_ids", "")).split(";")
        found |= dict.fromkeys([contact["id"], *before], contact)
    return found


def reasons(stack: Stack) -> list[str]:
    """Why messages are parked, in each of the queues."""
    sqs = stack.client("sqs")
    told = [
        message
        for name in QUEUES
        for message in sqs.receive_message(
            QueueUrl=stack.outputs[name], MaxNumberOfMessages=10, MessageAttributeNames=["reason"]
        ).get("Messages", [])
    ]
    return [one["MessageAttributes"]["reason"]["StringValue"] for one in told]


@pytest.mark.usefixtures("worse")
def test_leads_of_an_untidy_account_get_their_owners(stack: Stack, outside: Outside) -> None:
    """Of six leads one is merged, one deleted and restored, and one moved to another company."""
    for name in QUEUES:
        stack.client("sqs").purge_queue(QueueUrl=stack.outputs[name])
    leads = [arrived(outside, n, HANDED[n % len(HANDED)]) for n in range(6)]

    def all_has_happened() -> bool:
        state = outside.ask("GET", "state")
        return not state["planned"] and not state["waiting_webhooks"]

    def everybody_has_an_owner() -> bool:
        contacts = alive(outside)
        return all(
            lead in contacts and contacts[lead]["properties"].get("hubspot_owner_id")
            for lead in leads
        )

    eventually(all_has_happened, "each incident, and every webhook taken")
    eventually(everybody_has_an_owner, "an owner for each")
    assert len({contact["id"] for contact in alive(outside).values()} & {*leads}) == 5
    assert reasons(stack) == [], "merges, deletions and repeats are nothing to fix"
