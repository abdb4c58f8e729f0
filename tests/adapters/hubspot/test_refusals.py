"""HubSpot's answers, row by row: bodies as published or reported, with made-up content."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hubspot.crm.owners.exceptions import ApiException

from baton.adapters.hubspot import errors
from baton.adapters.hubspot.errors import MissingScopes, NotThere, kind_of, refuse_errors
from baton.adapters.hubspot.http import HubspotHttp
from baton.adapters.hubspot.problems import Problem, read_problem
from baton.adapters.hubspot.refusals import ADVICE, OTHER_CODE, RULES, rule_for
from baton.failures import (
    NotAllowed,
    NotAnOwner,
    PropertiesRefused,
    Rejected,
    Retryable,
    Unauthorised,
)
from tests.fakes.answers import answering

SECRET = "nora.lindqvist@helvia.example"
CORRELATION = "5f4ad1c8-0000-4000-8000-1b6f2c7d9e01"
SENT = {
    "hs_lead_status": "UNQUALIFIED",
    "lifecyclestage": "opportunity",
    "hubspot_owner_id": "70001",
    "baton_note": SECRET,
}


class Answer(NamedTuple):
    status: int
    body: Any
    #: What it becomes, and what its message says.
    kind: type[Exception]
    says: str
    after: timedelta | None = None
    unsure: bool = False
    #: Which of the properties in SENT are refused.
    names: tuple[str, ...] = ()
    headers: Mapping[str, str] = {}
    #: Whether the path is of many objects.
    many: bool = False


def error(category: str, message: str = "because", **more: Any) -> dict[str, Any]:
    """A body with the fields that HubSpot's files call required, and ``status``."""
    found = {"status": "error", "message": message, "correlationId": CORRELATION}
    return {**found, "category": category, **more}


def results(*found: tuple[str, str]) -> str:
    """The faults of values as HubSpot writes them into a message."""
    listed = [{"isValid": False, "message": SECRET, "error": e, "name": n} for e, n in found]
    return f"Property values were not valid: {json.dumps(listed)}"


def missing(code: str, name: str, message: str) -> dict[str, Any]:
    one = {"code": code, "message": message, "context": {"propertyName": [name]}}
    return error("VALIDATION_ERROR", "The property values provided are invalid", errors=[one])


def limit(policy: str) -> dict[str, Any]:
    """As on the page "Usage guidelines"."""
    return {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": CORRELATION,
        "policyName": policy,
        "requestId": CORRELATION,
    }


MINUTES = timedelta(minutes=1)
SECONDS = timedelta(seconds=1)
PAGE = f"<html><body><h1>Bad gateway</h1>{SECRET}</body></html>"
LEFT = "X-HubSpot-RateLimit-Remaining"
LEFT_TODAY = "X-HubSpot-RateLimit-Daily-Remaining"
CONDITIONAL = "MISSING_CONDITIONAL_REQUIRED_PROPERTY"
BASED_ON = "state is required because of a conditional property rule based on [hs_lead_status]"

TABLE: dict[str, Answer] = {
    # --- 400: values
    "400, results in the message": Answer(
        400,
        error("VALIDATION_ERROR", results(("INVALID_OPTION", "hs_lead_status"))),
        PropertiesRefused,
        "VALIDATION_ERROR INVALID_OPTION(hs_lead_status, text of 11 characters): add the option",
        names=("hs_lead_status",),
    ),
    "400, errors with a list of names": Answer(
        400,
        error(
            "VALIDATION_ERROR",
            errors=[
                {"message": SECRET, "code": "PROPERTY_DOESNT_EXIST"},
                {"message": SECRET, "code": "INVALID_ALPHA", "context": {"propertyName": ["city"]}},
            ],
        ),
        PropertiesRefused,
        "PROPERTY_DOESNT_EXIST; INVALID_ALPHA(city): a rule of the property refuses the value",
    ),
    "400, a name as text": Answer(
        400,
        error(
            "VALIDATION_ERROR",
            errors=[{"code": "READ_ONLY_VALUE", "context": {"propertyName": "baton_note"}}],
        ),
        PropertiesRefused,
        f"READ_ONLY_VALUE(baton_note, text of {len(SECRET)} characters): HubSpot calculates it",
        names=("baton_note",),
    ),
    "400, results of an older path": Answer(
        400,
        {
            "status": "error",
            "message": "Property values were not valid",
            "validationResults": [
                {"isValid": False, "error": "INVALID_LONG", "name": "baton_note"},
                {"isValid": True, "name": "hs_lead_status"},
            ],
        },
        PropertiesRefused,
        "INVALID_LONG(baton_note, text of",
        names=("baton_note",),
    ),
    "400, spaces around a value": Answer(
        400,
        error("VALIDATION_ERROR", results(("LEADING_TRAILING_WHITESPACE", "hs_lead_status"))),
        PropertiesRefused,
        "take the space around it out of the policy",
        names=("hs_lead_status",),
    ),
    "400, the owner has left": Answer(
        400,
        error("VALIDATION_ERROR", results(("INVALID_OWNER_ID", "hubspot_owner_id"))),
        NotAnOwner,
        "INVALID_OWNER_ID(hubspot_owner_id, a whole number)",
        names=("hubspot_owner_id",),
    ),
    "400, the owner's id is no number for HubSpot": Answer(
        400,
        error("VALIDATION_ERROR", results(("INVALID_INTEGER", "hubspot_owner_id"))),
        NotAnOwner,
        "INVALID_INTEGER(hubspot_owner_id",
        names=("hubspot_owner_id",),
    ),
    "400, the owner and something else": Answer(
        400,
        error(
            "VALIDATION_ERROR",
            results(("INVALID_OWNER_ID", "hubspot_owner_id"), ("INVALID_OPTION", "lifecyclestage")),
        ),
        NotAnOwner,
        "INVALID_OPTION(lifecyclestage, text of 11 characters)",
        names=("hubspot_owner_id", "lifecyclestage"),
    ),
    # --- 400: what an admin requires
    "400, required because of what is written": Answer(
        400,
        missing(CONDITIONAL, "state", BASED_ON),
        PropertiesRefused,
        f"{CONDITIONAL}(state): fill it in on the record, or relax the rule in HubSpot (Settings,"
        " Properties, conditional logic of hs_lead_status)",
        names=("hs_lead_status",),
    ),
    "400, required because of what is there": Answer(
        400,
        missing(CONDITIONAL, "state", "state is required because of a rule based on [country]"),
        PropertiesRefused,
        "conditional logic of country)",
    ),
    "400, an owner is required because of what is written": Answer(
        400,
        missing(CONDITIONAL, "hubspot_owner_id", BASED_ON),
        PropertiesRefused,
        f"{CONDITIONAL}(hubspot_owner_id",
        names=("hubspot_owner_id",),
    ),
    "400, required to create": Answer(
        400,
        missing("MISSING_REQUIRED_PROPERTY", "firstname", "A value for firstname must be provided"),
        PropertiesRefused,
        "MISSING_REQUIRED_PROPERTY(firstname): fill it in, or make it optional in HubSpot",
    ),
    "400, a permission": Answer(
        400,
        error("VALIDATION_ERROR", "Missing 'Edit Associations' permission."),
        NotAllowed,
        "missing permission Edit Associations: grant it to the app's user",
        after=5 * MINUTES,
    ),
    "400, required of a task": Answer(
        400,
        error(
            "VALIDATION_ERROR",
            "Error creating TASK. Some required properties were not set.",
            context={"properties": ["hs_timestamp"]},
        ),
        PropertiesRefused,
        "REQUIRED_FIELD(hs_timestamp): fill it in, or make it optional",
    ),
    "400, the field in which it is": Answer(
        400,
        error(
            "VALIDATION_ERROR",
            errors=[{"message": SECRET, "code": "INVALID_OPTION", "in": "hs_lead_status"}],
        ),
        PropertiesRefused,
        "INVALID_OPTION(hs_lead_status, text of 11 characters): add the option",
        names=("hs_lead_status",),
    ),
    "400, an owner's code without a name": Answer(
        400,
        error("VALIDATION_ERROR", errors=[{"message": SECRET, "code": "INVALID_OWNER_ID"}]),
        NotAnOwner,
        "INVALID_OWNER_ID(hubspot_owner_id, a whole number): make the person an owner",
        names=("hubspot_owner_id",),
    ),
    # --- 400: the rest
    "400, the request is no JSON": Answer(
        400,
        error("VALIDATION_ERROR", f"Invalid input JSON on line 1, column 2: {SECRET}"),
        PropertiesRefused,
        "HubSpot 400: VALIDATION_ERROR: HubSpot names no property: its log",
    ),
    "400, a gateway's page": Answer(400, PAGE, Rejected, "HubSpot 400: no answer of HubSpot's API"),
    "400, a text": Answer(
        400, "Bad request", Rejected, "check its address, and what stands between"
    ),
    # --- who may ask
    "401": Answer(
        401,
        error("INVALID_AUTHENTICATION", "Authentication credentials not found."),
        Unauthorised,
        "401: INVALID_AUTHENTICATION",
        after=5 * MINUTES,
    ),
    "401, an expired token": Answer(
        401, error("EXPIRED_AUTHENTICATION"), Unauthorised, "EXPIRED", after=5 * MINUTES
    ),
    "401, empty": Answer(401, "", Unauthorised, "HubSpot 401:", after=5 * MINUTES),
    **{
        f"403, {key} {place}": Answer(
            403,
            error("MISSING_SCOPES", **more),
            MissingScopes,
            "403: MISSING_SCOPES crm.lists.read",
            after=5 * MINUTES,
        )
        for key in ("requiredGranularScopes", "requiredScopes", "missingScopes")
        for place, more in (
            ("in an error", {"errors": [{"context": {key: ["crm.lists.read"]}}]}),
            ("of the whole", {"context": {key: ["crm.lists.read"]}}),
        )
    },
    "403, scopes unnamed": Answer(
        403, error("MISSING_SCOPES"), MissingScopes, "MISSING_SCOPES", after=5 * MINUTES
    ),
    "403, without a scope": Answer(
        403, error("BANNED"), NotAllowed, "403: BANNED", after=5 * MINUTES
    ),
    "403, a gateway's page": Answer(
        403, PAGE, NotAllowed, "HubSpot 403: no answer of HubSpot's API", after=5 * MINUTES
    ),
    # --- what is not there
    "404": Answer(404, error("OBJECT_NOT_FOUND", "resource not found"), NotThere, "HubSpot 404:"),
    "404, no category": Answer(
        404,
        {"status": "error", "message": "resource not found", "correlationId": CORRELATION},
        NotThere,
        "HubSpot 404:",
    ),
    "404, a version that is no more": Answer(
        404, error("API_VERSION_NOT_SUPPORTED"), NotAllowed, "no such path", after=5 * MINUTES
    ),
    "404, a path of many": Answer(
        404, error("OBJECT_NOT_FOUND"), NotAllowed, "no such path", after=5 * MINUTES, many=True
    ),
    "404, a gateway's page": Answer(404, PAGE, NotAllowed, "the address", after=5 * MINUTES),
    "404, empty": Answer(404, "", NotAllowed, "the address", after=5 * MINUTES),
    # --- conflicts and sizes
    "409": Answer(
        409, error("CONFLICT", f"Contact already exists. Existing ID: {SECRET}"), Rejected, "merge"
    ),
    "409, a property": Answer(409, error("OBJECT_ALREADY_EXISTS"), Rejected, "OBJECT_ALREADY"),
    "413": Answer(413, PAGE, Rejected, "too large"),
    "414": Answer(414, "", Rejected, "too large"),
    "402": Answer(
        402, error("PAYMENT"), NotAllowed, "HubSpot 402: PAYMENT: check the account's", 5 * MINUTES
    ),
    "405": Answer(405, PAGE, Rejected, "HubSpot 405: HubSpot does not take such a request"),
    "406": Answer(406, "", Rejected, "HubSpot 406: HubSpot does not take such a request"),
    "410": Answer(
        410, error("GONE"), NotAllowed, "HubSpot 410: GONE: HubSpot has no such path", 5 * MINUTES
    ),
    "415": Answer(
        415,
        error("UNSUPPORTED_MEDIA_TYPE"),
        Rejected,
        "415: UNSUPPORTED_MEDIA_TYPE: HubSpot does not take such a request",
    ),
    "418": Answer(418, "", Rejected, "HubSpot 418: HubSpot does not document this answer"),
    "421": Answer(421, "", Retryable, "HubSpot 421:", after=2 * SECONDS),
    "425": Answer(425, "", Retryable, "HubSpot 425:", after=2 * SECONDS),
    "426": Answer(426, "", NotAllowed, "HubSpot 426: HubSpot has no such path", 5 * MINUTES),
    "431": Answer(431, PAGE, NotAllowed, "HubSpot 431: check the access token", 5 * MINUTES),
    "451": Answer(451, "", NotAllowed, "HubSpot 451: ask HubSpot's support", 5 * MINUTES),
    # --- values, by another status
    "422": Answer(
        422,
        error("VALIDATION_ERROR", results(("INVALID_OPTION", "hs_lead_status"))),
        PropertiesRefused,
        "HubSpot 422: VALIDATION_ERROR INVALID_OPTION(hs_lead_status, text of 11 characters)",
        names=("hs_lead_status",),
    ),
    "422, the owner": Answer(
        422,
        error("VALIDATION_ERROR", results(("INVALID_OWNER_ID", "hubspot_owner_id"))),
        NotAnOwner,
        "INVALID_OWNER_ID(hubspot_owner_id, a whole number)",
        names=("hubspot_owner_id",),
    ),
    "422, a gateway's page": Answer(422, PAGE, Rejected, "HubSpot 422: no answer of HubSpot's API"),
    # --- not now
    "408": Answer(408, "", Retryable, "408", unsure=True),
    "423": Answer(423, error("LOCKED"), Retryable, "423", after=2 * SECONDS),
    "429, ten seconds": Answer(
        429, limit("TEN_SECONDLY_ROLLING"), Retryable, "TEN_SECONDLY", after=10 * SECONDS
    ),
    "429, a search": Answer(429, limit("SECONDLY"), Retryable, "SECONDLY", after=SECONDS),
    "429, the day": Answer(429, limit("DAILY"), Retryable, "DAILY", after=15 * MINUTES),
    "429, the message alone": Answer(
        429,
        error("RATE_LIMITS", "You have reached your ten_secondly_rolling limit."),
        Retryable,
        "TEN_SECONDLY_ROLLING",
        after=10 * SECONDS,
    ),
    "429, the headers alone: the day": Answer(
        429,
        PAGE,
        Retryable,
        "DAILY",
        after=15 * MINUTES,
        headers={LEFT_TODAY: "0", LEFT: "12"},
    ),
    "429, the headers alone: ten seconds": Answer(
        429,
        "",
        Retryable,
        "TEN_SECONDLY",
        after=10 * SECONDS,
        headers={LEFT_TODAY: "600000", LEFT: "0"},
    ),
    "429, nothing said": Answer(429, "", Retryable, "HubSpot 429:", after=SECONDS),
    "429, Retry-After": Answer(
        429,
        limit("DAILY"),
        Retryable,
        "DAILY",
        after=17 * SECONDS,
        headers={"Retry-After": "17"},
    ),
    "477": Answer(477, "", Retryable, "477", after=30 * SECONDS),
    "477, Retry-After": Answer(
        477, "", Retryable, "477", after=3600 * SECONDS, headers={"Retry-After": "3600"}
    ),
    # --- no answer of HubSpot's
    **{
        f"{status}": Answer(status, PAGE, Retryable, str(status), unsure=True)
        for status in (500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526)
    },
    "500, as HubSpot says it": Answer(
        500, error("INTERNAL_ERROR", "internal error"), Retryable, "INTERNAL_ERROR", unsure=True
    ),
    "503, Retry-After": Answer(
        503,
        "",
        Retryable,
        "503",
        after=9 * SECONDS,
        unsure=True,
        headers={"Retry-After": "9"},
    ),
    "600, which does not exist": Answer(600, PAGE, Retryable, "HubSpot 600:", unsure=True),
    "999": Answer(999, "", Retryable, "HubSpot 999:", unsure=True),
    "303": Answer(303, "", Retryable, "303", unsure=True),
    "no status": Answer(0, None, Retryable, "HubSpot 0:", unsure=True),
}


def answered(row: Answer, sent: Mapping[str, str] = SENT) -> Exception:
    found = ApiException(status=row.status, reason="because")
    found.body = row.body if isinstance(row.body, str | None) else json.dumps(row.body)
    found.headers = dict(row.headers)
    with pytest.raises((Retryable, Rejected)) as caught, errors.translated(sent, not row.many):
        raise found
    return caught.value


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_what_becomes_of_an_answer(row: Answer) -> None:
    found = answered(row)
    assert type(found) is row.kind
    assert row.says in str(found)
    assert SECRET not in str(found)
    assert isinstance(found, Retryable | Rejected)
    assert found.unsure is row.unsure
    if isinstance(found, Retryable):
        assert found.after == row.after
    if isinstance(found, PropertiesRefused):
        assert found.names == set(row.names)


def test_every_rule_has_an_answer_in_the_table() -> None:
    used = set()
    for row in TABLE.values():
        body = row.body if isinstance(row.body, str | None) else json.dumps(row.body)
        problem = read_problem(body)
        if row.status == 429 and not problem.policy:
            problem = problem._replace(policy=errors._policy_reached(row.headers))
        used.add(RULES.index(rule_for(row.status, problem, not row.many)))
    assert used == set(range(len(RULES)))


def test_every_status_has_a_rule() -> None:
    assert all(rule_for(status, Problem()) in RULES for status in range(1000))


@pytest.mark.parametrize("code", [*ADVICE, "A_CODE_OF_TOMORROW"])
def test_every_code_names_the_property_the_kind_and_what_to_do(code: str) -> None:
    row = Answer(400, error("VALIDATION_ERROR", results((code, "baton_note"))), Rejected, "")
    told = str(answered(row))
    assert f"{code}(baton_note, text of {len(SECRET)} characters): " in told
    assert ADVICE.get(code, OTHER_CODE).partition("{")[0] in told
    assert SECRET not in told


ALONE: dict[str, Any] = {
    "a text": error("VALIDATION_ERROR", f"It was not valid: {SECRET}"),
    "a code": error("VALIDATION_ERROR", errors=[{"code": "LOST", "message": SECRET}]),
    "half a list": error("VALIDATION_ERROR", 'Wrong: [{"isValid":fal'),
}


@pytest.mark.parametrize("body", ALONE.values(), ids=ALONE.keys())
def test_a_property_written_alone_is_the_one_that_is_refused(body: Any) -> None:
    row = Answer(400, body, PropertiesRefused, "")
    one = answered(row, {"hs_lead_status": "NEW"})
    assert isinstance(one, PropertiesRefused)
    assert one.names == {"hs_lead_status"}
    assert "(hs_lead_status, text of 3 characters): a rule of the property refuses" in str(one)
    assert isinstance(answered(row, {"hubspot_owner_id": "70001"}), NotAnOwner)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(missing(CONDITIONAL, "state", "based on [country]"), id="another is missing"),
        pytest.param(error("VALIDATION_ERROR", errors=[{"code": CONDITIONAL}]), id="one, unnamed"),
    ],
)
def test_what_is_said_of_another_property_is_not_said_of_the_one_written(body: Any) -> None:
    found = answered(Answer(400, body, PropertiesRefused, ""), {"hubspot_owner_id": "70001"})
    assert type(found) is PropertiesRefused
    assert found.names == frozenset()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("", "empty"),
        (None, "empty"),
        ("true", "true or false"),
        ("-7", "a whole number"),
        ("0.25", "a number"),
        ("1772442000000", "an instant"),
        ("2026-03-02T09:00:00.000Z", "an instant"),
        ("2026-03-02", "a date"),
        ("x" * 70_000, "text of 70,000 characters"),
    ],
)
def test_the_kind_of_a_value(value: str | None, kind: str) -> None:
    assert kind_of(value) == kind


def test_a_page_in_another_encoding_keeps_its_status() -> None:
    """The client decodes every refusal's body as UTF-8."""

    def stumble() -> None:
        try:
            raise ApiException(status=403, reason="because")
        except ApiException as error:
            error.body = "Zugriff verweigert: für".encode("latin-1")
            error.headers = {}
            error.body.decode("utf-8")

    with pytest.raises(NotAllowed, match="403"), errors.translated():
        stumble()


NO_SUCH = (404, json.dumps(error("OBJECT_NOT_FOUND", "resource not found")).encode())


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda http: list(http.read("contacts", ["1"], [])), id="read"),
        pytest.param(lambda http: http.search("companies", [], [], 1), id="search"),
        pytest.param(lambda http: http.links("contacts", ["1"], "calls"), id="associations"),
    ],
)
def test_no_such_path_is_not_taken_for_no_such_object(call: Callable[[HubspotHttp], Any]) -> None:
    """A version that HubSpot has retired would make every lead look deleted."""
    with answering(lambda _path, _body: NO_SUCH) as http, pytest.raises(NotAllowed):
        call(http)


def test_one_object_that_is_not_there_is_not_there() -> None:
    with answering(lambda _path, _body: NO_SUCH) as http:
        with pytest.raises(NotThere):
            http.update("contacts", "1", {"email": ""})
        with pytest.raises(NotThere):
            http.create("tasks", {}, [])


# ---------------------------------------------------------------- beside the results of a batch


def beside(category: str, **more: Any) -> dict[str, Any]:
    """As in HubSpot's files: StandardError."""
    found = {"status": "error", "category": category, "message": SECRET, "context": {}}
    return {**found, "links": {}, "errors": [], **more}


@pytest.mark.parametrize(
    "errors",
    [
        [],
        [beside("OBJECT_NOT_FOUND", context={"ids": ["1", "2"]})],
        [beside("", subCategory="crm.associations.NO_ASSOCIATIONS_FOUND")],
    ],
)
def test_what_is_not_there_is_an_answer(errors: list[dict[str, Any]]) -> None:
    refuse_errors(errors)


@pytest.mark.parametrize(
    ("category", "kind"),
    [("VALIDATION_ERROR", Rejected), ("INTERNAL_ERROR", Retryable), ("", Retryable)],
)
def test_a_member_that_could_not_be_read_is_not_taken_for_deleted(
    category: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as caught:
        refuse_errors([beside("OBJECT_NOT_FOUND"), beside(category)])
    assert SECRET not in str(caught.value)
