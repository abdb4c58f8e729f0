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
from baton.cli.explain import deadlines, unread_values, where_it_stands
from baton.domain.draft.decision import Outcome
from baton.domain.lead import DeferredNotice, Lead, LifecycleState, Question, StageFact
from baton.domain.policy import Reason, Stage, Transition
from baton.domain.sla import clocks
from baton.domain.world.effects import CardState
from baton.domain.world.events import Undelivered
from baton.domain.world.world import SeenStage, SeenValue
from baton.presentation.wording import plain
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
    owned,
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


def test_it_says_what_a_lead_without_room_waits_for(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store, event = LeadStore(client, TABLE), became()
    decision = decided(None, event, world(contact=contact()), NOW)
    waiting = replace(owned(decision.lead), returns_by=NOW + minutes(240))
    decision = replace(decision, lead=replace(decision.lead, assignment=waiting))
    store.commit(decision, event, "v1", NOW)
    _, out, _ = explain("101", capsys)
    assert "Its snooze is over, but Anna has no room for it" in out
    assert "goes to the next rep Tue 3 Mar 2026, 12:00 UTC" in out


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


@pytest.mark.parametrize(
    ("field", "kind", "value", "said"),
    [
        ("numemployees", "number", "1k-ish", 'Employees: "1k-ish" cannot be read as a number'),
        ("numemployees", "number", "n/a", 'Employees: "n/a" cannot be read as a number'),
        ("numemployees", "number", "1.000", 'Employees: "1.000" cannot be read as a number'),
        ("numemployees", "number", "100-500", ""),
        ("country", "country", "DACH", 'Country: "DACH" is no country that Baton knows'),
        ("country", "country", "Deutschland", ""),
    ],
)
def test_it_says_which_values_no_rule_counts(field: str, kind: Any, value: str, said: str) -> None:
    lifecycle = POLICY.lifecycle
    fields = tuple(
        replace(one, kind=kind) if one.property == field else one for one in lifecycle.fields
    )
    codes = {"DE": "de germany deutschland"}
    policy = replace(POLICY, lifecycle=replace(lifecycle, fields=fields), countries=codes)
    found = contact("101", None, **{field: value})
    lead = decided(None, became(), world(policy, contact=found)).lead
    told = "".join(unread_values(lead, policy))
    assert told.startswith(f"  {said}" if said else "")
    assert bool(told) == bool(said)


def test_a_lead_that_was_set_aside_is_not_told_as_disqualified(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    known = POLICY.lifecycle
    aside = Transition("aside", ("mql",), "other", ("rep",), reverse=True, reason="no_lead")
    lifecycle = replace(
        known,
        stages=(*known.stages, Stage("other", "Other", 0, "other", side=True)),
        transitions=(*known.transitions, aside),
        reasons=(*known.reasons, Reason("no_lead", "Not a lead", "no_lead", offered=False)),
    )
    policy = replace(POLICY, lifecycle=lifecycle)
    PolicyStore(client, TABLE).publish(policy, by="test", at=NOW, note="")
    store, event = LeadStore(client, TABLE), became()
    owned = decided(None, event, world(policy, contact=contact()), NOW)
    store.commit(owned, event, "v1", NOW)
    at = NOW + minutes(5)
    moved = became("other", at, source="CRM_UI", id="moved")
    seen = (*contact().stages, SeenStage("other", at, "CRM_UI"))
    its_world = after(world(policy, contact=contact(stages=seen, lifecyclestage="other")), owned)
    closed = decided(owned.lead, moved, its_world, at)
    store.commit(closed, moved, "v1", at)
    _, out, _ = explain("101", capsys)
    assert "closed as Other for no_lead" in out
    assert "disqualified" not in out
    (card,) = (one for one in closed.effects if isinstance(one, CardState))
    assert plain(card.note) == "Moved to Other in HubSpot"
    assert "Moved to Other in HubSpot -> Other" in "; ".join(map(plain, closed.because))


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
    cleared = replace(lead, state=replace(lead.state, refused=(replace(refused, stage=""),)))
    assert moved_back(cleared, SCORED)[0].startswith(
        "Cleared at Tue 3 Mar 2026, 08:00 UTC by IMPORT"
    )
    code, out, _ = explain("101", capsys)
    assert code == 0
    assert "Held before MQL" in out


def test_a_name_takes_one_line_whatever_was_typed_into_the_form() -> None:
    lead = replace(handed_off()[0], fields={"firstname": "Nora\n" * 20_000})
    line, *_ = where_it_stands(lead, POLICY, NOW)
    assert len(line) < 200
    assert "\n" not in line


def test_forward_moves_that_no_transition_allows_are_explained() -> None:
    lifecycle = replace(POLICY.lifecycle, forward={"*": "ask", "form": "follow"})
    policy = replace(POLICY, lifecycle=lifecycle)
    asked = StageFact(NOW, "sal", source="IMPORT", source_id="import:5")
    lead = Lead(
        id="101",
        state=LifecycleState(
            stage="mql", refused=(asked,), tolerated=(replace(asked, stage="sql"),)
        ),
        questions=(Question("forward", "mql", "sal", "IMPORT", NOW),),
    )
    assert moved_back(lead, policy) == [
        "Moved on to sal (accept is by rep) at Tue 3 Mar 2026, 08:00 UTC by IMPORT import:5:"
        " not followed (ask).",
        "Moved on to sql at Tue 3 Mar 2026, 08:00 UTC by IMPORT import:5, which no transition"
        " allows: followed, as the policy says.",
        "Open question since Tue 3 Mar 2026, 08:00 UTC: IMPORT set sal, Baton keeps mql.",
    ]
