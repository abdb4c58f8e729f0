"""Who writes the properties that Baton keeps or decides by, from their history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from baton.application.audit.census import OURS
from baton.application.ports.census import Change
from baton.domain.lifecycle.stage_history import PEOPLE

#: Sources that write for a person who fills something in, or for HubSpot's own arithmetic.
_HARMLESS = frozenset({"FORM", "CALCULATED", "FORWARD_CALCULATED", "MERGE_OBJECTS"})
_APP = "INTEGRATION"


class Writer(Struct, frozen=True):
    """One source of one property's values."""

    property: str
    source: str
    source_id: str
    count: int
    #: A person's hand, a form, HubSpot's arithmetic, or Baton itself: nothing to switch off.
    expected: bool


class Writers:
    """
    Counts, history by history.

    Args:
        begin: Writes before it are not counted. None: all are.
    """

    def __init__(self, begin: datetime | None = None) -> None:
        self._begin = begin
        self._count: Counter[tuple[str, str, str]] = Counter()

    def take(self, history: Mapping[str, Sequence[Change]]) -> None:
        for name, changes in history.items():
            for change in changes:
                if self._begin is None or change.at >= self._begin:
                    self._count[name, change.source, _who(change)] += 1

    def found(self) -> list[Writer]:
        """By property, the busiest source first."""
        own = self._own()
        found = [
            Writer(name, source, who, count, _is_expected(name, source, who, own))
            for (name, source, who), count in self._count.items()
        ]
        return sorted(found, key=lambda one: (one.property, -one.count, one.source, one.source_id))

    def _own(self) -> str:
        """Baton's app id: of the apps that write Baton's own properties the one that does most,
        because no answer of HubSpot tells an app its own id in these terms."""
        ours: Counter[str] = Counter()
        for (name, source, who), count in self._count.items():
            if source == _APP and name.startswith(OURS):
                ours[who] += count
        return min(ours, key=lambda who: (-ours[who], who), default="")


def _is_expected(name: str, source: str, who: str, own: str) -> bool:
    if source == _APP:
        return bool(who) and who == own
    # Baton's own properties are nobody else's to write, not even by hand.
    return source in _HARMLESS or (source.casefold() in PEOPLE and not name.startswith(OURS))


def _who(change: Change) -> str:
    """
    The app's or the workflow's number, where the source has one.

    People are not told apart, and neither are the runs of one automation: their ids
    ("enrollmentId:…") are new each time.
    """
    is_person = change.source.casefold() in PEOPLE
    return change.source_id if change.source_id.isdigit() and not is_person else ""
