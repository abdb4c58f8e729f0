"""`baton explain`: what an admin reads when a rep asks why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from msgspec.structs import replace

from baton.adapters.dynamodb.leads import LeadStore
from baton.adapters.dynamodb.policies import PolicyStore
from baton.cli.__main__ import main
from baton.cli._explain_lifecycle import moved_back, scored, waiting
from baton.cli.explain import deadlines
from baton.domain.draft.decision import Outcome
from baton.domain.lead import DeferredNotice, StageFact
from baton.domain.sla import clocks
from baton.domain.world.events import Undelivered
from baton.domain.world.world import SeenStage, SeenValue
from tests.adapters.dynamodb.test_leads import TABLE, create_table
from tests.builders import (
    NOW,
    POLICY,
    after,
    became,
    click,
    contact,
    decided,
    handed_off,
    hint,
    minutes,
    world,
)
from tests.scored import DAY, SCORED, person, scored_world, signal, told

CHANNEL, OPS = POLICY.notifications.channel, POLICY.notifications.ops_channel


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.setenv("COLUMNS", "220")
    with mock_aws():
        found = boto3.client("dynamodb", region_name="eu-central-1")
        create_table(found)
        PolicyStore(found, TABLE).publish(POLICY, by="test", at=NOW, note="")
        yield found


def explain(lead: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["explain", lead])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_it_says_why_this_owner_and_why_this_deadline(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store, event = LeadStore(client, TABLE), became()
    evening = NOW + minutes(8 * 60 - 5)  # five minutes before Berlin closes
    decision = decided(None, event, world(contact=contact()), evening)
    store.commit(decision, event, "v1", evening)

    code, out, _ = explain("101", capsys)
    assert code == 0
    assert "Ada Example (lead 101): MQL since Tue 3 Mar 2026, 07:58 UTC" in out
    assert "Owner: Anna since Tue 3 Mar 2026, 15:55 UTC. EMEA enterprise: next in" in out
    assert "rule partners: no, source is PAID_SEARCH, not PARTNER" in out
    assert "pool enterprise: it is Anna's turn among 2" in out
    assert "Accept: due Wed 4 Mar, 09:10 CET, running" in out
    assert "counted Tue 3 Mar, 16:55 CET – Tue 3 Mar, 17:00 CET" in out
    assert "counted Wed 4 Mar, 09:00 CET – Wed 4 Mar, 09:10 CET" in out
    assert "sum 15 min of working time (Europe/Berlin)" in out
    assert "stage change" in out
    assert "assigned emea-enterprise: Anna" in out


def test_it_tells_who_was_told_instead_of_whom(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store, event = LeadStore(client, TABLE), became()
    decision = decided(None, event, world(contact=contact()), NOW)
    store.commit(decision, event, "v1", NOW)
    lead, slot = decision.lead, "card:1"
    for number, to in enumerate(("UANNA", "UMONA", CHANNEL, OPS), 1):
        news = Undelivered(
            id=f"u{number}",
            lead_id="101",
            at=NOW,
            to=to,
            level="breach",
            reason="user_disabled",
            slot=slot,
        )
        passed_on = decided(lead, news, world(contact=contact()), NOW + minutes(number))
        store.commit(passed_on, news, "v1", NOW + minutes(number))
        lead, slot = passed_on.lead, next((one.slot for one in passed_on.effects), "")
    _, out, _ = explain("101", capsys)
    assert "not delivered in Slack" in out
    assert "undelivered to Anna: the card (user_disabled); told instead: Mona" in out
    title = '"Anna could not be told about Ada Example (Acme) in Slack"'
    assert f"undelivered to Mona: {title} (user_disabled); told instead: {CHANNEL}" in out
    title = title.replace("Anna", CHANNEL)
    assert (
        f"undelivered to {OPS}: {title} (user_disabled); nobody told instead, it is parked" in out
    )


def test_it_names_who_changed_the_owner_in_hubspot(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store, event = LeadStore(client, TABLE), became()
    start = world(contact=contact())
    decision = decided(None, event, start, NOW)
    store.commit(decision, event, "v1", NOW)
    set_by_hand = SeenValue("owner-ben", NOW + minutes(1), "CRM_UI", "userId:77")
    seen = replace(after(start, decision), contact=replace(contact(), owners=(set_by_hand,)))
    later = NOW + minutes(2)
    moved = decided(decision.lead, hint("owner", later), seen, later)
    store.commit(moved, hint("owner", later), "v1", later)
    _, out, _ = explain("101", capsys)
    assert "Owner: Ben since Tue 3 Mar 2026, 08:02 UTC. HubSpot user 77 gave it to you." in out
    assert "reassigned ben by HubSpot user 77: Anna" in out
    assert "HubSpot user 77 made Ben the owner in HubSpot" in out


def test_an_undelivered_outcome_without_a_slot_is_still_explained(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store, event = LeadStore(client, TABLE), became()
    decision = decided(None, event, world(contact=contact()), NOW)
    old = Outcome("undelivered", NOW, "anna", "user_disabled", 1, instead="mona")
    store.commit(replace(decision, outcomes=(old,)), event, "v1", NOW)
    _, out, _ = explain("101", capsys)
    assert "undelivered to Anna: a message (user_disabled); told instead: Mona" in out


def test_it_shows_pauses_and_postponed_notices() -> None:
    lead, _ = handed_off()
    first, second = lead.clocks
    pause = (NOW + minutes(5), NOW + minutes(65))
    anna = POLICY.calendar_of(POLICY.person["anna"])
    moved = clocks.stand_still(first, *pause, anna)
    still = replace(second, paused_at=NOW + minutes(70), paused_for=("waiting",))
    rung = replace(moved.ladder[-1], kind="escalate", to="manager")
    later = DeferredNotice(
        NOW + minutes(900), rung, 1, "anna", moved.target, moved.label, moved.due_at
    )
    lines = deadlines(replace(lead, clocks=(moved, still), deferred=(later,)), POLICY)
    assert "    counted Tue 3 Mar, 09:00 CET – Tue 3 Mar, 09:05 CET" in lines
    assert "    counted Tue 3 Mar, 10:05 CET – Tue 3 Mar, 10:15 CET" in lines
    assert "    sum 15 min of working time (Europe/Berlin)" in lines
    assert any(line.endswith(", paused since Tue 3 Mar, 10:10 CET") for line in lines)
    assert "  Accept: the manager is told once at work, at Wed 4 Mar, 00:00 CET." in lines


def test_it_tells_the_past_of_a_lead_that_was_rejected(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store, event = LeadStore(client, TABLE), became()
    start = world(contact=contact())
    first = decided(None, event, start)
    store.commit(first, event, "v1", NOW)
    rejected = click("reject", NOW + minutes(2), reason="timing")
    second = decided(first.lead, rejected, after(start, first), NOW + minutes(2))
    store.commit(second, rejected, "v1", NOW + minutes(2))

    code, out, _ = explain("101", capsys)
    assert code == 0
    assert "recycled to track timing for timing" in out
    assert "Owner: nobody; the lead is not with sales." in out
    assert "Before: Anna until Tue 3 Mar 2026, 08:02 UTC, rejected." in out


def test_a_lead_nobody_knows_is_one_clear_line(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = explain("404", capsys)
    assert (code, out) == (2, "")
    assert err == "baton: lead 404 is not known in table leads\n"


def test_control_characters_from_outside_are_not_printed(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store, event = LeadStore(client, TABLE), became()
    odd = contact("101", None, firstname="[/red]", lastname=":smile:", country="[/]")
    decision = decided(None, event, world(contact=odd))
    store.commit(decision, event, "v1", NOW)
    code, out, _ = explain("101", capsys)
    assert code == 0
    assert "[/red] :smile: (lead 101)" in out


def test_it_tells_how_a_lead_scores_what_it_waits_for_and_who_moved_it_back(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    PolicyStore(client, TABLE).publish(SCORED, by="test", at=NOW, note="")
    store, lead = LeadStore(client, TABLE), None
    history = (SeenStage("lead", NOW - 30 * DAY, "FORM"), SeenStage("lead", NOW, "IMPORT"))
    its_world = scored_world(person(history, industry=""))
    for n in range(4):
        event = signal("pricing_page", NOW - minutes(4 - n), what="/pricing")
        lead, decision = told(lead, event, its_world)
        store.commit(decision, event, "v2", NOW)
    assert lead is not None
    refused = StageFact(NOW, "lead", source="IMPORT")
    lead = replace(lead, state=replace(lead.state, refused=(refused,)))
    lines = "\n".join(
        [*scored(lead, SCORED, NOW), *waiting(lead, SCORED), *moved_back(lead, SCORED)]
    )
    assert "Score: fit 40 of 40, behaviour 40.0 of 30: qualified." in lines
    assert "+40.0  1000 or more" in lines
    assert "+10.0  Looked at pricing (/pricing), 4 min ago" in lines
    since, until = "Tue 3 Mar 2026, 08:00 UTC", "Thu 5 Mar 2026, 08:00 UTC"
    assert f"Held before MQL since {since}, until {until}:" in lines
    assert "  missing: Industry" in lines
    assert (
        "Moved back to lead at Tue 3 Mar 2026, 08:00 UTC by IMPORT: not followed (restore)."
        in lines
    )
    code, out, _ = explain("101", capsys)
    assert code == 0
    assert "Held before MQL" in out
