"""Tasks and activities, their associations, and what they do to the contact."""

from __future__ import annotations

import json

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.objects import (
    ApiException,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)

from infra.local.sandbox.server import Sandbox

from .conftest import REP
from .receiver import Receiver
from .test_hubspot_objects import make, read, write

TYPE_IDS = {
    "tasks": 204,
    "calls": 194,
    "emails": 198,
    "meetings": 200,
    "notes": 202,
    "communications": 81,
}
AT = "2026-11-20T10:00:00.000Z"


def log(hubspot: HubSpot, kind: str, contact: str, **properties: str) -> str:
    created = hubspot.crm.objects.basic_api.create(
        kind,
        SimplePublicObjectInputForCreate(
            properties={"hs_timestamp": AT, **properties},
            associations=[
                {
                    "to": {"id": contact},
                    "types": [
                        {
                            "associationCategory": "HUBSPOT_DEFINED",
                            "associationTypeId": TYPE_IDS[kind],
                        }
                    ],
                }
            ],
        ),
    )
    return str(created.id)


def test_a_task_is_made_for_a_contact_completed_and_removed(hubspot: HubSpot) -> None:
    contact = make(hubspot)
    task = log(hubspot, "tasks", contact, hs_task_subject="Accept", hs_task_status="NOT_STARTED")
    api = hubspot.crm.objects.basic_api
    api.update("tasks", task, SimplePublicObjectInput(properties={"hs_task_status": "COMPLETED"}))
    found = api.get_by_id("tasks", task, properties=["hs_task_status", "hs_timestamp"])
    assert found.properties["hs_task_status"] == "COMPLETED"
    assert found.properties["hs_timestamp"] == AT
    linked = hubspot.crm.associations.v4.basic_api.get_page("tasks", task, "contacts")
    assert [one.to_object_id for one in linked.results] == [contact]
    assert linked.results[0].association_types[0].type_id == 204
    api.archive("tasks", task)
    gone = hubspot.crm.associations.v4.basic_api.get_page("contacts", contact, "tasks")
    assert gone.results == []


def test_a_task_without_a_due_time_is_refused(hubspot: HubSpot) -> None:
    with pytest.raises(ApiException) as caught:
        hubspot.crm.objects.basic_api.create(
            "tasks", SimplePublicObjectInputForCreate(properties={"hs_task_subject": "Accept"})
        )
    assert caught.value.status == 400
    body = json.loads(caught.value.body)
    assert body["message"] == "Error creating TASK. Some required properties were not set."
    assert body["context"] == {"properties": ["hs_timestamp"]}
    assert "errors" not in body


def test_a_task_for_a_contact_that_is_gone_is_refused_and_not_made(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    contact = make(hubspot)
    hubspot.crm.contacts.basic_api.archive(contact)
    with pytest.raises(ApiException) as caught:
        log(hubspot, "tasks", contact)
    assert caught.value.status == 400
    assert sandbox.app.crm.all("tasks") == []


MESSAGE = {"hs_communication_channel_type": "SMS", "hs_communication_logged_from": "CRM"}


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"hs_communication_channel_type": "SMS"}, id="not said where it is logged"),
        pytest.param(MESSAGE | {"hs_communication_channel_type": "FAX"}, id="no such channel"),
    ],
)
def test_a_message_says_its_channel_and_that_it_is_logged_in_the_crm(
    hubspot: HubSpot, properties: dict[str, str]
) -> None:
    contact = make(hubspot)
    assert log(hubspot, "communications", contact, **MESSAGE)
    with pytest.raises(ApiException):
        log(hubspot, "communications", contact, **properties)


@pytest.mark.parametrize("kind", ["calls", "emails", "meetings", "communications"])
def test_an_activity_marks_the_contact_as_contacted(
    hubspot: HubSpot, receiver: Receiver, kind: str
) -> None:
    contact = make(hubspot)
    more = MESSAGE if kind == "communications" else {}
    log(hubspot, kind, contact, hubspot_owner_id=REP, **more)
    found = read(hubspot, contact, "notes_last_contacted", "hs_last_sales_activity_timestamp")
    assert found["notes_last_contacted"] == found["hs_last_sales_activity_timestamp"] == AT
    receiver.wait_for_events(
        ("notes_last_contacted", "1795168800000"),
        ("hs_last_sales_activity_timestamp", "1795168800000"),
    )


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        pytest.param("notes", {"hs_note_body": "x"}, id="a note"),
        pytest.param("tasks", {"hs_task_subject": "x"}, id="a task"),
        pytest.param("emails", {"hs_email_direction": "INCOMING_EMAIL"}, id="incoming e-mail"),
    ],
)
def test_what_is_not_a_touch_leaves_the_contact_uncontacted(
    hubspot: HubSpot, kind: str, properties: dict[str, str]
) -> None:
    contact = make(hubspot)
    log(hubspot, kind, contact, **properties)
    assert read(hubspot, contact, "notes_last_contacted")["notes_last_contacted"] is None


def test_an_older_activity_does_not_turn_last_contacted_back(hubspot: HubSpot) -> None:
    contact = make(hubspot)
    log(hubspot, "calls", contact)
    log(hubspot, "calls", contact, hs_timestamp="2026-11-19T10:00:00Z")
    assert read(hubspot, contact, "notes_last_contacted")["notes_last_contacted"] == AT


def test_associations_are_read_in_batches_and_the_empty_ones_are_named(hubspot: HubSpot) -> None:
    busy, idle = make(hubspot), make(hubspot)
    calls = [log(hubspot, "calls", busy) for _ in range(2)]
    found = hubspot.crm.associations.v4.batch_api.get_page(
        "contacts",
        "calls",
        BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": busy}, {"id": idle}]),
    )
    assert [one._from.id for one in found.results] == [busy]
    assert [one.to_object_id for one in found.results[0].to] == calls
    assert found.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert found.errors[0].context["fromObjectId"] == [idle]


def test_associations_are_paged(hubspot: HubSpot) -> None:
    contact = make(hubspot)
    calls = [log(hubspot, "calls", contact) for _ in range(3)]
    api = hubspot.crm.associations.v4.basic_api
    first = api.get_page("contacts", contact, "calls", limit=2)
    rest = api.get_page("contacts", contact, "calls", limit=2, after=first.paging.next.after)
    assert [one.to_object_id for one in [*first.results, *rest.results]] == calls
    assert rest.paging is None


def test_a_default_association_joins_both_ways(hubspot: HubSpot) -> None:
    contact = make(hubspot)
    company = hubspot.crm.companies.basic_api.create(
        SimplePublicObjectInputForCreate(properties={"name": "Acme", "domain": "acme.example"})
    )
    api = hubspot.crm.associations.v4.basic_api
    api.create_default("contacts", contact, "companies", company.id)
    there = api.get_page("contacts", contact, "companies").results
    back = api.get_page("companies", company.id, "contacts").results
    assert [one.to_object_id for one in there] == [company.id]
    assert [one.to_object_id for one in back] == [contact]
    api.archive("contacts", contact, "companies", company.id)
    assert api.get_page("contacts", contact, "companies").results == []


def test_reading_a_contact_can_bring_its_associations(hubspot: HubSpot) -> None:
    contact = make(hubspot)
    call = log(hubspot, "calls", contact)
    write(hubspot, contact, firstname="Ada")
    found = hubspot.crm.contacts.basic_api.get_by_id(contact, associations=["calls"])
    assert [one.id for one in found.associations["calls"].results] == [call]
