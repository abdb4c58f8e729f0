"""HubSpot's workflows API. The workflows are listed, never run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .hubspot_errors import bad_input, missing_scopes, not_found
from .hubspot_shapes import paged
from .wire import Request, Response, answer
from .world import World

SCOPE = "automation"
MAX_PAGE = 100
_LISTED = ("id", "isEnabled", "objectTypeId", "flowType", "name", "revisionId", "uuid")
_MADE = "2025-03-04T10:11:12.130Z"


class Automation:
    """Lists workflows, and returns one with its actions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[tuple[str, str, Callable[..., Response]]]:
        flows = "/automation/(?:v4|2026-09-beta)/flows"
        return [
            ("GET", flows, self._list),
            ("GET", rf"{flows}/([^/]+)", self._get),
        ]

    def put(self, workflows: list[dict[str, Any]]) -> list[str]:
        """Replace all workflows by these; a workflow without an id gets one. Returns the ids, in
        order."""
        with self._world.lock:
            made = [self._made(one) for one in workflows]
            self._world.state.workflows = {one["id"]: one for one in made}
            self._world.changed()
        return [one["id"] for one in made]

    def _made(self, workflow: dict[str, Any]) -> dict[str, Any]:
        found = str(workflow.get("id") or self._world.count("workflow", 1_480_000_000))
        usual: dict[str, Any] = {
            "type": "CONTACT_FLOW",
            "flowType": "WORKFLOW",
            "objectTypeId": "0-1",
            "isEnabled": False,
            "revisionId": "1",
            "actions": [],
            "crmObjectCreationStatus": "COMPLETE",
            "nextAvailableActionId": "1",
            "blockedDates": [],
            "customProperties": {},
            "dataSources": [],
            "timeWindows": [],
            "createdAt": _MADE,
            "updatedAt": _MADE,
        }
        flow = {**usual, **workflow, "id": found}
        if flow["type"] == "CONTACT_FLOW":
            flow = {"canEnrollFromSalesforce": False, "suppressionListIds": [], **flow}
        actions = flow.get("actions")
        if isinstance(actions, list):
            flow["actions"] = [_action(one, str(n + 1)) for n, one in enumerate(actions)]
        return flow

    def _list(self, request: Request) -> Response:
        self._allowed()
        limit, after = int(request.one("limit") or MAX_PAGE), request.one("after")
        if not 1 <= limit <= MAX_PAGE:
            raise bad_input(f"limit must be between 1 and {MAX_PAGE}")
        start = int(after) if after.isdigit() else 0
        flows = list(self._world.state.workflows.values())
        more = start + limit < len(flows)
        listed = [
            {name: flow[name] for name in (*_LISTED, "createdAt", "updatedAt") if name in flow}
            for flow in flows[start : start + limit]
        ]
        return answer(200, paged(listed, str(start + limit) if more else None))

    def _get(self, _request: Request, flow_id: str) -> Response:
        self._allowed()
        flow = self._world.state.workflows.get(flow_id)
        if flow is None:
            raise not_found(f"flow {flow_id} does not exist")
        return answer(200, flow)

    def _allowed(self) -> None:
        if not self._world.config().flows:
            raise not_found("no such endpoint")
        if SCOPE in self._world.config().missing_scopes:
            raise missing_scopes(SCOPE)


def _action(action: Any, number: str) -> Any:
    """An action with what HubSpot always says of its kind."""
    if not isinstance(action, dict):
        return action
    kind = action.get("type") or "SINGLE_CONNECTION"
    usual: dict[str, Any] = {"actionId": number, "type": kind}
    if kind == "SINGLE_CONNECTION":
        usual |= {"actionTypeId": "0-1", "actionTypeVersion": 0, "fields": {}}
    elif kind == "CUSTOM_CODE":
        usual |= {"inputFields": [], "outputFields": [], "secretNames": []}
        usual |= {"runtime": "NODE20X", "sourceCode": "exports.main = async () => {}"}
    elif kind == "WEBHOOK":
        usual |= {"method": "POST", "queryParams": [], "webhookUrl": "https://example.com/hook"}
    return {**usual, **action}
