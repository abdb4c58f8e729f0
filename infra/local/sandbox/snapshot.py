"""The state of the sandbox as plain JSON, for the page and the tests."""

from __future__ import annotations

from typing import Any

from .config import Owner
from .crm import Crm
from .workspace import BOT_USER, Workspace
from .world import Message, Record, View, World

_ACTIVITIES = ("calls", "emails", "meetings", "communications")


def full_state(world: World, crm: Crm, workspace: Workspace) -> dict[str, Any]:
    """Everything except what was deleted, archived or closed."""
    found = changes(world, crm, workspace, since=0, epoch=0)
    found["contacts"] = [one for one in found["contacts"] if not one["archived"]]
    found["messages"] = [one for one in found["messages"] if not one["deleted"]]
    found["views"] = [one for one in found["views"] if one["open"]]
    return found


def changes(world: World, crm: Crm, workspace: Workspace, since: int, epoch: int) -> dict[str, Any]:
    """
    What changed after *since*; everything if *epoch* is from before a reset.

    Deleted, archived and closed items are included and marked, so that the page can drop them.
    """
    state = world.state
    if epoch != state.epoch:
        since = 0
    contacts = [
        _contact(crm, record)
        for record in state.records.get("contacts", {}).values()
        if record.rev > since
    ]
    messages = [
        _message(workspace, message)
        for channel in state.messages.values()
        for message in channel.values()
        if message.rev > since
    ]
    views = [_view(view) for view in state.views.values() if view.rev > since]
    config = world.config()
    return {
        "epoch": state.epoch,
        "rev": state.rev,
        "contacts": contacts,
        "messages": messages,
        "views": views,
        "owners": [_owner(owner) for owner in config.owners],
        "channels": [
            {"id": key, "name": one.name, "private": one.private, "archived": one.archived}
            for key, one in workspace.channels().items()
        ],
        "dms": {owner.slack_id: key for key, owner in workspace.dms().items()},
        "bot": BOT_USER,
        "stages": [*config.lifecycle_stages, *config.side_stages],
        "lead_statuses": list(config.lead_statuses),
        "custom_properties": list(config.custom_properties),
        "portal_id": config.portal_id,
        "waiting_webhooks": len(state.outbox),
        "planned": len(state.plans),
    }


def _contact(crm: Crm, record: Record) -> dict[str, Any]:
    tasks = [_plain(crm, "tasks", one) for one, _ in crm.linked("contacts", record.id, "tasks")]
    activities = [
        _plain(crm, kind, one)
        for kind in _ACTIVITIES
        for one, _ in crm.linked("contacts", record.id, kind)
    ]
    stages = [
        {"value": change.value, "at": change.at, "source": change.source}
        for change in record.history.get("lifecyclestage", [])
    ]
    return {
        "id": record.id,
        "rev": record.rev,
        "created": record.created,
        "archived": record.archived,
        "properties": _values(record),
        "stages": stages,
        "tasks": tasks,
        "activities": sorted(activities, key=lambda one: str(one["at"]), reverse=True),
    }


def _plain(crm: Crm, kind: str, object_id: str) -> dict[str, Any]:
    record = crm.find(kind, object_id)
    assert record is not None, "linked() lists live objects only"
    at = record.value("hs_timestamp")
    return {"id": record.id, "type": kind, "at": at, "properties": _values(record)}


def _values(record: Record) -> dict[str, str]:
    return {name: value for name in record.history if (value := record.value(name)) is not None}


def _message(workspace: Workspace, message: Message) -> dict[str, Any]:
    return {
        **workspace.message_shape(message),
        "channel": message.channel,
        "blocks": message.blocks,
        "ephemeral_to": message.ephemeral_to,
        "deleted": message.deleted,
        "rev": message.rev,
    }


def _view(view: View) -> dict[str, Any]:
    return {
        "id": view.id,
        "user": view.user,
        "open": view.open,
        "errors": view.errors,
        "view": view.view,
        "rev": view.rev,
    }


def _owner(owner: Owner) -> dict[str, Any]:
    return {
        "id": owner.id,
        "name": owner.name,
        "email": owner.email,
        "slack_id": owner.slack_id,
        "title": owner.title,
        "tz": owner.tz,
        "archived": owner.archived,
    }
