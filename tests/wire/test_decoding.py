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
