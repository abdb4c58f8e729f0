"""API Gateway's events become requests; too large ones, wrong paths and wrong methods are refused
early."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from baton.http.requests import MAX_BODY, Refused, Reply, Request, read, render, route
from tests.http.requests import load


def event(**changes: Any) -> dict[str, Any]:
    return {**load("health.get.json"), **changes}


def test_a_request_is_read_as_it_was_sent() -> None:
    found = read(load("receive_slack.ssl_check.json"))
    assert found.method == "POST"
    assert found.path == "/slack/interactions"
    assert found.body == b"ssl_check=1&token=deprecated-verification-token"
    assert found.headers["content-type"] == "application/x-www-form-urlencoded"


def test_header_names_are_lower_case_and_text_bodies_are_bytes() -> None:
    found = read(event(headers={"X-Slack-Signature": "V0=Ab"}, body="é"))
    assert found.headers == {"x-slack-signature": "V0=Ab"}
    assert found.body == "é".encode()


def test_headers_and_body_may_be_absent() -> None:
    found = read(event(headers=None, body=None, rawQueryString=None))
    assert (found.headers, found.body, found.query) == ({}, b"", "")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"rawPath": "/prod/health"}, id="a stage in front"),
        pytest.param({"rawPath": "/baton/health"}, id="a custom domain's base path in front"),
        pytest.param({"routeKey": "$default"}, id="a catch-all route"),
        pytest.param({"routeKey": None}, id="no route at all"),
    ],
)
def test_the_path_is_that_of_the_route(changes: dict[str, Any]) -> None:
    assert read(event(**changes)).path == "/health"


@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize("encoded", [True, False], ids=["base64", "text"])
def test_a_body_may_have_a_megabyte_and_not_a_byte_more(extra: int, encoded: bool) -> None:
    body = b"a" * (MAX_BODY + extra)
    text = base64.b64encode(body).decode() if encoded else body.decode()
    sent = event(body=text, isBase64Encoded=encoded)
    if extra:
        with pytest.raises(Refused) as refused:
            read(sent)
        assert refused.value.reply.status == 413
    else:
        assert read(sent).body == body


def test_a_body_is_measured_in_bytes_not_characters() -> None:
    with pytest.raises(Refused) as refused:
        read(event(body="é" * (MAX_BODY // 2 + 1)))
    assert refused.value.reply.status == 413


@pytest.mark.parametrize("text", ["%%%", "é", "abc"])
def test_a_body_that_is_not_the_base64_it_claims_to_be_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read(event(body=text, isBase64Encoded=True))
    assert refused.value.reply == Reply(400, {"error": "body: expected base64"})


def test_a_route_is_found_by_method_and_path() -> None:
    def there(_request: Request) -> Reply:
        return Reply(200)

    routes = {("POST", "/there"): there}
    assert route(Request("POST", "/there"), routes) is there
    with pytest.raises(Refused) as refused:
        route(Request("POST", "/elsewhere"), routes)
    assert refused.value.reply.status == 404
    with pytest.raises(Refused) as refused:
        route(Request("GET", "/there"), routes)
    assert refused.value.reply.status == 405
    assert refused.value.reply.headers == {"Allow": "POST"}


def test_replies_are_rendered_as_json_or_as_nothing() -> None:
    assert render(Reply(200, {"a": 1})) == {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": '{"a":1}',
    }
    assert render(Reply(200)) == {"statusCode": 200, "headers": {}, "body": ""}
