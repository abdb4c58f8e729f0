"""Two records compared field by field, as deep as they go, so that no difference is left out.

Nothing here knows what a policy is. Records in a list are matched by their id, or by the key that
the caller gives for the list; other values in a list are matched by their value, and entries of a
dictionary by their name. Every difference is reported, at least as "changed".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec

from baton.domain.policy import Test


@dataclass(frozen=True, slots=True)
class Matched:
    """A record of a list, before and after; one of them is None if the record is new or removed."""

    #: The list.
    path: str
    key: str
    old: Any
    new: Any

    @property
    def record(self) -> Any:
        return self.old if self.new is None else self.new


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two records."""

    #: Field names without the keys of lists: ``lifecycle.stages.requires``.
    path: str
    kind: Literal["added", "removed", "changed", "moved"]
    before: Any
    after: Any
    #: The records of lists around it, outermost first.
    inside: tuple[Matched, ...] = ()
    #: The name of a dictionary entry, or the key of a list item.
    key: str = ""
    #: For an item added or moved in a list: the item after it; None: it is the last.
    following: Any = None


@dataclass(frozen=True, slots=True)
class Walk:
    """How two records are compared."""

    #: Path of a list whose records have no id -> the key by which they are matched.
    keys: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    #: Path of a value -> a function that converts it to a form easier to compare.
    views: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    #: Paths of values that are compared as a whole.
    whole: Set[str] = frozenset()
    #: Paths that are compared elsewhere.
    skip: Set[str] = frozenset()

    def records(
        self, old: Any, new: Any, path: str = "", inside: tuple[Matched, ...] = ()
    ) -> Iterator[Difference]:
        """The differences between two records of the same type."""
        for name in new.__struct_fields__:
            at = f"{path}.{name}" if path else name
            before, after = getattr(old, name), getattr(new, name)
            if before != after and at not in self.skip:
                yield from self._value(at, before, after, inside)

    def _value(
        self, at: str, before: Any, after: Any, inside: tuple[Matched, ...]
    ) -> Iterator[Difference]:
        """The differences of a value: those of its parts if it has comparable parts, else the whole
        value."""
        alike = at not in self.whole and type(before) is type(after)
        if alike and isinstance(after, msgspec.Struct):
            yield from self.records(before, after, at, inside)
        else:
            parts = [*self._parts(at, before, after, inside)] if alike else []
            yield from parts or [Difference(at, "changed", before, after, inside)]

    def _parts(
        self, at: str, before: Any, after: Any, inside: tuple[Matched, ...]
    ) -> Iterator[Difference]:
        view = self.views.get(at, lambda value: value)
        before, after = view(before), view(after)
        if isinstance(after, dict) and not _is_condition(before | after):
            yield from self._matched(at, before, after, inside, in_order=False)
        elif isinstance(after, tuple):
            yield from self._matched(at, self._keyed(at, before), self._keyed(at, after), inside)

    def _matched(
        self,
        at: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        inside: tuple[Matched, ...],
        *,
        in_order: bool = True,
    ) -> Iterator[Difference]:
        following = dict(zip(new, [*new.values()][1:], strict=False)) if in_order else {}
        moved = _moved([*old], [*new]) if in_order else set()
        for key, one in new.items():
            was, after = old.get(key), following.get(key)
            if key not in old:
                yield Difference(at, "added", None, one, inside, key, after)
                continue
            if was != one and isinstance(one, msgspec.Struct):
                yield from self.records(was, one, at, (*inside, Matched(at, key, was, one)))
            elif was != one:
                yield Difference(at, "changed", was, one, inside, key)
            if key in moved:
                yield Difference(at, "moved", was, one, inside, key, after)
        for key, was in old.items():
            if key not in new:
                yield Difference(at, "removed", was, None, inside, key)

    def _keyed(self, at: str, values: Sequence[Any]) -> dict[str, Any]:
        """The values by key. A repeated key gets a number, so that no value is lost."""
        key = self.keys.get(at, _key)
        found: dict[str, Any] = {}
        for value in values:
            name = key(value)
            count = sum(other.partition("\0")[0] == name for other in found)
            found[f"{name}\0{count}" if count else name] = value
        return found


def encoded(value: Any) -> str:
    """A key for a value without an id."""
    return msgspec.json.encode(value).decode()


def _key(value: Any) -> str:
    return str(getattr(value, "id", "")) or encoded(value)


def _is_condition(value: Mapping[str, Any]) -> bool:
    return any(isinstance(one, Test) for one in value.values())


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The smallest set of keys whose move turns the old order into the new one."""
    was = [key for key in old if key in new]
    now = [key for key in new if key in old]
    blocks = SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
    return {*now} - {key for at, _, size in blocks for key in was[at : at + size]}
