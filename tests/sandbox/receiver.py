"""Stands in for Baton: records what the sandbox sends, and gives prepared answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.body)
        return found

    def payload(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(parse_qs(self.body.decode())["payload"][0])
        return found


class Receiver:
    """Each request uses one of *answers*; afterwards the answer is 200 with an empty body."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.answers: list[tuple[int, bytes]] = []
        self._news = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answer = receiver._take(Received(self.path, headers, body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def events(self) -> list[dict[str, Any]]:
        with self._news:
            hooks = [one for one in self.requests if one.path == "/hubspot/webhooks"]
        return [event for one in hooks for event in one.events()]

    def wait(self, enough: Callable[[], bool]) -> None:
        """Wait until *enough* is true; the time limit is only for a failing test."""
        with self._news:
            assert self._news.wait_for(enough, timeout=60), f"got only {self.requests}"

    def wait_for_events(self, *wanted: tuple[str, str]) -> list[dict[str, Any]]:
        """Wait for property changes (name, value), in any order; returns all events so far."""

        def seen() -> bool:
            pairs = {(e.get("propertyName"), e.get("propertyValue")) for e in self.events()}
            return pairs.issuperset(wanted)

        self.wait(seen)
        return self.events()

    def wait_for_payload(self, kind: str) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            mine = [one for one in self.requests if one.path == "/slack/interactions"]
            return [one.payload() for one in mine if one.payload()["type"] == kind]

        self.wait(lambda: bool(found()))
        return found()[-1]

    def _take(self, request: Received) -> tuple[int, bytes]:
        with self._news:
            self.requests.append(request)
            self._news.notify_all()
            return self.answers.pop(0) if self.answers else (200, b"")
