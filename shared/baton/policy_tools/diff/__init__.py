"""The difference between two policies, in sentences.

``walking`` finds every difference, field by field; ``table`` has the words for each path. A path
that the table does not name gets a general sentence, so nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from baton.domain.policy import Policy
from baton.policy_tools.diff.calendars import by_date, by_weekday
from baton.policy_tools.diff.channels import NAMES, by_name, channels
from baton.policy_tools.diff.phrases import Items, Thing, Value
from baton.policy_tools.diff.sentences import Change, sentences
from baton.policy_tools.diff.signatures import PATHS, signatures
from baton.policy_tools.diff.table import TABLE
from baton.policy_tools.diff.walking import Difference, Walk
from baton.policy_tools.kinds import without_meanings
from baton.policy_tools.models import FILES
from baton.presentation.words import printable

__all__ = ["SIGNATURES", "Change", "difference", "grouped"]

#: Stands in for a file name in changes of signatures.
SIGNATURES = "sign-off"

_STAGES = "lifecycle.stages"


def difference(old: Policy, new: Policy) -> tuple[Change, ...]:
    """
    The changes from *old* to *new*; empty only if both decide the same and say the same.

    The version number is not compared.
    """
    # What a value means follows from the kind of its field and the countries, which are compared.
    old, new = without_meanings(old), without_meanings(new)
    walk = Walk(
        keys={
            path: row.key
            for path, row in TABLE.items()
            if isinstance(row, Thing | Items) and row.key
        },
        views={
            "calendars.week": by_weekday,
            "calendars.holidays": by_date,
            "calendars.overrides": by_date,
        },
        whole={path for path, row in TABLE.items() if isinstance(row, Value) and not row.gone},
        skip=PATHS | NAMES | {"version"},
    )
    shown = by_name(old, new)
    found = [*sentences(_without_shifted_ranks([*walk.records(*shown)]))]
    found += [Change("notifications", text) for text in channels(old, new)]
    found += [Change(SIGNATURES, *one) for one in signatures(old, new)]
    same = msgspec.structs.replace(new, version=old.version) == old
    if not found and not same:  # the signers are now stored, and were derived before
        found.append(
            Change(SIGNATURES, "The signers are the same, but they are stored differently.")
        )
    return tuple(dict.fromkeys(map(_printable, found)))


def grouped(changes: tuple[Change, ...]) -> dict[str, list[Change]]:
    """The changes by file, in reading order."""
    files = dict.fromkeys([*FILES, SIGNATURES, *(one.file for one in changes)])
    groups = {file: [one for one in changes if one.file == file] for file in files}
    return {file: some for file, some in groups.items() if some}


def _without_shifted_ranks(found: Sequence[Difference]) -> Iterator[Difference]:
    """*found* without changed ranks, if these only follow from other changes of the stages."""
    others = {one.path for one in found} & {_STAGES, f"{_STAGES}.side"}
    return (one for one in found if not others or one.path != f"{_STAGES}.rank")


def _printable(change: Change) -> Change:
    """The change without control characters, which the files may contain."""
    return msgspec.structs.replace(change, text=printable(change.text))
