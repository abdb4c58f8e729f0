"""Each refusal of Slack becomes the right failure, says what to do, and names no person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.slack_response import SlackResponse

from baton.adapters.slack.errors import translated
from baton.adapters.slack.refusals import LIMITED, OTHER, ROWS, Does, row_of
from baton.failures import Gone, NotAllowed, Rejected, Retryable, Unauthorised
from tests.adapters.slack.documented import CODES, LEFT_TO_THE_DEFAULT

SECRET = "nora.lindqvist@helvia.example"
CHANNEL, PERSON = "C0SALES1", "U0ANNA"

Failure = Retryable | Rejected | Gone


def slack(
    status: int, data: Any, headers: dict[str, str] | None = None, to: str = CHANNEL
) -> Failure:
    answer = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="http://127.0.0.1/",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )
    with pytest.raises((Retryable, Rejected, Gone)) as found, translated(to):
        raise SlackApiError(f"about {SECRET}", answer)  # type: ignore[no-untyped-call]
    error = found.value
    assert isinstance(error, Retryable | Rejected | Gone)
    return error


def refused(code: str, to: str = CHANNEL, **more: Any) -> Failure:
    """As Slack refuses: a 200 with a code."""
    return slack(200, {"ok": False, "error": code, **more}, to=to)


#: What a row does -> the failure, and whether the message may have been carried out.
FAILURES: dict[Does, tuple[type[Failure], bool | None]] = {
    "later": (Retryable, False),
    "look": (Retryable, True),
    "token": (Unauthorised, False),
    "operator": (NotAllowed, False),
    "repost": (Gone, None),
    "park": (Rejected, False),
}


def test_every_documented_code_has_a_row_or_is_left_to_the_default_on_purpose() -> None:
    assert CODES - ROWS.keys() == LEFT_TO_THE_DEFAULT
    assert ROWS.keys() <= CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_row_becomes_its_failure(code: str) -> None:
    row, error = row_of(code), refused(code)
    kind, unsure = FAILURES[row.does]
    assert type(error) is kind
    if not isinstance(error, Gone):
        assert error.unsure is unsure
        assert str(error).startswith(f"Slack: {code}")
    if isinstance(error, Retryable) and row.does != "look":
        assert error.after == row.wait
        assert timedelta(seconds=1) <= row.wait <= timedelta(minutes=5)


@pytest.mark.parametrize("code", sorted(code for code in CODES if row_of(code).does == "park"))
@pytest.mark.parametrize("to", [CHANNEL, "#sales", PERSON, "W0KIM", "D0ANNA", SECRET, ""])
def test_a_parked_message_says_what_to_do_and_names_no_person(code: str, to: str) -> None:
    words = str(refused(code, to))
    assert len(words.removeprefix(f"Slack: {code}: ")) > 20
    assert "{" not in words
    assert (to in words) <= (to in ("", CHANNEL, "#sales"))


@pytest.mark.parametrize(
    ("code", "to", "words"),
    [
        ("not_in_channel", "#sales", "invite the app to #sales: /invite @Baton"),
        (
            "is_archived",
            CHANNEL,
            f"unarchive {CHANNEL}, or name another channel in notifications.yaml",
        ),
        (
            "channel_not_found",
            "#sales",
            "#sales was deleted, or is private and Baton is not in it: invite the app (/invite"
            " @Baton), or name another channel in notifications.yaml",
        ),
        (
            "channel_not_found",
            PERSON,
            "correct slack_user in roster.yaml: Slack knows no such member",
        ),
        (
            "user_disabled",
            PERSON,
            "their Slack account is deactivated: take them out of the roster",
        ),
        ("msg_blocks_too_long", PERSON, "this is a fault in Baton: report it with this line"),
        ("what_is_this", PERSON, "Slack's reference says what the code means"),
    ],
)
def test_what_a_parked_message_says(code: str, to: str, words: str) -> None:
    error = refused(code, to)
    assert isinstance(error, Rejected)
    assert str(error) == f"Slack: {code}: {words}"


@pytest.mark.parametrize(
    ("needed", "provided", "lacks"),
    [
        ("groups:history", "chat:write,im:write", "groups:history"),
        ("channels:read,groups:read", "channels:read,chat:write", "groups:read"),
        ("channels:read,groups:read", "", "channels:read or groups:read"),
        ("chat:write:bot", "incoming-webhook", "chat:write:bot"),
        (SECRET, "", "what it lacks"),
        (None, ["x"], "what it lacks"),
    ],
)
def test_a_missing_scope_is_named(needed: Any, provided: Any, lacks: str) -> None:
    error = refused("missing_scope", needed=needed, provided=provided)
    assert isinstance(error, NotAllowed)
    assert str(error) == f"Slack: missing_scope: add {lacks} to the app's scopes, and reinstall it"


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        ("ratelimited", 1),
        ("rate_limited", 1),
        ("migration_in_progress", 30),
        ("external_channel_migrating", 60),
        ("external_team_migrating", 60),
        ("message_limit_exceeded", 60),
        ("team_added_to_org", 60),
        ("org_login_required", 300),
    ],
)
def test_a_passing_refusal_waits_as_long_as_slack_says(code: str, seconds: int) -> None:
    error = refused(code)
    assert isinstance(error, Retryable)
    assert (str(error), error.after) == (f"Slack: {code}", timedelta(seconds=seconds))
    for name in ("Retry-After", "retry-after"):
        told = slack(200, {"ok": False, "error": code}, {name: "7"})
        assert isinstance(told, Retryable)
        assert told.after == timedelta(seconds=7)


@pytest.mark.parametrize("wait", ["soon", "", "-1", "nan", "1e99"])
def test_a_strange_retry_after_is_survived(wait: str) -> None:
    error = slack(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": wait})
    assert isinstance(error, Retryable)
    assert error.after is not None
    assert timedelta(0) < error.after <= timedelta(days=1)


@pytest.mark.parametrize(
    "code", ["missing_scope", "invalid_auth", "access_denied"], ids=["scope", "token", "app"]
)
def test_an_operator_is_waited_for_whatever_retry_after_says(code: str) -> None:
    error = slack(200, {"ok": False, "error": code}, {"Retry-After": "1"})
    assert isinstance(error, Retryable)
    assert error.after == timedelta(minutes=5)


#: Answers in shapes that Slack, or what stands before it, really sends.
SHAPES = [
    pytest.param(429, {"ok": False, "error": "ratelimited"}, "ratelimited", False, id="limited"),
    pytest.param(429, "<html>Too Many Requests", "ratelimited", False, id="limited, as a page"),
    pytest.param(429, {"ok": False, "error": "not_authed"}, "ratelimited", False, id="429, odd"),
    pytest.param(429, {}, "ratelimited", False, id="429 without a body"),
    pytest.param(
        429,
        {"ok": False, "error": "message_limit_exceeded"},
        "message_limit_exceeded",
        False,
        id="429 with another limit",
    ),
    pytest.param(503, {"ok": False, "error": "service_unavailable"}, "service_unavailable", True),
    pytest.param(500, {"ok": False, "error": "internal_error"}, "internal_error", True),
    pytest.param(500, {"ok": False, "error": "fatal_error"}, "fatal_error", True),
    pytest.param(502, f"<html>{SECRET}", "502", True, id="a gateway's page"),
    pytest.param(502, {"ok": False, "error": f"<html>{SECRET}"}, "502", True, id="a page in JSON"),
    pytest.param(
        504, {"ok": False, "error": "channel_not_found"}, "504", True, id="504 with a code"
    ),
    pytest.param(404, {"ok": False, "error": "message_not_found"}, "404", True, id="404"),
    pytest.param(200, "<html>Slack is down", "200", True, id="a page as a 200"),
    pytest.param(200, "", "200", True, id="nothing"),
    pytest.param(200, [], "200", True, id="a list"),
    pytest.param(200, {"ok": False}, "200", True, id="no code"),
    pytest.param(200, {"ok": False, "error": ""}, "200", True, id="an empty code"),
    pytest.param(200, {"ok": False, "error": None}, "200", True, id="null"),
    pytest.param(200, {"ok": False, "error": {"code": 7}}, "200", True, id="an object"),
    pytest.param(200, {"ok": False, "error": f"Received: {SECRET}"}, "200", True, id="a text"),
]


@pytest.mark.parametrize(("status", "data", "says", "unsure"), SHAPES)
def test_answers_of_any_shape(status: int, data: Any, says: str, unsure: bool) -> None:
    error = slack(status, data)
    assert isinstance(error, Retryable)
    assert (str(error), error.unsure) == (f"Slack: {says}", unsure)
    assert error.after == (None if unsure else row_of(says).wait)


def test_429_and_unknown_codes_have_a_stated_default() -> None:
    assert LIMITED.does == "later"
    assert OTHER.does == "park"
    assert row_of("invented_tomorrow") is OTHER


#: As Slack says where blocks are wrong: in both places, in words that quote what was sent.
INVALID_BLOCKS = {
    "ok": False,
    "error": "invalid_blocks",
    "errors": [
        f"must be less than 3001 characters, is {SECRET} [json-pointer:/blocks/0/text/text]",
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
    ],
    "response_metadata": {"messages": [f"[ERROR] {SECRET} [json-pointer:/blocks/9]"]},
}


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (INVALID_BLOCKS, " /blocks/0/text/text /blocks/0/text"),
        ({**INVALID_BLOCKS, "errors": None}, " /blocks/9"),
        ({**INVALID_BLOCKS, "errors": [], "response_metadata": None}, ""),
        ({**INVALID_BLOCKS, "errors": SECRET}, ""),
        ({**INVALID_BLOCKS, "errors": [None, 7, {}], "response_metadata": "x"}, ""),
        ({"ok": False, "error": "invalid_blocks"}, ""),
    ],
)
def test_slack_says_where_the_blocks_are_wrong_but_not_what_they_say(
    body: dict[str, Any], places: str
) -> None:
    words = str(slack(200, body))
    assert (
        words
        == "Slack: invalid_blocks: this is a fault in Baton: report it with this line" + places
    )


FIELDS = ("ok", "error", "errors", "response_metadata", "needed", "provided")
bodies = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(sorted(CODES)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.sampled_from([200, 302, 400, 403, 404, 408, 429, 500, 502, 503, 504]),
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(FIELDS, bodies),
    )
    | bodies,
)
def test_any_answer_becomes_a_failure_without_its_text(status: int, data: Any) -> None:
    words = str(slack(status, data))
    assert SECRET not in words
    assert len(words) < 400
    json.dumps(words)
