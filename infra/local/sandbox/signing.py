"""The signatures HubSpot and Slack put on what they send."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from typing import Literal
from urllib.parse import unquote

#: The only escapes HubSpot undoes in the URI before it signs.
_DECODED = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


def hubspot_v1(secret: str, body: bytes) -> str:
    """Hex SHA-256 for X-HubSpot-Signature, where its version is v1: webhook subscriptions."""
    return hashlib.sha256(secret.encode() + body).hexdigest()


def hubspot_v2(secret: str, method: str, url: str, body: bytes) -> str:
    """Hex SHA-256 for X-HubSpot-Signature, where its version is v2: workflows, custom actions."""
    return hashlib.sha256(secret.encode() + method.encode() + url.encode() + body).hexdigest()


def hubspot_v3(secret: str, method: str, url: str, body: bytes, timestamp_ms: int) -> str:
    """Base64 HMAC-SHA256 for X-HubSpot-Signature-v3; *timestamp_ms* is epoch milliseconds."""
    url = _DECODED.sub(lambda match: unquote(match.group()), url)
    signed = method.encode() + url.encode() + body + str(timestamp_ms).encode()
    return b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def hubspot_headers(
    secret: str, url: str, body: bytes, at: int, older: Literal["v1", "v2"], *, v3: bool = True
) -> dict[str, str]:
    """
    The headers that sign a POST by HubSpot: the *older* version, and v3 beside it.

    Source: HubSpot's "Validating requests" (subscriptions carry v1 for backwards compatibility),
    "Custom workflow actions" (v2), and the changelog "Introducing version 3 of webhook signatures"
    (requests to apps have v3 and the time beside the older one).
    """
    old = hubspot_v1(secret, body) if older == "v1" else hubspot_v2(secret, "POST", url, body)
    headers = {"X-HubSpot-Signature": old, "X-HubSpot-Signature-Version": older}
    if v3:
        headers["X-HubSpot-Signature-v3"] = hubspot_v3(secret, "POST", url, body, at)
        headers["X-HubSpot-Request-Timestamp"] = str(at)
    return headers


def slack_v0(secret: str, timestamp_s: int, body: bytes) -> str:
    """The value of X-Slack-Signature; *timestamp_s* is epoch seconds."""
    signed = b"v0:" + str(timestamp_s).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
