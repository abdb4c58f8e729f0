"""The signatures HubSpot and Slack put on what they send."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from urllib.parse import unquote

#: The only escapes HubSpot undoes in the URI before it signs.
_DECODED = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


def hubspot_v3(secret: str, method: str, url: str, body: bytes, timestamp_ms: int) -> str:
    """Base64 HMAC-SHA256 for X-HubSpot-Signature-v3; *timestamp_ms* is epoch milliseconds."""
    url = _DECODED.sub(lambda match: unquote(match.group()), url)
    signed = method.encode() + url.encode() + body + str(timestamp_ms).encode()
    return b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def slack_v0(secret: str, timestamp_s: int, body: bytes) -> str:
    """The value of X-Slack-Signature; *timestamp_s* is epoch seconds."""
    signed = b"v0:" + str(timestamp_s).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
