"""Slots in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from baton.adapters.dynamodb.slots import LEASE, SETTLE
from baton.application.ports.slots import Claim, Slotted, Superseded
from baton.failures import Busy, Retryable


@dataclass
class _Slot:
    shown: int = 0
    outside_id: str | None = None
    lease_by: str | None = None
    lease_until: datetime | None = None
    unsure_since: datetime | None = None


class FakeSlots:
    """Behaves as DynamoSlots does; see tests/adapters/dynamodb/test_slots.py."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, str], _Slot] = {}

    def shown(self, effect: Slotted) -> int:
        return self._of(effect).shown

    def claim(self, effect: Slotted, token: str, now: datetime) -> Claim | Superseded:
        slot = self._of(effect)
        if slot.shown >= effect.version:
            return Superseded(slot.shown)
        if slot.lease_until is not None and slot.lease_until > now:
            raise Busy(slot.lease_until)
        claim = Claim(
            subject=effect.subject,
            slot=effect.slot,
            version=effect.version,
            token=token,
            shown=slot.shown,
            outside_id=slot.outside_id,
            unsure_since=slot.unsure_since,
        )
        slot.lease_by, slot.lease_until = token, now + LEASE
        slot.unsure_since = slot.unsure_since or now
        return claim

    def confirm(self, claim: Claim, outside_id: str | None) -> None:
        slot = self._held(claim)
        slot.shown = claim.version
        slot.outside_id = outside_id or slot.outside_id
        slot.lease_by = slot.lease_until = slot.unsure_since = None

    def release(self, claim: Claim, now: datetime, *, unsure: bool) -> None:
        slot = self._held(claim)
        if unsure:
            slot.lease_until = now + SETTLE
            return
        slot.lease_by = slot.lease_until = None
        if not claim.unsure:
            slot.unsure_since = None

    def _of(self, effect: Slotted) -> _Slot:
        return self._slots.setdefault((effect.subject, effect.slot), _Slot())

    def _held(self, claim: Claim) -> _Slot:
        slot = self._of(claim)
        if slot.lease_by != claim.token:
            raise Retryable("the claim ran out before the work was done")
        return slot
