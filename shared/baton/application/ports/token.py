"""The token that a client of an outside system shows there."""

from __future__ import annotations

from typing import Protocol


class Token(Protocol):
    """An access token that may be rotated at any time."""

    def __call__(self) -> str:
        """The token as known. Raises Retryable if none is."""
        ...

    def renewed(self) -> str | None:
        """The token read anew because the known one was refused; None if that brings nothing."""
        ...
