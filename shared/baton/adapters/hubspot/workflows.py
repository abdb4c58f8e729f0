"""What a HubSpot workflow writes to contacts, read from its definition.

The v4 automation API is in beta and every field of an action may be missing, so the actions are
looked at as plain JSON. A workflow sets a property with action 0-5 (``property_name``), copies
one with 0-25 (``target_property``) and rotates owners with 0-11; any field that names a property to
write counts, whatever the action's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from baton.application.audit.census import OWNER, is_ours
from baton.application.ports.census import Workflow

_CONTACTS = {"0-1", "CONTACT", "CONTACTS"}
_ROTATES_OWNER = "0-11"
_CREATES_RECORD = "0-14"
_NAMES = ("property_name", "propertyName", "target_property", "targetProperty")
#: Action types that do not say what they write.
_CODE = {"CUSTOM_CODE", "WEBHOOK"}


def written(flow: dict[str, Any]) -> tuple[str, ...]:
    """The contact properties that *flow* writes and that Baton writes or decides by."""
    about_contacts = _about_contacts(flow)
    names: set[str] = set()
    for action in _actions(flow):
        fields = action.get("fields")
        fields = fields if isinstance(fields, dict) else {}
        if about_contacts or _reaches_contacts(action, fields):
            names |= {name for name in _named(fields) if is_ours(name)}
            if action.get("actionTypeId") == _ROTATES_OWNER and not set(_NAMES) & fields.keys():
                names.add(OWNER)
    return tuple(sorted(names))


def is_opaque(flow: dict[str, Any]) -> bool:
    """Whether the workflow runs code, a webhook or another app's action."""
    return any(
        action.get("type") in _CODE
        or str(action.get("actionTypeId") or "0-").partition("-")[0] not in {"0", ""}
        for action in _actions(flow)
    )


def workflow(flow: dict[str, Any]) -> Workflow:
    found, name = str(flow.get("id") or ""), str(flow.get("name") or "")
    return Workflow(
        found, name or f"workflow {found}", flow.get("isEnabled") is True, written(flow)
    )


def _actions(flow: dict[str, Any]) -> list[dict[str, Any]]:
    actions = flow.get("actions")
    if not isinstance(actions, list):
        return []
    return [action for action in actions if isinstance(action, dict)]


def _about_contacts(flow: dict[str, Any]) -> bool:
    kind = flow.get("objectTypeId")
    return str(kind).upper() in _CONTACTS if kind else flow.get("type") != "PLATFORM_FLOW"


def _reaches_contacts(action: dict[str, Any], fields: dict[str, Any]) -> bool:
    """A workflow about deals or companies may also write to their contacts."""
    if action.get("actionTypeId") == _CREATES_RECORD:
        return str(fields.get("object_type_id")) in _CONTACTS
    return any("associat" in name.lower() or name == "target_object" for name in fields)


def _named(fields: dict[str, Any]) -> Iterator[str]:
    for name in _NAMES:
        if isinstance(fields.get(name), str):
            yield fields[name]
    listed = fields.get("properties")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            yield from _named(one)
