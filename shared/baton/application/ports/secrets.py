"""The secrets that signatures are checked with."""

from __future__ import annotations

from typing import Protocol


class Secrets(Protocol):
    """Secrets by name, each a few texts by key. Cached for a while, so that neither bad signatures
    nor an outage cause more reads.
    """

    def get(self, name: str) -> dict[str, str]:
        """The cached secret. Raises SecretUnavailable if it is not cached and cannot be read."""
        ...

    def refreshed(self, name: str) -> dict[str, str] | None:
        """The secret read again, because the cached one did not verify; None if it was read too
        recently, cannot be read, or is unchanged.
        """
        ...
