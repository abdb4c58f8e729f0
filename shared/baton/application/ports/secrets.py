"""The secrets that signatures are checked with."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Reread(NamedTuple):
    """A secret, and whether it is what is stored now."""

    value: dict[str, str]
    #: Seconds until it may be read again; 0: it was read just now, so nothing newer is stored.
    again_in: float


class Secrets(Protocol):
    """Secrets by name, each a few texts by key. Cached for a while, so that neither bad signatures
    nor an outage cause more reads.
    """

    def get(self, name: str) -> dict[str, str]:
        """The cached secret. Raises SecretUnavailable if it is not cached and cannot be read."""
        ...

    def reread(self, name: str) -> Reread:
        """The secret read again, because the cached one did not verify; as it is cached if it was
        read too recently or cannot be read. Raises SecretUnavailable as ``get`` does.
        """
        ...
