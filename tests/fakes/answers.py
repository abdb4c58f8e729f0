"""A HubSpot that answers with given bytes, for answers that the sandbox does not give."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeAlias

from baton.adapters.hubspot.http import HubspotHttp
from tests.fakes.sandbox import FixedToken

#: (path, body of the request) -> status and body of the answer.
Answer: TypeAlias = Callable[[str, Any], tuple[int, bytes]]


@contextmanager
def answering(answer: Answer) -> Iterator[HubspotHttp]:
    with serving(answer) as url:
        yield HubspotHttp(FixedToken("token"), url)


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The base URL."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = json.loads(self.rfile.read(length) or b"null")
            status, body = answer(self.path, asked)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_DELETE = do_GET = do_PATCH = do_POST = answer  # noqa: N815 the server's names

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
