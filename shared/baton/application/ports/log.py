"""The log, as flows write to it."""

from __future__ import annotations

from typing import Any, Protocol


class Note(Protocol):
    """Takes an event's name and its fields: ids and counts, no personal data."""

    def __call__(self, msg: object, **fields: Any) -> None: ...
