"""
How untidy the sandbox is: what new leads and edits hold, and how webhooks arrive.

Nothing here is left to chance: leads, edits and requests are counted, and each takes what is next
in turn. So the same steps give the same untidiness, and everything is seen after a while.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Literal, get_args

import msgspec

from .config import SandboxConfig
from .untidy_leads import Lead, respelled, spelled
from .webhook_events import STRAY, Happening, Naming
from .world import Pending, World

Key = Literal["tidy", "real", "worse"]
#: What happens to a contact some seconds after it was created.
Incident = Literal["merge", "restore", "associate"]
_INCIDENTS: tuple[Incident, ...] = get_args(Incident)


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """
    A step of the switch. *each* counts: 1 is every time, 0 is never.

    *repeated*, *shuffled*: of the webhook requests, those whose answer HubSpot does not hear, and
    those whose events are in another order. *late*: of the events, those that come seconds late.
    *incidents*: of the new leads, those that are merged, restored or linked soon afterwards.
    """

    key: Key
    label: str
    meaning: str
    repeated: int = 0
    shuffled: int = 0
    late: int = 0
    incidents: int = 0
    after_ms: int = 0


LEVELS = (
    Level(
        key="tidy",
        label="Tidy",
        meaning="Values as they are typed here; each webhook once and in order.",
    ),
    Level(
        key="real",
        label="As in real accounts",
        meaning=(
            "One value of each new lead or edit in another spelling; some webhooks repeated, late "
            "or out of order; every fourth lead merged, deleted and restored, or moved to another "
            "company."
        ),
        repeated=5,
        shuffled=3,
        late=10,
        incidents=4,
        after_ms=8_000,
    ),
    Level(
        key="worse",
        label="Worse",
        meaning=(
            "All values in other spellings, some of them unreadable; webhooks repeated, shuffled "
            "and in both of HubSpot's spellings; every second lead merged, restored or moved."
        ),
        repeated=2,
        shuffled=1,
        late=3,
        incidents=2,
        after_ms=4_000,
    ),
)
_BY_KEY: dict[str, Level] = {level.key: level for level in LEVELS}
#: By how much an event is late at most, in ms.
_LATEST = 1_500


class Untidiness:
    """The switch and its effects. Every method expects the world's lock to be held."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def level(self) -> Level:
        return _BY_KEY.get(self._world.state.untidiness, LEVELS[0])

    def choose(self, key: str) -> None:
        """
        Raises:
            ValueError: There is no such level; the message names them.
        """
        if key not in _BY_KEY:
            raise ValueError(f"level must be one of {', '.join(_BY_KEY)}")
        self._world.state.untidiness = key
        self._world.changed()

    def shape(self) -> dict[str, Any]:
        """The switch, as the page shows it."""
        told = [{"key": one.key, "label": one.label, "meaning": one.meaning} for one in LEVELS]
        return {"level": self.level.key, "levels": told}

    # What leads hold.

    def new_lead(self, body: dict[str, Any]) -> dict[str, Any]:
        """What is sent for a new lead, with values in other spellings."""
        if self.level.key == "tidy":
            return body
        turn = self._world.count("untidy lead")
        every = self.level.key == "worse"
        return spelled(Lead(self._world.config(), body), turn, every=every)

    def edit(self, values: Mapping[str, str], changes: Mapping[str, object]) -> dict[str, object]:
        """
        The *changes* of an edit, and one more value that the editor spells in another way.

        Args:
            values: The contact's properties.
        """
        if self.level.key == "tidy":
            return dict(changes)
        turn = self._world.count("untidy edit")
        return {**respelled(self._world.config(), {**values, **changes}, turn), **changes}

    def incident(self) -> Incident | None:
        """What happens to the lead that was just created."""
        each = self.level.incidents
        turn = self._world.count("untidy incident") if each else 0
        return _INCIDENTS[turn // each % len(_INCIDENTS)] if each and turn % each == 0 else None

    # How webhooks arrive.

    def is_stray(self, happening: Happening) -> bool:
        """Whether it is sent though nobody subscribed to it."""
        return self.level.key == "worse" and happening.topic in STRAY

    def spellings(self, config: SandboxConfig) -> tuple[bool, ...]:
        """Whether an event is in the ``object.*`` spelling, for each time that it is sent."""
        if self.level.key == "worse":
            return (False, True)
        return {"contact": (False,), "object": (True,), "both": (False, True)}[
            config.webhook_spelling
        ]

    def naming(self, number: int) -> Naming:
        names: tuple[Naming, ...] = ("subscriptionType", "both", "eventType")
        return names[number % 3] if self.level.key == "worse" else names[0]

    def delay_ms(self, number: int) -> int:
        each = self.level.late
        return _LATEST * (1 + number % 3) // 3 if each and number % each == 0 else 0

    def ordered(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        each = self.level.shuffled
        found = list(events)
        if each and (turn := self._world.count("webhook request")) % each == 0:
            Random(turn).shuffle(found)  # noqa: S311 - the order of events is no secret
        return found

    def answer_lost(self, first: Pending) -> bool:
        """Whether HubSpot does not hear the answer to a request, so that it sends it again."""
        each = self.level.repeated
        lost = bool(each) and self._world.count("webhook answer") % each == 0
        return lost and first.event["attemptNumber"] == 0

    def scatter(self, number: int) -> float:
        """HubSpot spreads the repeats of a refused request over time, event by event."""
        return 1.0 if self.level.key == "tidy" else 0.75 + number % 5 / 8
