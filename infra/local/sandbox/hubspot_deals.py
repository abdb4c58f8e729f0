"""The deals pipeline every HubSpot account begins with, and the API that lists it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .hubspot_errors import missing_scopes, refusal
from .hubspot_paths import versioned
from .wire import Request, Response, answer
from .world import World

SCOPE = "crm.objects.deals.read"
PIPELINE = "default"
WON, LOST = "closedwon", "closedlost"
#: Stage -> (label, probability). HubSpot closes a deal at a probability of 0 or 1.
STAGES: dict[str, tuple[str, float]] = {
    "appointmentscheduled": ("Appointment Scheduled", 0.2),
    "qualifiedtobuy": ("Qualified To Buy", 0.4),
    "presentationscheduled": ("Presentation Scheduled", 0.6),
    "decisionmakerboughtin": ("Decision Maker Bought-In", 0.8),
    "contractsent": ("Contract Sent", 0.9),
    WON: ("Closed Won", 1.0),
    LOST: ("Closed Lost", 0.0),
}
_MADE = "2025-01-09T20:28:50.080Z"


class Deals:
    """Lists the pipelines of deals."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[tuple[str, str, Callable[..., Response]]]:
        base = rf"{versioned('crm/pipelines')}/(?:deals|deal|0-3)"
        return [("GET", base, self._list)]

    def _list(self, _request: Request) -> Response:
        if SCOPE in self._world.config().missing_scopes:
            raise missing_scopes(SCOPE)
        pipeline = {
            "id": PIPELINE,
            "label": "Sales Pipeline",
            "displayOrder": 0,
            "stages": [_stage(place, name) for place, name in enumerate(STAGES)],
            "createdAt": _MADE,
            "updatedAt": _MADE,
            "archived": False,
        }
        return answer(200, {"results": [pipeline]})


def check_stage(properties: dict[str, str], *, new: bool) -> dict[str, str]:
    """
    A deal's *properties*; a new deal also gets its pipeline.

    Raises:
        Refused: 400 if the account does not have the pipeline or the stage.
    """
    pipeline, stage = properties.get("pipeline") or PIPELINE, properties.get("dealstage")
    if pipeline != PIPELINE:
        raise refusal(400, "VALIDATION_ERROR", f"{pipeline} is not a valid pipeline ID")
    if (new or stage is not None) and stage not in STAGES:
        raise refusal(400, "VALIDATION_ERROR", f"{stage or 'nothing'} is not a valid stage ID")
    return {**properties, "pipeline": PIPELINE} if new else properties


def _stage(place: int, name: str) -> dict[str, Any]:
    label, probability = STAGES[name]
    closed = probability in {0.0, 1.0}
    return {
        "id": name,
        "label": label,
        "displayOrder": place,
        # HubSpot writes both as text.
        "metadata": {"isClosed": str(closed).lower(), "probability": str(probability)},
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "createdAt": _MADE,
        "updatedAt": _MADE,
        "archived": False,
    }
