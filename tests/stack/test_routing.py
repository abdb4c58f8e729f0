"""Routing on the deployed template: away in Slack, the account's owner, a deactivated owner."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.local.stack import Stack
from infra.local.stack.secrets import write_private
from tests.stack.test_journey import Outside, eventually, no_faults_left, outside

__all__ = ["no_faults_left", "outside"]

#: A person of the sample roster: one of the two for small companies in America, here without
#: limits.
NOAH, USER = "noah", "U0NOAH0001"


def owner(outside: Outside, lead_id: str) -> str:
    lead, _ = outside.store.load(lead_id, "-")
    return lead.assignment.person if lead is not None and lead.assignment is not None else ""


def typed(outside: Outside, user: str, text: str) -> dict[str, Any]:
    """The answer to a command; typed again if a cold start takes longer than Slack waits."""
    state = outside.ask("GET", "state")
    body = {"user": user, "channel": state["dms"][user], "text": text}
    answer: dict[str, Any] = eventually(
        lambda: (told := outside.ask("POST", "command", body))["ok"] and told, "an answer"
    )
    return answer


def titles(outside: Outside, user: str) -> str:
    state = outside.ask("GET", "state")
    channel = state["dms"][user]
    return "\n".join(m["text"] for m in state["messages"] if m["channel"] == channel)


def small_american(outside: Outside, number: int) -> str:
    """Send a lead for Noah or Diego; returns its owner."""
    lead = outside.new_lead(
        country="United States", numemployees="20", email=f"routing-{number}@firm{number}.example"
    )
    eventually(lambda: owner(outside, lead), "an owner")
    return lead


def test_who_is_away_in_slack_gets_no_leads_until_they_are_back(outside: Outside) -> None:
    answer = typed(outside, USER, "/baton away 3 days")
    assert answer["ok"]
    assert "Noted" in answer["body"]
    eventually(lambda: "You are away until" in titles(outside, USER), "told that they are away")
    assert {owner(outside, small_american(outside, n)) for n in range(2)} == {"diego"}
    typed(outside, USER, "/baton back")
    eventually(lambda: "You are back" in titles(outside, USER), "told that they are back")
    # Equal reps take turns, so at least one of three leads is his.
    assert NOAH in {owner(outside, small_american(outside, n)) for n in range(2, 5)}


def test_somebody_not_on_the_roster_is_told_so(outside: Outside) -> None:
    answer = typed(outside, USER, "/baton what")
    assert "`/baton away`" in answer["body"]


@pytest.fixture
def account(stack: Stack) -> Iterator[Callable[..., None]]:
    """Archives owners of the sandbox's account by their Slack ids; restores them afterwards."""
    file = stack.settings.state / "sandbox.json"
    before = json.loads(file.read_text("utf-8"))

    def archive(*users: str) -> None:
        owners = [one | {"archived": one["slack_user"] in users} for one in before["owners"]]
        write_private(file, before | {"owners": owners})

    yield archive
    archive()
    # An archived person is in neither system of the sandbox, so their Slack messages are parked.
    stack.client("sqs").purge_queue(QueueUrl=stack.outputs["UndeliveredSlackUrl"])


def test_an_owner_whom_hubspot_deactivates_gets_no_more_and_theirs_go_on(
    stack: Stack, outside: Outside, account: Callable[..., None]
) -> None:
    """Noah is deactivated; HubSpot refuses him as the owner of the next lead, which goes to
    Diego."""
    account(USER)
    leads = [small_american(outside, n) for n in range(10, 13)]

    def everybody_is_with_diego() -> bool:
        return {owner(outside, lead) for lead in leads} == {"diego"}

    def hubspot_says_so() -> bool:
        owners = {outside.contact(lead)["properties"].get("hubspot_owner_id") for lead in leads}
        return len(owners) == 1 and None not in owners

    eventually(everybody_is_with_diego, "all leads with the one who is left")
    eventually(hubspot_says_so, "HubSpot has the same owner")
    eventually(lambda: refused(outside) is True, "no more leads for him")
    account()
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["CheckRosterName"], Payload=b"{}"
    )
    assert "FunctionError" not in answer, answer["Payload"].read()

    eventually(lambda: refused(outside) is False, "the daily check sees that he is back")


def test_a_lead_whose_owner_slack_cannot_reach_is_told_to_the_manager(
    stack: Stack, outside: Outside, account: Callable[..., None]
) -> None:
    """The roster has a wrong Slack id for Noah: HubSpot accepts him, but Slack does not know
    him."""
    file = stack.settings.state / "sandbox.json"
    config = json.loads(file.read_text("utf-8"))
    known = [
        one | {"slack_user": "U0OTHER001"} if one["slack_user"] == USER else one
        for one in config["owners"]
    ]
    write_private(file, config | {"owners": known})
    leads = [small_american(outside, n) for n in range(20, 23)]
    his = [lead for lead in leads if owner(outside, lead) == NOAH]
    assert his
    eventually(
        lambda: "Noah Park could not be told about" in titles(outside, "U0DANA0001"),
        "his manager is told",
    )
    account()
    records = outside.store.history(his[0])
    outcomes = [one for record in records for one in record.outcomes]
    lost = next(one for one in outcomes if one.kind == "undelivered")
    assert (lost.person, lost.what) == (NOAH, "channel_not_found")
    assert lost.message.startswith("card:")


def refused(outside: Outside) -> bool | None:
    """Whether the last report about Noah says that HubSpot refuses him; None: there is no
    report."""
    _, loads = outside.store.world([], [NOAH])
    word = loads[NOAH].refused
    return None if word is None else word.until is None
