"""Each error of HubSpot and Slack becomes the right failure, and none carries personal data."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hubspot.crm.owners.exceptions import ApiException
from slack_sdk.errors import SlackApiError
from slack_sdk.web.slack_response import SlackResponse
from urllib3.exceptions import ProtocolError

from baton.adapters.hubspot import errors as hubspot_errors
from baton.adapters.hubspot.errors import NotThere
from baton.adapters.slack import errors as slack_errors
from baton.failures import Gone, Rejected, Retryable, Unauthorised

SECRET = "nora.lindqvist@helvia.example"


def hubspot(status: int, body: Any = None, **headers: str) -> Exception:
    error = ApiException(status=status, reason="because")
    error.body = body if isinstance(body, str) else json.dumps(body)
    error.headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises((Retryable, Rejected)) as sorted_, hubspot_errors.translated():
        raise error
    return sorted_.value


def slack(status: int, data: Any, headers: dict[str, str] | None = None) -> Exception:
    answer = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="http://127.0.0.1/",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )
    with pytest.raises((Retryable, Rejected, Gone)) as sorted_, slack_errors.translated():
        raise SlackApiError(f"about {SECRET}", answer)  # type: ignore[no-untyped-call]
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
    body = {
        "category": "VALIDATION_ERROR",
        "message": f"{SECRET} is not valid",
        "errors": [
            {"message": SECRET, "code": "INVALID", "context": {"propertyName": ["email"]}},
            {"message": SECRET},
        ],
    }
    error = hubspot(status, body)
    assert isinstance(error, Rejected)
    assert isinstance(error, NotThere) == (status == 404)
    assert str(error).startswith(f"HubSpot {status}: VALIDATION_ERROR INVALID(email)")
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


@pytest.mark.parametrize(
    ("status", "data", "unsure"),
    [
        pytest.param(429, {"ok": False, "error": "ratelimited"}, False, id="rate"),
        pytest.param(200, {"ok": False, "error": "ratelimited"}, False, id="rate in a 200"),
        pytest.param(200, {"ok": False, "error": "internal_error"}, True, id="internal"),
        pytest.param(200, {"ok": False, "error": "fatal_error"}, True, id="fatal"),
        pytest.param(503, {"ok": False, "error": "service_unavailable"}, True, id="503"),
        pytest.param(502, {"ok": False, "error": f"<html>{SECRET}"}, True, id="a page"),
        pytest.param(200, {"ok": False, "error": f"Received: {SECRET}"}, True, id="no code"),
        pytest.param(200, {"ok": False}, True, id="no error"),
        pytest.param(200, {"ok": False, "error": "missing_scope"}, False, id="scope"),
    ],
)
def test_temporary_failures_of_slack(status: int, data: Any, unsure: bool) -> None:
    error = slack(status, data)
    assert isinstance(error, Retryable)
    assert error.unsure is unsure
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("migration_in_progress", 30),
        ("external_channel_migrating", 60),
        ("external_team_migrating", 60),
        ("message_limit_exceeded", 60),
        ("team_added_to_org", 60),
        ("accesslimited", 1),
        ("rate_limited", 1),
        ("access_denied", 300),
        ("deprecated_endpoint", 300),
        ("enterprise_is_restricted", 300),
        ("messages_tab_disabled", 300),
        ("method_deprecated", 300),
        ("no_permission", 300),
        ("not_allowed_token_type", 300),
        ("upgrade_required", 300),
    ],
)
def test_a_passing_refusal_of_slack_is_retried(code: str, after: int) -> None:
    error = slack(200, {"ok": False, "error": code})
    assert isinstance(error, Retryable)
    assert (str(error), error.after) == (f"Slack: {code}", timedelta(seconds=after))
    assert error.unsure is False
    told = slack(200, {"ok": False, "error": code}, {"Retry-After": "7"})
    assert isinstance(told, Retryable)
    assert told.after == timedelta(seconds=7 if after < 300 else after)


@pytest.mark.parametrize("code", ["invalid_auth", "not_authed", "token_revoked", "token_expired"])
def test_slack_does_not_know_the_token(code: str) -> None:
    assert isinstance(slack(200, {"ok": False, "error": code}), Unauthorised)


def test_slacks_retry_after_is_honoured_in_any_spelling() -> None:
    for name in ("Retry-After", "retry-after"):
        error = slack(429, {"ok": False, "error": "ratelimited"}, {name: "30"})
        assert isinstance(error, Retryable)
        assert error.after == timedelta(seconds=30)


@pytest.mark.parametrize(
    "code", ["channel_not_found", "user_not_found", "is_archived", "not_in_channel", "msg_too_long"]
)
def test_permanent_refusals_by_slack(code: str) -> None:
    error = slack(200, {"ok": False, "error": code})
    assert isinstance(error, Rejected)
    assert str(error) == f"Slack: {code}"


@pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed", "cant_update_message"])
def test_a_message_that_cannot_be_edited_any_more_is_gone(code: str) -> None:
    assert isinstance(slack(200, {"ok": False, "error": code}), Gone)


def test_slack_says_where_the_blocks_are_wrong_but_not_what_they_say() -> None:
    complaint = f"[ERROR] {SECRET} must be shorter [json-pointer:/blocks/2/text]"
    error = slack(
        200,
        {
            "ok": False,
            "error": "invalid_blocks",
            "response_metadata": {"messages": [complaint]},
        },
    )
    assert str(error) == "Slack: invalid_blocks /blocks/2/text"


def test_a_message_that_is_gone_is_no_refusal() -> None:
    assert isinstance(slack(200, {"ok": False, "error": "message_not_found"}), Gone)
