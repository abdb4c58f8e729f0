"""The Lambda service as a function sees it: enough of the Runtime API to start one and time it."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

#: Seconds after which a function counts as never ready.
PATIENCE = 60.0


class InitFailed(Exception):
    """The function reported a failed init, ended, or was never ready."""


class Took(NamedTuple):
    """Both in seconds. ``processor`` does not include waiting for other processes."""

    seconds: float
    processor: float


class RuntimeApi:
    """
    Serves one start after the other::

        with RuntimeApi() as api:
            took = api.init("functions.health.app.handler", path=[...], env={...}, cwd=...)
    """

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._ready_at = 0.0
        self._error = ""
        # The function waits for an event until it is ended; the answer never comes.
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def init(self, handler: str, path: Sequence[Path], env: Mapping[str, str], cwd: Path) -> Took:
        """
        Start *handler* under the real runtime interface client, end it once it asks for its first
        event, and return the times. No other child process may end meanwhile.

        Raises:
            InitFailed: The function never asked for an event; the message has its output.
        """
        self._ready.clear()
        self._error = ""
        environment = {
            **env,
            "PYTHONPATH": ":".join(str(folder) for folder in path),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_address[1]}",
            "_HANDLER": handler,
        }
        used = _processor()
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler],
            env=environment,
            cwd=cwd,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            while not self._ready.wait(0.2):
                ended = process.poll() is not None
                if ended or time.perf_counter() - begun > PATIENCE:
                    break
        finally:
            process.kill()
            _, said = process.communicate()
        if not self._ready.is_set() or self._error:
            raise InitFailed(f"{handler}: {self._error or said.decode(errors='replace')[-2000:]}")
        return Took(seconds=self._ready_at - begun, processor=_processor() - used)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # /2018-06-01/runtime/invocation/next
                api._ready_at = time.perf_counter()
                api._ready.set()
                api._over.wait()

            def do_POST(self) -> None:  # /2018-06-01/runtime/init/error
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                api._error = body.decode(errors="replace")[:2000]
                api._ready.set()
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Print nothing."""

        return Handler


def _processor() -> float:
    """Seconds that ended children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
