"""HubSpot's webhooks: events are collected briefly, signed, posted, and repeated until accepted."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .outbound import Outcome, post
from .signing import hubspot_headers
from .untidiness import Untidiness
from .webhook_events import Happening, is_subscribed, written
from .world import Pending, World, now_ms

PATH = "/hubspot/webhooks"
BATCH = 100
IN_FLIGHT = 10
TIMEOUT_SECONDS = 5.0
#: As public records of HubSpot's requests have it.
USER_AGENT = "HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebhooksExecutorDaemon-executor"


class Webhooks:
    """
    The queue of events and the thread that empties it.

    Events wait in the world's state, so a restart repeats those not yet accepted. HubSpot's ten
    repeats over a day are squeezed into minutes (``webhook_retry_seconds``). An event whose request
    was not answered with 2xx in time is sent again with the next ``attemptNumber``.
    """

    def __init__(self, world: World, untidiness: Untidiness) -> None:
        self._world = world
        self._untidiness = untidiness
        self._flying: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="webhook")
        self.deliveries: deque[dict[str, Any]] = deque(maxlen=2000)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._thread.join(timeout=2)

    def tell(self, happening: Happening) -> None:
        """Queue the events of *happening*: one for each subscription to it."""
        config = self._world.config()
        if not config.baton_api:
            return
        stray = self._untidiness.is_stray(happening)
        if not stray and not is_subscribed(config, happening):
            return
        for generic in self._untidiness.spellings(config):
            number = self._world.count("outbox")
            event = written(
                config,
                happening,
                self._world.count("event", 3816279339),
                generic=generic,
                naming=self._untidiness.naming(number),
            )
            due = now_ms() + config.webhook_window_ms + self._untidiness.delay_ms(number)
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
        now, window = now_ms(), self._world.config().webhook_window_ms
        waiting = [one for one in self._world.state.outbox if one.number not in self._flying]
        fresh = [
            one for one in waiting if one.event["attemptNumber"] == 0 and one.due <= now + window
        ]
        late = [one for one in waiting if one.event["attemptNumber"] and one.due <= now]
        if fresh and (fresh[0].due <= now or len(fresh) >= BATCH):
            return (late + fresh)[:BATCH]
        return late[:BATCH]

    def _patience(self) -> float:
        dues = [one.due for one in self._world.state.outbox if one.number not in self._flying]
        if not dues or len(self._flying) >= BATCH * IN_FLIGHT:
            return 5.0
        return min(5.0, max(0.005, (min(dues) - now_ms()) / 1000))

    def _send(self, batch: list[Pending]) -> None:
        config = self._world.config()
        with self._world.lock:
            events = self._untidiness.ordered([pending.event for pending in batch])
            body = json.dumps(events, separators=(",", ":"), ensure_ascii=False).encode()
        at = now_ms()
        signed = hubspot_headers(
            config.hubspot_client_secret, config.signed_url + PATH, body, at, "v1"
        )
        headers = {"Content-Type": "application/json;charset=utf-8", "User-Agent": USER_AGENT}
        url = config.baton_api.rstrip("/") + PATH
        outcome = post(url, body, headers | signed, TIMEOUT_SECONDS)
        with self._world.lock:
            self._record_delivery(batch, outcome, at)

    def _record_delivery(self, batch: list[Pending], outcome: Outcome, at: int) -> None:
        delays = self._world.config().webhook_retry_seconds
        done: set[int] = set()
        heard = outcome.accepted and not self._untidiness.answer_lost(batch[0])
        for pending in batch:
            attempt = pending.event["attemptNumber"]
            if heard or attempt >= len(delays):
                done.add(pending.number)
            else:
                pending.event["attemptNumber"] = attempt + 1
                wait = delays[attempt] * self._untidiness.scatter(pending.number)
                pending.due = now_ms() + round(wait * 1000)
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
