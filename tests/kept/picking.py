"""Which of many are kept: as few as show everything that all of them show."""

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
    Some of *candidates*, in their order: again and again the one that shows the most that is new
    for its size. Not always the fewest, but near it, and always the same.

    Args:
        known: What is shown already, by others that are kept anyway.
    """
    given = [(number, one, shows(one), size(one)) for number, one in enumerate(candidates)]
    wanted = set[str]().union(*(what for _, _, what, _ in given)).difference(known)
    kept: list[tuple[int, T]] = []
    while wanted:
        number, one, what, _ = max(given, key=lambda row: (len(row[2] & wanted) / row[3], -row[0]))
        kept.append((number, one))
        wanted -= what
    return [one for _, one in sorted(kept, key=lambda pair: pair[0])]
