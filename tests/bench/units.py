"""What DynamoDB would bill, worked out from the items, because emulators report flat units.

The rules, from DynamoDB's documentation. An item's size is the bytes of its attribute names and
values. A consistent read costs 1 unit per 4 KB of each item, even if the item does not exist; an
eventually consistent read costs half. A query rounds up the sum of the items it reads, per page. A
write costs 1 unit per 1 KB of the larger of the item before and after; in a transaction 2, even for
an item that is only checked. Each index entry that is added, removed or changed costs another
write: two if its key changes, none if it is unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

READ = 4096
WRITE = 1024


@dataclass(frozen=True)
class Index:
    """A global secondary index: its key, and what it holds beyond its own and the table's keys."""

    name: str
    key: tuple[str, str]
    also: tuple[str, ...] = ()

    def entry(self, item: Item | None) -> dict[str, Any] | None:
        """The part of *item* that is in the index; None: it is not in it."""
        if item is None or not all(name in item for name in self.key):
            return None
        kept = {"pk", "sk", *self.key, *self.also}
        return {name: value for name, value in item.items() if name in kept}

    def write_units(self, before: Item | None, after: Item | None) -> float:
        old, new = self.entry(before), self.entry(after)
        if old == new:
            return 0
        if old is None or new is None:
            return _per(size_of(old or new or {}), WRITE)
        if any(old[name] != new[name] for name in self.key):
            return _per(size_of(old), WRITE) + _per(size_of(new), WRITE)
        return _per(max(size_of(old), size_of(new)), WRITE)


def indexes_of(table: Mapping[str, Any]) -> tuple[Index, ...]:
    """The indexes of a table, from its properties in the template (as CreateTable takes them)."""
    return tuple(
        Index(
            index["IndexName"],
            (index["KeySchema"][0]["AttributeName"], index["KeySchema"][1]["AttributeName"]),
            tuple(index["Projection"].get("NonKeyAttributes", ())),
        )
        for index in table["GlobalSecondaryIndexes"]
    )


def size_of(item: Item) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def read_units(items: Iterable[Item | None], consistent: bool = True) -> float:
    """Units of single reads (GetItem, BatchGetItem), each rounded up."""
    each = sum(_per(size_of(item) if item else 0, READ) for item in items)
    return each if consistent else each / 2


def query_units(items: Iterable[Item], consistent: bool = False) -> float:
    """Units of one page of a query."""
    whole = _per(sum(size_of(item) for item in items), READ)
    return whole if consistent else whole / 2


def write_units(
    before: Item | None, after: Item | None, indexes: Iterable[Index], transaction: bool
) -> float:
    larger = max(size_of(before or {}), size_of(after or {}))
    table = _per(larger, WRITE) * (2 if transaction else 1)
    return table + sum(index.write_units(before, after) for index in indexes)


def _per(size: int, unit: int) -> float:
    return float(max(1, ceil(size / unit)))


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, held)] = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return (len(held.strip("-").replace(".", "")) + 1) // 2 + 1
        case "B":
            return len(held)
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _value_size(one) for one in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(one) for name, one in held.items())
    raise ValueError(f"attributes of type {kind} are not expected in the table")
