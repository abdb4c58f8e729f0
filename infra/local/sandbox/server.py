"""The sandbox as one object: ``with Sandbox(config) as sandbox: ... sandbox.url``."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from .app import App
from .config import SandboxConfig
from .wire import Request, Response, answer
from .world import World

HOST = "127.0.0.1"  # the sandbox has no accounts, so nobody else may reach it
MAX_BODY = 5_000_000


class Sandbox:
    """
    A HubSpot and a Slack on one loopback port.

    Args:
        config: The account; a callable (such as ``ConfigFile``) is asked again at each request.
        port: 0 picks a free one, known after :meth:`start`.
        state_dir: Where state survives a restart; None keeps it in memory.

    Raises:
        OSError: from :meth:`start`, when the port is taken.
    """

    def __init__(
        self,
        config: SandboxConfig | Callable[[], SandboxConfig],
        port: int = 0,
        state_dir: Path | None = None,
    ) -> None:
        self._config = config
        self._port = port
        self.world = World(self._current_config, state_dir)
        self.app = App(self.world)
        self._server: _Server | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> Self:
        self._server = _Server((HOST, self._port), self.app.handle)
        self._port = self._server.server_address[1]
        self.app.listen(self.url)
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=self.world.keep, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Stop answering, cut open connections, save the state. Stopping twice is fine."""
        server, self._server = self._server, None
        if server is None:
            return
        self.app.close()
        server.shutdown()
        server.cut()
        for thread in self._threads:
            thread.join(timeout=5)
        self.world.save()

    def configure(self, config: SandboxConfig) -> None:
        """Use another config from the next request on (a test learns its receiver's address)."""
        self._config = config

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @property
    def hubspot_url(self) -> str:
        return f"{self.url}/hubspot"

    @property
    def slack_url(self) -> str:
        return f"{self.url}/slack/api/"

    @property
    def config(self) -> SandboxConfig:
        return self._current_config()

    def _current_config(self) -> SandboxConfig:
        config = self._config
        return config if isinstance(config, SandboxConfig) else config()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], handle: Callable[[Request], Response | None]
    ) -> None:
        super().__init__(address, _Handler)
        self.handle = handle
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that disconnected; show any other error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def cut(self) -> None:
        """Close the listener and every kept-alive connection, so that a stopped server never
        answers."""
        self.server_close()
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536  # head and body are sent together
    server: _Server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= MAX_BODY:
            self.close_connection = True
            self._write(answer(413, {"status": "error", "message": "body too large"}))
            return
        request = Request(
            method=self.command,
            path=unquote(parts.path),
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        response = self.server.handle(request)
        if response is None:  # close without an answer
            self.close_connection = True
            return
        self._write(response)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 stdlib's names

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def version_string(self) -> str:
        return "sandbox"

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: the request log has the requests, without tokens."""
