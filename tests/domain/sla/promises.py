"""A desk whose targets each test defines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from baton.domain.draft.decision import Decision
from baton.domain.lead import Clock
from baton.domain.policy import Field, Pause, Policy, Rung, Target, Test
from baton.domain.world.effects import NoticeState
from baton.domain.world.events import Hinted, Reapplied, Snoozed
from tests.builders import NOW, POLICY, click, contact, minutes
from tests.routed import Desk, routed

BREACH = Rung("breach", after=timedelta())
LADDER = (Rung("warn", share=0.5), BREACH)
HOUR = minutes(60)
WAITING = Pause("waiting", "Waiting", {"waiting_on": Test(any_of=("lead",))})
CALLED = {"phone": Test(known=True)}


def target(name: str, **fields: Any) -> Target:
    given: dict[str, Any] = {
        "label": name.title(),
        "within": HOUR,
        "stops_on": "disposition",
        "ladder": LADDER,
    }
    return Target(id=name, **(given | fields))


def policy(*targets: Target, **changes: Any) -> Policy:
    lifecycle = POLICY.lifecycle
    fields = (
        *lifecycle.fields,
        Field("phone", "Phone", "phone"),
        Field("waiting_on", "Waiting on", "waiting_on"),
    )
    base = routed(lifecycle=replace(lifecycle, fields=fields))
    tiers = tuple(replace(tier, targets=targets) for tier in base.tiers)
    return replace(base, **({"tiers": tiers} | changes))


class Office(Desk):
    """A desk at which a lead has arrived, whose fields the test changes."""

    def __init__(self, *targets: Target, **changes: Any) -> None:
        super().__init__(policy(*targets, **changes))
        self.arrive("101")

    def set(self, after: float, late: float = 0, **fields: str) -> Decision:
        """Set fields. *after* so many minutes Baton learns of the change, which was made *late*
        minutes before."""
        self.now = NOW + minutes(after)
        self.contacts["101"] = contact("101", (), **fields)
        since = self.now - minutes(late)
        return self.send(Hinted(id=self.name(), lead_id="101", at=since, about="fields"))

    def press(self, action: str, after: float) -> Decision:
        self.now = NOW + minutes(after)
        return self.send(click(action, self.now))

    def clock(self, name: str) -> Clock | None:
        return next((one for one in self.leads["101"].clocks if one.target == name), None)

    def due(self, name: str) -> float:
        """The deadline in minutes after the lead arrived."""
        clock = self.clock(name)
        assert clock is not None
        return (clock.due_at - NOW) / minutes(1)

    def told(self) -> list[tuple[float, str]]:
        """(minutes, recipient) of each notice."""
        return [
            ((effect.at - NOW) / minutes(1), effect.to)
            for decision in self.decisions
            for effect in decision.effects
            if isinstance(effect, NoticeState)
        ]

    def reapply(self, after: float, policy: Policy) -> Decision:
        """From now on *policy* applies, and is reapplied to this lead."""
        self.now, self.policy = NOW + minutes(after), policy
        return self.send(Reapplied(id=self.name(), lead_id="101", at=self.now))


class Resting(Office):
    """An office whose leads can be snoozed."""

    def snooze(self, after: float, until: float) -> Decision:
        self.now = NOW + minutes(after)
        until_ = NOW + minutes(until)
        event = Snoozed(id=self.name(), lead_id="101", at=self.now, assignment=1, until=until_)
        return self.send(event)
