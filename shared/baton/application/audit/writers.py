"""Who writes the properties that Baton writes or decides by, from their history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from baton.application.audit.census import OURS
from baton.application.ports.census import Change
from baton.domain.lifecycle.triggers import PEOPLE

#: Sources that stand for a person filling something in, or for values HubSpot computes.
_HARMLESS = frozenset({"FORM", "CALCULATED", "FORWARD_CALCULATED", "MERGE_OBJECTS"})
_APP = "INTEGRATION"


class Writer(Struct, frozen=True):
    """One source of one property's values."""

    property: str
    source: str
    source_id: str
    count: int
    #: A person, a form, a value HubSpot computes, or Baton itself: nothing to switch off.
    expected: bool


class Writers:
    """
    Counts writes, one history at a time.

    Args:
        since: Writes before it are not counted. None: all are.
    """

    def __init__(self, since: datetime | None = None) -> None:
        self._since = since
        self._count: Counter[tuple[str, str, str]] = Counter()

    def take(self, history: Mapping[str, Sequence[Change]]) -> None:
        for name, changes in history.items():
            for change in changes:
                if self._since is None or change.at >= self._since:
                    self._count[name, change.source, _who(change)] += 1

    def found(self) -> list[Writer]:
        """The writers by property, those with the most writes first."""
        own = self._own()
        found = [
            Writer(name, source, who, count, _is_expected(name, source, who, own))
            for (name, source, who), count in self._count.items()
        ]
        return sorted(found, key=lambda one: (one.property, -one.count, one.source, one.source_id))

    def _own(self) -> str:
        """Baton's app id: the app with the most writes to Baton's own properties, because HubSpot
        does not tell an app the id it has in histories.
        """
        ours: Counter[str] = Counter()
        for (name, source, who), count in self._count.items():
            if source == _APP and name.startswith(OURS):
                ours[who] += count
        return min(ours, key=lambda who: (-ours[who], who), default="")


def _is_expected(name: str, source: str, who: str, own: str) -> bool:
    if source == _APP:
        return bool(who) and who == own
    # Nobody else should write Baton's own properties, not even by hand.
    return source in _HARMLESS or (source.casefold() in PEOPLE and not name.startswith(OURS))


def _who(change: Change) -> str:
    """
    The id of the app or workflow, if the source has one.

    People are not distinguished, nor are the runs of one automation: their ids ("enrollmentId:…")
    are new each time.
    """
    is_person = change.source.casefold() in PEOPLE
    return change.source_id if change.source_id.isdigit() and not is_person else ""
