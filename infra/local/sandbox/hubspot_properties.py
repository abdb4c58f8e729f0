"""HubSpot's properties API for contacts: lists and creates properties."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .config import SandboxConfig
from .hubspot_errors import bad_input, missing_scopes, not_found, refusal
from .hubspot_paths import ENFORCING, batch_status, version_of, versioned
from .properties import is_datetime, is_read_only, known_names, options_of
from .wire import Refused, Request, Response, answer
from .world import Group, Property, World, iso, now_ms

MAX_BATCH = 100
READ, WRITE = "crm.schemas.contacts.read", "crm.schemas.contacts.write"
#: Groups that every account has; those created are in the world's state.
GROUPS = {
    "contactinformation": "Contact information",
    "conversioninformation": "Conversion information",
    "emailinformation": "Email information",
    "analyticsinformation": "Web analytics history",
    "sales_properties": "Sales properties",
}
#: Property type -> the fields that may show it; the first is the usual one.
SHAPES: dict[str, tuple[str, ...]] = {
    "string": ("text", "textarea", "file"),
    "number": ("number", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox"),
    "bool": ("booleancheckbox", "calculation_equation"),
}
_LABELS = {
    "marketingqualifiedlead": "Marketing Qualified Lead",
    "salesacceptedlead": "Sales Accepted Lead",
    "salesqualifiedlead": "Sales Qualified Lead",
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


class Properties:
    """Lists and creates contact properties and their groups; created ones are usable at once."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[tuple[str, str, Callable[..., Response]]]:
        base = rf"{versioned('crm/properties')}/(?:contacts|contact|0-1)"
        return [
            ("GET", rf"{base}/groups", self._groups),
            ("POST", rf"{base}/groups", self._create_group),
            ("POST", rf"{base}/batch/create", self._create_batch),
            ("GET", base, self._list),
            ("POST", base, self._create),
            ("GET", rf"{base}/([^/]+)", self._get),
        ]

    def _list(self, request: Request) -> Response:
        config = self._allowed(READ)
        if request.one("archived").lower() == "true":
            return answer(200, {"results": []})
        return answer(200, {"results": [self._shape(config, n) for n in known_names(config)]})

    def _get(self, _request: Request, name: str) -> Response:
        config = self._allowed(READ)
        if name not in known_names(config):
            raise not_found(f"Property '{name}' does not exist on object type 'contacts'")
        return answer(200, self._shape(config, name))

    def _create(self, request: Request) -> Response:
        self._allowed(WRITE)
        return answer(201, self._make(self._checked(request.json())))

    def _create_batch(self, request: Request) -> Response:
        """One invalid definition refuses the whole batch; properties that exist already are
        reported one by one."""
        self._allowed(WRITE)
        inputs, started = request.json()["inputs"], iso(now_ms())
        if len(inputs) > MAX_BATCH:
            raise bad_input(f"a batch holds at most {MAX_BATCH} inputs, this one has {len(inputs)}")
        wanted = [self._checked(one) for one in inputs]
        results: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for one in wanted:
            try:
                results.append(self._make(one))
            except Refused as refused:
                said = {k: v for k, v in refused.body.items() if k != "correlationId"}
                errors.append({**said, "context": {}, "errors": [], "links": {}})
        body: dict[str, Any] = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": started,
            "completedAt": iso(now_ms()),
        }
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        complete = 200 if version_of(request) == ENFORCING else 201
        return answer(batch_status(request, complete, bool(errors)), body)

    def _groups(self, _request: Request) -> Response:
        self._allowed(READ)
        made = {group.name: group.label for group in self._world.state.groups.values()}
        shapes = [_group(name, label) for name, label in (GROUPS | made).items()]
        return answer(200, {"results": shapes})

    def _create_group(self, request: Request) -> Response:
        self._allowed(WRITE)
        body = request.json()
        name, label = str(body["name"]), str(body["label"])
        if name in GROUPS or name in self._world.state.groups:
            raise _exists(f"A property group named '{name}' already exists.")
        self._world.state.groups[name] = Group(name=name, label=label)
        self._world.changed()
        return answer(201, _group(name, label))

    def _checked(self, body: dict[str, Any]) -> Property:
        made = Property(
            name=str(body["name"]),
            label=str(body["label"]),
            type=str(body["type"]),
            field_type=str(body["fieldType"]),
            group=str(body["groupName"]),
            description=str(body.get("description") or ""),
            options={str(one["value"]): str(one["label"]) for one in body.get("options") or []},
        )
        if not _NAME.fullmatch(made.name):
            raise _invalid(
                f"Property name '{made.name}' is invalid: lowercase letters, digits and underscores"
            )
        if not made.label:
            raise _invalid(f"Property '{made.name}' needs a label")
        if made.field_type not in SHAPES.get(made.type, ()):
            raise _invalid(f"fieldType '{made.field_type}' is not valid for type '{made.type}'")
        if made.group not in GROUPS and made.group not in self._world.state.groups:
            raise _invalid(f"Property group '{made.group}' does not exist")
        return made

    def _make(self, made: Property) -> dict[str, Any]:
        if made.name in known_names(self._world.config()):
            raise _exists(f"A property named '{made.name}' already exists.")
        self._world.state.properties[made.name] = made
        self._world.changed()
        return self._shape(self._world.config(), made.name)

    def _shape(self, config: SandboxConfig, name: str) -> dict[str, Any]:
        made = self._world.state.properties.get(name)
        custom, read_only = name in config.custom_properties, is_read_only(name)
        options = made.options if made else _labelled(options_of(config, name))
        kind = "enumeration" if options else "datetime" if is_datetime(name) else "string"
        if custom:
            kind = config.property_types.get(name, kind)
        return {
            "name": name,
            "label": made.label if made else _readable(name),
            "type": kind,
            "fieldType": made.field_type if made else SHAPES[kind][0],
            "description": made.description if made else "",
            "groupName": made.group if made else "contactinformation",
            "options": [
                {"label": label, "value": value, "displayOrder": place, "hidden": False}
                for place, (value, label) in enumerate(options.items())
            ],
            "displayOrder": -1,
            "calculated": read_only,
            "externalOptions": False,
            "hasUniqueValue": name == "email",
            "hidden": False,
            "formField": False,
            "hubspotDefined": not custom,
            "modificationMetadata": {
                "archivable": custom,
                "readOnlyDefinition": not custom,
                "readOnlyOptions": False,
                "readOnlyValue": read_only,
            },
            "archived": False,
        }

    def _allowed(self, scope: str) -> SandboxConfig:
        config = self._world.config()
        if scope in config.missing_scopes:
            raise missing_scopes(scope)
        return config


def _labelled(values: tuple[str, ...]) -> dict[str, str]:
    return {value: _LABELS.get(value) or _readable(value) for value in values}


def _readable(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _group(name: str, label: str) -> dict[str, Any]:
    return {"name": name, "label": label, "displayOrder": -1, "archived": False}


def _exists(message: str) -> Refused:
    return refusal(409, "OBJECT_ALREADY_EXISTS", message)


def _invalid(message: str) -> Refused:
    return refusal(400, "VALIDATION_ERROR", message)
