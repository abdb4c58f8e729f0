"""The secrets that signatures are checked with."""

from __future__ import annotations

from typing import Protocol


class Secrets(Protocol):
    """Secrets by name, each a few texts by key. Kept for a while: neither strangers nor an outage
    make us read them more often."""

    def get(self, name: str) -> dict[str, str]:
        """The secret as known. Raises SecretUnavailable if it never was and cannot be read."""
        ...

    def refreshed(self, name: str) -> dict[str, str] | None:
        """The secret read anew, because the known one did not fit; None if that is too soon, cannot
        be done, or brought nothing new."""
        ...
