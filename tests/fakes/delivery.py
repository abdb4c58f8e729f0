"""Deliveries in which any call can be refused, and any worker can die at any call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from baton.application.deliver import Delivered, deliver, in_hubspot, in_slack
from baton.application.ports.slack import Noticeboards
from baton.application.ports.slots import Claim, Slots, Slotted, Superseded
from baton.domain.world.effects import AnyEffect, ContactState, TaskState
from baton.failures import Retryable
from tests.fakes.boards import FakeBoards
from tests.fakes.crm import FakeCrm
from tests.fakes.effects import (
    LEAD,
    NOW,
)
from tests.fakes.messenger import FakeMessenger
from tests.fakes.slots import FakeSlots


class Died(BaseException):
    """The process died. A BaseException, so that no code of ours catches it."""


class World:
    """Both outside systems, the slots, and a delivery with a clock that only the test moves."""

    def __init__(self) -> None:
        self.crm = FakeCrm()
        self.crm.add(LEAD, firstname="Nora", lifecyclestage="marketingqualifiedlead")
        self.slack = FakeMessenger()
        self.slots: Slots = FakeSlots()
        self.boards: Noticeboards = FakeBoards()
        self.now = NOW
        #: Owners that were reported as refused by HubSpot.
        self.refused: list[str] = []
        self._attempts = 0

    def deliver(self, effect: AnyEffect) -> Delivered | Superseded:
        self._attempts += 1
        hubspot = isinstance(effect, ContactState | TaskState)
        show = (
            in_hubspot(self.crm, lambda effect, owner: self.refused.append(owner))
            if hubspot
            else in_slack(self.slack, self.boards, self.slots, self.now)
        )
        return deliver(effect, self.now, f"attempt-{self._attempts}", self.slots, show)

    def deliver_until_done(self, effect: AnyEffect) -> Delivered | Superseded:
        """Deliver repeatedly, a little later each time, as the queue does."""
        for _ in range(10):
            try:
                return self.deliver(effect)
            except Retryable:
                self.now += timedelta(seconds=30)
        raise AssertionError("never delivered")

    def hook(self, when: str, name: str, act: Callable[[], None]) -> None:
        """Do *act* once, before or after the outside call *name*; forgets earlier hooks."""
        done: list[bool] = []

        def once(called: str) -> None:
            if called == name and not done:
                done.append(True)
                act()

        for system in (self.crm, self.slack):
            system.before = system.after = lambda called: None
            setattr(system, when, once)


def die() -> None:
    raise Died


class DyingSlots:
    """Slots whose holder dies around one of their calls."""

    def __init__(self, slots: FakeSlots, when: str, name: str) -> None:
        self._slots, self._when, self._name = slots, when, name

    def claim(self, effect: Slotted, token: str, now: datetime) -> Claim | Superseded:
        answer: Claim | Superseded = self._around("claim", effect, token, now)
        return answer

    def confirm(self, claim: Claim, outside_id: str | None) -> None:
        self._around("confirm", claim, outside_id)

    def release(self, claim: Claim, now: datetime, *, unsure: bool) -> None:
        self._slots.release(claim, now, unsure=unsure)

    def _around(self, name: str, *arguments: Any) -> Any:
        if (self._when, self._name) == ("before", name):
            raise Died
        answer = getattr(self._slots, name)(*arguments)
        if (self._when, self._name) == ("after", name):
            raise Died
        return answer
