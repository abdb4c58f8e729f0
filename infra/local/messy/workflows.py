"""Typical workflows of an account, in the shape of HubSpot's v4 automation API."""

from __future__ import annotations

from typing import Any


def _sets(number: int, name: str, value: str) -> dict[str, Any]:
    return {
        "actionId": str(number),
        "type": "SINGLE_CONNECTION",
        "actionTypeId": "0-5",
        "actionTypeVersion": 0,
        "fields": {
            "property_name": name,
            "value": {"type": "STATIC_VALUE", "staticValue": value},
        },
    }


_ROTATE = {
    "actionId": "2",
    "type": "SINGLE_CONNECTION",
    "actionTypeId": "0-11",
    "actionTypeVersion": 0,
    "fields": {"user_ids": ["7", "8"], "overwrite_current_owner": "true"},
}
WORKFLOWS: list[dict[str, Any]] = [
    {
        "name": "Demo request to MQL",
        "isEnabled": True,
        "actions": [_sets(1, "lifecyclestage", "marketingqualifiedlead"), _ROTATE],
    },
    {
        "name": "Contacted leads (2023)",
        "isEnabled": True,
        "actions": [_sets(1, "hs_lead_status", "CONNECTED")],
    },
    {
        "name": "Old nurture",
        "isEnabled": False,
        "actions": [_sets(1, "hs_lead_status", "BAD_TIMING")],
    },
    {
        "name": "Newsletter welcome",
        "isEnabled": True,
        "actions": [_sets(1, "hs_language", "en")],
    },
    {
        "name": "Enrich from a database",
        "isEnabled": True,
        "actions": [{"actionId": "1", "type": "CUSTOM_CODE", "runtime": "NODE20X"}],
    },
    {
        # It writes the owner of the deal, not of the contact.
        "name": "Deal desk",
        "isEnabled": True,
        "type": "PLATFORM_FLOW",
        "objectTypeId": "0-3",
        "actions": [_sets(1, "hubspot_owner_id", "41629779")],
    },
]
#: How many of them are active and write properties that Baton writes.
WRITING_AND_ON = 2
