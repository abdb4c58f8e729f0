"""Calls HubSpot's API: the one place that touches HubSpot's client.

The client library (12.0.0) knows no dated paths, so its methods are left alone. What is used of it
is what every one of its packages has: connection pool, authorisation, exceptions. The package is
one of the smallest: the import of each costs time at every cold start, and each would open a pool
of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from hubspot.crm.owners.api_client import ApiClient
from hubspot.crm.owners.configuration import Configuration

from baton.adapters.hubspot.errors import translated
from baton.adapters.hubspot.members import decoded
from baton.adapters.hubspot.paths import ObjectPath, Path
from baton.application.ports.token import Token
from baton.failures import Unauthorised

#: (connect, read) in seconds. Half of what the lease allows, with several calls in one delivery.
TIMEOUT = (3.0, 8.0)

_JSON = {"Accept": "application/json", "Content-Type": "application/json"}

#: Names and values of a query; a name may come several times.
Query: TypeAlias = "Iterable[tuple[str, str | int]]"
T = TypeVar("T")


class HubspotApi:
    """
    One request, with the current token, and once more with a fresh one if HubSpot refused it.

    Args:
        token: Asked at every call, so that a rotated one is used.

        host: Base URL of the API, e.g. https://api.hubapi.com.

        before_each: Called before each request; may wait.

    Raises:
        Retryable, Rejected; see hubspot.errors.
    """

    def __init__(
        self, token: Token, host: str, before_each: Callable[[], None] = lambda: None
    ) -> None:
        self._token = token
        self._before_each = before_each
        self._configuration = Configuration()
        self._configuration.host = host.rstrip("/")
        # Its retries sleep inside the call; ours wait in the queue, which costs nothing.
        self._configuration.retries = False
        self._client = ApiClient(self._configuration)

    def __call__(
        self, shape: type[T], method: str, path: Path, query: Query = (), body: Any = None
    ) -> T:
        """The answer to the request, read as *shape*. ``type(None)``: it has no body."""
        self._before_each()
        try:
            return self._request(self._token(), shape, method, path, query, body)
        except Unauthorised:
            fresh = self._token.renewed()
            if fresh is None:
                raise
        return self._request(fresh, shape, method, path, query, body)

    def _request(
        self, token: str, shape: type[T], method: str, path: Path, query: Query, body: Any
    ) -> T:
        self._configuration.access_token = token
        with translated(_written(body), isinstance(path, ObjectPath)):
            answer = self._client.call_api(
                path,
                method,
                query_params=list(query),
                header_params=dict(_JSON),
                body=body,
                auth_settings=["oauth2"],
                _preload_content=False,
                _request_timeout=TIMEOUT,
            )
            # Decoded here: the client's models refuse answers that lack a field they think
            # HubSpot always sends, and take ten times as long.
            # The answer to a deletion has no body.
            return decoded(answer.data or b"null", shape)


def _written(body: Any) -> dict[str, object]:
    """The properties that a request writes; in a read they are a list of names."""
    found = (body or {}).get("properties")
    return found if isinstance(found, dict) else {}
