"""Tests of the real adapter only: HubSpot's formats, limits and failures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baton.adapters.hubspot.crm import HubspotCrm, HubspotWriter, contact_of, marker
from baton.adapters.hubspot.http import Change, HubspotHttp, Record
from baton.domain.world.world import SeenValue, Touch
from baton.failures import NotAllowed, Rejected, Retryable, Unauthorised
from tests.fakes.answers import answering
from tests.fakes.effects import task_state
from tests.fakes.sandbox import CONFIG, FixedToken, Peer
from tests.fakes.stages import SandboxStage


@pytest.fixture
def real(peer: Peer) -> SandboxStage:
    return SandboxStage(peer)


# ---------------------------------------------------------------- only the real adapter


def test_a_kind_of_touch_that_may_not_be_read_hides_no_other(peer: Peer) -> None:
    peer.configure(replace(CONFIG, missing_scopes=("sales-email-read",)))
    stage = SandboxStage(peer)
    contact_id = stage.lead(firstname="Nora")
    for what in ("call", "email", "meeting", "message"):
        stage.engage(contact_id, what, "70001")
    denied: list[str] = []
    found = stage.crm.touches(contact_id, denied.append)
    assert sorted(touch.what for touch in found) == ["call", "meeting", "message"]
    assert denied == ["emails: HubSpot 403: MISSING_SCOPES sales-email-read"]


def test_where_no_touch_may_be_read_nothing_is_concluded() -> None:
    """A lead must not be taken from its owner because the account's bill was not paid."""
    with answering(lambda _path, _body: (402, b"{}")) as http, pytest.raises(NotAllowed):
        HubspotCrm(http).touches("1")


def test_a_record_of_a_touch_that_cannot_be_read_hides_no_other() -> None:
    call = '{"id":"5","properties":{"hs_timestamp":"2026-03-02T09:00:00Z"}}'

    def answer(path: str, asked: Any) -> tuple[int, bytes]:
        if "/calls/batch/read" in path and "associations" in path:
            return 200, b'{"results":[{"from":{"id":"1"},"to":[{"toObjectId":5},null]}]}'
        if "/calls/" in path:
            return 200, f'{{"results":[{call},null]}}'.encode()
        error = b'{"results":[],"errors":[{"category":"VALIDATION_ERROR"}]}'
        return 207, error if "emails" in path else b'{"results":[]}'

    denied: list[str] = []
    with answering(answer) as http:
        (found,) = HubspotCrm(http).touches("1", denied.append)
    assert found.what == "call"
    assert [why.partition(":")[0] for why in denied] == ["calls", "calls", "emails"]


def test_a_task_body_is_safe_html_and_ends_with_the_marker(real: SandboxStage) -> None:
    contact_id = real.lead(firstname="Nora")
    task = task_state(contact_id=contact_id, body="Ask about <b>\nA & B")
    task_id = real.writer.create_task(task)
    (record,) = real.http.read("tasks", [task_id], ["hs_task_body", "hs_timestamp"])
    body = record.properties["hs_task_body"]
    assert body == f"Ask about &lt;b&gt;<br>A &amp; B<br>{marker(task)}"


def test_an_open_task_that_the_rep_ticked_off_stays_ticked_off(real: SandboxStage) -> None:
    contact_id = real.lead(firstname="Nora")
    task_id = real.writer.create_task(task_state(contact_id=contact_id))
    real.http.update("tasks", task_id, {"hs_task_status": "COMPLETED"})
    real.writer.update_task(task_id, task_state(contact_id=contact_id, owner="70002"))
    assert real.tasks(contact_id) == [("70002", True)]


AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "link", "properties", "touch"),
    [
        pytest.param(
            "emails",
            198,
            {"hs_email_direction": "INCOMING_EMAIL", "hs_email_status": "SENT"},
            Touch(AT, "email", "70001", "SENT", "INCOMING_EMAIL"),
            id="a reply",
        ),
        pytest.param("emails", 198, {}, Touch(AT, "email", "70001"), id="an e-mail, no direction"),
        pytest.param(
            "calls",
            194,
            {
                "hs_call_status": "NO_ANSWER",
                "hs_call_direction": "OUTBOUND",
                "hs_call_disposition": "73a0d17f-1163-4015-bdd5-ec830791da20",
            },
            Touch(
                AT,
                "call",
                "70001",
                "NO_ANSWER",
                "OUTBOUND",
                "73a0d17f-1163-4015-bdd5-ec830791da20",
            ),
            id="a call",
        ),
        pytest.param(
            "meetings",
            200,
            {"hs_meeting_outcome": "CANCELED"},
            Touch(AT, "meeting", "70001", "CANCELED"),
            id="a meeting",
        ),
        pytest.param(
            "communications",
            81,
            {
                "hs_communication_channel_type": "WHATS_APP",
                "hs_communication_logged_from": "CRM",
            },
            Touch(AT, "message", "70001", "WHATS_APP", "CRM"),
            id="a WhatsApp message",
        ),
    ],
)
def test_a_touch_says_what_became_of_it(
    real: SandboxStage, kind: str, link: int, properties: dict[str, str], touch: Touch
) -> None:
    contact_id = real.lead(firstname="Nora")
    links = [
        {
            "to": {"id": contact_id},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": link}],
        }
    ]
    logged = {"hs_timestamp": "2026-03-02T09:00:00Z", "hubspot_owner_id": "70001"}
    real.http.create(kind, logged | properties, links)
    assert real.crm.touches(contact_id) == (touch,)


@pytest.mark.parametrize("kind", ["notes", "tasks"])
def test_notes_and_tasks_are_no_touches(real: SandboxStage, kind: str) -> None:
    contact_id = real.lead(firstname="Nora")
    link = {"notes": 202, "tasks": 204}[kind]
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": link}]
    links = [{"to": {"id": contact_id}, "types": types}]
    real.http.create(kind, {"hs_timestamp": "2026-03-02T09:00:00Z"}, links)
    assert real.crm.touches(contact_id) == ()


def test_a_meeting_booked_for_next_week_touches_now(real: SandboxStage) -> None:
    contact_id = real.lead(firstname="Nora")
    start = datetime.now(UTC) + timedelta(days=7)
    link = {
        "to": {"id": contact_id},
        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 200}],
    }
    meeting = {"hs_timestamp": start.isoformat(), "hubspot_owner_id": "70001"}
    real.http.create("meetings", meeting, [link])
    (touch,) = real.crm.touches(contact_id)
    assert touch.at < datetime.now(UTC) + timedelta(minutes=1)


def test_stages_of_the_same_millisecond_keep_hubspots_order() -> None:
    """HubSpot gives the newest first; an import can set two stages at once."""
    at = "2026-03-02T09:00:00.000Z"
    changes = [Change("customer", at), Change("lead", at)]
    history: dict[str, list[Change] | None] = {"lifecyclestage": changes}
    contact = contact_of(Record("1", {}, history))
    assert [seen.value for seen in contact.stages] == ["lead", "customer"]


@pytest.mark.parametrize(
    ("timestamp", "stages"),
    [
        pytest.param("2026-03-02T09:00:00Z", 1, id="ISO"),
        pytest.param("1772442000000", 1, id="milliseconds"),
        pytest.param("yesterday", 0, id="neither"),
        pytest.param("", 0, id="empty"),
        pytest.param("9" * 30, 0, id="beyond the calendar"),
    ],
)
def test_a_stage_has_an_instant_or_is_left_out(timestamp: str, stages: int) -> None:
    history: dict[str, list[Change] | None] = {"lifecyclestage": [Change("lead", timestamp)]}
    found = contact_of(Record("1", {}, history)).stages
    assert [seen.at for seen in found] == [datetime(2026, 3, 2, 9, 0, tzinfo=UTC)] * stages


def test_reads_with_history_go_fifty_at_a_time(real: SandboxStage, peer: Peer) -> None:
    real.crm.contacts([str(number) for number in range(120)], ["firstname"])
    assert peer.calls("hubspot").count("/crm/objects/2026-09/contacts/batch/read") == 3


def test_a_background_is_three_requests_and_only_for_what_is_asked(
    real: SandboxStage, peer: Peer
) -> None:
    contact_id = real.lead(firstname="Nora")
    real.company(contact_id, primary=True, name="Helvia Robotics")
    before = len(peer.calls("hubspot"))
    real.crm.background(contact_id, ["phone"], ["city"], ["name"])
    assert len(peer.calls("hubspot")) - before == 3
    real.crm.background(contact_id, ["phone"], [], [])
    assert len(peer.calls("hubspot")) - before == 4


def test_a_change_is_dated_by_the_first_write_of_the_value() -> None:
    """Saving a form without changes writes the same value again, which is not a change."""
    nine, ten = "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"
    again = [Change("OPEN", ten, "IMPORT"), Change("OPEN", nine, "crm_ui"), Change("NEW", nine)]
    record = Record("1", {}, {"hs_lead_status": again})
    changes = contact_of(record, ["hs_lead_status"]).changes
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert changes == {"hs_lead_status": SeenValue("OPEN", at, "CRM_UI")}


def test_each_change_of_the_owner_is_read_with_who_made_it() -> None:
    nine, ten, eleven = (f"2026-03-02T{hour:02}:00:00Z" for hour in (9, 10, 11))
    history = [
        Change("70002", eleven, "INTEGRATION", "1160452"),
        Change("", ten, "crm_ui", "userId:9586504"),
        Change("70001", ten, "IMPORT"),
        Change("70001", nine),
    ]
    record = Record(id="1", properties={}, propertiesWithHistory={"hubspot_owner_id": history})
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert contact_of(record).owners == (
        SeenValue("70001", at),
        SeenValue("", at + timedelta(hours=1), "CRM_UI", "userId:9586504"),
        SeenValue("70002", at + timedelta(hours=2), "INTEGRATION", "1160452"),
    )


def test_what_was_merged_into_a_contact_is_read_with_it() -> None:
    record = Record(id="9", properties={"hs_merged_object_ids": "101;102"})
    assert contact_of(record).merged == ("101", "102")
    assert contact_of(Record(id="9", properties={})).merged == ()


def test_the_history_of_the_owner_comes_with_the_contact(real: SandboxStage) -> None:
    contact_id = real.lead(firstname="Nora")
    real.http.update("contacts", contact_id, {"hubspot_owner_id": "70001"})
    found = real.crm.contacts([contact_id], ["firstname"])[contact_id]
    assert [(one.value, one.source) for one in found.owners] == [("70001", "INTEGRATION")]


def test_an_associated_list_is_read_to_its_end(real: SandboxStage) -> None:
    contact_id = real.lead(firstname="Nora")
    for number in range(3):
        real.writer.create_task(task_state(contact_id=contact_id, slot=f"task:{number}:accept"))
    assert len(real.http.linked("contacts", contact_id, "tasks")) == 3


# ---------------------------------------------------------------- failures

CALLS: list[Any] = [
    pytest.param(lambda s, c: s.crm.contacts([c], []), id="contacts"),
    pytest.param(lambda s, c: s.crm.touches(c), id="touches"),
    pytest.param(lambda s, c: s.crm.background(c, ["phone"], [], []), id="background"),
    pytest.param(lambda s, c: s.crm.background(c, [], [], ["name"]), id="company"),
    pytest.param(lambda s, c: s.crm.deal("77001121"), id="deal"),
    pytest.param(lambda s, c: s.writer.show_contact(c, {"baton_tier": "hot"}), id="show"),
    pytest.param(lambda s, c: s.writer.find_task(task_state(contact_id=c)), id="find"),
    pytest.param(lambda s, c: s.writer.create_task(task_state(contact_id=c)), id="create"),
]
Call = Callable[[SandboxStage, str], Any]


@pytest.mark.parametrize("call", CALLS)
def test_a_rate_limit_is_waited_out(real: SandboxStage, peer: Peer, call: Call) -> None:
    contact_id = real.lead(firstname="Nora")
    peer.fault("hubspot", "429")
    with pytest.raises(Retryable, match="429: TEN_SECONDLY_ROLLING") as refused:
        call(real, contact_id)
    assert refused.value.after == timedelta(seconds=10)
    assert refused.value.unsure is False


@pytest.mark.parametrize("mode", ["500", "down"])
@pytest.mark.parametrize("call", CALLS)
def test_a_failed_answer_is_tried_again_and_unsure(
    real: SandboxStage, peer: Peer, call: Call, mode: str
) -> None:
    contact_id = real.lead(firstname="Nora")
    peer.fault("hubspot", mode)
    with pytest.raises(Retryable) as failed:
        call(real, contact_id)
    assert failed.value.unsure is True


def test_a_task_made_behind_a_lost_answer_is_found(real: SandboxStage, peer: Peer) -> None:
    contact_id = real.lead(firstname="Nora")
    peer.fault("hubspot", "down", count=1, path="objects/2026-09/tasks", then_apply=True)
    with pytest.raises(Retryable) as failed:
        real.writer.create_task(task_state(contact_id=contact_id))
    assert failed.value.unsure is True
    assert real.writer.find_task(task_state(contact_id=contact_id)) is not None


def test_a_slow_answer_is_not_waited_for(
    real: SandboxStage, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact_id = real.lead(firstname="Nora")
    monkeypatch.setattr("baton.adapters.hubspot.api.TIMEOUT", (1.0, 0.2))
    peer.fault("hubspot", "slow", seconds=600)
    with pytest.raises(Retryable, match="ReadTimeoutError") as failed:
        real.writer.show_contact(contact_id, {"baton_tier": "hot"})
    assert failed.value.unsure is True


def test_a_server_that_is_not_there_got_nothing() -> None:
    writer = HubspotWriter(HubspotHttp(FixedToken("t"), "http://127.0.0.1:1"))
    with pytest.raises(Retryable, match="NewConnectionError") as failed:
        writer.show_contact("1", {"baton_tier": "hot"})
    assert failed.value.unsure is False


def test_a_wrong_value_is_refused_by_its_name_without_the_value(real: SandboxStage) -> None:
    contact_id = real.lead(firstname="Nora")
    with pytest.raises(Rejected) as refused:
        real.writer.show_contact(contact_id, {"hs_lead_status": "Nora's secret"})
    assert "VALIDATION_ERROR" in str(refused.value)
    assert "hs_lead_status" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_an_unknown_property_is_refused_by_its_name(real: SandboxStage) -> None:
    contact_id = real.lead(firstname="Nora")
    with pytest.raises(Rejected, match="no_such_property"):
        real.writer.show_contact(contact_id, {"no_such_property": "1"})


def test_a_rotated_token_is_read_again_at_once(peer: Peer) -> None:
    stage = SandboxStage(peer)
    http = HubspotHttp(FixedToken("old", CONFIG.hubspot_access_token), peer.hubspot_url)
    contact_id = stage.lead(firstname="Nora")
    HubspotWriter(http).show_contact(contact_id, {"baton_tier": "hot"})
    (contact,) = stage.crm.contacts([contact_id], ["baton_tier"]).values()
    assert contact.properties["baton_tier"] == "hot"


def test_a_wrong_token_loses_nothing_while_an_operator_mends_it(peer: Peer) -> None:
    http = HubspotHttp(FixedToken("wrong"), peer.hubspot_url)
    with pytest.raises(Unauthorised) as refused:
        HubspotWriter(http).show_contact("1", {"baton_tier": "hot"})
    assert refused.value.after == timedelta(minutes=5)
