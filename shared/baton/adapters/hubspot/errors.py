"""HubSpot's refusals, translated once: what to do next about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import msgspec
from hubspot.crm.associations.v4.exceptions import ApiException as LinksException
from hubspot.crm.objects.exceptions import ApiException as ObjectsException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from baton.domain import hubspot_names
from baton.failures import NotAllowed, NotAnOwner, Rejected, Retryable, Unauthorised

#: Each package of the client has exceptions of its own.
_API_ERRORS = (ObjectsException, LinksException)

#: The property of every object that names its owner.
OWNER = hubspot_names.OWNER

#: Status -> minimum wait. HubSpot changed nothing in any of these.
_COME_BACK = {
    # A revoked token or a missing scope: an operator must fix it, so keep the work until then.
    401: timedelta(minutes=5),
    403: timedelta(minutes=5),
    423: timedelta(seconds=2),  # locked: another request is changing the same record
    429: timedelta(seconds=1),
    477: timedelta(seconds=30),  # the account is being moved between data centres
}

#: 429 body ``policyName`` -> minimum wait, unless Retry-After gives one.
_POLICIES = {
    "TEN_SECONDLY_ROLLING": timedelta(seconds=10),
    "SECONDLY": timedelta(seconds=1),
    "DAILY": timedelta(minutes=15),  # resets at midnight of the account: asking is cheap
}


class NotThere(Rejected):
    """HubSpot has no such object (any more)."""


class MissingScopes(NotAllowed):
    """The app lacks a scope that the call needs; an operator must grant it."""

    def __init__(self, why: str, after: timedelta, scopes: tuple[str, ...]) -> None:
        super().__init__(why, after)
        #: The scopes as HubSpot names them; one may be enough. Empty if HubSpot names none.
        self.scopes = scopes


class _Context(msgspec.Struct):
    propertyName: list[str] = []  # noqa: N815 HubSpot's spelling
    requiredGranularScopes: list[str] = []  # noqa: N815 HubSpot's spelling


class _Detail(msgspec.Struct):
    code: str = ""
    context: _Context = msgspec.field(default_factory=_Context)


class _Problem(msgspec.Struct):
    """HubSpot's error body; every field is optional. Its message is not read, because messages
    carry values."""

    category: str = ""
    policyName: str = ""  # noqa: N815 HubSpot's spelling
    errors: list[_Detail] = []


@contextmanager
def translated(*more: type[Exception]) -> Iterator[None]:
    """
    Turn what the client raises into Retryable or Rejected.

    Args:
        more: Exceptions of packages of the client that are not imported here.

    The messages name statuses, categories, codes and property names; never values, which may be
    a person's.
    """
    api_errors = (*_API_ERRORS, *more)
    try:
        yield
    except (NewConnectionError, ConnectTimeoutError) as error:
        # Nothing was sent.
        raise Retryable(f"HubSpot: {type(error).__name__}") from error
    except HTTPError as error:
        # The request may have been sent; there was no answer.
        raise Retryable(f"HubSpot: {type(error).__name__}", unsure=True) from error
    except api_errors as error:
        raise _sorted(error) from error
    except AttributeError as error:
        # The client library stumbles over the missing body of a TLS failure (version 12.0.0).
        if isinstance(error.__context__, api_errors):
            raise Retryable("HubSpot: TLS failure") from error
        raise
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # An answer that is not HubSpot's: a gateway's page, or half a body.
        raise Retryable(f"HubSpot: {type(error).__name__}", unsure=True) from error


def _sorted(error: Any) -> Retryable | Rejected:
    status = int(error.status or 0)
    problem = _problem(error.body)
    why = " ".join(filter(None, [f"HubSpot {status}:", problem.policyName or problem.category]))
    if status == 403 and problem.category == "MISSING_SCOPES":
        named = [name for one in problem.errors for name in one.context.requiredGranularScopes]
        scopes = tuple(dict.fromkeys(named))
        told = " ".join(filter(None, [why, ", ".join(scopes[:5])]))
        return MissingScopes(told, _COME_BACK[status], scopes)
    if status in _COME_BACK:
        wait = _POLICIES.get(problem.policyName, _COME_BACK[status])
        kind = {401: Unauthorised, 403: NotAllowed}.get(status, Retryable)
        return kind(why, _retry_after(error.headers) or wait)
    if status >= 500 or status in (0, 408) or status < 400:
        # A gateway may give up on a request that HubSpot then carries out.
        return Retryable(why, _retry_after(error.headers) or None, unsure=True)
    faults = [_fault(detail) for detail in problem.errors[:5]]
    told = " ".join([why, *filter(None, faults)])
    if status == 404:
        return NotThere(told)
    if any(OWNER in detail.context.propertyName for detail in problem.errors):
        return NotAnOwner(told)
    return Rejected(told)


def _problem(body: Any) -> _Problem:
    try:
        return msgspec.json.decode(body or b"{}", type=_Problem)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return _Problem()


def _fault(detail: _Detail) -> str:
    names = ", ".join(detail.context.propertyName[:5])
    return f"{detail.code}({names})" if names else detail.code


def _retry_after(headers: Mapping[str, str] | None) -> timedelta:
    """Retry-After in seconds; HubSpot's workflow pages say milliseconds, its API answers do not."""
    try:
        return timedelta(
            seconds=max(0.0, min(float((headers or {}).get("Retry-After", 0)), 86_400))
        )
    except ValueError:
        return timedelta(0)
