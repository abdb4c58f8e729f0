"""Finds likely mistakes in a policy whose names and values are all valid."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from baton.policy_tools.faults import Finding
from baton.policy_tools.linting import (
    authority,
    clocks,
    closing,
    criteria,
    deals,
    hubspot,
    loops,
    moves,
    older_keys,
    order,
    patterns,
    routing,
    scoring,
    signing,
    stages,
    touches,
    zones,
)
from baton.policy_tools.linting.findings import Found, placed
from baton.policy_tools.linting.subject import Subject
from baton.policy_tools.loading import Loaded

_CHECKS: tuple[Callable[[Subject], Iterator[Found]], ...] = (
    stages.check,
    moves.check,
    closing.check,
    criteria.check,
    patterns.check,
    order.check,
    authority.check,
    scoring.check,
    routing.check,
    clocks.check,
    touches.check,
    hubspot.check,
    signing.check,
    older_keys.check,
    zones.check,
    loops.check,
    deals.check,
)


def lint(files: Loaded) -> list[Finding]:
    """Errors and warnings about files in which every name is known, by file and line."""
    subject = Subject(files)
    found = (one for check in _CHECKS for one in check(subject))
    return sorted({placed(one, files.trees) for one in found})
