"""A decoding error names the field and never repeats its value, because it is logged and parked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from baton.domain.world.effects import AnyEffect
from baton.domain.world.events import Clicked, Hinted
from baton.failures import Malformed
from baton.wire.decoding import convert, decode

ADA = "ada@example.com"


@pytest.mark.parametrize(
    ("found", "shape", "refusal"),
    [
        pytest.param({"kind": ADA}, AnyEffect, "$.kind: not an allowed value", id="tag of many"),
        pytest.param({"kind": ADA}, Clicked, "$.kind: not an allowed value", id="tag of one"),
        pytest.param({"about": ADA}, Hinted, "$.about: not an allowed value", id="one of some"),
        pytest.param({"id": [ADA]}, Hinted, "$.id: expected str, got array", id="type"),
        pytest.param({"at": ADA}, Hinted, "$.at: invalid RFC3339 encoded datetime", id="time"),
        pytest.param({ADA: 1}, Hinted, "$.id: required", id="field"),
    ],
)
def test_a_refusal_repeats_nothing(found: dict[str, Any], shape: Any, refusal: str) -> None:
    with pytest.raises(Malformed) as read:
        decode(json.dumps(found), shape)
    with pytest.raises(Malformed) as converted:
        convert(found, shape)
    assert str(read.value) == str(converted.value) == refusal


@pytest.mark.parametrize(
    ("body", "read"),
    [
        pytest.param(rb'{"a": "x\ud83d"}', "x\ufffd", id="half of a pair, at the end"),
        pytest.param(rb'{"a": "\uDE00x"}', "\ufffdx", id="the other half"),
        pytest.param(rb'{"a": "\ud83d\ud83d\ude00"}', "\ufffd\U0001f600", id="beside a pair"),
        pytest.param(rb'{"a": "\ud83d\ude00"}', "\U0001f600", id="a pair"),
        pytest.param(rb'{"a": "\\ud83d"}', "\\ud83d", id="a backslash, and no escape"),
        pytest.param(b'{"a": "x\n\x01y"}', "x  y", id="control characters"),
    ],
)
def test_what_other_parsers_let_pass_is_read(body: bytes, read: str) -> None:
    """JSON may hold half of a surrogate pair (RFC 8259, 8.2)."""
    assert decode(body, dict[str, str]) == {"a": read}


@pytest.mark.parametrize("body", [b'{"a": "\xff\\ud83d"}', b'{"a": "\\ud83d"', b"[NaN]"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode(body, dict[str, str])
