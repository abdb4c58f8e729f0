"""
Who sent this request: HubSpot's signatures v2 and v3, and Slack's v0.

Nothing here raises, whatever a stranger sends. Everything is compared in constant time and as
bytes, because ``hmac.compare_digest`` refuses text beyond ASCII.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import unquote

from baton.http.requests import Request

#: A signed request is good for this long; after that it may be a recording.
MAX_AGE = timedelta(minutes=5)
#: How far the sender's clock may be ahead of ours; beyond that a request is refused.
MAX_SKEW = timedelta(seconds=60)

#: Only ``wrong`` may become ``holds`` with another secret.
Verdict = Literal["holds", "missing", "stale", "wrong"]

#: HubSpot's versions that a door may take. v3 signs the time; v2 does not, and is what workflows
#: and custom actions may send. v1 signs neither time nor address: no door takes it.
Version = Literal["v2", "v3"]

#: The escapes HubSpot undoes before it signs; all others stay as they are.
_DECODED = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_hubspot(
    request: Request, public_url: str, secret: str, now: datetime, taken: Collection[Version]
) -> Verdict:
    """
    Say whether HubSpot signed *request* with *secret*, in a version that is *taken*.

    If there is a v3 signature, it must be valid: falling back to v2 would let a recorded request be
    replayed for ever. v2 signs no time, so a recording cannot be told from HubSpot's own repeats;
    the identity of the events in it makes both harmless.

    Args:
        taken: The versions that this door takes. A door that takes v3 alone refuses a v3 request
        whose newer header was removed.

        public_url: The URL that HubSpot calls, without the path. Not rebuilt from the request,
        because a stranger can set the Host header.
    """
    headers = request.headers
    uri = public_url.rstrip("/") + request.path + (f"?{request.query}" if request.query else "")
    if "x-hubspot-signature-v3" in headers and "v3" in taken:
        stamp = headers.get("x-hubspot-request-timestamp")
        fresh = _fresh(stamp, timedelta(milliseconds=1), now)
        if fresh != "holds":
            return fresh
        decoded = _bytes(_DECODED.sub(lambda escape: unquote(escape[0]), uri))
        signed = request.method.encode() + decoded + request.body + _bytes(stamp)
        made = base64.b64encode(_hmac(secret, signed).digest())
        return _compare(secret, made, headers["x-hubspot-signature-v3"])

    if headers.get("x-hubspot-signature-version") != "v2" or "v2" not in taken:
        return "missing"
    signed = _bytes(secret) + request.method.encode() + _bytes(uri) + request.body
    made = hashlib.sha256(signed).hexdigest().encode()
    return _compare(secret, made, headers.get("x-hubspot-signature"))


def check_slack(request: Request, secret: str, now: datetime) -> Verdict:
    """Say whether Slack signed *request* with *secret*."""
    stamp = request.headers.get("x-slack-request-timestamp")
    fresh = _fresh(stamp, timedelta(seconds=1), now)
    if fresh != "holds":
        return fresh
    signed = b"v0:" + _bytes(stamp) + b":" + request.body
    made = b"v0=" + _hmac(secret, signed).hexdigest().encode()
    return _compare(secret, made, request.headers.get("x-slack-signature"))


def _fresh(stamp: str | None, unit: timedelta, now: datetime) -> Verdict:
    # Digits only and few: int() would take "٣" and "1_0", and raises on thousands of digits.
    if stamp is None or re.fullmatch(r"[0-9]{1,13}", stamp) is None:
        return "missing"
    age = (now - _EPOCH) - int(stamp) * unit
    return "holds" if -MAX_SKEW <= age <= MAX_AGE else "stale"


def _hmac(secret: str, signed: bytes) -> hmac.HMAC:
    return hmac.new(_bytes(secret), signed, hashlib.sha256)


def _compare(secret: str, made: bytes, given: str | None) -> Verdict:
    if not given:
        return "missing"
    # Anybody can sign with an empty secret.
    return "holds" if secret and hmac.compare_digest(made, _bytes(given)) else "wrong"


def _bytes(text: str | None) -> bytes:
    return (text or "").encode("utf-8", "surrogatepass")
