"""HubSpot's side of a benchmark: it has leads, and reports them by signed webhooks."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterable
from typing import Any

from infra.local.sandbox.signing import hubspot_v3
from infra.local.stack import Stack
from infra.local.stack.secrets import write_private

#: One company for each pool, so that no rep's direct message hits Slack's one a second.
_COMPANIES = (
    ("Germany", "5200"),
    ("France", "420"),
    ("Norway", "18"),
    ("United States", "3100"),
    ("Canada", "260"),
    ("USA", "9"),
    ("Japan", "150"),
)


class Front:
    """The sandbox's HubSpot in front of a running stack; it reports leads on request."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.number = 0

    def leads(self, count: int) -> list[str]:
        """Create *count* MQLs in the sandbox's HubSpot, without webhooks."""
        config = self._stack.settings.state / "sandbox.json"  # followed from request to request
        told = json.loads(config.read_text("utf-8"))
        write_private(config, told | {"baton_api": ""})
        try:
            return [self._lead() for _ in range(count)]
        finally:
            write_private(config, told)

    def _lead(self) -> str:
        self.number += 1
        country, employees = _COMPANIES[self.number % len(_COMPANIES)]
        body = {
            "properties": {
                "firstname": "Ada",
                "lastname": f"Example {self.number}",
                "email": f"lead{self.number}@company{self.number}.example",
                "country": country,
                "numemployees": employees,
                "lifecyclestage": "marketingqualifiedlead",
                "hs_analytics_source": "PAID_SEARCH",
            },
            "company": {"name": f"Company {self.number}"},
            "form": "Webinar",
        }
        answer = self._ask(f"{self._stack.sandbox}/_sandbox/contacts", json.dumps(body).encode())
        return str(answer["id"])

    def webhook(self, leads: Iterable[str]) -> tuple[float, float]:
        """Report that *leads* became MQLs; returns when the request was sent and answered."""
        now = time.time()
        body = json.dumps(
            [
                {
                    "eventId": int(lead) * 10 + 1,
                    "subscriptionId": 250002,
                    "portalId": int(self._stack.settings.portal_id),
                    "appId": 1160452,
                    "occurredAt": int(now * 1000),
                    "subscriptionType": "contact.propertyChange",
                    "attemptNumber": 0,
                    "objectId": int(lead),
                    "propertyName": "lifecyclestage",
                    "propertyValue": "marketingqualifiedlead",
                    "changeSource": "FORM",
                }
                for lead in leads
            ]
        ).encode()
        stamp, path = int(now * 1000), "/hubspot/webhooks"
        signature = hubspot_v3(
            self._stack.secrets["hubspot_client_secret"],
            "POST",
            self._stack.public_url + path,
            body,
            stamp,
        )
        headers = {
            "X-HubSpot-Signature-v3": signature,
            "X-HubSpot-Request-Timestamp": str(stamp),
        }
        sent = time.time()
        self._ask(self._stack.api + path, body, headers)
        return sent, time.time()

    def state(self) -> Any:
        """Everything that the sandbox holds."""
        return self._ask(f"{self._stack.sandbox}/_sandbox/state")

    def _ask(self, url: str, body: bytes | None = None, headers: Any = None) -> Any:
        kind = {"Content-Type": "application/json"} | (headers or {})
        request = urllib.request.Request(url, data=body, headers=kind)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
