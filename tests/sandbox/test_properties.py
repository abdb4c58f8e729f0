"""The properties API, through HubSpot's own client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import ApiException as ContactException
from hubspot.crm.contacts import SimplePublicObjectInputForCreate
from hubspot.crm.properties import (
    ApiException,
    BatchInputPropertyCreate,
    PropertyCreate,
    PropertyGroupCreate,
)

from infra.local.sandbox.config import SandboxConfig
from infra.local.sandbox.server import Sandbox

from .conftest import CONFIG, Post

Refusal = tuple[int, str]


def made(name: str, kind: str = "string", field: str = "text", group: str = "") -> PropertyCreate:
    return PropertyCreate(
        name=name,
        label=f"Label of {name}",
        type=kind,
        field_type=field,
        group_name=group or "contactinformation",
    )


def names(hubspot: HubSpot) -> set[str]:
    return {one.name for one in hubspot.crm.properties.core_api.get_all("contacts").results}


def contact(hubspot: HubSpot, **properties: str) -> dict[str, str | None]:
    body = SimplePublicObjectInputForCreate(properties=properties)
    found: dict[str, str | None] = hubspot.crm.contacts.basic_api.create(body).properties
    return found


def refusal(caught: pytest.ExceptionInfo[Any]) -> Refusal:
    return caught.value.status, json.loads(caught.value.body)["category"]


def test_the_account_lists_its_own_and_the_configured_properties(hubspot: HubSpot) -> None:
    listed = names(hubspot)
    assert {"email", "lifecyclestage", "hs_lead_status", *CONFIG.custom_properties} <= listed


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        pytest.param("email", "string", set(), id="text"),
        pytest.param("createdate", "datetime", set(), id="time"),
        pytest.param(
            "lifecyclestage",
            "enumeration",
            {*CONFIG.lifecycle_stages, *CONFIG.side_stages},
            id="stages",
        ),
        pytest.param("hs_lead_status", "enumeration", {*CONFIG.lead_statuses}, id="statuses"),
    ],
)
def test_a_property_has_its_type_and_options(
    hubspot: HubSpot, name: str, kind: str, values: set[str]
) -> None:
    found = hubspot.crm.properties.core_api.get_by_name("contacts", name)
    assert found.type == kind
    assert {option.value for option in found.options} == values
    assert all(option.label for option in found.options)


def test_a_property_that_is_not_there_is_404(hubspot: HubSpot) -> None:
    with pytest.raises(ApiException) as caught:
        hubspot.crm.properties.core_api.get_by_name("contacts", "baton_nothing")
    assert refusal(caught) == (404, "OBJECT_NOT_FOUND")


def test_a_created_property_can_be_written_at_once(hubspot: HubSpot) -> None:
    with pytest.raises(ContactException):
        contact(hubspot, baton_new="1")
    created = hubspot.crm.properties.core_api.create("contacts", made("baton_new"))
    assert (created.name, created.label, created.type) == (
        "baton_new",
        "Label of baton_new",
        "string",
    )
    assert contact(hubspot, baton_new="1")["baton_new"] == "1"


def test_a_batch_goes_into_a_group_of_its_own(hubspot: HubSpot) -> None:
    groups, batch = hubspot.crm.properties.groups_api, hubspot.crm.properties.batch_api
    groups.create("contacts", PropertyGroupCreate(name="baton", label="Baton", display_order=-1))
    assert "baton" in {group.name for group in groups.get_all("contacts").results}
    wanted = [made("baton_a", "datetime", "date", "baton"), made("baton_b", "number", "number")]
    done = batch.create("contacts", BatchInputPropertyCreate(inputs=wanted))
    assert [one.name for one in done.results] == ["baton_a", "baton_b"]
    found = hubspot.crm.properties.core_api.get_by_name("contacts", "baton_a")
    assert (found.type, found.field_type, found.group_name) == ("datetime", "date", "baton")


def test_a_batch_makes_the_new_ones_and_names_those_that_exist(hubspot: HubSpot) -> None:
    hubspot.crm.properties.core_api.create("contacts", made("baton_old"))
    wanted = BatchInputPropertyCreate(inputs=[made("baton_old"), made("baton_new")])
    done = hubspot.crm.properties.batch_api.create("contacts", wanted)
    assert [one.name for one in done.results] == ["baton_new"]
    assert done.num_errors == 1
    assert "baton_old" in done.errors[0].message


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        pytest.param(made("Baton"), (400, "VALIDATION_ERROR"), id="a capital in the name"),
        pytest.param(made("baton_x", group="nowhere"), (400, "VALIDATION_ERROR"), id="no group"),
        pytest.param(
            made("baton_x", "datetime", "text"),
            (400, "VALIDATION_ERROR"),
            id="a field that clashes",
        ),
        pytest.param(made("email"), (409, "OBJECT_ALREADY_EXISTS"), id="HubSpot has it"),
        pytest.param(made("baton_track"), (409, "OBJECT_ALREADY_EXISTS"), id="the account has it"),
    ],
)
def test_a_wrong_definition_is_refused(
    hubspot: HubSpot, wrong: PropertyCreate, expected: Refusal
) -> None:
    before = names(hubspot)
    with pytest.raises(ApiException) as caught:
        hubspot.crm.properties.core_api.create("contacts", wrong)
    assert refusal(caught) == expected
    assert names(hubspot) == before


def test_a_wrong_definition_refuses_its_whole_batch(hubspot: HubSpot) -> None:
    wanted = BatchInputPropertyCreate(inputs=[made("baton_good"), made("Bad")])
    with pytest.raises(ApiException) as caught:
        hubspot.crm.properties.batch_api.create("contacts", wanted)
    assert refusal(caught) == (400, "VALIDATION_ERROR")
    assert "baton_good" not in names(hubspot)


def test_a_batch_holds_a_hundred(hubspot: HubSpot) -> None:
    wanted = BatchInputPropertyCreate(inputs=[made(f"baton_{n}") for n in range(101)])
    with pytest.raises(ApiException) as caught:
        hubspot.crm.properties.batch_api.create("contacts", wanted)
    assert refusal(caught) == (400, "VALIDATION_ERROR")


def test_a_group_is_made_once(hubspot: HubSpot) -> None:
    body = PropertyGroupCreate(name="baton", label="Baton", display_order=-1)
    hubspot.crm.properties.groups_api.create("contacts", body)
    with pytest.raises(ApiException) as caught:
        hubspot.crm.properties.groups_api.create("contacts", body)
    assert refusal(caught) == (409, "OBJECT_ALREADY_EXISTS")


@pytest.mark.parametrize(
    ("kind", "field", "good", "stored", "bad"),
    [
        pytest.param(
            "datetime",
            "date",
            "2026-03-02T09:00:00Z",
            "2026-03-02T09:00:00.000Z",
            "soon",
            id="time",
        ),
        pytest.param("number", "number", "42", "42", "many", id="number"),
    ],
)
def test_a_typed_property_holds_values_of_its_type_only(
    hubspot: HubSpot, kind: str, field: str, good: str, stored: str, bad: str
) -> None:
    hubspot.crm.properties.core_api.create("contacts", made("baton_typed", kind, field))
    assert contact(hubspot, baton_typed=good)["baton_typed"] == stored
    with pytest.raises(ContactException):
        contact(hubspot, baton_typed=bad)


def test_the_page_shows_created_properties_until_a_reset(hubspot: HubSpot, control: Post) -> None:
    hubspot.crm.properties.core_api.create("contacts", made("baton_new"))
    assert "baton_new" in names(hubspot)
    control("reset")
    assert "baton_new" not in names(hubspot)


def test_created_properties_survive_a_restart(tmp_path: Path) -> None:
    for round_ in range(2):
        with Sandbox(CONFIG, state_dir=tmp_path) as sandbox:
            client = client_of(sandbox)
            if round_ == 0:
                client.crm.properties.core_api.create(
                    "contacts", made("baton_new", "number", "number")
                )
            found = client.crm.properties.core_api.get_by_name("contacts", "baton_new")
            assert (found.label, found.type) == ("Label of baton_new", "number")


@pytest.fixture
def poor() -> Iterator[HubSpot]:
    """A client whose app may read properties, but not create any."""
    config: SandboxConfig = msgspec.structs.replace(
        CONFIG, missing_scopes=("crm.schemas.contacts.write",)
    )
    with Sandbox(config) as sandbox:
        yield client_of(sandbox)


def test_a_missing_scope_is_403_and_named(poor: HubSpot) -> None:
    assert "email" in names(poor)
    with pytest.raises(ApiException) as caught:
        poor.crm.properties.core_api.create("contacts", made("baton_new"))
    assert refusal(caught) == (403, "MISSING_SCOPES")
    context = json.loads(caught.value.body)["errors"][0]["context"]
    assert context == {"requiredGranularScopes": ["crm.schemas.contacts.write"]}


def client_of(sandbox: Sandbox) -> HubSpot:
    client = HubSpot(access_token=CONFIG.hubspot_access_token)
    client.config["host"] = sandbox.hubspot_url
    return client
