"""Dated and legacy paths, and what differs between versions: statuses of batches, rules."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from infra.local.sandbox.config import ConditionalRule, SandboxConfig
from infra.local.sandbox.server import Sandbox

from .conftest import CONFIG, Post, bearer, call

VERSIONS = ["v3", "2026-03", "2026-09"]
RULED: SandboxConfig = msgspec.structs.replace(
    CONFIG,
    conditional_rules=(
        ConditionalRule(when="hs_lead_status", values=("UNQUALIFIED",), needs="baton_track"),
    ),
    required_to_create={"contacts": ("firstname",)},
    value_rules={"city": "ALPHA"},
)


def path(area: str, version: str, rest: str = "") -> str:
    head, _, tail = area.partition("/")
    old = f"/hubspot/{head}/{version}" + (f"/{tail}" if tail else "")
    return (old if version.startswith("v") else f"/hubspot/{area}/{version}") + rest


def ask(sandbox: Sandbox, method: str, where: str, body: Any = None) -> tuple[int, Any]:
    return call(sandbox, method, where, body, bearer())


def new_contact(sandbox: Sandbox, version: str, **properties: str) -> tuple[int, Any]:
    body = {"properties": properties, "associations": []}
    return ask(sandbox, "POST", path("crm/objects", version, "/contacts"), body)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("area", "rest"),
    [
        ("account-info", "/details"),
        ("crm/objects", "/contacts"),
        ("crm/owners", ""),
        ("crm/pipelines", "/deals"),
        ("crm/properties", "/contacts"),
        ("crm/properties", "/contacts/groups"),
    ],
)
def test_every_area_answers_in_every_version(
    sandbox: Sandbox, area: str, version: str, rest: str
) -> None:
    assert ask(sandbox, "GET", path(area, version, rest))[0] == 200


@pytest.mark.parametrize(
    "where",
    [
        "/hubspot/crm/objects/v3/contacts",
        "/hubspot/crm/2026-09/objects/contacts",
        "/hubspot/crm/objects/2025-09/contacts",
        "/hubspot/automation/2026-09/flows",
    ],
)
def test_other_paths_do_not_exist(sandbox: Sandbox, where: str) -> None:
    assert ask(sandbox, "GET", where)[0] == 404


@pytest.mark.parametrize(("version", "status"), [("v3", 207), ("2026-03", 207), ("2026-09", 200)])
def test_a_missing_member_of_a_batch_stands_beside_the_others(
    sandbox: Sandbox, version: str, status: int
) -> None:
    there = new_contact(sandbox, version, firstname="Ada")[1]["id"]
    body = {"inputs": [{"id": there}, {"id": "1"}], "properties": [], "propertiesWithHistory": []}
    where = path("crm/objects", version, "/contacts/batch/read")
    found, answer = ask(sandbox, "POST", where, body)
    assert found == status
    assert [one["id"] for one in answer["results"]] == [there]
    assert answer["numErrors"] == 1
    assert answer["errors"][0]["context"] == {"ids": ["1"]}


def test_2026_09_lists_associations_by_batch_only(sandbox: Sandbox) -> None:
    contact = new_contact(sandbox, "2026-09", firstname="Ada")[1]["id"]
    rest = f"/contacts/{contact}/associations/tasks"
    assert ask(sandbox, "GET", path("crm/objects", "2026-03", rest))[0] == 200
    assert ask(sandbox, "GET", path("crm/objects", "2026-09", rest))[0] == 404


# ---------------------------------------------------------------- an admin's rules


@pytest.mark.parametrize("version", VERSIONS)
def test_a_conditional_rule_binds_2026_09_only(sandbox: Sandbox, version: str) -> None:
    sandbox.configure(RULED)
    contact = new_contact(sandbox, version, firstname="Ada")[1]["id"]
    where = path("crm/objects", version, f"/contacts/{contact}")
    write = {"properties": {"hs_lead_status": "UNQUALIFIED"}}
    status, body = ask(sandbox, "PATCH", where, write)
    if version != "2026-09":
        assert status == 200
        return
    assert (status, body["category"]) == (400, "VALIDATION_ERROR")
    assert body["errors"] == [
        {
            "code": "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
            "message": "baton_track is required because of a conditional property rule based on"
            " [hs_lead_status]",
            "context": {"propertyName": ["baton_track"]},
        }
    ]
    whole = {"properties": {"hs_lead_status": "UNQUALIFIED", "baton_track": "timing"}}
    assert ask(sandbox, "PATCH", where, whole)[0] == 200
    assert ask(sandbox, "PATCH", where, {"properties": {"baton_track": ""}})[0] == 400
    assert ask(sandbox, "PATCH", where, {"properties": {"firstname": "Eve"}})[0] == 200


@pytest.mark.parametrize(("version", "status"), [("v3", 201), ("2026-03", 201), ("2026-09", 400)])
def test_what_is_required_to_create_binds_2026_09_only(
    sandbox: Sandbox, version: str, status: int
) -> None:
    sandbox.configure(RULED)
    found, body = new_contact(sandbox, version, lastname="Lovelace")
    assert found == status
    if found == 400:
        (error,) = body["errors"]
        assert error["code"] == "MISSING_REQUIRED_PROPERTY"
        assert error["context"] == {"propertyName": ["firstname"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rule_about_a_value_binds_every_version(sandbox: Sandbox, version: str) -> None:
    sandbox.configure(RULED)
    status, body = new_contact(sandbox, version, firstname="Ada", city="Turin 7")
    assert status == 400
    assert '"error": "INVALID_ALPHA", "name": "city"' in body["message"]
    assert new_contact(sandbox, version, firstname="Ada", city="Turin")[0] == 201


@pytest.mark.parametrize("length", [65_536, 65_537])
def test_a_value_has_a_greatest_length(sandbox: Sandbox, length: int) -> None:
    status, _ = new_contact(sandbox, "2026-09", message="x" * length)
    assert status == (201 if length == 65_536 else 400)


@pytest.mark.parametrize("shape", ["message", "errors", "both"])
def test_an_unknown_owner_is_refused_in_each_shape(sandbox: Sandbox, shape: Any) -> None:
    sandbox.configure(msgspec.structs.replace(CONFIG, refusals=shape))
    status, body = new_contact(sandbox, "2026-09", hubspot_owner_id="7")
    assert status == 400
    assert ("INVALID_OWNER_ID" in body["message"]) == (shape != "errors")
    assert ("errors" in body) == (shape != "message")


def test_an_account_may_not_be_in_the_beta_of_workflows(sandbox: Sandbox, control: Post) -> None:
    assert ask(sandbox, "GET", "/hubspot/automation/2026-09-beta/flows")[0] == 200
    sandbox.configure(msgspec.structs.replace(CONFIG, flows=False))
    assert ask(sandbox, "GET", "/hubspot/automation/2026-09-beta/flows")[0] == 404
