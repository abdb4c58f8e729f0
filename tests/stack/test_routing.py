"""Routing on the deployed template: away in Slack, the account's owner, an owner HubSpot lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.local.stack import Stack
from infra.local.stack.secrets import write_private
from tests.stack.test_journey import Outside, eventually, no_faults_left, outside

__all__ = ["no_faults_left", "outside"]

#: Of the sample roster.
PARTNER = {"slack_user": "U0LEA00001", "person": "lea"}


def owner(outside: Outside, lead_id: str) -> str:
    lead, _ = outside.store.load(lead_id, "-")
    return lead.assignment.person if lead is not None and lead.assignment is not None else ""


def typed(outside: Outside, user: str, text: str) -> dict[str, Any]:
    state = outside.ask("GET", "state")
    body = {"user": user, "channel": state["dms"][user], "text": text}
    answer: dict[str, Any] = outside.ask("POST", "command", body)
    return answer


def titles(outside: Outside, user: str) -> str:
    state = outside.ask("GET", "state")
    channel = state["dms"][user]
    return "\n".join(m["text"] for m in state["messages"] if m["channel"] == channel)


def test_who_is_away_in_slack_gets_no_leads_until_they_are_back(outside: Outside) -> None:
    user = PARTNER["slack_user"]
    answer = typed(outside, user, "/baton away 3 days")
    assert answer["ok"]
    assert "Noted" in answer["body"]
    eventually(lambda: "You are away until" in titles(outside, user), "told that they are away")
    lead = outside.new_lead(baton_partner="Brightpath", email="a@partner-one.example")
    eventually(lambda: owner(outside, lead), "an owner")
    assert owner(outside, lead) != PARTNER["person"], "the partner desk is only Lea"
    typed(outside, user, "/baton back")
    eventually(lambda: "You are back" in titles(outside, user), "told that they are back")
    lead = outside.new_lead(baton_partner="Brightpath", email="b@partner-two.example")
    assert eventually(lambda: owner(outside, lead), "an owner") == PARTNER["person"]


def test_a_stranger_is_told_that_nobody_knows_them(outside: Outside) -> None:
    answer = typed(outside, PARTNER["slack_user"], "/baton what")
    assert "`/baton away`" in answer["body"]


@pytest.fixture
def account(stack: Stack) -> Iterator[Callable[..., None]]:
    """Archives owners of the sandbox's account by their Slack ids; afterwards nobody is."""
    file = stack.settings.state / "sandbox.json"
    before = json.loads(file.read_text("utf-8"))

    def archive(*users: str) -> None:
        owners = [one | {"archived": one["slack_user"] in users} for one in before["owners"]]
        write_private(file, before | {"owners": owners})

    yield archive
    archive()


def test_an_owner_whom_hubspot_deactivates_gets_no_more_and_theirs_go_on(
    stack: Stack, outside: Outside, account: Callable[..., None]
) -> None:
    """Lea is deactivated; the next lead for her is refused by HubSpot and goes to the next rep."""
    account(PARTNER["slack_user"])
    lead = outside.new_lead(baton_partner="Brightpath", email="c@partner-three.example")
    eventually(lambda: owner(outside, lead) not in ("", PARTNER["person"]), "somebody else")
    eventually(
        lambda: outside.contact(lead)["properties"].get("hubspot_owner_id"), "an owner in HubSpot"
    )
    account()
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["CheckRosterName"], Payload=b"{}"
    )
    assert "FunctionError" not in answer, answer["Payload"].read()

    def back() -> bool:
        _, loads = outside.store.world([], [PARTNER["person"]])
        refused = loads[PARTNER["person"]].refused
        return refused is not None and refused.since == refused.until

    eventually(back, "the daily check sees that she is back")
