"""From API Gateway's event to an answer: checks, routes, and maps failures to statuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from baton.application.ports.secrets import Secrets
from baton.failures import Malformed, Retryable, SecretUnavailable
from baton.http.requests import Refused, Reply, Route, read, route
from baton.http.signatures import Verdict
from baton.http.signing_secrets import signing_secrets

#: What a 503 says. A stranger learns neither what failed nor how it is called.
COME_BACK = "try again later"
#: Seconds after which a request that cannot be stored now may come again.
SOON = 5
#: Seconds after which a request may come again whose signing secret may not be stored here yet.
UNTIL_STORED = 60


def answer(event: Mapping[str, Any], routes: Mapping[tuple[str, str], Route]) -> Reply:
    """
    Answer an HTTP request.

    400, 401, 404, 405 and 413 are the sender's faults. 503 is ours: the sender repeats the whole
    request, and events that were already stored are recognised by their identities. Its reason is
    for the log alone.
    """
    try:
        request = read(event)
        return route(request, routes)(request)
    except Refused as refused:
        return refused.reply
    except Malformed as fault:
        return Reply(400, {"error": str(fault)})
    except Retryable as fault:
        return _come_back(SOON, f"{type(fault).__name__}: {fault}").reply


def admit(
    check: Callable[[str], Verdict], secrets: Secrets, name: str, *, final_401: bool = False
) -> None:
    """
    Let a request in if *check* says that it was signed with one of the signing secrets in the
    secret called *name*.

    A signature that fits none of them may be of one that was stored since: the secret is read
    again, at most once a minute. While that is held back nobody can tell, so the answer is 503.

    Args:
        final_401: The caller takes a 401 for good. Such a caller is never given one for a wrong
            signature: HubSpot may sign with a secret that nobody has stored here yet. Nor for a
            stale one: a clock may be off, here or there. A stranger is told to come back, too,
            which costs neither them nor us more than a 401.

    Raises:
        Refused: 401, saying whether the signature is missing, stale or wrong; or 503.
        SecretUnavailable: There is nothing to check with.
    """
    verdict = check("")  # whether anything is signed, and when: no secret is read for that
    if verdict == "wrong":
        verdict, wait = _with_secrets(check, secrets, name)
        if verdict == "wrong" and wait:
            raise _come_back(wait, "signature: wrong")
    if final_401 and verdict in {"wrong", "stale"}:
        raise _come_back(UNTIL_STORED, f"signature: {verdict}")
    if verdict != "holds":
        raise Refused(401, f"signature: {verdict}")


def _with_secrets(
    check: Callable[[str], Verdict], secrets: Secrets, name: str
) -> tuple[Verdict, float]:
    """The verdict; and if it is wrong, in how many seconds it may be another one (0: it will not,
    unless another secret is stored)."""
    if _holds(check, secrets.get(name)):
        return "holds", 0
    found, wait = secrets.reread(name)
    if _holds(check, found):
        return "holds", 0
    if not signing_secrets(found):
        raise SecretUnavailable(f"{name}: signing_secret is missing or empty")
    return "wrong", wait


def _holds(check: Callable[[str], Verdict], secret: Mapping[str, str]) -> bool:
    return any(check(one) == "holds" for one in signing_secrets(secret))


def _come_back(seconds: float, why: str) -> Refused:
    return Refused(503, COME_BACK, {"Retry-After": str(ceil(seconds))}, log=why)
