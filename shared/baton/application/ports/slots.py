"""Slots: what each shows outside, and who holds the claim on it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Slotted(Protocol):
    """Something to show in a slot: an effect, or a board."""

    @property
    def subject(self) -> str: ...

    @property
    def slot(self) -> str: ...

    @property
    def version(self) -> int: ...


class Claim(Struct, frozen=True):
    """The right to work on a slot, for a minute."""

    subject: str
    slot: str
    #: Version of the effect that the claim is for.
    version: int
    #: Identifies the holder; a write with another holder's claim does nothing.
    token: str
    #: Version the slot showed when it was claimed; 0: nothing yet.
    shown: int = 0
    #: Id of the task or message that the slot is outside, once known.
    outside_id: str | None = None
    #: An earlier attempt since then may have sent without confirming: look first.
    unsure_since: datetime | None = None

    @property
    def unsure(self) -> bool:
        return self.unsure_since is not None


class Superseded(Struct, frozen=True):
    """The slot already shows this version or a newer one: there is nothing to do."""

    shown: int


class Slots(Protocol):
    """The store of slots. All raise Retryable if the store does not answer."""

    def claim(self, effect: Slotted, token: str, now: datetime) -> Claim | Superseded:
        """Raises Busy while another attempt holds the slot."""
        ...

    def confirm(self, claim: Claim, outside_id: str | None) -> None:
        """Record that the slot shows the claimed version now."""
        ...

    def release(self, claim: Claim, now: datetime, *, unsure: bool) -> None:
        """Release the claim after a failure. ``unsure``: the request may have been applied."""
        ...
