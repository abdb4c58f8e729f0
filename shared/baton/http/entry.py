"""From API Gateway's event to an answer: checks, routes, and maps failures to statuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from baton.application.ports.secrets import Secrets
from baton.failures import Malformed, Retryable, SecretUnavailable
from baton.http.requests import Refused, Reply, Route, read, route
from baton.http.signatures import Verdict


def answer(event: Mapping[str, Any], routes: Mapping[tuple[str, str], Route]) -> Reply:
    """
    Answer an HTTP request.

    400, 401, 404, 405 and 413 are the sender's faults. 503 is ours: the sender repeats the whole
    request, and events that were already stored are recognised by their identities.
    """
    try:
        request = read(event)
        return route(request, routes)(request)
    except Refused as refused:
        return refused.reply
    except Malformed as fault:
        return Reply(400, {"error": str(fault)})
    except Retryable as fault:
        return Reply(503, {"error": f"{type(fault).__name__}: {fault}"}, {"Retry-After": "5"})


def admit(check: Callable[[str], Verdict], secrets: Secrets, name: str, key: str) -> None:
    """
    Let a request in if *check* says that it was signed with *key* of the secret called *name*.

    A signature that the cached secret rejects is checked again with a rotated one.

    Raises:
        Refused: 401, saying whether the signature is missing, stale or wrong.
        SecretUnavailable: There is no key to check with.
    """
    verdict = check(_part(secrets.get(name), name, key))
    if verdict == "wrong":
        newer = secrets.refreshed(name)
        if newer is not None:
            verdict = check(_part(newer, name, key))
    if verdict != "holds":
        raise Refused(401, f"signature: {verdict}")


def _part(secret: Mapping[str, str], name: str, key: str) -> str:
    if not secret.get(key):
        raise SecretUnavailable(f"{name}: {key} is missing or empty")
    return secret[key]
