"""The access token of a client of an outside system."""

from __future__ import annotations

from typing import Protocol


class Token(Protocol):
    """An access token that may be rotated at any time."""

    def __call__(self) -> str:
        """The cached token. Raises Retryable if there is none and it cannot be read."""
        ...

    def renewed(self) -> str | None:
        """The token read again because the cached one was refused; None if there is no new one."""
        ...
