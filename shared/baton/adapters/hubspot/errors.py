"""HubSpot's refusals, translated once: what to do next about each, by the table in `refusals`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

import msgspec
from hubspot.crm.owners.exceptions import ApiException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from baton.adapters.hubspot.problems import Flaw, Problem, read_problem
from baton.adapters.hubspot.refusals import (
    MISSING,
    NO_NAME,
    NOT_ABOUT_THE_VALUE,
    NOTHING_THERE,
    Act,
    Rule,
    advice_for,
    rule_for,
)
from baton.domain import hubspot_names
from baton.failures import (
    NotAllowed,
    NotAnOwner,
    PropertiesRefused,
    Rejected,
    Retryable,
    Unauthorised,
)

#: The property of every object that names its owner.
OWNER = hubspot_names.OWNER
#: Code of a value that is nobody's id.
NO_OWNER = "INVALID_OWNER_ID"
#: Most refused properties that one message explains.
_MOST = 5


class NotThere(Rejected):
    """HubSpot has no such object (any more)."""


class MissingScopes(NotAllowed):
    """The app lacks a scope that the call needs; an operator must grant it."""

    def __init__(self, why: str, after: timedelta | None, scopes: tuple[str, ...]) -> None:
        super().__init__(why, after)
        #: The scopes as HubSpot names them; one may be enough. Empty if HubSpot names none.
        self.scopes = scopes


@contextmanager
def translated(sent: Mapping[str, object] | None = None, of_one: bool = True) -> Iterator[None]:
    """
    Turn what the client raises into Retryable or Rejected.

    Args:
        sent: The properties that the request writes.

        of_one: Whether the request is about one object, so that a 404 can be about it.

    The messages name statuses, categories, codes, property names and kinds of values; never values,
    which may be a person's.
    """
    try:
        yield
    except (NewConnectionError, ConnectTimeoutError) as error:
        # Nothing was sent.
        raise Retryable(f"HubSpot: {type(error).__name__}") from error
    except HTTPError as error:
        # The request may have been sent; there was no answer.
        raise Retryable(f"HubSpot: {type(error).__name__}", unsure=True) from error
    except ApiException as error:
        raise _sorted(error, sent or {}, of_one) from error
    except AttributeError as error:
        # The client library stumbles over the missing body of a TLS failure (version 12.0.0).
        if isinstance(error.__context__, ApiException):
            raise Retryable("HubSpot: TLS failure") from error
        raise
    except UnicodeDecodeError as error:
        # It decodes the body of every refusal; a gateway's page may be in another encoding.
        if isinstance(error.__context__, ApiException):
            raise _sorted(error.__context__, sent or {}, of_one) from error
        raise Retryable("HubSpot: UnicodeDecodeError", unsure=True) from error
    except msgspec.DecodeError as error:
        # An answer that is not HubSpot's: a gateway's page, or half a body.
        raise Retryable(f"HubSpot: {type(error).__name__}", unsure=True) from error


def refuse_errors(errors: Sequence[object]) -> None:
    """
    Raise what stands beside the results of a batch, unless it says only that something is missing.

    HubSpot answers 207, or 200 (its OpenAPI files for 2026-09), with ``errors`` beside ``results``.
    A member that could not be read for another reason must not be taken for one that is deleted.

    Raises:
        Rejected: HubSpot refuses a member; the others must be asked for without it.
        Retryable: Not now.
    """
    for error in errors:
        problem = read_problem(msgspec.json.encode(error))
        if {problem.category, problem.sub_category} & NOTHING_THERE:
            continue
        why = f"HubSpot, in a batch: {problem.sub_category or problem.category or 'no category'}"
        if problem.category == "VALIDATION_ERROR" or not problem.readable:
            raise Rejected(why)
        raise Retryable(why)


def kind_of(value: object) -> str:
    """What kind of value it is, without the value."""
    text = "" if value is None else str(value)
    if not text:
        return "empty"
    if text in ("true", "false"):
        return "true or false"
    if re.fullmatch(r"\d{12,14}", text) or re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.+Z-]+", text):
        return "an instant"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return "a date"
    if re.fullmatch(r"-?\d+", text):
        return "a whole number"
    if re.fullmatch(r"-?\d+\.\d+", text):
        return "a number"
    return f"text of {len(text):,} characters"


def _sorted(error: ApiException, sent: Mapping[str, object], of_one: bool) -> Retryable | Rejected:
    status = int(error.status or 0)
    problem = read_problem(error.body)
    if status == 429 and not problem.policy:
        problem = problem._replace(policy=_policy_reached(error.headers or {}))
    rule = rule_for(status, problem, of_one)
    why = " ".join(filter(None, [f"HubSpot {status}:", problem.policy or problem.category]))
    match rule.act:
        case Act.RENEW:
            return Unauthorised(why, _wait(rule, error.headers))
        case Act.GRANT:
            return _not_granted(why, problem, rule, _wait(rule, error.headers))
        case Act.RETRY | Act.LOOK:
            unsure = rule.act is Act.LOOK
            return Retryable(why, _wait(rule, error.headers), unsure=unsure)
        case Act.GONE:
            return NotThere(_explained(why, problem, sent))
        case Act.REFUSED:
            told = _explained(why, problem, sent)
            return Rejected(_advised(told, rule))
    problem = _with_names(problem, sent)
    told = _unnamed(_explained(why, problem, sent), problem)
    return _properties_refused(told, problem, sent)


def _advised(why: str, rule: Rule) -> str:
    return f"{why.removesuffix(':')}: {rule.advice}" if rule.advice else why


def _with_names(problem: Problem, sent: Mapping[str, object]) -> Problem:
    """*problem*, where HubSpot names no property, with the one that it can only be about: the owner
    by its code, or whatever was written alone."""
    if any(flaw.properties or flaw.because for flaw in problem.flaws):
        return problem
    codes = [flaw.code for flaw in problem.flaws]
    if OWNER in sent and NO_OWNER in codes:
        return problem._replace(flaws=(Flaw(NO_OWNER, (OWNER,)),))
    if len(sent) == 1 and not MISSING & set(codes):
        return problem._replace(flaws=tuple(Flaw(code, tuple(sent)) for code in codes or [""]))
    return problem


def _not_granted(why: str, problem: Problem, rule: Rule, after: timedelta | None) -> NotAllowed:
    if rule.advice:
        lacks = f" missing permission {problem.permission}" if problem.permission else ""
        return NotAllowed(_advised(why + lacks, rule), after)
    if problem.scopes or problem.category == "MISSING_SCOPES":
        told = " ".join(filter(None, [why, ", ".join(problem.scopes[:_MOST])]))
        return MissingScopes(told, after, problem.scopes)
    return NotAllowed(why, after)


def _properties_refused(
    why: str, problem: Problem, sent: Mapping[str, object]
) -> PropertiesRefused:
    """A property that is missing is not among those sent; what asks for it then is."""
    named = {
        name
        for flaw in problem.flaws
        for name in (sent.keys() & set(flaw.properties) or flaw.because)
    }
    refused = frozenset(sent.keys() & named)
    not_an_owner = OWNER in sent and any(
        OWNER in flaw.properties and flaw.code not in NOT_ABOUT_THE_VALUE for flaw in problem.flaws
    )
    return (NotAnOwner if not_an_owner else PropertiesRefused)(why, refused)


def _explained(why: str, problem: Problem, sent: Mapping[str, object]) -> str:
    told = "; ".join(_told(flaw, sent) for flaw in problem.flaws[:_MOST])
    return f"{why} {told}" if told else why


def _unnamed(why: str, problem: Problem) -> str:
    named = any(flaw.properties for flaw in problem.flaws)
    return why if named else f"{why.removesuffix(':')}: {NO_NAME}"


def _told(flaw: Flaw, sent: Mapping[str, object]) -> str:
    names = [
        f"{name}, {kind_of(sent[name])}" if name in sent else name
        for name in flaw.properties[:_MOST]
    ]
    what = f"{flaw.code}({'; '.join(names)})" if names else flaw.code
    return f"{what}: {advice_for(flaw.code, flaw.because)}" if names else what


def _policy_reached(headers: Mapping[str, str]) -> str:
    """The limit that was reached, by the headers: the one of which nothing is left."""
    if headers.get("X-HubSpot-RateLimit-Daily-Remaining") == "0":
        return "DAILY"
    return "TEN_SECONDLY_ROLLING" if headers.get("X-HubSpot-RateLimit-Remaining") == "0" else ""


def _wait(rule: Rule, headers: Mapping[str, str] | None) -> timedelta | None:
    """What the answer says, else what the table says. Retry-After is in seconds; HubSpot's workflow
    pages say milliseconds, its API answers do not."""
    try:
        told = float((headers or {}).get("Retry-After", 0))
        return timedelta(seconds=max(0.0, min(told, 86_400))) or rule.wait
    except ValueError:
        return rule.wait
