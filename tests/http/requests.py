"""The requests in events/, and functions to sign one again after a test has changed it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from logging import StreamHandler
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger

EVENTS = Path(__file__).parents[2] / "events"
HUBSPOT_SECRET = "hubspot-secret-of-the-tests"
SLACK_SECRET = "slack-secret-of-the-tests"
PUBLIC_URL = "https://baton.example.com"
PORTAL = "4455667"
#: When the requests in events/ were signed.
NOW = datetime(2026, 11, 22, 4, 40, 5, tzinfo=UTC)


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / name).read_bytes())
    return found


def body_of(event: dict[str, Any]) -> bytes:
    text = event.get("body") or ""
    return base64.b64decode(text) if event["isBase64Encoded"] else text.encode()


def with_body(event: dict[str, Any], body: bytes, *, at: datetime = NOW) -> dict[str, Any]:
    """*event* with another body, signed like the original; a binary body is base64."""
    headers = {k: v for k, v in event["headers"].items() if "-signature" not in k}
    if event["rawPath"].startswith("/slack"):
        stamp = str(int(at.timestamp()))
        headers["x-slack-request-timestamp"] = stamp
        signed = b"v0:" + stamp.encode() + b":" + body
        headers["x-slack-signature"] = (
            "v0=" + hmac.new(SLACK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
        )
    else:
        stamp = str(int(at.timestamp() * 1000))
        headers["x-hubspot-request-timestamp"] = stamp
        uri = PUBLIC_URL + event["rawPath"]
        signed = b"POST" + uri.encode() + body + stamp.encode()
        digest = hmac.new(HUBSPOT_SECRET.encode(), signed, hashlib.sha256).digest()
        headers["x-hubspot-signature-v3"] = base64.b64encode(digest).decode()
    return {
        **event,
        "headers": headers,
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


@dataclass
class Context:
    """The parts of a Lambda context that powertools' Logger uses."""

    function_name: str = "under-test"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:under-test"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"


def log_of(logger: Logger) -> io.StringIO:
    """What *logger* writes from now on. It holds the stdout from before the test."""
    stream = io.StringIO()
    for handler in logger.handlers:
        assert isinstance(handler, StreamHandler)
        handler.setStream(stream)
    return stream
