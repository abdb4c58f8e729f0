"""Sends each request to HubSpot or Slack, applies faults, and logs the request."""

from __future__ import annotations

import threading
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .control import Control
from .crm import Crm
from .faults import SLOW_SECONDS, Fault, Faults
from .files import serve
from .hubspot_api import HubSpotApi
from .hubspot_errors import DAILY_LIMIT, server_error, too_many
from .incidents import Incidents
from .interactions import Interactions
from .slack_api import SlackApi, gateway_page, ratelimited, refusal
from .untidiness import Untidiness
from .webhooks import Webhooks
from .wire import Request, Response, answer
from .workflow_requests import WorkflowRequests
from .workspace import Workspace
from .world import World, now_ms

LOG_SIZE = 50_000


class App:
    """Everything that the sandbox serves on its port."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._faults = Faults()
        self._closing = threading.Event()
        self._log: deque[dict[str, Any]] = deque(maxlen=LOG_SIZE)
        self._log_lock = threading.Lock()
        self._logged = 0
        untidiness = Untidiness(world)
        self.webhooks = Webhooks(world, untidiness)
        self.crm = Crm(world, self.webhooks)
        self.incidents = Incidents(world, self.crm)
        self.workspace = Workspace(world)
        self.interactions = Interactions(world, self.workspace)
        self._hubspot = HubSpotApi(world, self.crm)
        self._slack = SlackApi(world, self.workspace)
        self._control = Control(
            world,
            self.crm,
            self._hubspot.automation,
            self.workspace,
            self.interactions,
            self.webhooks,
            untidiness,
            self.incidents,
            WorkflowRequests(world),
            self._faults,
            self,
        )

    def listen(self, url: str) -> None:
        self.interactions.base_url = url
        self.webhooks.start()
        self.incidents.start()

    def close(self) -> None:
        self._closing.set()
        self._world.close()
        self.webhooks.stop()
        self.incidents.stop()

    def handle(self, request: Request) -> Response | None:
        """Answer a request; None means: close the connection without an answer."""
        path = request.path
        if path.startswith("/hubspot/"):
            inner = path.removeprefix("/hubspot")
            return self._through("hubspot", request, inner, lambda: self._hubspot(request, inner))
        if path.startswith("/slack/api/"):
            method = path.removeprefix("/slack/api/")
            return self._through("slack", request, method, lambda: self._slack(request, method))
        if path.startswith("/slack/response/"):
            token = path.removeprefix("/slack/response/")
            return self._through(
                "slack", request, "response_url", lambda: self.interactions.respond(request, token)
            )
        if not _from_here(request):
            return answer(403, {"ok": False, "problem": "the sandbox answers its own page only"})
        if path.startswith("/_sandbox/"):
            return self._control(request, path.removeprefix("/_sandbox/"))
        return serve(request)

    def requests(self, since: int) -> tuple[list[dict[str, Any]], int]:
        """Logged requests with a number above *since*, and the highest number."""
        with self._log_lock:
            return [dict(one) for one in self._log if one["n"] > since], self._logged

    def forget_requests(self) -> None:
        with self._log_lock:
            self._log.clear()

    def _through(
        self, system: str, request: Request, path: str, work: Callable[[], Response]
    ) -> Response | None:
        entry = self._logged_now(system, request.method, path)
        fault = self._faults.take(system, path)
        response = self._apply_fault(fault, work)
        with self._log_lock:
            entry["status"] = response.status if response else 0
            entry["ms"] = now_ms() - entry["at"]
        return response

    def _apply_fault(self, fault: Fault | None, work: Callable[[], Response]) -> Response | None:
        if fault is None:
            return work()
        done = work() if fault.then_apply else None
        if fault.mode == "slow":
            self._closing.wait(SLOW_SECONDS if fault.seconds is None else fault.seconds)
            return done or work()
        if fault.mode == "down":
            return None
        if fault.mode == "page":
            return gateway_page()
        if fault.mode == "refuse":
            return refusal(fault.code, self._world.config().slack_scopes)
        if fault.mode == "429" and fault.system == "slack":
            return ratelimited(max(1, round(fault.seconds or 1)))
        if fault.mode == "429":
            limit = self._world.config().hubspot_limit
            return too_many("TEN_SECONDLY_ROLLING", limit, DAILY_LIMIT).response
        if fault.system == "slack":
            return answer(500, {"ok": False, "error": "internal_error", "ref": uuid.uuid4().hex})
        return server_error()

    def _logged_now(self, system: str, method: str, path: str) -> dict[str, Any]:
        """Note the arrival at once: a request that hangs shows in the log while it hangs."""
        with self._log_lock:
            self._logged += 1
            entry = {
                "n": self._logged,
                "system": system,
                "method": method,
                "path": path,
                "status": None,
                "at": now_ms(),
                "ms": None,
            }
            self._log.append(entry)
            return entry


def _from_here(request: Request) -> bool:
    """
    Refuse requests that other web sites make through the developer's browser.

    A foreign page can post to a loopback port; it cannot hide its Origin, and a rebound DNS name
    shows in Host.
    """
    host = urlsplit("//" + request.headers.get("host", "")).hostname
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    return host in {"127.0.0.1", "localhost"} and same
