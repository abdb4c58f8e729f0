"""Each error of HubSpot becomes the right failure, and none carries personal data."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hubspot.crm.owners.exceptions import ApiException
from urllib3.exceptions import ProtocolError

from baton.adapters.hubspot import errors as hubspot_errors
from baton.adapters.hubspot.errors import NotThere
from baton.failures import Rejected, Retryable

SECRET = "nora.lindqvist@helvia.example"


def hubspot(status: int, body: Any = None, **headers: str) -> Exception:
    error = ApiException(status=status, reason="because")
    error.body = body if isinstance(body, str) else json.dumps(body)
    error.headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises((Retryable, Rejected)) as sorted_, hubspot_errors.translated():
        raise error
    return sorted_.value


@pytest.mark.parametrize(
    ("status", "body", "after"),
    [
        pytest.param(429, {"policyName": "TEN_SECONDLY_ROLLING"}, 10, id="ten seconds"),
        pytest.param(429, {"policyName": "DAILY"}, 900, id="daily"),
        pytest.param(429, {"policyName": "SECONDLY"}, 1, id="search"),
        pytest.param(429, {}, 1, id="no policy"),
        pytest.param(429, "<html>", 1, id="a gateway's page"),
        pytest.param(423, {}, 2, id="locked"),
        pytest.param(477, {}, 30, id="migrating"),
        pytest.param(401, {}, 300, id="token"),
        pytest.param(403, {"category": "MISSING_SCOPES"}, 300, id="scope"),
    ],
)
def test_temporary_failures_of_hubspot(status: int, body: Any, after: int) -> None:
    error = hubspot(status, body)
    assert isinstance(error, Retryable)
    assert error.after == timedelta(seconds=after)
    assert error.unsure is False


@pytest.mark.parametrize("status", [429, 477, 503])
def test_hubspots_retry_after_is_honoured(status: int) -> None:
    error = hubspot(status, {}, Retry_After="17")
    assert isinstance(error, Retryable)
    assert error.after == timedelta(seconds=17)


@pytest.mark.parametrize("wait", ["soon", "", "-1", "nan", "1e99"])
def test_a_strange_retry_after_is_survived(wait: str) -> None:
    error = hubspot(429, {}, Retry_After=wait)
    assert isinstance(error, Retryable)
    assert error.after is not None
    assert timedelta(0) < error.after <= timedelta(days=1)


@pytest.mark.parametrize("status", [0, 302, 408, 500, 502, 503, 504, 521, 524])
def test_unsure_failures_of_hubspot(status: int) -> None:
    error = hubspot(status, {})
    assert isinstance(error, Retryable)
    assert error.unsure is True


@pytest.mark.parametrize("status", [400, 404, 405, 409, 414, 415])
def test_permanent_refusals_by_hubspot(status: int) -> None:
    category = "OBJECT_NOT_FOUND" if status == 404 else "VALIDATION_ERROR"
    body = {
        "category": category,
        "message": f"{SECRET} is not valid",
        "errors": [
            {"message": SECRET, "code": "INVALID", "context": {"propertyName": ["email"]}},
            {"message": SECRET},
        ],
    }
    error = hubspot(status, body)
    assert isinstance(error, Rejected)
    assert isinstance(error, NotThere) == (status == 404)
    assert str(error).startswith(f"HubSpot {status}: {category} INVALID(email)")
    assert SECRET not in str(error)


def test_a_tls_failure_is_tried_again() -> None:
    """The client library raises AttributeError while it handles its own exception."""

    def stumble() -> None:
        try:
            raise ApiException(status=0, reason="SSLError")
        except ApiException as error:
            error.body.decode("utf-8")

    with pytest.raises(Retryable, match="TLS"), hubspot_errors.translated():
        stumble()


def test_another_attribute_error_is_a_fault_of_ours() -> None:
    with pytest.raises(AttributeError), hubspot_errors.translated():
        raise AttributeError("ours")


def test_a_connection_that_broke_is_unsure() -> None:
    with pytest.raises(Retryable) as error, hubspot_errors.translated():
        raise ProtocolError(f"Connection aborted {SECRET}")
    assert error.value.unsure is True
    assert str(error.value) == "HubSpot: ProtocolError"
