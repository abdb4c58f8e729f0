"""Counts a DynamoDB client's requests, and what they would cost."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from tests.bench.units import Index, Item, query_units, read_units, write_units


@dataclass(frozen=True)
class Cost:
    requests: float = 0
    reads: float = 0
    writes: float = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Cost)))


class Meter:
    """
    Hooks into *client*'s events, so that the adapters under test are unchanged.

    *plain* is another client of the same table, for looking at items before and after a write;
    its requests are not counted.
    """

    def __init__(self, client: Any, plain: Any, table: str, indexes: Iterable[Index]) -> None:
        self._plain, self._table = plain, table
        self._indexes = {index.name: index for index in indexes}
        self._lock = threading.Lock()
        self._cost = Cost()
        client.meta.events.register("before-parameter-build.dynamodb", self._before)
        client.meta.events.register("after-call.dynamodb", self._after)

    def take(self) -> Cost:
        """The requests since the last call."""
        with self._lock:
            cost, self._cost = self._cost, Cost()
        return cost

    def _before(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = params
        context["images"] = {
            _name(key): self._look(key) for key in _written(params) if key is not None
        }

    def _after(self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        cost = Cost(requests=1) + self._units(model.name, parsed, context)
        with self._lock:
            self._cost += cost

    def _units(self, name: str, parsed: dict[str, Any], context: dict[str, Any]) -> Cost:
        asked = context["asked"]
        match name:
            case "BatchGetItem":
                reads = 0.0
                for table, wanted in asked["RequestItems"].items():
                    found = parsed["Responses"].get(table, [])
                    missing = [None] * (len(wanted["Keys"]) - len(found))
                    reads += read_units([*found, *missing], wanted.get("ConsistentRead", False))
                return Cost(reads=reads)
            case "GetItem":
                item = parsed.get("Item")
                return Cost(reads=read_units([item], asked.get("ConsistentRead", False)))
            case "Query":
                items = parsed["Items"]
                index = self._indexes.get(asked.get("IndexName", ""))
                if index is not None:  # an emulator may answer with more than the index holds
                    items = [entry for item in items if (entry := index.entry(item))]
                return Cost(reads=query_units(items, asked.get("ConsistentRead", False)))
            case "TransactWriteItems" | "PutItem" | "UpdateItem":
                return Cost(writes=self._written(context, name == "TransactWriteItems"))
        raise ValueError(f"{name} is not expected here")

    def _written(self, context: dict[str, Any], transaction: bool) -> float:
        indexes = tuple(self._indexes.values())
        return sum(
            write_units(before, self._look(key), indexes, transaction)
            for key, before in (
                (_key_of(name), before) for name, before in context["images"].items()
            )
        )

    def _look(self, key: Item) -> Item | None:
        found: Item | None = self._plain.get_item(
            TableName=self._table, Key=key, ConsistentRead=True
        ).get("Item")
        return found


def _written(params: dict[str, Any]) -> list[Item]:
    """The keys of what a request writes or checks; none for a read."""
    found = []
    for entry in params.get("TransactItems", ()):
        [action] = entry.values()
        found.append(_key_in(action))
    if "Item" in params or "UpdateExpression" in params:
        found.append(_key_in(params))
    return found


def _key_in(params: dict[str, Any]) -> Item:
    holder = params.get("Key") or params["Item"]
    return {name: holder[name] for name in ("pk", "sk")}


def _name(key: Item) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


def _key_of(name: tuple[str, str]) -> Item:
    return {"pk": {"S": name[0]}, "sk": {"S": name[1]}}
