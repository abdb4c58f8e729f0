"""HubSpot's error bodies in each shape that was published or reported, with made-up content."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hubspot.crm.owners.exceptions import ApiException
from hypothesis import given
from hypothesis import strategies as st

from baton.adapters.hubspot import errors
from baton.adapters.hubspot.errors import MissingScopes, NotThere
from baton.adapters.hubspot.problems import Flaw, Problem, read_problem
from baton.failures import NotAnOwner, Rejected, Retryable

SECRET = "nora.lindqvist@helvia.example"
SCOPE = "crm.objects.contacts.read"
OWNER = Flaw("INVALID_OWNER_ID", ("hubspot_owner_id",))
RESULTS = [
    {
        "isValid": False,
        "message": f"Owner {SECRET} does not exist",
        "error": "INVALID_OWNER_ID",
        "name": "hubspot_owner_id",
        "localizedErrorMessage": SECRET,
    }
]
IN_A_MESSAGE = f"Property values were not valid: {json.dumps(RESULTS)}"
EMAIL = {"code": "INVALID_EMAIL", "context": {"propertyName": ["email"]}, "message": SECRET}


@pytest.mark.parametrize(
    ("body", "flaws"),
    [
        pytest.param({"errors": [EMAIL]}, [Flaw("INVALID_EMAIL", ("email",))], id="errors"),
        pytest.param(
            {"errors": [EMAIL | {"context": {"propertyName": "email"}}]},
            [Flaw("INVALID_EMAIL", ("email",))],
            id="a name as text",
        ),
        pytest.param({"message": IN_A_MESSAGE}, [OWNER], id="results in the message"),
        pytest.param(
            {"errors": [{"message": IN_A_MESSAGE}]}, [OWNER], id="results in an error's message"
        ),
        pytest.param({"validationResults": RESULTS}, [OWNER], id="results of an older path"),
        pytest.param(
            {"errors": [EMAIL], "message": IN_A_MESSAGE, "validationResults": RESULTS},
            [Flaw("INVALID_EMAIL", ("email",)), OWNER],
            id="the same in two places counts once",
        ),
        pytest.param(
            {"validationResults": [{"isValid": True, "name": "email"}, *RESULTS]},
            [OWNER],
            id="what is valid is not wrong",
        ),
        pytest.param(
            {"errors": [{"code": 7, "context": []}, None, "x", EMAIL]},
            [Flaw("INVALID_EMAIL", ("email",))],
            id="an odd member leaves the others",
        ),
        pytest.param(
            {"errors": [{"code": SECRET, "context": {"propertyName": [SECRET, "email"]}}]},
            [Flaw("", ("email",))],
            id="a value in the place of a name or code is left out",
        ),
        pytest.param({"errors": [{"code": "LOST"}]}, [Flaw("LOST")], id="a code alone"),
        pytest.param(
            {
                "message": "Error creating TASK. Some required properties were not set.",
                "context": {"properties": ["hs_timestamp"]},
                "category": "VALIDATION_ERROR",
            },
            [Flaw("REQUIRED_FIELD", ("hs_timestamp",))],
            id="the context of the whole",
        ),
        pytest.param(
            {"errors": [{"code": "REQUIRED_FIELD", "context": {"properties": ["dealstage"]}}]},
            [Flaw("REQUIRED_FIELD", ("dealstage",))],
            id="properties in an error's context",
        ),
        pytest.param(
            {"errors": [{"code": "LOST", "context": {"name": ["email"]}}]},
            [Flaw("LOST", ("email",))],
            id="a name in an error's context",
        ),
        pytest.param(
            {"errors": [{"code": "LOST", "in": "properties.email", "message": SECRET}]},
            [Flaw("LOST", ("email",))],
            id="the field in which it is",
        ),
        pytest.param(
            {"errors": [{"errorCode": "LOST", "propertyName": "email"}]},
            [Flaw("LOST", ("email",))],
            id="code and name beside each other",
        ),
        pytest.param(
            {"message": f'Property "email" does not exist: {SECRET}'},
            [Flaw("PROPERTY_DOESNT_EXIST", ("email",))],
            id="a property that does not exist, in words",
        ),
        pytest.param({"message": f"{IN_A_MESSAGE} [{SECRET}]"}, [OWNER], id="text after the list"),
        pytest.param({"message": f"[{{x}}] {IN_A_MESSAGE}"}, [OWNER], id="text before the list"),
        pytest.param(
            {"message": IN_A_MESSAGE.replace("Owner ", "Owner [{x")}, [OWNER], id="a list in a text"
        ),
        pytest.param({"message": IN_A_MESSAGE[:-1] + ', {"isVal'}, [OWNER], id="cut in the next"),
        pytest.param(
            {"message": IN_A_MESSAGE[: IN_A_MESSAGE.index(', "localized')]},
            [OWNER],
            id="cut after the name",
        ),
        pytest.param(
            {"message": IN_A_MESSAGE.replace(SECRET, '\\"name\\": \\"email\\"', 1)[:-9]},
            [OWNER],
            id="cut, and a value that looks like a name",
        ),
        pytest.param({"errors": {"code": "LOST"}}, [], id="errors that are no list"),
        pytest.param({"message": "Wrong: [{"}, [], id="half a list"),
        pytest.param({"message": "Wrong: [{]"}, [], id="no JSON"),
        pytest.param([], [], id="a list"),
        pytest.param("x", [], id="a text"),
        pytest.param(None, [], id="null"),
    ],
)
def test_what_is_wrong(body: Any, flaws: list[Flaw]) -> None:
    assert read_problem(json.dumps(body)).flaws == tuple(flaws)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(rb"\\ud83d", id="half a surrogate pair"),
        pytest.param(b"\x01\x1f\n", id="control characters"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
    ],
)
def test_an_odd_character_never_empties_a_refusal(odd: bytes) -> None:
    body = json.dumps({"category": "VALIDATION_ERROR", "message": IN_A_MESSAGE}).encode()
    problem = read_problem(b"\xef\xbb\xbf" + body.replace(SECRET.encode(), odd))
    assert problem == Problem("VALIDATION_ERROR", flaws=(OWNER,), readable=True)


@pytest.mark.parametrize("key", ["requiredGranularScopes", "requiredScopes", "missingScopes"])
@pytest.mark.parametrize("named", [[SCOPE, SECRET], f"{SCOPE} {SECRET}"])
@pytest.mark.parametrize("place", ["whole", "error", "beside"])
def test_the_missing_scopes(key: str, place: str, named: Any) -> None:
    context = {"context": {key: named}}
    body = {"whole": context, "error": {"errors": [context]}, "beside": {key: named}}[place]
    assert read_problem(json.dumps(body)).scopes == (SCOPE,)


def test_category_and_policy() -> None:
    body = {"category": "RATE_LIMITS", "policyName": "DAILY", "errors": 7, "context": "x"}
    assert read_problem(json.dumps(body)) == Problem("RATE_LIMITS", "DAILY", readable=True)


@pytest.mark.parametrize("body", [None, "", "<html>", b"\xff", "[" * 100_000, '{"category"'])
def test_a_body_that_is_not_hubspots_says_nothing(body: str | bytes | None) -> None:
    assert read_problem(body) == Problem()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["errors", "context", "propertyName", "message", "code", "category"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_any_json_is_read(body: Any) -> None:
    problem = read_problem(json.dumps(body))
    assert all(flaw.code or flaw.properties for flaw in problem.flaws)


# --- what follows


def refused(status: int, body: Any) -> Exception:
    error = ApiException(status=status, reason="because")
    error.body = json.dumps(body)
    error.headers = {}
    sent = {"hubspot_owner_id": "70001"}
    with pytest.raises((Retryable, Rejected)) as sorted_, errors.translated(sent):
        raise error
    return sorted_.value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"message": IN_A_MESSAGE}, id="in the message"),
        pytest.param({"validationResults": RESULTS}, id="of an older path"),
        pytest.param(
            {"errors": [{"code": OWNER.code, "context": {"propertyName": OWNER.properties[0]}}]},
            id="the name as text",
        ),
    ],
)
def test_an_owner_that_hubspot_refuses_is_known_in_every_shape(body: Any) -> None:
    error = refused(400, body | {"category": "VALIDATION_ERROR"})
    assert isinstance(error, NotAnOwner)
    told = "INVALID_OWNER_ID(hubspot_owner_id, a whole number): make the person an owner in HubSpot"
    assert str(error).startswith(f"HubSpot 400: VALIDATION_ERROR {told}")


def test_scopes_are_named_whatever_the_category() -> None:
    error = refused(403, {"context": {"requiredScopes": ["crm.lists.read"]}})
    assert isinstance(error, MissingScopes)
    assert (error.scopes, error.after) == (("crm.lists.read",), timedelta(minutes=5))
    assert str(error) == "HubSpot 403: crm.lists.read"


def test_a_missing_object_stays_one_whatever_its_body_says() -> None:
    assert isinstance(refused(404, {"message": IN_A_MESSAGE}), NotThere)
