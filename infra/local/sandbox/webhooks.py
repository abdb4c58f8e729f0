"""HubSpot's webhooks: events are collected briefly, signed, posted, and repeated until accepted."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .associations import singular
from .config import DEAL_SUBSCRIBED
from .outbound import Outcome, post
from .signing import hubspot_v3
from .world import Pending, Record, World, now_ms

PATH = "/hubspot/webhooks"
BATCH = 100
IN_FLIGHT = 10
TIMEOUT_SECONDS = 5.0


class Webhooks:
    """
    The queue of events and the thread that empties it.

    Events wait in the world's state, so a restart repeats those not yet accepted. HubSpot's ten
    repeats over a day are squeezed into minutes (``webhook_retry_seconds``).
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._flying: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="webhook")
        self.deliveries: deque[dict[str, Any]] = deque(maxlen=2000)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._thread.join(timeout=2)

    def created(self, record: Record, source: str, source_id: str, at: int) -> None:
        kind = f"{singular(record.type)}.creation"
        self._add(record, kind, source, source_id, at, {"changeFlag": "NEW"})

    def deleted(self, record: Record, source: str, source_id: str, at: int) -> None:
        self._add(record, "contact.deletion", source, source_id, at, {"changeFlag": "DELETED"})

    def restored(self, record: Record, at: int) -> None:
        self._add(record, "contact.restore", "CRM_UI", "", at, {"changeFlag": "RESTORED"})

    def merged(self, record: Record, gone: tuple[str, str], at: int) -> None:
        what: dict[str, Any] = {
            "primaryObjectId": int(gone[0]),
            "mergedObjectIds": [int(gone[1])],
            "newObjectId": int(record.id),
            "numberOfPropertiesMoved": len(record.history),
        }
        self._add(record, "contact.merge", "CRM_UI", "", at, what)

    def changed(
        self, record: Record, name: str, value: str, source: str, source_id: str, at: int
    ) -> None:
        config = self._world.config()
        if name in (config.subscribed if record.type == "contacts" else DEAL_SUBSCRIBED):
            what = {"propertyName": name, "propertyValue": value}
            kind = f"{singular(record.type)}.propertyChange"
            self._add(record, kind, source, source_id, at, what)

    def _add(
        self,
        record: Record,
        kind: str,
        source: str,
        source_id: str,
        at: int,
        what: dict[str, Any],
    ) -> None:
        config = self._world.config()
        if not config.baton_api:
            return
        topics = ["contact.creation", "contact.deletion", *config.subscribed]
        topics += ["deal.creation", *DEAL_SUBSCRIBED, "contact.merge", "contact.restore"]
        topic = what.get("propertyName", kind)
        event: dict[str, Any] = {
            "eventId": self._world.count("event", 3816279339),
            "subscriptionId": 250001 + topics.index(topic),
            "portalId": config.portal_id,
            "appId": config.app_id,
            "occurredAt": at,
            "subscriptionType": kind,
            "attemptNumber": 0,
            "objectId": int(record.id),
            **what,
            "changeSource": source,
        }
        if source_id:
            event["sourceId"] = source_id
        number = self._world.count("outbox")
        due = now_ms() + config.webhook_window_ms
        self._world.state.outbox.append(Pending(number=number, event=event, due=due))
        self._world.changed()

    def _run(self) -> None:
        while True:
            with self._world.lock:
                if self._world.closing:
                    return
                batch = self._due()
                if not batch:
                    self._world.news.wait(timeout=self._patience())
                self._flying.update(pending.number for pending in batch)
            if batch:
                self._pool.submit(self._send, batch)
            else:
                time.sleep(0.01)  # an import changes things by the thousand; look less often

    def _due(self) -> list[Pending]:
        """The events to send now: all that wait, once the oldest has waited for the batching
        window."""
        if len(self._flying) >= BATCH * IN_FLIGHT:
            return []
        waiting = [one for one in self._world.state.outbox if one.number not in self._flying]
        fresh = [one for one in waiting if one.event["attemptNumber"] == 0]
        late = [one for one in waiting if one.event["attemptNumber"] and one.due <= now_ms()]
        if fresh and (fresh[0].due <= now_ms() or len(fresh) >= BATCH):
            return (late + fresh)[:BATCH]
        return late[:BATCH]

    def _patience(self) -> float:
        dues = [one.due for one in self._world.state.outbox if one.number not in self._flying]
        if not dues or len(self._flying) >= BATCH * IN_FLIGHT:
            return 5.0
        return min(5.0, max(0.005, (min(dues) - now_ms()) / 1000))

    def _send(self, batch: list[Pending]) -> None:
        config = self._world.config()
        body = json.dumps([pending.event for pending in batch], separators=(",", ":")).encode()
        at = now_ms()
        signature = hubspot_v3(
            config.hubspot_client_secret, "POST", config.signed_url + PATH, body, at
        )
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "HubSpot Connect 2.0 (sandbox)",
            "X-HubSpot-Signature-v3": signature,
            "X-HubSpot-Request-Timestamp": str(at),
        }
        outcome = post(config.baton_api.rstrip("/") + PATH, body, headers, TIMEOUT_SECONDS)
        with self._world.lock:
            self._record_delivery(batch, outcome, at)

    def _record_delivery(self, batch: list[Pending], outcome: Outcome, at: int) -> None:
        delays = self._world.config().webhook_retry_seconds
        done: set[int] = set()
        for pending in batch:
            attempt = pending.event["attemptNumber"]
            if outcome.accepted or attempt >= len(delays):
                done.add(pending.number)
            else:
                pending.event["attemptNumber"] = attempt + 1
                pending.due = now_ms() + round(delays[attempt] * 1000)
        self._flying.difference_update(pending.number for pending in batch)
        outbox = self._world.state.outbox
        outbox[:] = [pending for pending in outbox if pending.number not in done]
        self.deliveries.append(
            {
                "system": "hubspot",
                "path": PATH,
                "events": len(batch),
                "status": outcome.status,
                "problem": outcome.problem,
                "at": at,
                "ms": outcome.ms,
                "given_up": len(done) if not outcome.accepted else 0,
            }
        )
        self._world.changed()
