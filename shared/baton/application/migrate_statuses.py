"""Migrates old lead statuses to new ones, contact by contact; it can stop anywhere and resume."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from baton.application.audit.census import STATUS
from baton.application.ports.census import Row, StatusCrm
from baton.failures import Rejected

#: Most ids kept of contacts that were left alone, for a person to check.
KEPT = 20


class Progress(Struct, frozen=True):
    """Progress and results of the migration that ``account`` and ``mapping`` identify."""

    account: str
    mapping: str
    #: Contacts up to here are done; empty: none yet.
    after: str = ""
    seen: int = 0
    #: Old value -> contacts moved or, in a survey, to be moved.
    moved: dict[str, int] = {}
    #: Value that is neither in the policy nor in the mapping -> contacts.
    unmapped: dict[str, int] = {}
    #: Contacts left alone because they were changed or deleted in the meantime.
    changed: int = 0
    #: Contacts that HubSpot refused to change.
    refused: int = 0
    #: Examples: id -> why.
    left: dict[str, str] = {}


class _Outcome(Struct, frozen=True):
    moved: tuple[str, ...]
    changed: tuple[str, ...]
    refused: dict[str, str]


def fingerprint(mapping: Mapping[str, str]) -> str:
    """Identifies a mapping, independent of the order of its pairs."""
    return hashlib.sha256(json.dumps(sorted(mapping.items())).encode()).hexdigest()[:16]


def survey(
    crm: StatusCrm, mapping: Mapping[str, str], known: Iterable[str], start: Progress
) -> Iterator[Progress]:
    """What `migrate` would do; changes nothing."""
    progress, used = start, frozenset(known)
    for page in crm.contacts([STATUS], (), start.after):
        progress = _counted(progress, page.rows, mapping, used)
        for old, _ in _due(page.rows, mapping).values():
            progress = replace(progress, moved=_plus(progress.moved, old))
        yield replace(progress, after=page.after)


def migrate(
    crm: StatusCrm, mapping: Mapping[str, str], known: Iterable[str], start: Progress
) -> Iterator[Progress]:
    """
    Move every contact with an old status to its new one; reports its progress after each page.

    Contacts are read in order of id, from ``start.after`` on. A second run does nothing, because no
    contact has an old status any more. Each page is read again right before it is written, and
    contacts with another value by then are left alone. HubSpot has no conditional write: a change
    in the fraction of a second between the two is lost.
    """
    progress, used = start, frozenset(known)
    for page in crm.contacts([STATUS], (), start.after):
        progress = _counted(progress, page.rows, mapping, used)
        if due := _due(page.rows, mapping):
            progress = _add_outcome(progress, due, _moved(crm, due))
        progress = replace(progress, after=page.after)
        yield progress


_Due = dict[str, tuple[str, str]]


def _due(rows: Iterable[Row], mapping: Mapping[str, str]) -> _Due:
    """Contact id -> (old, new) of those that have an old status."""
    return {
        row.id: (row.value(STATUS), mapping[row.value(STATUS)])
        for row in rows
        if row.value(STATUS) in mapping
    }


def _moved(crm: StatusCrm, due: _Due) -> _Outcome:
    # Repeat the read together with the write: after a write of unknown outcome, or a long wait, the
    # earlier read is out of date.
    return crm.with_retries(lambda: _move(crm, due))


def _move(crm: StatusCrm, due: _Due) -> _Outcome:
    now = crm.statuses(list(due))
    still = {one: new for one, (old, new) in due.items() if now.get(one) == old}
    # Old when the page was read, new now: an earlier attempt whose answer did not arrive.
    already = [one for one, (_, new) in due.items() if now.get(one) == new]
    written, refused = _write(crm, still)
    moved = {*already, *written}
    changed = tuple(one for one in due if one not in moved and one not in refused)
    return _Outcome(tuple(one for one in due if one in moved), changed, refused)


def _write(crm: StatusCrm, wanted: dict[str, str]) -> tuple[set[str], dict[str, str]]:
    """Ids written, and ids refused with why. One bad contact makes HubSpot reject its batch, so the
    batch is halved until the bad one is alone.
    """
    if not wanted:
        return set(), {}
    try:
        return crm.set_statuses(wanted), {}
    except Rejected as error:
        if len(wanted) == 1:
            return set(), dict.fromkeys(wanted, str(error))
    items = list(wanted.items())
    written: set[str] = set()
    refused: dict[str, str] = {}
    for half in (items[: len(items) // 2], items[len(items) // 2 :]):
        some, wrong = _write(crm, dict(half))
        written |= some
        refused |= wrong
    return written, refused


def _counted(
    progress: Progress, rows: Sequence[Row], mapping: Mapping[str, str], known: frozenset[str]
) -> Progress:
    unmapped = progress.unmapped
    for row in rows:
        value = row.value(STATUS)
        if value and value not in known and value not in mapping:
            unmapped = _plus(unmapped, value)
    return replace(progress, seen=progress.seen + len(rows), unmapped=unmapped)


def _add_outcome(progress: Progress, due: _Due, outcome: _Outcome) -> Progress:
    moved = progress.moved
    for one in outcome.moved:
        moved = _plus(moved, due[one][0])
    left = progress.left | dict.fromkeys(outcome.changed, "changed in the meantime")
    return replace(
        progress,
        moved=moved,
        changed=progress.changed + len(outcome.changed),
        refused=progress.refused + len(outcome.refused),
        left=dict(list((left | outcome.refused).items())[:KEPT]),
    )


def _plus(counts: dict[str, int], value: str) -> dict[str, int]:
    return counts | {value: counts.get(value, 0) + 1}
