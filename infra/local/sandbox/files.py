"""Serves the page's few files."""

from __future__ import annotations

from pathlib import Path

from .wire import Request, Response, answer

_FOLDER = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    # A second protection after escaping: a script inside a name would still not run.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def serve(request: Request) -> Response:
    """Answer with a file that is directly in the page folder."""
    if request.method not in {"GET", "HEAD"}:
        return answer(405, {"ok": False, "problem": "method not allowed"})
    name = request.path.removeprefix("/") or "index.html"
    file = _FOLDER / name
    if "/" in name or file.suffix not in _TYPES or not file.is_file():
        return answer(404, {"ok": False, "problem": "not found"})
    return Response(200, file.read_bytes(), {"Content-Type": _TYPES[file.suffix], **_HEADERS})
