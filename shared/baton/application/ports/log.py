"""The log, as far as a flow writes into it."""

from __future__ import annotations

from typing import Any, Protocol


class Note(Protocol):
    """Takes an event's name and its fields: ids and counts, nothing personal."""

    def __call__(self, msg: object, **fields: Any) -> None: ...
