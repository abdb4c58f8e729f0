"""Objects, batches, search and owners, through HubSpot's own client."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import (
    ApiException,
    BatchInputSimplePublicObjectBatchInput,
    BatchReadInputSimplePublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)

from infra.local.sandbox.server import Sandbox

from .conftest import CONFIG, GONE, MANAGER, REP, bearer, call


def make(hubspot: HubSpot, **properties: str) -> str:
    body = SimplePublicObjectInputForCreate(properties=properties)
    return str(hubspot.crm.contacts.basic_api.create(body).id)


def write(hubspot: HubSpot, contact: str, **properties: str) -> Any:
    return hubspot.crm.contacts.basic_api.update(
        contact, SimplePublicObjectInput(properties=properties)
    )


def read(hubspot: HubSpot, contact: str, *names: str) -> dict[str, str | None]:
    found: dict[str, str | None] = hubspot.crm.contacts.basic_api.get_by_id(
        contact, properties=list(names)
    ).properties
    return found


def test_a_contact_is_read_as_it_was_written(hubspot: HubSpot) -> None:
    contact = make(hubspot, email="Ada@Example.com", firstname="Ada", baton_track="timing")
    write(hubspot, contact, hubspot_owner_id=REP)
    found = read(hubspot, contact, "email", "hubspot_owner_id", "baton_track", "phone", "no_such")
    assert (
        found.items()
        >= {
            "email": "ada@example.com",
            "hubspot_owner_id": REP,
            "baton_track": "timing",
            "phone": None,
        }.items()
    )
    assert "no_such" not in found


def test_history_is_newest_first_with_its_sources(hubspot: HubSpot) -> None:
    contact = make(hubspot, lifecyclestage="lead")
    write(hubspot, contact, lifecyclestage="marketingqualifiedlead")
    found = hubspot.crm.contacts.basic_api.get_by_id(
        contact, properties_with_history=["lifecyclestage"]
    )
    history = found.properties_with_history["lifecyclestage"]
    assert [one.value for one in history] == ["marketingqualifiedlead", "lead"]
    assert {one.source_type for one in history} == {"INTEGRATION"}
    assert history[0].timestamp >= history[1].timestamp


def test_writing_the_same_value_again_adds_no_history(hubspot: HubSpot) -> None:
    contact = make(hubspot, hs_lead_status="NEW")
    write(hubspot, contact, hs_lead_status="NEW")
    found = hubspot.crm.contacts.basic_api.get_by_id(
        contact, properties_with_history=["hs_lead_status"]
    )
    assert len(found.properties_with_history["hs_lead_status"]) == 1


def test_a_missing_contact_is_404_object_not_found(hubspot: HubSpot) -> None:
    with pytest.raises(ApiException) as caught:
        read(hubspot, "1")
    assert caught.value.status == 404
    assert json.loads(caught.value.body)["category"] == "OBJECT_NOT_FOUND"


def test_a_wrong_token_is_401(sandbox: Sandbox) -> None:
    status, body = call(sandbox, "GET", "/hubspot/crm/v3/owners", headers=bearer("wrong"))
    assert (status, body["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.parametrize(
    ("properties", "error"),
    [
        pytest.param({"baton_typo": "1"}, "PROPERTY_DOESNT_EXIST", id="unknown property"),
        pytest.param({"lifecyclestage": "mql"}, "INVALID_OPTION", id="unknown stage"),
        pytest.param({"hs_lead_status": "Sleeping"}, "INVALID_OPTION", id="unknown status"),
        pytest.param({"hubspot_owner_id": "7"}, "INVALID_OWNER_ID", id="unknown owner"),
        pytest.param({"notes_last_contacted": "1"}, "READ_ONLY_VALUE", id="calculated property"),
        pytest.param({"email": "nobody"}, "INVALID_EMAIL", id="broken e-mail"),
        pytest.param({"recent_conversion_date": "soon"}, "INVALID_DATE", id="broken time"),
    ],
)
def test_a_wrong_value_is_refused_and_changes_nothing(
    hubspot: HubSpot, properties: dict[str, str], error: str
) -> None:
    contact = make(hubspot, firstname="Ada")
    with pytest.raises(ApiException) as caught:
        write(hubspot, contact, firstname="Eve", **properties)
    body = json.loads(caught.value.body)
    assert (caught.value.status, body["category"]) == (400, "VALIDATION_ERROR")
    assert "errors" not in body
    assert f'"error": "{error}"' in body["message"]
    assert read(hubspot, contact, "firstname")["firstname"] == "Ada"


@pytest.mark.parametrize(
    ("writes", "ends"),
    [
        pytest.param(["salesqualifiedlead"], "salesqualifiedlead", id="forward"),
        pytest.param(["lead"], "marketingqualifiedlead", id="back is ignored"),
        pytest.param(["", "lead"], "lead", id="cleared, then back"),
        pytest.param([""], None, id="cleared"),
        pytest.param(["recycled"], "recycled", id="to a side stage"),
        pytest.param(["customer", "disqualified"], "disqualified", id="side stage from the end"),
        pytest.param(["recycled", "disqualified"], "disqualified", id="between side stages"),
        pytest.param(["recycled", "lead"], "recycled", id="leaving a side stage is going back"),
        pytest.param(["recycled", "", "lead"], "lead", id="leaving a side stage by clearing"),
    ],
)
def test_the_api_moves_the_stage_forward_only(
    hubspot: HubSpot, writes: list[str], ends: str | None
) -> None:
    contact = make(hubspot, lifecyclestage="marketingqualifiedlead")
    for stage in writes:
        write(hubspot, contact, lifecyclestage=stage)
    assert read(hubspot, contact, "lifecyclestage")["lifecyclestage"] == ends


def test_an_ignored_stage_does_not_stop_the_other_properties(hubspot: HubSpot) -> None:
    contact = make(hubspot, lifecyclestage="opportunity")
    write(hubspot, contact, lifecyclestage="lead", baton_track="timing")
    found = read(hubspot, contact, "lifecyclestage", "baton_track")
    assert (found["lifecyclestage"], found["baton_track"]) == ("opportunity", "timing")


def test_a_batch_read_answers_207_and_names_the_missing(hubspot: HubSpot) -> None:
    contact = make(hubspot, email="ada@example.com")
    found = hubspot.crm.contacts.batch_api.read(
        BatchReadInputSimplePublicObjectId(
            inputs=[{"id": contact}, {"id": "1"}, {"id": "2"}],
            properties=["email"],
            properties_with_history=["lifecyclestage"],
        )
    )
    assert [one.id for one in found.results] == [contact]
    assert found.results[0].properties["email"] == "ada@example.com"
    assert found.results[0].properties_with_history["lifecyclestage"][0].value == "lead"
    assert found.errors[0].category == "OBJECT_NOT_FOUND"
    assert found.errors[0].context == {"ids": ["1", "2"]}


def test_a_batch_holds_a_hundred_and_not_one_more(hubspot: HubSpot) -> None:
    def ask(count: int) -> Any:
        inputs = [{"id": str(n)} for n in range(count)]
        return hubspot.crm.contacts.batch_api.read(
            BatchReadInputSimplePublicObjectId(
                inputs=inputs, properties=[], properties_with_history=[]
            )
        )

    assert len(ask(100).errors[0].context["ids"]) == 100
    with pytest.raises(ApiException) as caught:
        ask(101)
    assert caught.value.status == 400


def test_a_batch_update_with_one_wrong_value_writes_nothing(hubspot: HubSpot) -> None:
    first, second = make(hubspot), make(hubspot)

    def update(second_status: str) -> Any:
        return hubspot.crm.contacts.batch_api.update(
            BatchInputSimplePublicObjectBatchInput(
                inputs=[
                    {"id": first, "properties": {"hs_lead_status": "OPEN"}},
                    {"id": second, "properties": {"hs_lead_status": second_status}},
                ]
            )
        )

    with pytest.raises(ApiException):
        update("WRONG")
    assert read(hubspot, first, "hs_lead_status")["hs_lead_status"] is None
    assert len(update("NEW").results) == 2
    assert read(hubspot, second, "hs_lead_status")["hs_lead_status"] == "NEW"


def test_an_email_belongs_to_one_contact(hubspot: HubSpot) -> None:
    first = make(hubspot, email="ada@example.com")
    with pytest.raises(ApiException) as caught:
        make(hubspot, email="ADA@example.com")
    body = json.loads(caught.value.body)
    assert (caught.value.status, body["category"]) == (409, "CONFLICT")
    assert body["message"] == f"Contact already exists. Existing ID: {first}"


def test_an_archived_contact_is_gone_and_archiving_twice_is_fine(hubspot: HubSpot) -> None:
    contact = make(hubspot)
    hubspot.crm.contacts.basic_api.archive(contact)
    hubspot.crm.contacts.basic_api.archive(contact)
    with pytest.raises(ApiException):
        read(hubspot, contact)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        pytest.param([("firstname", "EQ", "ada")], ["Ada"], id="equal, any case"),
        pytest.param([("firstname", "IN", ["ada", "bob"])], ["Ada", "Bob"], id="one of"),
        pytest.param([("phone", "HAS_PROPERTY", None)], ["Bob"], id="has"),
        pytest.param([("phone", "NOT_HAS_PROPERTY", None)], ["Ada", "Cy"], id="has not"),
        pytest.param([("numemployees", "GT", "9")], ["Bob", "Cy"], id="greater, as numbers"),
        pytest.param([("numemployees", "LT", "100")], ["Ada", "Bob"], id="less, as numbers"),
        pytest.param([("createdate", "GT", "0"), ("firstname", "EQ", "Cy")], ["Cy"], id="both"),
    ],
)
def test_a_search_filters(
    hubspot: HubSpot, filters: list[tuple[str, str, Any]], names: list[str]
) -> None:
    make(hubspot, firstname="Ada", numemployees="9")
    make(hubspot, firstname="Bob", numemployees="10", phone="1")
    make(hubspot, firstname="Cy", numemployees="100")
    listed = [
        {"propertyName": name, "operator": how, "values" if how == "IN" else "value": value}
        for name, how, value in filters
    ]
    found = hubspot.crm.contacts.search_api.do_search(
        PublicObjectSearchRequest(
            filter_groups=[{"filters": listed}], properties=["firstname"], limit=200
        )
    )
    assert [one.properties["firstname"] for one in found.results] == names
    assert found.total == len(names)


def test_a_search_pages_and_refuses_more_than_200_a_page(hubspot: HubSpot) -> None:
    for _ in range(3):
        make(hubspot, firstname="Ada")
    first = hubspot.crm.contacts.search_api.do_search(PublicObjectSearchRequest(limit=2))
    after = first.paging.next.after
    second = hubspot.crm.contacts.search_api.do_search(
        PublicObjectSearchRequest(limit=2, after=after)
    )
    assert len({one.id for one in [*first.results, *second.results]}) == 3
    assert second.paging is None
    with pytest.raises(ApiException) as caught:
        hubspot.crm.contacts.search_api.do_search(PublicObjectSearchRequest(limit=201))
    assert caught.value.status == 400


def test_owners_are_paged_and_the_archived_are_apart(hubspot: HubSpot) -> None:
    api = hubspot.crm.owners.owners_api
    first = api.get_page(limit=1)
    second = api.get_page(limit=1, after=first.paging.next.after)
    assert [one.id for one in [*first.results, *second.results]] == [REP, MANAGER]
    assert second.paging is None
    assert [one.id for one in api.get_page(archived=True).results] == [GONE]


def test_the_rolling_limit_answers_429_as_hubspot_does(sandbox: Sandbox) -> None:
    sandbox.configure(msgspec.structs.replace(CONFIG, hubspot_limit=3))
    path = "/hubspot/crm/v3/owners"
    answers = [call(sandbox, "GET", path, headers=bearer()) for _ in range(5)]
    assert [status for status, _ in answers] == [200, 200, 200, 429, 429]
    body = answers[-1][1]
    assert body.keys() == {
        "status",
        "message",
        "errorType",
        "category",
        "correlationId",
        "policyName",
        "requestId",
    }
    assert body["policyName"] == "TEN_SECONDLY_ROLLING"
    assert body["message"] == "You have reached your ten_secondly_rolling limit."


ONE = {"propertyName": "email", "operator": "HAS_PROPERTY"}


@pytest.mark.parametrize(
    "sizes", [[1] * 6, [7], [6, 6, 6, 1]], ids=["six groups", "seven filters", "19 in all"]
)
def test_a_search_of_too_many_filters_is_refused(sandbox: Sandbox, sizes: list[int]) -> None:
    path = "/hubspot/crm/objects/2026-09/contacts/search"
    body = {"filterGroups": [{"filters": [ONE] * size} for size in sizes]}
    assert call(sandbox, "POST", path, body, bearer())[0] == 400
    body["filterGroups"] = [{"filters": [ONE] * 6}] * 3
    assert call(sandbox, "POST", path, body, bearer())[0] == 200


def test_half_a_surrogate_pair_comes_back_as_it_was_sent(sandbox: Sandbox) -> None:
    path = "/hubspot/crm/objects/2026-09/contacts"
    body = {"properties": {"firstname": "Nora\ud83d"}}
    status, made = call(sandbox, "POST", path, body, bearer())
    assert status == 201
    status, found = call(sandbox, "GET", f"{path}/{made['id']}", None, bearer())
    assert (status, found["properties"]["firstname"]) == (200, "Nora\ud83d")


def test_a_number_of_a_company_is_a_number(sandbox: Sandbox) -> None:
    path = "/hubspot/crm/objects/2026-09/companies"
    body = {"properties": {"numberofemployees": "ten"}}
    status, refused = call(sandbox, "POST", path, body, bearer())
    assert status == 400
    assert "INVALID_INTEGER" in refused["message"]


def test_searches_have_their_own_limit_a_second(sandbox: Sandbox) -> None:
    sandbox.configure(msgspec.structs.replace(CONFIG, search_limit=2))
    path = "/hubspot/crm/v3/objects/contacts/search"
    answers = [call(sandbox, "POST", path, {}, bearer()) for _ in range(3)]
    assert answers[0][0] == 200
    assert {body["policyName"] for status, body in answers if status == 429} <= {"SECONDLY"}
    assert call(sandbox, "GET", "/hubspot/crm/v3/owners", headers=bearer())[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([1], id="a list"),
        pytest.param({}, id="no properties"),
        pytest.param({"properties": "x"}, id="properties are text"),
        pytest.param({"properties": {}, "associations": [{}]}, id="half an association"),
    ],
)
def test_a_body_of_the_wrong_shape_is_a_400_not_a_crash(sandbox: Sandbox, body: Any) -> None:
    status, answer = call(sandbox, "POST", "/hubspot/crm/v3/objects/contacts", body, bearer())
    assert (status, answer["category"]) == (400, "VALIDATION_ERROR")
