"""Picks the items to keep: the fewest that together show everything that all of them show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def picked(
    candidates: Iterable[T],
    shows: Callable[[T], set[str]],
    size: Callable[[T], int],
    known: Iterable[str] = (),
) -> list[T]:
    """
    Some of *candidates*, in their order. Picks repeatedly the one that shows the most new things
    for its size: nearly the smallest selection, and always the same.

    Args:
        known: What other kept items show already.
    """
    given = [(number, one, shows(one), size(one)) for number, one in enumerate(candidates)]
    wanted = set[str]().union(*(what for _, _, what, _ in given)).difference(known)
    kept: list[tuple[int, T]] = []
    while wanted:
        number, one, what, _ = max(given, key=lambda row: (len(row[2] & wanted) / row[3], -row[0]))
        kept.append((number, one))
        wanted -= what
    return [one for _, one in sorted(kept, key=lambda pair: pair[0])]
