"""Tampered, replayed and downgraded requests are refused; no request makes the check raise."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.http.requests import Request, read
from baton.http.signatures import Version, check_hubspot, check_slack
from tests.http.requests import HUBSPOT_SECRET, NOW, PUBLIC_URL, SLACK_SECRET, load

HUBSPOTS_OWN = Request(
    method="POST",
    path="/webhook_uri",
    headers={
        "x-hubspot-signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
        "x-hubspot-request-timestamp": "1693657560000",
    },
    body=b"{'example_field':'example_value'}",
)
HUBSPOTS_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
HUBSPOTS_NOW = datetime.fromtimestamp(1693657560, UTC)
SLACKS_OWN = Request(
    method="POST",
    path="/slack/commands",
    headers={
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        "x-slack-request-timestamp": "1531420618",
    },
    body=(
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F"
        b"commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    ),
)
SLACKS_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SLACKS_NOW = datetime.fromtimestamp(1531420618, UTC)


BOTH: frozenset[Version] = frozenset({"v2", "v3"})


def hubspot(
    request: Request,
    now: datetime = NOW,
    url: str = PUBLIC_URL,
    taken: Collection[Version] = BOTH,
) -> str:
    return check_hubspot(request, url, HUBSPOT_SECRET, now, taken)


def slack(request: Request, now: datetime = NOW) -> str:
    return check_slack(request, SLACK_SECRET, now)


def sent(name: str) -> Request:
    return read(load(name))


def with_headers(request: Request, **changes: str | None) -> Request:
    headers: dict[str, Any] = {
        **request.headers,
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return replace(
        request, headers={name: value for name, value in headers.items() if value is not None}
    )


def v3(uri: str, body: bytes = b"[]", at: datetime = NOW) -> dict[str, str]:
    stamp = str(int(at.timestamp() * 1000))
    signed = b"POST" + uri.encode() + body + stamp.encode()
    digest = hmac.new(HUBSPOT_SECRET.encode(), signed, hashlib.sha256).digest()
    return {
        "x-hubspot-signature-v3": base64.b64encode(digest).decode(),
        "x-hubspot-request-timestamp": stamp,
    }


def test_hubspots_published_v3_vector_holds() -> None:
    found = check_hubspot(
        HUBSPOTS_OWN, "https://www.example.com", HUBSPOTS_SECRET, HUBSPOTS_NOW, BOTH
    )
    assert found == "holds"


def test_slacks_published_v0_vector_holds() -> None:
    assert check_slack(SLACKS_OWN, SLACKS_SECRET, SLACKS_NOW) == "holds"


@pytest.mark.parametrize(
    "name",
    [
        "receive_hubspot.batch.json",
        "receive_hubspot.workflow.json",
        "receive_hubspot.workflow_object.json",
        "receive_hubspot.custom_action.json",
    ],
)
def test_every_hubspot_request_on_file_is_signed(name: str) -> None:
    assert hubspot(sent(name)) == "holds"


@pytest.mark.parametrize("name", ["accept", "touch", "reject", "link", "ssl_check"])
def test_every_slack_request_on_file_is_signed(name: str) -> None:
    assert slack(sent(f"receive_slack.{name}.json")) == "holds"


@pytest.mark.parametrize(
    ("name", "check", "signature"),
    [
        ("receive_hubspot.custom_action.json", hubspot, "x-hubspot-signature-v3"),
        ("receive_hubspot.workflow_object.json", hubspot, "x-hubspot-signature"),
        ("receive_slack.ssl_check.json", slack, "x-slack-signature"),
    ],
    ids=["v3", "v2", "v0"],
)
def test_one_changed_byte_anywhere_is_noticed(
    name: str, check: Callable[..., str], signature: str
) -> None:
    request = sent(name)
    for at in range(len(request.body)):
        changed = bytearray(request.body)
        changed[at] ^= 1
        assert check(replace(request, body=bytes(changed))) == "wrong"
    given = request.headers[signature]
    for at in range(len(given)):
        changed_text = given[:at] + chr(ord(given[at]) ^ 1) + given[at + 1 :]
        changed_header = with_headers(request, **{signature.replace("-", "_"): changed_text})
        assert check(changed_header) == "wrong"
    for cut in (given[:-1], given + "=", given + " ", given + "," + given):
        assert check(with_headers(request, **{signature.replace("-", "_"): cut})) == "wrong"


@pytest.mark.parametrize("name", ["receive_hubspot.batch.json", "receive_hubspot.workflow.json"])
@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"path": "/hubspot/other"},
        {"query": "a=1"},
        {"body": b""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_v2_and_v3_cover_the_whole_request(name: str, change: dict[str, Any]) -> None:
    assert hubspot(replace(sent(name), **change)) == "wrong"


@pytest.mark.parametrize("name", ["receive_hubspot.batch.json", "receive_hubspot.workflow.json"])
def test_a_request_signed_for_another_host_is_refused_whatever_its_host_header_says(
    name: str,
) -> None:
    request = with_headers(sent(name), host="evil.example", x_forwarded_host="evil.example")
    assert hubspot(request) == "holds"
    assert hubspot(request, url="https://evil.example") == "wrong"


def test_a_slash_at_the_end_of_the_public_url_makes_no_difference() -> None:
    assert hubspot(sent("receive_hubspot.batch.json"), url=PUBLIC_URL + "/") == "holds"


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("name", "check"),
    [("receive_hubspot.batch.json", hubspot), ("receive_slack.accept.json", slack)],
    ids=["v3", "v0"],
)
@pytest.mark.parametrize(
    ("age", "verdict"),
    [
        pytest.param(timedelta(0), "holds", id="now"),
        pytest.param(timedelta(minutes=5), "holds", id="five minutes exactly"),
        pytest.param(timedelta(minutes=5, milliseconds=1), "stale", id="just over five minutes"),
        pytest.param(timedelta(days=400), "stale", id="last year"),
        pytest.param(-60 * SECOND, "holds", id="a clock a minute ahead"),
        pytest.param(-60.001 * SECOND, "stale", id="from the future"),
        pytest.param(timedelta(days=-400), "stale", id="from next year"),
    ],
)
def test_a_signature_is_good_for_five_minutes(
    name: str, check: Callable[..., str], age: timedelta, verdict: str
) -> None:
    assert check(sent(name), now=NOW + age) == verdict


@pytest.mark.parametrize("shift", [-1, 1])
def test_the_timestamp_is_signed(shift: Any) -> None:
    stamp = str(1795322405000 + shift)
    request = with_headers(sent("receive_hubspot.batch.json"), x_hubspot_request_timestamp=stamp)
    assert hubspot(request) == "wrong"
    stamp = str(1795322405 + shift)
    request = with_headers(sent("receive_slack.accept.json"), x_slack_request_timestamp=stamp)
    assert slack(request) == "wrong"


@pytest.mark.parametrize(
    "stamp",
    [
        None,
        "",
        "soon",
        "-1",
        "1e9",
        "1_0",
        " 1795322405",
        "٣٤٥",
        "9" * 5000,
        "9" * 13,
        "1795322405.0",
    ],
)
def test_an_odd_timestamp_is_refused_and_never_raises(stamp: Any) -> None:
    request = with_headers(sent("receive_hubspot.batch.json"), x_hubspot_request_timestamp=stamp)
    assert hubspot(request) in {"missing", "stale"}
    request = with_headers(sent("receive_slack.accept.json"), x_slack_request_timestamp=stamp)
    assert slack(request) in {"missing", "stale"}


@pytest.mark.parametrize("given_text", ["ÿ", "v0=é", "\ud800", "𝔘", "\x00", "v0=" + "0" * 64])
def test_an_odd_signature_is_wrong_and_never_raises(given_text: str) -> None:
    request = with_headers(sent("receive_hubspot.batch.json"), x_hubspot_signature_v3=given_text)
    assert hubspot(request) == "wrong"
    request = with_headers(sent("receive_hubspot.workflow.json"), x_hubspot_signature=given_text)
    assert hubspot(request) == "wrong"
    request = with_headers(sent("receive_slack.accept.json"), x_slack_signature=given_text)
    assert slack(request) == "wrong"


def test_a_request_without_any_signature_is_refused() -> None:
    bare = Request(method="POST", path="/hubspot/webhooks", body=b"[]")
    assert hubspot(bare) == "missing"
    assert slack(bare) == "missing"


@pytest.mark.parametrize("version", [None, "", "v1", "v3", "v4", "V2", "2"])
def test_an_old_signature_must_say_which_one_it_is(version: str | None) -> None:
    request = sent("receive_hubspot.workflow.json")
    assert hubspot(with_headers(request, x_hubspot_signature_version=version)) == "missing"


@pytest.mark.parametrize("given_text", ["", "wrong"])
def test_a_v3_signature_that_does_not_hold_is_not_made_up_for_by_an_older_one(
    given_text: str,
) -> None:
    """The request also has a valid v1 signature, as HubSpot's requests do."""
    request = with_headers(sent("receive_hubspot.batch.json"), x_hubspot_signature_v3=given_text)
    assert hubspot(request) in {"wrong", "missing"}
    assert hubspot(sent("receive_hubspot.batch.json"), now=NOW + timedelta(hours=1)) == "stale"


def test_v1_is_taken_by_no_door() -> None:
    """It signs neither the time nor the address."""
    assert hubspot(sent("receive_hubspot.batch_v1.json")) == "missing"


def test_a_door_that_takes_v3_alone_refuses_a_request_without_it() -> None:
    """Removing a header is all it would take to replay a recording for ever."""
    stripped = with_headers(sent("receive_hubspot.batch.json"), x_hubspot_signature_v3=None)
    assert hubspot(stripped) == "missing"
    assert hubspot(sent("receive_hubspot.workflow.json"), taken={"v3"}) == "missing"
    assert hubspot(sent("receive_hubspot.batch.json"), taken={"v3"}) == "holds"
    assert hubspot(sent("receive_hubspot.batch.json"), taken={"v2"}) == "missing"


def test_v2_knows_no_time_so_hubspots_late_repeats_pass() -> None:
    later = NOW + timedelta(days=3)
    assert hubspot(sent("receive_hubspot.workflow.json"), now=later) == "holds"


def test_an_empty_secret_opens_nothing_for_slack() -> None:
    stamp = str(int(NOW.timestamp()))
    signed = f"v0:{stamp}:".encode()
    headers = {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": "v0=" + hmac.new(b"", signed, hashlib.sha256).hexdigest(),
    }
    assert check_slack(Request(method="POST", path="/", headers=headers), "", NOW) == "wrong"


def test_an_empty_secret_opens_nothing_for_hubspot() -> None:
    headers = {
        "x-hubspot-signature-version": "v2",
        "x-hubspot-signature": hashlib.sha256(f"POST{PUBLIC_URL}/[]".encode()).hexdigest(),
    }
    request = Request(method="POST", path="/", headers=headers, body=b"[]")
    assert check_hubspot(request, PUBLIC_URL, "", NOW, BOTH) == "wrong"
    assert check_hubspot(request, PUBLIC_URL, "x", NOW, BOTH) == "wrong"


@pytest.mark.parametrize(
    ("query", "as_signed"),
    [
        pytest.param("a=1&b=2", "a=1&b=2", id="plain"),
        pytest.param("u=https%3A%2F%2Fx", "u=https://x", id="colon and slash"),
        pytest.param("q=%3F%40%21%24%27%28%29%2A%2C%3B", "q=?@!$'()*,;", id="all that are undone"),
        pytest.param("u=%3a%2f", "u=:/", id="lower-case escapes"),
        pytest.param("q=%20%25%26%3D%23%2B", "q=%20%25%26%3D%23%2B", id="all that stay"),
        pytest.param("q=%253A", "q=%253A", id="undone once, not twice"),
    ],
)
def test_v3_undoes_only_the_listed_escapes(query: str, as_signed: str) -> None:
    headers = v3(f"{PUBLIC_URL}/hubspot/webhooks?{as_signed}")
    request = Request(
        method="POST", path="/hubspot/webhooks", headers=headers, body=b"[]", query=query
    )
    assert hubspot(request) == "holds"


def test_v2_undoes_no_escapes() -> None:
    query = "u=https%3A%2F%2Fx"
    uri = f"{PUBLIC_URL}/hubspot/workflow?{query}"
    signed = f"{HUBSPOT_SECRET}POST{uri}{{}}".encode()
    headers = {
        "x-hubspot-signature-version": "v2",
        "x-hubspot-signature": hashlib.sha256(signed).hexdigest(),
    }
    request = Request(
        method="POST", path="/hubspot/workflow", headers=headers, body=b"{}", query=query
    )
    assert hubspot(request) == "holds"


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "x-hubspot-signature",
            "x-hubspot-signature-v3",
            "x-hubspot-signature-version",
            "x-hubspot-request-timestamp",
            "x-slack-signature",
            "x-slack-request-timestamp",
        ]
    ),
    st.one_of(st.none(), st.text(), st.sampled_from(["v1", "v2", "1795322405000", "1795322405"])),
)


@given(HEADERS, st.binary(max_size=50), st.text(max_size=20), st.text(max_size=20))
def test_nothing_a_stranger_sends_raises_or_gets_in(
    headers: Any, body: Any, path: str, query: str
) -> None:
    request = Request(method="POST", path=path, headers=headers, body=body, query=query)
    assert hubspot(request) in {"missing", "stale", "wrong"}
    assert slack(request) in {"missing", "stale", "wrong"}
