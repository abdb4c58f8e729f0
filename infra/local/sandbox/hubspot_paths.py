"""HubSpot's paths as the sandbox answers them: the dated ones and the legacy ones.

What an answer looks like depends on the version only where HubSpot's OpenAPI files (collection of
August 2026) say so: for 2026-09 they document 200 for batches with errors, for all others 207. (The
reference pages say 207 for 2026-09, too; Baton takes both.)
"""

from __future__ import annotations

import re

from .wire import Request

#: The version that enforces what an admin requires of records.
ENFORCING = "2026-09"
_DATED = "2026-0[39]"
_VERSION = re.compile(r"/(v[34]|2026-0[39](?:-beta)?)(?:/|$)")


def versioned(area: str, legacy: str = "v3", dated: str = _DATED) -> str:
    """A pattern for *area* (``crm/objects``) in all versions; it captures nothing."""
    head, _, tail = area.partition("/")
    old = f"/{head}/{legacy}/{tail}" if tail else f"/{head}/{legacy}"
    return f"(?:{old}|/{area}/(?:{dated}))"


def version_of(request: Request) -> str:
    found = _VERSION.search(request.path)
    return found[1] if found else ""


def enforces(request: Request) -> bool:
    """Whether the account's rules about required properties bind this request."""
    return version_of(request) == ENFORCING


def batch_status(request: Request, complete: int, failed: bool) -> int:
    """The status of a batch that made or read what it could."""
    return 207 if failed and version_of(request) != ENFORCING else complete
