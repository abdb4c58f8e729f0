"""What a workflow's definition says it writes to contacts."""

from __future__ import annotations

from typing import Any

import pytest

from baton.adapters.hubspot.workflows import is_opaque, workflow, written

CONTACTS = {"objectTypeId": "0-1", "type": "CONTACT_FLOW"}
DEALS = {"objectTypeId": "0-3", "type": "PLATFORM_FLOW"}


def action(number: str, **fields: Any) -> dict[str, Any]:
    return {"actionTypeId": number, "type": "SINGLE_CONNECTION", "fields": fields}


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        pytest.param(
            {**CONTACTS, "actions": [action("0-5", property_name="lifecyclestage")]},
            ("lifecyclestage",),
            id="sets one",
        ),
        pytest.param(
            {
                **CONTACTS,
                "actions": [
                    action("0-5", property_name="hs_lead_status"),
                    action("0-5", property_name="baton_reason"),
                    action("0-5", property_name="hs_language"),
                ],
            },
            ("baton_reason", "hs_lead_status"),
            id="sets several, one of them not ours",
        ),
        pytest.param(
            {
                **CONTACTS,
                "actions": [
                    action("0-25", source_property="lifecyclestage", target_property="copy")
                ],
            },
            (),
            id="copies from one",
        ),
        pytest.param(
            {
                **CONTACTS,
                "actions": [action("0-25", source_property="x", target_property="baton_x")],
            },
            ("baton_x",),
            id="copies to one",
        ),
        pytest.param(
            {**CONTACTS, "actions": [action("0-11", user_ids=["7"])]},
            ("hubspot_owner_id",),
            id="rotates owners",
        ),
        pytest.param(
            {**CONTACTS, "actions": [action("0-11", target_property="sdr_owner")]},
            (),
            id="rotates another kind of owner",
        ),
        pytest.param(
            {**DEALS, "actions": [action("0-5", property_name="hubspot_owner_id")]},
            (),
            id="sets a deal's owner",
        ),
        pytest.param(
            {
                **DEALS,
                "actions": [
                    action("0-5", property_name="lifecyclestage", association={"x": 1}),
                ],
            },
            ("lifecyclestage",),
            id="sets the stage of a deal's contacts",
        ),
        pytest.param(
            {
                **DEALS,
                "actions": [
                    action(
                        "0-14",
                        object_type_id="0-1",
                        properties=[{"targetProperty": "lifecyclestage"}],
                    )
                ],
            },
            ("lifecyclestage",),
            id="creates contacts with a stage",
        ),
        pytest.param(
            {"actions": [action("0-5", property_name="lifecyclestage")]},
            ("lifecyclestage",),
            id="does not say what it is about",
        ),
        pytest.param({**CONTACTS}, (), id="no actions"),
        pytest.param({**CONTACTS, "actions": None}, (), id="actions that are none"),
        pytest.param({**CONTACTS, "actions": ["x", {"fields": "x"}, {}]}, (), id="odd actions"),
        pytest.param(
            {**CONTACTS, "actions": [action("0-5", property_name=None)]}, (), id="an odd name"
        ),
    ],
)
def test_what_a_workflow_writes(flow: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert written(flow) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param({"type": "CUSTOM_CODE"}, True, id="own code"),
        pytest.param({"type": "WEBHOOK"}, True, id="a webhook"),
        pytest.param({"actionTypeId": "1-179507819"}, True, id="another app's action"),
        pytest.param({"actionTypeId": "0-5"}, False, id="HubSpot's own"),
        pytest.param({"type": "STATIC_BRANCH"}, False, id="a branch"),
    ],
)
def test_what_a_workflow_hides(one: dict[str, Any], expected: bool) -> None:
    assert is_opaque({"actions": [one]}) is expected


def test_a_workflow_without_a_name_is_called_by_its_id() -> None:
    found = workflow({"id": 17})
    assert (found.id, found.name, found.on) == ("17", "workflow 17", False)
