"""What audits of a whole account need: lists, deals, workflows, and bulk loading."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hubspot import HubSpot
from hubspot.crm.deals import ApiException, SimplePublicObjectInputForCreate

from infra.local.sandbox.config import SandboxConfig
from infra.local.sandbox.server import Sandbox

from .conftest import CONFIG, Post, bearer, call
from .receiver import Receiver

AT = 1_772_539_200_000


def seen(*values: str) -> list[dict[str, Any]]:
    """A property's history, newest first, as in HubSpot."""
    return [
        {"value": value, "at": AT - 1000 * n, "source": "IMPORT", "source_id": "import:1"}
        for n, value in enumerate(values)
    ]


def bulk(control: Post, kind: str, *objects: dict[str, Any]) -> list[str]:
    status, body = control("bulk", kind=kind, objects=list(objects))
    assert status == 201, body
    ids: list[str] = body["ids"]
    return ids


def old(stage: str = "lead", **more: Any) -> dict[str, Any]:
    return {"created": AT - 5000, "history": {"lifecyclestage": seen(stage)}, **more}


def listed(sandbox: Sandbox, kind: str, query: str) -> tuple[int, Any]:
    return call(sandbox, "GET", f"/hubspot/crm/v3/objects/{kind}?{query}", None, bearer())


def test_a_list_pages_through_everybody_in_order(sandbox: Sandbox, control: Post) -> None:
    ids = bulk(control, "contacts", *(old() for _ in range(5)))
    found: list[str] = []
    after = "0"
    while after:
        _, body = listed(sandbox, "contacts", f"limit=2&after={after}")
        found += [one["id"] for one in body["results"]]
        after = body.get("paging", {}).get("next", {}).get("after", "")
    assert found == ids


def test_a_list_has_history_and_associations_where_asked(sandbox: Sandbox, control: Post) -> None:
    (contact,) = bulk(control, "contacts", old("customer"))
    history = {"dealname": seen("One"), "dealstage": seen("closedwon", "contractsent")}
    bulk(control, "deals", {"created": AT, "history": history, "links": {"contacts": [contact]}})
    query = "limit=50&propertiesWithHistory=dealstage&associations=contacts"
    _, body = listed(sandbox, "deals", query)
    (deal,) = body["results"]
    past = deal["propertiesWithHistory"]["dealstage"]
    assert [one["value"] for one in past] == ["closedwon", "contractsent"]
    assert deal["associations"]["contacts"]["results"][0]["id"] == contact


@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=100", 200), ("limit=101", 400), ("limit=51&propertiesWithHistory=email", 400)],
)
def test_a_page_with_history_holds_half_as_many(sandbox: Sandbox, query: str, status: int) -> None:
    assert listed(sandbox, "contacts", query)[0] == status


def test_a_batch_read_with_history_holds_half_as_many(sandbox: Sandbox) -> None:
    body = {"inputs": [{"id": str(n)} for n in range(51)], "propertiesWithHistory": ["email"]}
    path = "/hubspot/crm/v3/objects/contacts/batch/read"
    assert call(sandbox, "POST", path, body, bearer())[0] == 400
    assert call(sandbox, "POST", path, {**body, "propertiesWithHistory": []}, bearer())[0] == 207


def test_what_grew_over_years_is_read_as_it_grew(hubspot: HubSpot, control: Post) -> None:
    """Values that no client could write now: an option and an owner that no longer exist."""
    history = {"hs_lead_status": seen("Nurture Q3", "NEW"), "hubspot_owner_id": seen("999")}
    (contact,) = bulk(control, "contacts", {"created": AT - 9000, "history": history})
    found = hubspot.crm.contacts.basic_api.get_by_id(
        contact, properties_with_history=["hs_lead_status"], properties=["hubspot_owner_id"]
    )
    assert found.properties["hubspot_owner_id"] == "999"
    past = found.properties_with_history["hs_lead_status"]
    assert [(one.value, one.source_type) for one in past] == [
        ("Nurture Q3", "IMPORT"),
        ("NEW", "IMPORT"),
    ]
    assert found.properties["createdate"] == "2026-03-03T11:59:51.000Z"


def test_the_fast_way_in_sends_no_webhooks(
    sandbox: Sandbox, control: Post, receiver: Receiver
) -> None:
    bulk(control, "contacts", *(old() for _ in range(20)))
    assert sandbox.world.state.outbox == []
    assert call(sandbox, "GET", "/_sandbox/state")[1]["waiting_webhooks"] == 0


@pytest.mark.parametrize(
    ("kind", "history", "problem"),
    [
        ("wizards", {}, "kind must be one of"),
        (
            "contacts",
            {"no_such": [], "nor_this": []},
            "contacts have no property no_such, nor_this",
        ),
        ("contacts", {"email": [{"value": 1}]}, "ValidationError"),
    ],
)
def test_a_wrong_bulk_adds_nothing_and_says_why(
    sandbox: Sandbox, control: Post, kind: str, history: dict[str, Any], problem: str
) -> None:
    objects = [old(), {"created": AT, "history": history}]
    status, body = control("bulk", kind=kind, objects=objects)
    assert status == 400
    assert problem in body["problem"]
    assert sandbox.app.crm.all("contacts") == []


def test_deals_move_through_a_pipeline_with_a_won_and_a_lost_end(hubspot: HubSpot) -> None:
    (pipeline,) = hubspot.crm.pipelines.pipelines_api.get_all("deals").results
    ends = {
        stage.id: stage.metadata["probability"]
        for stage in pipeline.stages
        if stage.metadata["isClosed"] == "true"
    }
    assert ends == {"closedwon": "1.0", "closedlost": "0.0"}


def make_deal(hubspot: HubSpot, **properties: str) -> Any:
    body = SimplePublicObjectInputForCreate(properties=properties, associations=[])
    return hubspot.crm.deals.basic_api.create(body)


def test_a_deal_is_made_and_listed(hubspot: HubSpot) -> None:
    made = make_deal(hubspot, dealname="One", dealstage="contractsent")
    (found,) = hubspot.crm.deals.basic_api.get_page(properties=["dealstage", "pipeline"]).results
    assert found.id == made.id
    assert found.properties.items() >= {"dealstage": "contractsent", "pipeline": "default"}.items()


@pytest.mark.parametrize(
    "properties",
    [{}, {"dealstage": "no such"}, {"dealstage": "closedwon", "pipeline": "no such"}],
    ids=["no stage", "a strange stage", "a strange pipeline"],
)
def test_a_deal_needs_a_stage_that_is_there(hubspot: HubSpot, properties: dict[str, str]) -> None:
    with pytest.raises(ApiException) as caught:
        make_deal(hubspot, dealname="One", **properties)
    assert caught.value.status == 400


@pytest.mark.parametrize("version", ["v4", "2026-09-beta"])
def test_workflows_are_listed_in_pages_and_told_one_by_one(
    sandbox: Sandbox, control: Post, version: str
) -> None:
    flows = [{"name": str(n), "actions": [{"actionTypeId": "0-5"}]} for n in range(3)]
    _, made = control("workflows", workflows=flows)
    base = f"/hubspot/automation/{version}/flows"
    _, page = call(sandbox, "GET", f"{base}?limit=2", None, bearer())
    _, rest = call(
        sandbox, "GET", f"{base}?after={page['paging']['next']['after']}", None, bearer()
    )
    both = page["results"] + rest["results"]
    assert [one["id"] for one in both] == made["ids"]
    assert "actions" not in both[0], "the list is short"
    _, one = call(sandbox, "GET", f"{base}/{made['ids'][1]}", None, bearer())
    assert (one["name"], one["isEnabled"], one["type"]) == ("1", False, "CONTACT_FLOW")
    (action,) = one["actions"]
    assert (action["actionTypeId"], action["type"]) == ("0-5", "SINGLE_CONNECTION")
    assert call(sandbox, "GET", f"{base}/1", None, bearer())[0] == 404


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("crm.objects.owners.read", "crm/v3/owners/"),
        ("crm.objects.deals.read", "crm/v3/objects/deals"),
        ("crm.objects.deals.read", "crm/v3/pipelines/deals"),
        ("automation", "automation/v4/flows"),
        ("sales-email-read", "crm/objects/2026-09/emails"),
        ("automation", "automation/2026-09-beta/flows"),
        ("crm.objects.owners.read", "crm/owners/2026-09"),
        ("crm.objects.deals.read", "crm/objects/2026-09/deals"),
        ("crm.objects.deals.read", "crm/pipelines/2026-03/deals"),
    ],
)
def test_a_scope_that_is_missing_is_named(sandbox: Sandbox, scope: str, path: str) -> None:
    config: SandboxConfig = msgspec.structs.replace(CONFIG, missing_scopes=(scope,))
    sandbox.configure(config)
    status, body = call(sandbox, "GET", f"/hubspot/{path}", None, bearer())
    assert status == 403
    assert body["errors"][0]["context"]["requiredGranularScopes"] == [scope]
