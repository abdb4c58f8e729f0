"""A workflow reports the stage of a contact, in three shapes of the message."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from baton.domain.world.events import Hinted, StageChanged
from baton.failures import Malformed
from baton.http.hubspot_workflow import Workflow, read_workflow
from tests.http.requests import NOW, PORTAL, body_of, load

LEGACY: dict[str, Any] = json.loads(body_of(load("receive_hubspot.workflow.json")))
OBJECT: dict[str, Any] = json.loads(body_of(load("receive_hubspot.workflow_object.json")))
ACTION: dict[str, Any] = json.loads(body_of(load("receive_hubspot.custom_action.json")))
AT = datetime(2026, 11, 22, 4, 40, 0, 123000, tzinfo=UTC)


def translate(found: Any, now: datetime = NOW, portal: str = PORTAL) -> Workflow:
    return read_workflow(json.dumps(found).encode(), now, portal)


def event_of(found: Any, now: datetime = NOW) -> StageChanged:
    (event,) = translate(found, now).translated.events
    assert isinstance(event, StageChanged)
    return event


def hint_of(found: Any, now: datetime = NOW) -> Hinted:
    (event,) = translate(found, now).translated.events
    assert isinstance(event, Hinted)
    assert event.about == "stage"
    return event


def deep(found: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of *found* with *value* at the dotted *path*."""
    copy: dict[str, Any] = json.loads(json.dumps(found))
    *way, last = path.split(".")
    place = copy
    for step in way:
        place = place[step]
    place[last] = value
    return copy


def test_a_contact_with_history_says_when_its_stage_changed() -> None:
    assert event_of(LEGACY) == StageChanged(
        id="hsw:4455667:90210011:1795322400123",
        lead_id="90210011",
        at=AT,
        stage="marketingqualifiedlead",
        source="AUTOMATION_PLATFORM",
    )


def test_the_latest_version_counts_wherever_it_stands() -> None:
    versions = [
        {"value": "lead", "timestamp": 1, "source-type": "FORM"},
        {"value": "marketingqualifiedlead", "timestamp": 1795322400123, "source-type": "CRM_UI"},
        {"value": "subscriber", "timestamp": 0},
    ]
    event = event_of(deep(LEGACY, "properties.lifecyclestage.versions", versions))
    assert (event.at, event.source) == (AT, "CRM_UI")


def test_a_merged_contact_is_known_by_the_id_that_goes_on() -> None:
    assert event_of(deep(LEGACY, "canonical-vid", 777)).lead_id == "777"


def test_a_stage_without_its_date_is_only_a_hint() -> None:
    """Otherwise a rejected lead whose stage HubSpot does not have yet would be opened again."""
    event = hint_of(deep(LEGACY, "properties.lifecyclestage.versions", []))
    assert (event.lead_id, event.at) == ("90210011", NOW)
    assert event.id == "hsw:4455667:90210011:1795322405000"


@pytest.mark.parametrize(
    "modified",
    [
        "2026-11-22T04:40:00.123Z",
        "2026-11-22T05:40:00.123+01:00",
        "2026-11-22T04:40:00.123",
        "1795322400123",
        1795322400123,
        {"value": "1795322400123"},
    ],
    ids=str,
)
def test_an_object_with_current_values_is_dated_by_its_last_change(modified: Any) -> None:
    assert hint_of(deep(OBJECT, "properties.lastmodifieddate", modified)) == Hinted(
        id="hsw:4455667:90210011:1795322400123", lead_id="90210011", at=AT, about="stage"
    )


@pytest.mark.parametrize(
    "modified",
    [
        None,
        "",
        "yesterday",
        "0001-01-01T00:00:00+10:00",
        -5,
        True,
        [],
        10**14,
        10**30,
        "2027-01-01",
    ],
    ids=str,
)
def test_an_odd_date_of_change_never_costs_the_lead(modified: Any) -> None:
    event = hint_of(deep(OBJECT, "properties.lastmodifieddate", modified))
    assert (event.lead_id, event.at) == ("90210011", NOW)


def test_a_lead_that_comes_back_to_a_stage_is_a_new_event() -> None:
    """Dropping it as a repeat would lose the lead; working a repeat changes nothing."""
    again = deep(OBJECT, "properties.lastmodifieddate", "2026-12-22T04:40:00Z")
    assert hint_of(again, NOW + timedelta(days=60)).id != hint_of(OBJECT).id
    undated = deep(OBJECT, "properties.lastmodifieddate", None)
    assert hint_of(undated).id != hint_of(undated, NOW + timedelta(days=30)).id


@pytest.mark.parametrize("contact", [90210011, "90210011"])
@pytest.mark.parametrize(
    "stage", ["lead", {"value": "lead", "versions": []}], ids=["bare", "boxed"]
)
def test_an_objects_ids_and_values_come_in_two_forms(contact: Any, stage: Any) -> None:
    found = deep(deep(OBJECT, "objectId", contact), "properties.lifecyclestage", stage)
    assert hint_of(found).lead_id == "90210011"


def test_a_custom_action_is_known_by_its_callback_and_answered_in_its_words() -> None:
    found = translate(ACTION)
    (event,) = found.translated.events
    assert isinstance(event, Hinted)
    assert event.id == "hsw:4455667:ap-4455667-403081688006-3-0"
    assert event.lead_id == "90210011"
    assert found.answer == {"outputFields": {"hs_execution_state": "SUCCESS"}}
    assert hint_of(ACTION, NOW + timedelta(hours=1)).id == event.id


@pytest.mark.parametrize(
    ("found", "count"),
    [
        pytest.param(deep(LEGACY, "portal-id", 1), "HubspotIgnoredPortal", id="legacy, account"),
        pytest.param(deep(OBJECT, "portalId", 1), "HubspotIgnoredPortal", id="object, account"),
        pytest.param(
            deep(ACTION, "origin.portalId", 1), "HubspotIgnoredPortal", id="action, account"
        ),
        pytest.param(deep(OBJECT, "objectTypeId", "0-2"), "HubspotIgnoredOther", id="a company"),
        pytest.param(deep(ACTION, "object.objectType", "DEAL"), "HubspotIgnoredOther", id="a deal"),
    ],
)
def test_what_is_not_for_us_is_counted(found: Any, count: Any) -> None:
    workflow = translate(found)
    assert workflow.translated.events == ()
    assert workflow.translated.ignored == {count: 1}
    if workflow.is_action:
        assert workflow.answer == {"outputFields": {"hs_execution_state": "FAIL_CONTINUE"}}
    else:
        assert workflow.answer == {"accepted": 0, "ignored": {count: 1}}


def test_without_a_configured_account_any_is_served_under_its_own_name() -> None:
    (event,) = translate(deep(LEGACY, "portal-id", 1), portal="").translated.events
    assert isinstance(event, StageChanged)
    assert event.id.startswith("hsw:1:")


# --- a customised body

STAGED = {"lifecyclestage": "marketingqualifiedlead"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"hs_object_id": 90210011} | STAGED, id="a number"),
        pytest.param({"hs_object_id": "90210011"} | STAGED, id="a text"),
        pytest.param({"hs_object_id": " 90210011 "}, id="no stage: the contact is read"),
        pytest.param({"hs_object_id": "90210011", "lifecyclestage": ""}, id="a cleared stage"),
        pytest.param({"hs_object_id": "90210011", "lifecyclestage": None}, id="a stage of null"),
        pytest.param({"hs_object_id": {"value": "90210011"}}, id="as an object with a value"),
        pytest.param({"properties": {"hs_object_id": "90210011"} | STAGED}, id="in properties"),
        pytest.param({"contact": {"hs_object_id": 90210011}}, id="in contact"),
        pytest.param({"objectId": 90210011} | STAGED, id="under objectId, flat"),
        pytest.param({"vid": 90210011} | STAGED, id="under vid, flat"),
        pytest.param({"vid": 90210011, "properties": STAGED}, id="vid beside properties"),
        pytest.param({"contactId": "90210011"}, id="under contactId"),
        pytest.param({"contact_id": "5", "hs_object_id": "90210011"}, id="HubSpot's name counts"),
        pytest.param({"hs_object_id": 90210011, "portalId": 4455667}, id="with the account"),
        pytest.param({"hs_object_id": 90210011, "objectType": "CONTACT"}, id="with its type"),
        pytest.param({"hs_object_id": 90210011, "amount": 5, "x": [{}]}, id="with anything else"),
    ],
)
def test_a_customised_body_has_the_contact_read(body: dict[str, Any]) -> None:
    hint = hint_of(body)
    assert (hint.lead_id, hint.at) == ("90210011", NOW)
    assert hint.id == "hsw:4455667:90210011:1795322405000"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "$.hs_object_id: required: a customised body names the contact by its Record ID"),
        (STAGED, "$.hs_object_id: required"),
        ({"hs_object_id": ""}, "$.hs_object_id: required"),
        ({"hs_object_id": None, "properties": {}}, "$.hs_object_id: required"),
        ({"hs_object_id": "ada@acme.com"}, "$.hs_object_id: expected a contact's id"),
        ({"hs_object_id": True}, "$.hs_object_id: expected a contact's id"),
        ({"hs_object_id": 1.5}, "$.hs_object_id: expected a contact's id"),
        ({"hs_object_id": -7}, "$.hs_object_id: expected a contact's id"),
        ({"hs_object_id": 10**30}, "$.hs_object_id: expected a contact's id"),
        ({"contact": {"vid": "x"}}, "$.contact.vid: expected a contact's id"),
        ({"properties": {"contactId": []}}, "$.properties.contactId: expected a contact's id"),
    ],
)
def test_a_customised_body_that_names_no_contact_is_told_what_it_must_hold(
    body: dict[str, Any], why: str
) -> None:
    with pytest.raises(Malformed) as fault:
        translate(body)
    assert str(fault.value).startswith(why)
    assert "acme" not in str(fault.value)


@pytest.mark.parametrize("body", [b"hs_object_id=90210011&lifecyclestage=lead", b"", b"{", b"42"])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    """HubSpot sends JSON: a form is somebody else's, and a GET has no body."""
    with pytest.raises(Malformed, match="expected"):
        read_workflow(body, NOW, PORTAL)


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ({"portalId": 1}, "HubspotIgnoredPortal"),
        ({"portalId": "1"}, "HubspotIgnoredPortal"),
        ({"objectType": "DEAL"}, "HubspotIgnoredOther"),
        ({"objectTypeId": "0-3"}, "HubspotIgnoredOther"),
        ({"objectType": {"value": "COMPANY"}}, "HubspotIgnoredOther"),
    ],
)
def test_a_customised_body_about_something_else_is_ignored(
    more: dict[str, Any], count: str
) -> None:
    found = translate({"hs_object_id": 90210011} | more)
    assert (found.translated.events, found.translated.ignored) == ((), {count: 1})


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(deep(LEGACY, "properties", {}), id="legacy, no stage"),
        pytest.param(deep(LEGACY, "properties.lifecyclestage.value", ""), id="legacy, empty stage"),
        pytest.param(deep(LEGACY, "properties.lifecyclestage.value", None), id="legacy, null"),
        pytest.param(deep(LEGACY, "properties", []), id="legacy, no properties"),
        pytest.param(deep(LEGACY, "properties.lifecyclestage", "lead"), id="legacy, bare stage"),
        pytest.param(deep(LEGACY, "properties.lifecyclestage.versions", None), id="no versions"),
        pytest.param(
            deep(LEGACY, "properties.lifecyclestage.versions", [{"timestamp": "x"}]), id="odd time"
        ),
        pytest.param(
            deep(LEGACY, "properties.lifecyclestage.versions", [{"timestamp": -1}]), id="negative"
        ),
        pytest.param(deep(LEGACY, "portal-id", "4455667"), id="legacy, account as text"),
        pytest.param(deep(LEGACY, "portal-id", "x"), id="legacy, no account"),
        pytest.param(deep(OBJECT, "properties", {}), id="object, no stage"),
        pytest.param(deep(OBJECT, "properties", {"email": "x"}), id="object, another property"),
        pytest.param(deep(OBJECT, "properties.lifecyclestage", None), id="object, null"),
        pytest.param(deep(OBJECT, "properties.lifecyclestage", 5), id="object, odd stage"),
        pytest.param(deep(OBJECT, "portalId", "4455667"), id="object, account as text"),
        pytest.param({"contact_id": "A-77", "hs_object_id": "90210011"}, id="another's id beside"),
        pytest.param({"hs_object_id": 90210011.0}, id="a number with a point"),
    ],
)
def test_what_names_the_contact_is_never_refused(found: dict[str, Any]) -> None:
    """A refusal is final for a workflow, and the contact is read anyway."""
    event = hint_of(found)
    assert (event.lead_id, event.about) == ("90210011", "stage")


def test_nothing_personal_is_taken_along() -> None:
    for found in (LEGACY, OBJECT, ACTION):
        assert "ada" not in repr(translate(found)).lower()


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([], "$: expected object, got array"),
        (
            deep({"portal-id": 4455667, "vid": "x"}, "properties", {}),
            "$.vid: expected a contact's id, digits as number or text",
        ),
        (
            {"portal-id": 4455667, "vid": -1, "canonical-vid": 0.5, "properties": {}},
            "$.canonical-vid: expected a contact's id, digits as number or text",
        ),
        (
            deep(OBJECT, "objectId", []),
            "$.objectId: expected a contact's id, digits as number or text",
        ),
        (deep(ACTION, "origin", {}), "$.origin.portalId: required"),
        (deep(ACTION, "object", {}), "$.object.objectId: required"),
        (deep(ACTION, "callbackId", 5), "$.callbackId: expected str, got int"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_named_by_its_path(found: Any, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        translate(found)
    assert str(refused.value) == why
