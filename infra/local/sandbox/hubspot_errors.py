"""HubSpot's refusals, word for word where known."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence

from .associations import singular
from .wire import Refused, Response, answer

DAILY_LIMIT = 650_000


def refusal(
    status: int,
    category: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Refused:
    body: dict[str, object] = {
        "status": "error",
        "message": message,
        "correlationId": str(uuid.uuid4()),
        "category": category,
        **more,
    }
    return Refused(answer(status, body, headers))


def unauthorized() -> Refused:
    message = (
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you "
        "can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )
    return refusal(401, "INVALID_AUTHENTICATION", message)


def not_found(what: str = "resource not found") -> Refused:
    return refusal(404, "OBJECT_NOT_FOUND", what)


def missing_scopes(*scopes: str) -> Refused:
    message = (
        "This app hasn't been granted all required scopes to make this call. Read more about "
        "required scopes here: https://developers.hubspot.com/scopes."
    )
    error = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    links = {"scopes": "https://developers.hubspot.com/scopes"}
    return refusal(403, "MISSING_SCOPES", message, errors=[error], links=links)


def bad_input(message: str) -> Refused:
    return refusal(400, "VALIDATION_ERROR", f"Invalid input JSON: {message}")


def invalid(faults: Sequence[Mapping[str, object]], shape: str = "message") -> Refused:
    """
    Values that HubSpot does not take.

    Args:
        shape: ``message``: the faults stand in the message only, as most reported bodies have it;
            ``errors``: in a list of their own, as HubSpot's files have it; ``both``.
    """
    listed = json.dumps([{k: v for k, v in one.items() if k != "portalId"} for one in faults])
    errors = [
        {
            "message": one["message"],
            "code": one["error"],
            "context": {"propertyName": [one["name"]]},
        }
        for one in faults
    ]
    message = "Property values were not valid"
    if shape != "errors":
        message += f": {listed}"
    if shape == "message":
        return refusal(400, "VALIDATION_ERROR", message)
    return refusal(400, "VALIDATION_ERROR", message, errors=errors)


def required(lacking: Sequence[tuple[str, str, str]]) -> Refused:
    """What the account's admin requires and the request leaves out: (property, code, message)."""
    errors = [
        {"message": message, "code": code, "context": {"propertyName": [name]}}
        for name, code, message in lacking
    ]
    message = "The property values provided are invalid"
    return refusal(400, "VALIDATION_ERROR", message, errors=errors)


def not_set(kind: str, *names: str) -> Refused:
    """What HubSpot requires of every new object: in a context of the whole, without ``errors``."""
    message = f"Error creating {singular(kind).upper()}. Some required properties were not set."
    return refusal(400, "VALIDATION_ERROR", message, context={"properties": list(names)})


def too_many(policy: str, limit: int, daily_left: int) -> Refused:
    """429 as HubSpot answers it; the search limit (SECONDLY) comes without rate headers."""
    correlation = str(uuid.uuid4())
    body = {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "category": "RATE_LIMITS",
        "correlationId": correlation,
        "policyName": policy,
        "requestId": str(uuid.uuid4()),
    }
    headers = {"X-HubSpot-Correlation-Id": correlation}
    if policy != "SECONDLY":
        headers |= rate_headers(limit, 0, daily_left)
    return Refused(answer(429, body, headers))


def rate_headers(limit: int, left: int, daily_left: int) -> dict[str, str]:
    return {
        "X-HubSpot-RateLimit-Daily": str(DAILY_LIMIT),
        "X-HubSpot-RateLimit-Daily-Remaining": str(daily_left),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Max": str(limit),
        "X-HubSpot-RateLimit-Remaining": str(left),
    }


def server_error() -> Response:
    body = {
        "status": "error",
        "message": "internal error",
        "category": "INTERNAL_ERROR",
        "correlationId": str(uuid.uuid4()),
    }
    return answer(500, body)
