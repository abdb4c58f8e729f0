"""
What workflows send: "send a webhook" with a contact, and an app's own action.

Sources: HubSpot's "Webhooks in workflows" (v1 contact with histories, current values for other
workflows; 4xx is final but for 429, everything else is sent again) and "Custom workflow actions"
(shape of the request; signed v2; requests to apps have v3 beside it).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from .config import SandboxConfig
from .outbound import Outcome, post
from .properties import is_datetime, parse_time
from .signing import hubspot_headers
from .webhooks import USER_AGENT
from .world import Record, World, now_ms

PATH = "/hubspot/workflow"
TIMEOUT_SECONDS = 30.0
#: What Baton's action asks for: see infra/hubspot.
_ASKED = ("email", "lifecyclestage", "hs_lead_status", "lastmodifieddate")


class WorkflowRequests:
    """Builds and sends the requests of one contact that is in a workflow."""

    def __init__(self, world: World) -> None:
        self._world = world

    def request(self, contact: Record, shape: str) -> tuple[dict[str, Any], bool]:
        """
        The body, and whether it is signed in v3, too. Expects the world's lock to be held.

        Raises:
            ValueError: *shape* is none of those that workflows send.
        """
        makers: dict[str, Callable[[Record], dict[str, Any]]] = {
            "contact": self._contact,
            "object": self._object,
            "action": self._action,
        }
        if shape not in makers:
            raise ValueError(f"as must be one of {', '.join(makers)}")
        return makers[shape](contact), shape == "action"

    def send(self, request: tuple[dict[str, Any], bool]) -> dict[str, Any]:
        """Send it until it is taken or refused for good; say how often, and the last answer."""
        body, v3 = request
        data, attempts = json.dumps(body).encode(), 1
        outcome = self._post(self._world.config(), data, v3)
        for delay in self._world.config().webhook_retry_seconds:
            if outcome.accepted or (400 <= outcome.status < 500 and outcome.status != 429):
                break
            time.sleep(delay)
            attempts += 1
            outcome = self._post(self._world.config(), data, v3)
        text = outcome.body.decode("utf-8", "replace")
        return {"status": outcome.status, "attempts": attempts, "body": text}

    def _post(self, config: SandboxConfig, body: bytes, v3: bool) -> Outcome:
        url = config.signed_url + PATH
        signed = hubspot_headers(config.hubspot_client_secret, url, body, now_ms(), "v2", v3=v3)
        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT}
        return post(config.baton_api.rstrip("/") + PATH, body, headers | signed, TIMEOUT_SECONDS)

    def _contact(self, contact: Record) -> dict[str, Any]:
        """The contact of HubSpot's first API, with the history of each property."""
        return {
            "vid": int(contact.id),
            "canonical-vid": int(contact.id),
            "merged-vids": [],
            "portal-id": self._world.config().portal_id,
            "is-contact": True,
            "properties": {
                name: {
                    "value": _old(name, changes[0].value),
                    "versions": [
                        {
                            "value": _old(name, change.value),
                            "source-type": change.source,
                            "source-id": change.source_id,
                            "source-label": None,
                            "updated-by-user-id": None,
                            "timestamp": change.at,
                            "selected": False,
                        }
                        for change in changes
                    ],
                }
                for name, changes in contact.history.items()
                if changes
            },
            "form-submissions": [],
            "list-memberships": [],
            "identity-profiles": [],
            "merge-audits": [],
        }

    def _object(self, contact: Record) -> dict[str, Any]:
        values = {name: contact.value(name) for name in _ASKED}
        found = {name: value for name, value in values.items() if value is not None}
        portal = self._world.config().portal_id
        return {
            "objectId": int(contact.id),
            "portalId": portal,
            "objectTypeId": "0-1",
            "properties": found,
        }

    def _action(self, contact: Record) -> dict[str, Any]:
        config, run = self._world.config(), self._world.count("enrollment", 403081688000)
        index = {"enrollmentId": run, "actionExecutionIndex": 0}
        values = {name: contact.value(name) for name in _ASKED}
        return {
            "callbackId": f"ap-{config.portal_id}-{run}-3-0",
            "origin": {
                "portalId": config.portal_id,
                "actionDefinitionId": 201903771,
                "actionDefinitionVersion": 4,
                "actionExecutionIndexIdentifier": index,
                "extensionDefinitionId": 201903771,
                "extensionDefinitionVersionId": 4,
            },
            "context": {
                "source": "WORKFLOWS",
                "workflowId": 1640937852,
                "actionId": 3,
                "actionExecutionIndexIdentifier": index,
            },
            "object": {
                "objectId": int(contact.id),
                "objectType": "CONTACT",
                "properties": {name: value for name, value in values.items() if value is not None},
            },
            "fields": {},
            "inputFields": {},
            "typedInputs": {},
        }


def _old(name: str, value: str) -> str:
    """A value as the first API has it: instants in epoch milliseconds."""
    return str(parse_time(value)) if value and is_datetime(name) else value
