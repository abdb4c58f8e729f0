"""Checks our messages against Slack's limits, as its SDK knows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from baton.presentation.slack import Rendered
from baton.presentation.slack.budget import BUDGET, TEXT

#: What may be between angle brackets in our markup: a date, an address, a number.
OURS = re.compile(
    r"<!date\^-?\d+\^[^<>|^]+\|[^<>|]+>|<mailto:[^<>|]+\|[^<>|]+>|<tel:[+0-9]+\|[^<>|]+>"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt);")


def texts(node: Any) -> Iterator[dict[str, Any]]:
    """Every text object in the blocks."""
    if isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "plain_text"):
            yield node
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def check_markup(text: str) -> None:
    """Assert that only our own links and dates are markup, and everything else is escaped."""
    rest = _ENTITY.sub("", OURS.sub("", text))
    assert "<" not in rest, text
    assert ">" not in rest, text
    assert "&" not in rest, text


def check(message: Rendered) -> None:
    """Assert that Slack would accept *message*, posted or as an edit."""
    assert 0 < len(message.text.encode()) <= TEXT < 4000
    # As slack_sdk sends them: JSON in ASCII.
    assert len(json.dumps(message.blocks)) <= BUDGET
    check_markup(message.text)
    message.text.encode("utf-8")
    assert len(message.blocks) <= 50
    for block in message.blocks:
        parsed = Block.parse(block)
        assert parsed is not None, block
        parsed.to_dict()  # raises if a limit is exceeded
        _beyond_the_models(block)
    for text in texts(message.blocks):
        text["text"].encode("utf-8")
        assert text["text"].strip(), "Slack refuses empty texts"
        if text["type"] == "mrkdwn":
            assert text["verbatim"] is True
            check_markup(text["text"])


def _beyond_the_models(block: dict[str, Any]) -> None:
    """Assert limits from Slack's documentation that the models do not check."""
    if block["type"] == "section" and "text" in block:
        assert len(block["text"]["text"]) <= 3000
    for field in block.get("fields", []):
        assert len(field["text"]) <= 2000
    assert len(block.get("fields", [])) <= 10
    if block["type"] == "header":
        assert len(block["text"]["text"]) <= 150
    if block["type"] == "context":
        assert len(block["elements"]) <= 10
    if block["type"] == "actions":
        assert len(block["block_id"]) <= 255
        assert 1 <= len(block["elements"]) <= 25
        ids = [element["action_id"] for element in block["elements"]]
        assert len(ids) == len(set(ids))
        for element in block["elements"]:
            for option in element.get("options", []):
                assert 1 <= len(option["text"]["text"]) <= 75
                assert 1 <= len(option["value"]) <= 150
            assert len(element.get("options", [])) <= 100
