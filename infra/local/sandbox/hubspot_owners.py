"""HubSpot's owners API: people who may own records; archived ones are listed separately."""

from __future__ import annotations

from collections.abc import Callable

from .hubspot_errors import bad_input, missing_scopes, not_found
from .hubspot_paths import versioned
from .hubspot_shapes import owner_shape, paged
from .wire import Request, Response, answer
from .world import World

SCOPE = "crm.objects.owners.read"


class Owners:
    """Reads owners; they are those of the config."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[tuple[str, str, Callable[..., Response]]]:
        return [
            ("GET", versioned("crm/owners"), self._list),
            ("GET", rf"{versioned('crm/owners')}/([^/]+)", self._get),
        ]

    def _list(self, request: Request) -> Response:
        self._allowed()
        archived = request.one("archived").lower() == "true"
        owners = [owner for owner in self._world.config().owners if owner.archived == archived]
        if email := request.one("email"):
            owners = [owner for owner in owners if owner.email == email]
        limit = int(request.one("limit") or 100)
        if not 1 <= limit <= 500:
            raise bad_input("limit must be between 1 and 500")
        ids = [owner.id for owner in owners]
        after = request.one("after")
        start = ids.index(after) + 1 if after in ids else 0
        page = owners[start : start + limit]
        more = start + limit < len(owners)
        listed = [owner_shape(owner) for owner in page]
        return answer(200, paged(listed, page[-1].id if more else None, request.path))

    def _get(self, request: Request, owner_id: str) -> Response:
        self._allowed()
        owner = self._world.config().owner(owner_id)
        if owner is None or owner.archived != (request.one("archived").lower() == "true"):
            raise not_found("resource not found")
        return answer(200, owner_shape(owner))

    def _allowed(self) -> None:
        if SCOPE in self._world.config().missing_scopes:
            raise missing_scopes(SCOPE)
